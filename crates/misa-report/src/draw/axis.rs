//! Axes: round tick values, and the frame of a chart.

use crate::draw::scale::Scale;
use crate::draw::svg::{Anchor, Svg};
use crate::draw::text::{cut, fixed, width};

const TEXT: f64 = 12.0;
const TICK_TEXT: f64 = 11.0;
/// Height of the ticks and the label below a chart.
const BELOW: f64 = 44.0;
/// Most ticks of one axis; more than this means that the interval is too small for its magnitude.
const MOST: i64 = 50;

/// Round values inside an interval.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) values: Vec<f64>,
    decimals: usize,
}

/// A rectangle with an axis below and one at the left.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
    x_ticks: Ticks,
    y_ticks: Ticks,
}

impl Ticks {
    /// About `wanted` multiples of 1, 2 or 5 times a power of ten from `low` to `high`.
    pub(crate) fn new((low, high): (f64, f64), wanted: usize) -> Self {
        let none = Self {
            values: Vec::new(),
            decimals: 0,
        };
        let rough = (high - low) / wanted.max(1) as f64;
        if !(rough.is_finite() && rough > 0.0) {
            return none;
        }
        let power = rough.log10().floor();
        let unit = 10f64.powf(power);
        let factor = [1.0, 2.0, 5.0]
            .into_iter()
            .find(|f| f * unit >= rough * 0.999)
            .unwrap_or(10.0);
        let step = factor * unit;
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        // False for NaN too.
        let is_short = last - first < MOST as f64;
        if !is_short || first.abs() > 1e15 {
            return none;
        }
        let values = (first as i64..=last as i64)
            .map(|k| k as f64 * step)
            .collect();
        let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 12.0) as usize;
        Self { values, decimals }
    }

    /// Ticks at whole numbers only.
    pub(crate) fn whole(domain: (f64, f64), wanted: usize) -> Self {
        let mut ticks = Self::new(domain, wanted);
        ticks
            .values
            .retain(|value| (value - value.round()).abs() < 1e-9);
        ticks.decimals = 0;
        ticks
    }

    /// The labels of the ticks.
    pub(crate) fn labels(&self) -> Vec<String> {
        let write = |value: &f64| {
            if self.decimals > 5 {
                format!("{value:.1e}").replace('-', "−")
            } else {
                fixed(*value, self.decimals)
            }
        };
        self.values.iter().map(write).collect()
    }
}

impl Frame {
    /// A frame on a drawing of the given size, below a margin of `top` units. The left margin fits the
    /// labels of the axis.
    pub(crate) fn new(
        (total_width, height): (f64, f64),
        top: f64,
        (x_domain, x_ticks): ((f64, f64), Ticks),
        (y_domain, y_ticks): ((f64, f64), Ticks),
    ) -> Self {
        let widest = y_ticks
            .labels()
            .iter()
            .map(|t| width(t, TICK_TEXT))
            .fold(0.0, f64::max);
        let (left, right, bottom) = (28.0 + widest, total_width - 12.0, height - BELOW);
        Self {
            left,
            top,
            right,
            bottom,
            x: Scale::new(x_domain, (left, right)),
            y: Scale::new(y_domain, (bottom, top)),
            x_ticks,
            y_ticks,
        }
    }

    /// The same frame from `left` on, so that frames below each other have one axis; `x_domain` is its own.
    pub(crate) fn from(mut self, left: f64, x_domain: (f64, f64)) -> Self {
        self.left = left;
        self.x = Scale::new(x_domain, (left, self.right));
        self
    }

    /// Point of a pair of values on the drawing.
    pub(crate) fn point(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x.position(x), self.y.position(y))
    }

    /// Draws grid lines, tick labels and the names of both axes.
    pub(crate) fn draw(&self, svg: &mut Svg, x_label: &str, y_label: &str) {
        for (value, label) in self.y_ticks.values.iter().zip(self.y_ticks.labels()) {
            let y = self.y.position(*value);
            svg.line("g", (self.left, y), (self.right, y));
            svg.text("q s", (self.left - 6.0, y + 4.0), Anchor::End, &label);
        }
        for (value, label) in self.x_ticks.values.iter().zip(self.x_ticks.labels()) {
            let x = self.x.position(*value);
            svg.line("x", (x, self.bottom), (x, self.bottom + 4.0));
            svg.text("q s", (x, self.bottom + 17.0), Anchor::Middle, &label);
        }
        svg.line("x", (self.left, self.bottom), (self.right, self.bottom));
        self.draw_labels(svg, x_label, y_label);
    }

    fn draw_labels(&self, svg: &mut Svg, x_label: &str, y_label: &str) {
        let x_label = cut(x_label, TEXT, self.right - self.left);
        let y_label = cut(y_label, TEXT, self.bottom - self.top + BELOW);
        let (across, down) = (
            (self.left + self.right) / 2.0,
            (self.top + self.bottom) / 2.0,
        );
        svg.text("t", (across, self.bottom + 36.0), Anchor::Middle, &x_label);
        svg.upward_text("t", (12.0, down), &y_label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_round_and_inside() {
        let ticks = Ticks::new((0.13, 0.97), 5);
        assert_eq!(ticks.labels(), ["0.2", "0.4", "0.6", "0.8"]);
        let ticks = Ticks::new((-3.2, 3.2), 6);
        assert_eq!(ticks.labels(), ["−2", "0", "2"]);
        let ticks = Ticks::new((-3.2, 3.2), 7);
        assert_eq!(ticks.labels(), ["−3", "−2", "−1", "0", "1", "2", "3"]);
    }

    #[test]
    fn are_empty_for_intervals_without_round_values() {
        assert!(Ticks::new((1.0, 1.0), 5).values.is_empty());
        assert!(Ticks::new((f64::NAN, 1.0), 5).values.is_empty());
        assert!(Ticks::new((1e20, 1e20 + 20_000.0), 5).values.is_empty());
    }

    #[test]
    fn whole_ticks_have_no_fractions() {
        assert_eq!(Ticks::whole((1.0, 2.0), 8).labels(), ["1", "2"]);
        assert_eq!(
            Ticks::whole((1.0, 40.0), 5).labels(),
            ["10", "20", "30", "40"]
        );
    }

    #[test]
    fn writes_very_small_steps_as_powers() {
        assert_eq!(Ticks::new((0.0, 2.5e-8), 2).labels(), ["0.0e0", "2.0e−8"]);
    }
}

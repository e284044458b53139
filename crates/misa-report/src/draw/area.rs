//! Areas that differ by their pattern as well as by their colour.

use crate::draw::svg::{Svg, coordinate, dot};
use std::fmt::Write;

/// Distance of the lines of a pattern.
const SPACING: f64 = 5.0;

/// Pattern of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Solid,
    /// Diagonal lines.
    Hatched,
    /// Diagonal lines in both directions.
    Crossed,
    Dotted,
    /// A dashed outline.
    Empty,
}

/// A pattern in a colour of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) pattern: Pattern,
    /// Class of the colour.
    pub(crate) colour: &'static str,
}

impl Area {
    /// Draws a rectangle; the outline is inside of it.
    pub(crate) fn draw(self, svg: &mut Svg, corner: (f64, f64), size: (f64, f64)) {
        let colour = self.colour;
        let outline = format!("o {colour}");
        let lines = match self.pattern {
            Pattern::Solid => return svg.rect(colour, corner, size),
            Pattern::Empty => String::new(),
            Pattern::Hatched => rising(corner, size),
            Pattern::Crossed => rising(corner, size) + &falling(corner, size),
            Pattern::Dotted => dots(corner, size),
        };
        if self.pattern == Pattern::Empty {
            return svg.rect(&format!("{outline} i"), inside(corner), smaller(size));
        }
        svg.rect(&format!("f {colour}"), corner, size);
        let is_dotted = self.pattern == Pattern::Dotted;
        svg.path(if is_dotted { colour } else { &outline }, &lines);
        svg.rect(&outline, inside(corner), smaller(size));
    }
}

/// Path data of diagonal lines in a rectangle, from bottom left to top right. Neighbouring rectangles
/// continue each other's lines.
pub(crate) fn rising((x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let (right, bottom) = (x + width, y + height);
    let mut data = String::new();
    // The points of a line have one sum of coordinates.
    for sum in multiples(x + y, right + bottom) {
        let low = (x.max(sum - bottom), bottom.min(sum - x));
        let high = (right.min(sum - y), y.max(sum - right));
        push(&mut data, low, high);
    }
    data
}

fn falling((x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let (right, bottom) = (x + width, y + height);
    let mut data = String::new();
    // The points of a line have one difference of coordinates.
    for difference in multiples(x - bottom, right - y) {
        let high = (x.max(y + difference), y.max(x - difference));
        let low = (
            right.min(bottom + difference),
            bottom.min(right - difference),
        );
        push(&mut data, high, low);
    }
    data
}

fn dots((x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let columns = multiples(x + 2.0, x + width - 2.0);
    let rows = || multiples(y + 2.0, y + height - 2.0);
    columns
        .flat_map(|column| rows().map(move |row| dot((column, row), 1.1)))
        .collect()
}

/// Multiples of the spacing between two numbers.
fn multiples(low: f64, high: f64) -> impl Iterator<Item = f64> {
    let first = (low / SPACING).ceil() as i64;
    let last = (high / SPACING).floor() as i64;
    (first..=last).map(|number| number as f64 * SPACING)
}

fn push(data: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(coordinate);
    write!(data, "M{x1} {y1}L{x2} {y2}").expect("memory takes all text");
}

fn inside((x, y): (f64, f64)) -> (f64, f64) {
    (x + 0.65, y + 0.65)
}

fn smaller((width, height): (f64, f64)) -> (f64, f64) {
    ((width - 1.3).max(0.1), (height - 1.3).max(0.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_in_their_rectangle() {
        // Sums from 3 to 13: 5 and 10.
        assert_eq!(rising((1.0, 2.0), (6.0, 4.0)), "M1 4L3 2M4 6L7 3");
        // Differences from -5 to 5: -5, 0 and 5.
        assert_eq!(falling((1.0, 2.0), (6.0, 4.0)), "M1 6L1 6M2 2L6 6M7 2L7 2");
    }

    #[test]
    fn patterns_differ_without_their_colour() {
        let drawn = |pattern| {
            let mut svg = Svg::new(40.0, 20.0);
            let area = Area {
                pattern,
                colour: "c0",
            };
            area.draw(&mut svg, (0.0, 0.0), (40.0, 20.0));
            svg.inline("", "")
        };
        let patterns = [
            Pattern::Solid,
            Pattern::Hatched,
            Pattern::Crossed,
            Pattern::Dotted,
            Pattern::Empty,
        ];
        let all: Vec<String> = patterns.map(drawn).to_vec();
        for (index, one) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| other != one));
        }
    }
}

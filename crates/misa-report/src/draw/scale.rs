//! Mapping data to positions on the drawing.

/// Largest magnitude that is drawn; beyond it, the arithmetic of the axes overflows.
const LARGEST: f64 = 1e100;

/// Linear map from an interval of data to an interval of the drawing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Data at the start and at the end.
    pub(crate) domain: (f64, f64),
    range: (f64, f64),
}

impl Scale {
    pub(crate) fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    /// Position of `value`; the middle if the domain has no extent.
    pub(crate) fn position(&self, value: f64) -> f64 {
        let span = self.domain.1 - self.domain.0;
        let share = if span > 0.0 {
            (value - self.domain.0) / span
        } else {
            0.5
        };
        self.range.0 + share * (self.range.1 - self.range.0)
    }
}

/// Whether a value can be drawn: it is finite and its magnitude suits an axis.
pub(crate) fn is_drawable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// Smallest interval around `values`, extended at both ends by the share `margin` of its length.
///
/// Without values it is 0 to 1; around a single value it has a length of at least 1.
pub(crate) fn domain(values: impl IntoIterator<Item = f64>, margin: f64) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = values
        .into_iter()
        .filter(|value| is_drawable(*value))
        .fold(start, |(low, high), value| {
            (low.min(value), high.max(value))
        });
    if low > high {
        return (0.0, 1.0);
    }
    let span = high - low;
    if span <= low.abs() * 1e-9 || span < 1e-100 {
        let half = (low.abs() * 0.1).max(0.5);
        return (low - half, high + half);
    }
    (low - margin * span, high + margin * span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_ends_to_ends() {
        let scale = Scale::new((-3.0, 3.0), (100.0, 0.0));
        assert_eq!(scale.position(-3.0), 100.0);
        assert_eq!(scale.position(0.0), 50.0);
        assert_eq!(scale.position(3.0), 0.0);
    }

    #[test]
    fn leaves_out_what_cannot_be_drawn() {
        let values = [1.0, f64::NAN, 3.0, f64::INFINITY, 1e200];
        assert_eq!(domain(values, 0.0), (1.0, 3.0));
        assert_eq!(domain([f64::NAN], 0.1), (0.0, 1.0));
    }

    #[test]
    fn a_single_value_gets_an_interval_around_it() {
        assert_eq!(domain([2.0, 2.0], 0.1), (1.5, 2.5));
    }
}

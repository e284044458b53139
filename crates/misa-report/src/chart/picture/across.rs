//! Time from left to right.

use crate::draw::scale::Scale;

/// Narrowest mark that can be seen.
pub(super) const NARROWEST: f64 = 2.0;

/// The drawn time, in seconds and on the drawing.
pub(super) struct Across {
    time: (f64, f64),
    scale: Scale,
}

impl Across {
    pub(super) fn new(time: (f64, f64), drawing: (f64, f64)) -> Self {
        Self {
            time,
            scale: Scale::new(time, drawing),
        }
    }

    pub(super) fn position(&self, moment: f64) -> f64 {
        self.scale.position(moment)
    }

    /// The part of a stretch that is drawn; `None` if nothing of it is.
    pub(super) fn clipped(&self, start: f64, end: f64) -> Option<(f64, f64)> {
        let (from, to) = self.time;
        let is_seen = start < to && end > from || start == end && (from..=to).contains(&start);
        is_seen.then(|| (start.max(from), end.min(to)))
    }

    /// Left end and width of a box, which is wide enough to be seen; `None` if it is not drawn.
    pub(super) fn stretch(&self, start: f64, end: f64) -> Option<(f64, f64)> {
        let (start, end) = self.clipped(start, end)?;
        let (left, right) = (self.position(start), self.position(end));
        // A gap tells neighbours apart.
        Some((left, (right - left - 1.0).max(NARROWEST)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_is_cut_off() {
        let across = Across::new((1.0, 3.0), (0.0, 200.0));
        assert_eq!(across.stretch(0.0, 2.0), Some((0.0, 99.0)));
        assert_eq!(across.stretch(2.5, 9.0), Some((150.0, 49.0)));
        assert_eq!(across.stretch(2.0, 2.0), Some((100.0, 2.0)));
        assert_eq!(across.stretch(3.0, 4.0), None);
        assert_eq!(across.stretch(0.0, 1.0), None);
    }
}

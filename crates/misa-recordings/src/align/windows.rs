//! Steps of equal length, without words.

use crate::Interval;

/// Windows of `1 / rate` seconds that cover `segment`, at most `most`; the last may be shorter. Returns
/// how many more there would be.
///
/// # Panics
///
/// Panics if `rate` is not above 0.
pub fn windows(segment: Interval, rate: f64, most: usize) -> (Vec<Interval>, usize) {
    assert!(rate > 0.0, "rate must be above 0, got {rate}");
    // Rounding must not add a window of a few nanoseconds.
    let count = (segment.length() * rate - 1e-6).ceil().max(0.0) as usize;
    let edge = |index: usize| (segment.start + index as f64 / rate).min(segment.end);
    let window = |index: usize| Interval::new(edge(index), edge(index + 1));
    (
        (0..count.min(most)).map(window).collect(),
        count.saturating_sub(most),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_the_segment() {
        let (found, more) = windows(Interval::new(1.0, 2.25), 2.0, 9);
        let expected =
            [[1.0, 1.5], [1.5, 2.0], [2.0, 2.25]].map(|[start, end]| Interval::new(start, end));
        assert_eq!((found.as_slice(), more), (expected.as_slice(), 0));
        assert_eq!(windows(Interval::new(0.0, 0.3), 10.0, 2).1, 1);
        assert_eq!(windows(Interval::new(0.1, 0.4), 10.0, 9).0.len(), 3);
        assert!(windows(Interval::new(1.0, 1.0), 10.0, 9).0.is_empty());
    }
}

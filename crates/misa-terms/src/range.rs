//! An interval of numbers.

use std::fmt;

/// An interval in the notation of mathematics: a square bracket includes its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    low: End,
    high: End,
}

/// One end of an interval.
#[derive(Clone, Debug, PartialEq)]
struct End {
    value: f64,
    is_included: bool,
    /// As it was written.
    text: String,
}

impl Range {
    /// Reads an interval such as `[0, 1)` or `(0, inf)`.
    pub fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.trim().split_once(',')?;
        let end = |text: &str, is_included| {
            let text = text.trim();
            Some(End {
                value: text.parse().ok().filter(|value: &f64| !value.is_nan())?,
                is_included,
                text: text.to_string(),
            })
        };
        let low = match (low.strip_prefix('['), low.strip_prefix('(')) {
            (Some(low), _) => end(low, true),
            (None, low) => end(low?, false),
        };
        let high = match (high.strip_suffix(']'), high.strip_suffix(')')) {
            (Some(high), _) => end(high, true),
            (None, high) => end(high?, false),
        };
        let (low, high) = (low?, high?);
        (low.value <= high.value).then_some(Self { low, high })
    }

    /// Whether the number is inside.
    pub fn contains(&self, value: f64) -> bool {
        let Self { low, high } = self;
        let is_above = value > low.value || (low.is_included && value == low.value);
        let is_below = value < high.value || (high.is_included && value == high.value);
        is_above && is_below
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.low.is_included { '[' } else { '(' };
        let close = if self.high.is_included { ']' } else { ')' };
        write!(f, "{open}{}, {}{close}", self.low.text, self.high.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_includes_its_end() {
        for (text, inside, outside) in [
            ("[0, 1)", [0.0, 0.999], [-0.001, 1.0]),
            ("(0, inf)", [1e-9, 1e300], [0.0, f64::INFINITY]),
            ("[2, 16777216]", [2.0, 16_777_216.0], [1.0, 16_777_217.0]),
        ] {
            let range = Range::parse(text).unwrap();
            assert_eq!(range.to_string(), text);
            assert!(inside.iter().all(|value| range.contains(*value)), "{text}");
            assert!(
                !outside.iter().any(|value| range.contains(*value)),
                "{text}"
            );
            assert!(!range.contains(f64::NAN));
        }
    }

    #[test]
    fn what_is_no_interval_is_not_read() {
        for text in ["", "0, 1", "[0 1]", "[1, 0]", "[a, b]", "[NaN, 1]", "[0, 1"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}

//! Hours, minutes and seconds of subtitles.

use crate::error::quoted;
use crate::{Fault, FaultKind, Interval, Place};

/// Between the times of a cue.
pub(super) const ARROW: &str = "-->";

/// The seconds of `[HH:]MM:SS.mmm`, also with a comma; `None` for anything else.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let digits = |text: &str, most: usize| {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse::<u64>().ok()?;
        (is_number && text.len() <= most).then_some(value)
    };
    let (clock, fraction) = text.trim().rsplit_once([',', '.'])?;
    let milliseconds = digits(fraction, 3)? * 10_u64.pow(3 - fraction.len() as u32);
    let mut parts = clock.rsplit(':');
    let second = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let hour = parts.next().map_or(Some(0), |part| digits(part, 6))?;
    if parts.next().is_some() || minute > 59 || second > 59 {
        return None;
    }
    let seconds = (hour * 60 + minute) * 60 + second;
    // Divided once, so that it is the number nearest to the decimal one.
    Some((seconds * 1000 + milliseconds) as f64 / 1000.0)
}

/// The stretch of a line `start --> end [settings]`.
pub(super) fn times(text: &str, line: u64) -> Result<Interval, Fault> {
    let fault = || {
        let expected = "times such as 00:00:01,000 --> 00:00:02,500";
        Fault::new(
            FaultKind::Malformed,
            Place::Line(line),
            expected,
            quoted(text.trim()),
        )
    };
    let (start, rest) = text.split_once(ARROW).ok_or_else(fault)?;
    let end = rest.split_whitespace().next().ok_or_else(fault)?;
    match (seconds(start), seconds(end)) {
        (Some(start), Some(end)) => Ok(Interval::new(start, end)),
        _ => Err(fault()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_both_formats_are_read() {
        let cases = [
            ("00:00:00,100", Some(0.1)),
            ("01:02:03.004", Some(3723.004)),
            ("00:59.999", Some(59.999)),
            ("100:00:00.5", Some(360_000.5)),
            ("00:60.000", None),
            ("-00:01.000", None),
            ("00:00:01", None),
            ("1:00:00:00.000", None),
            ("+0:01.000", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}

//! Times as tables write them.

use misa_files::delimited::number;

/// The moment that `text` says, in seconds: `1.5`, `1,5`, or `HH:MM:SS.mmm` with a point or a comma.
/// `None` for anything else. May be negative or not finite.
pub(super) fn moment(text: &str) -> Option<f64> {
    if !text.contains(':') {
        return number(text);
    }
    let mut parts = text.split(':');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (hours, minutes, seconds) = match third {
        Some(seconds) => (whole(first)?, below_60(second)?, seconds),
        None => (0.0, whole(first)?, second),
    };
    let is_seconds = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let seconds: f64 = number(seconds).filter(|_| seconds.trim().chars().all(is_seconds))?;
    (seconds < 60.0).then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}

fn whole(text: &str) -> Option<f64> {
    let text = text.trim();
    text.parse::<u32>()
        .ok()
        .filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
        .map(f64::from)
}

fn below_60(text: &str) -> Option<f64> {
    whole(text).filter(|&number| number < 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_seconds_or_clocks() {
        let moments = [
            ("1.5", 1.5),
            ("1,5", 1.5),
            ("00:16:16,059", 976.059),
            ("1:00:00.5", 3600.5),
            ("02:30", 150.0),
        ];
        for (text, expected) in moments {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        for text in [
            "", "a", "1:2:3:4", "00:61:00", "00:00:60", "-1:00", "1:-2", "::", "0:1e1",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}

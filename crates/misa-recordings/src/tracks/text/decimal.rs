//! Plain decimals, fast: nearly every cell of a table is one.

use crate::number::number;

/// Digits of whole numbers that an `f64` holds exactly.
const DIGITS: usize = 15;
/// Powers of ten that an `f64` holds exactly.
const POWERS: [f64; DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// The number that `text` is, as [`number`] reads it.
pub(super) fn decimal(text: &str) -> Option<f64> {
    // Empty cells are the second most frequent ones.
    match plain(text.as_bytes()) {
        None if text.is_empty() => None,
        None => number(text),
        value => value,
    }
}

/// A number with a few digits, and perhaps a sign and a full stop. Digits and power are exact, so that one
/// division rounds as reading the decimals does.
fn plain(text: &[u8]) -> Option<f64> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > DIGITS {
        return None;
    }
    let (mut whole, mut stop) = (0_u64, None);
    for (i, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole * 10 + u64::from(byte - b'0'),
            b'.' if stop.is_none() => stop = Some(i),
            _ => return None,
        }
    }
    let decimals = stop.map_or(0, |stop| digits.len() - stop - 1);
    if digits.len() == usize::from(stop.is_some()) {
        return None;
    }
    let value = whole as f64 / POWERS.get(decimals)?;
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_plain_is_left_to_the_other_reader() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "1.2.3",
            "1e5",
            "+1",
            " 1",
            "1234567890123456",
            "nan",
        ] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(decimal("1e5"), Some(1e5));
        assert_eq!(decimal("x"), None);
    }

    proptest! {
        #[test]
        fn plain_decimals_are_read_as_rust_reads_them(text in "-?[0-9]{0,8}\\.?[0-9]{0,8}") {
            if let Some(value) = plain(text.as_bytes()) {
                prop_assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
            } else if text.len() < DIGITS {
                prop_assert!(text.parse::<f64>().is_err(), "{}", text);
            }
        }
    }
}

//! Numbers of 64 bits as Python writes them.

/// The shortest decimal number that is read as the same value, in Python's form: with an exponent below 0.0001 and
/// from 1e16 on.
pub(super) fn python(number: f64) -> String {
    let magnitude = number.abs();
    if number.is_nan() {
        "NaN".to_string()
    } else if number.is_infinite() {
        format!("{}Infinity", if number < 0.0 { "-" } else { "" })
    } else if magnitude == 0.0 || (1e-4..1e16).contains(&magnitude) {
        format!("{number:?}")
    } else {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::python;

    /// From `repr` of Python 3.11.
    #[test]
    fn numbers_are_those_of_python() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (0.000_099_9, "9.99e-05"),
            (1.5e-300, "1.5e-300"),
            (1e15, "1000000000000000.0"),
            (9_999_999_999_999_998.0, "9999999999999998.0"),
            (1e16, "1e+16"),
            (-1.25e22, "-1.25e+22"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (0.008_888_592_320_328_972, "0.008888592320328972"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, text) in cases {
            assert_eq!(python(number), text);
        }
    }
}

//! Numbers as the tools of the field write them.

/// The number that `text` is: with a full stop or an exponent, or in one of the spellings of infinity and
/// of what is no number, such as `nan`, `-nan(ind)` and `1.#QNAN`. `None` for anything else.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // What Rust reads: also `inf`, `infinity` and `nan`, in any case and with a sign.
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (sign, name) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    let name = name.to_ascii_lowercase();
    let is = |start: &str| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.bytes().all(|byte| byte == b'0'))
    };
    let is_nan = name.starts_with("nan(") && name.ends_with(')');
    if is_nan || is("1.#qnan") || is("1.#snan") || is("1.#ind") {
        Some(f64::NAN)
    } else if is("1.#inf") {
        Some(sign * f64::INFINITY)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_tools_is_read() {
        let numbers = [
            ("1", 1.0),
            (" -2.5e-01 ", -0.25),
            ("+3", 3.0),
            ("-Inf", f64::NEG_INFINITY),
            ("1.#INF00", f64::INFINITY),
        ];
        for (text, expected) in numbers {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in [
            "nan",
            "NaN",
            "-nan(ind)",
            "1.#QNAN",
            "-1.#IND",
            "nan(0x7fff)",
        ] {
            assert!(number(text).is_some_and(f64::is_nan), "{text}");
        }
        for text in ["", "1,5", "0x10", "one", "1.#X", "1 2", "nan(", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}

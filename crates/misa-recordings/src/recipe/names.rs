//! Names of columns in short: `x_{0..67}` stands for `x_0` to `x_67`.

use crate::error::quoted;
use crate::{Fault, FaultKind, Limits, Place};

/// The names that `short` stands for; at most as many as a track may have columns.
pub(super) fn expand(short: &str, place: &Place, limits: &Limits) -> Result<Vec<String>, Fault> {
    let wrong = |expected: String| {
        let found = quoted(short);
        Err(Fault::new(
            FaultKind::Invalid,
            place.clone(),
            expected,
            found,
        ))
    };
    if short.trim().is_empty() || short.trim() != short || short.len() > limits.word_bytes {
        return wrong("a name without spaces around it".to_string());
    }
    let Some((front, rest)) = short.split_once('{') else {
        return Ok(vec![short.to_string()]);
    };
    let range = rest.split_once('}').and_then(|(range, back)| {
        let (first, last) = range.split_once("..")?;
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last && !back.contains('{')).then_some((first, last, back))
    });
    let Some((first, last, back)) = range else {
        return wrong("one range such as `{0..67}` in a name".to_string());
    };
    let is_many = (last - first) as usize >= limits.columns;
    // Each name repeats the rest of the text.
    if is_many || (last - first) as usize * short.len() > MAX_BYTES {
        return wrong(format!("a range of at most {} short names", limits.columns));
    }
    let name = |number: u32| format!("{front}{number}{back}");
    Ok((first..=last).map(name).collect())
}

/// Most bytes of the names of one range.
const MAX_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn names(short: &str) -> Result<Vec<String>, String> {
        let place = Place::Part("names".to_string());
        expand(short, &place, &Limits::default()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn ranges_stand_for_their_names() {
        assert_eq!(names("x_{9..11}_r").unwrap(), ["x_9_r", "x_10_r", "x_11_r"]);
        assert_eq!(names("F0").unwrap(), ["F0"]);
        assert_eq!(names("a{0..0}").unwrap(), ["a0"]);
    }

    #[test]
    fn other_braces_are_refused() {
        for short in [
            "x_{1}",
            "x_{2..1}",
            "x_{",
            "{0..1}{0..1}",
            "x{-1..2}",
            "x{0..99999999999}",
        ] {
            let expected =
                format!("names: expected one range such as `{{0..67}}` in a name, found {short:?}");
            assert_eq!(names(short).unwrap_err(), expected);
        }
        assert_eq!(
            names("x{0..16384}").unwrap_err(),
            "names: expected a range of at most 16384 short names, found \"x{0..16384}\""
        );
        assert_eq!(
            names(" x").unwrap_err(),
            "names: expected a name without spaces around it, found \" x\""
        );
    }
}

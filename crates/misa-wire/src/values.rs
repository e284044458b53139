//! Numbers of a request: rows of features as bytes, and the rules for each number.

use crate::error::{Fault, WireError};
use crate::tally::Tally;
use misa_terms::Sequence;

/// What a feature is, in words.
pub(crate) const NUMBER: &str = "a finite number of 32 bits";

/// What the id of a word is, in words.
pub(crate) const WORD_ID: &str = "a word id from 0 to 4294967295";

/// The nearest `f32`, if there is one.
pub(crate) fn float(number: f64) -> Result<f32, Fault> {
    let float = number as f32;
    if float.is_finite() {
        Ok(float)
    } else {
        Err(Fault::invalid(NUMBER, shown(number)))
    }
}

/// Fails on the first number of `rows`, which are called `name`, that no request may have.
pub(crate) fn check_finite(rows: &Sequence, name: &str) -> Result<(), WireError> {
    let d_input = rows.d_input();
    for (index, &value) in rows.values().iter().enumerate() {
        let (row, column) = (index / d_input, index % d_input);
        float(value.into()).map_err(|fault| fault.at(format!("{name}[{row}][{column}]")))?;
    }
    Ok(())
}

/// A number in few characters.
pub(crate) fn shown(number: f64) -> String {
    let plain = number.to_string();
    if plain.len() > 24 {
        format!("{number:e}")
    } else {
        plain
    }
}

/// Checks rows that are stored as bytes, before there is memory for them, and counts their numbers.
///
/// - shape: `[steps, d_input]`
/// - size: bytes of a number
/// - bytes: length of what is stored
pub(crate) fn check_rows(
    shape: [usize; 2],
    size: usize,
    bytes: usize,
    tally: &Tally<'_>,
) -> Result<(), Fault> {
    if shape.contains(&0) {
        let expected = "at least one step of at least one feature";
        return Err(Fault::invalid(expected, format!("shape {shape:?}")));
    }
    let [steps, d_input] = shape;
    tally.check_steps(steps)?;
    tally.add_values(steps.saturating_mul(d_input))?;
    let stated = steps
        .checked_mul(d_input)
        .and_then(|len| len.checked_mul(size));
    if stated != Some(bytes) {
        let expected = match stated {
            Some(stated) => format!("{stated} bytes for shape {shape:?}"),
            None => format!("a shape of {bytes} bytes"),
        };
        let found = match stated {
            Some(_) => bytes.to_string(),
            None => format!("{shape:?}"),
        };
        return Err(Fault::invalid(expected, found));
    }
    Ok(())
}

/// The rows in `bytes`, which [`check_rows`] has passed, or row and column of the first number that is
/// refused with what is wrong.
///
/// - shape: `[steps, d_input]`
/// - value: a number from its `N` bytes
pub(crate) fn rows<const N: usize>(
    shape: [usize; 2],
    bytes: &[u8],
    value: impl Fn([u8; N]) -> f64,
) -> Result<Sequence, ([usize; 2], Fault)> {
    let d_input = shape[1];
    let (numbers, _) = bytes.as_chunks::<N>();
    let mut values = Vec::with_capacity(numbers.len());
    for (index, &number) in numbers.iter().enumerate() {
        let float = float(value(number));
        values.push(float.map_err(|fault| ([index / d_input, index % d_input], fault))?);
    }
    let fills = "the shape was compared with the bytes";
    Ok(Sequence::new(d_input, values).expect(fills))
}

/// The rows, where the steps with a flag are absent.
pub(crate) fn with_absent(rows: Sequence, absent: Vec<bool>) -> Result<Sequence, Fault> {
    let (d_input, steps, flags) = (rows.d_input(), rows.steps(), absent.len());
    if flags != steps {
        return Err(Fault::invalid(
            format!("{steps} flags, one for each step"),
            flags.to_string(),
        ));
    }
    let mut marked = absent.iter().enumerate().filter(|&(_, &absent)| absent);
    let is_not_zero = |step: usize| rows.step(step).iter().any(|&value| value != 0.0);
    if let Some((step, _)) = marked.find(|&(step, _)| is_not_zero(step)) {
        let found = format!("another number in step {step}");
        return Err(Fault::invalid("zeros in absent steps", found));
    }
    let values = rows.values().to_vec();
    Ok(Sequence::with_absent(d_input, values, absent).expect("checked above"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn what_rounds_to_a_finite_number_is_one() {
        assert_eq!(float(0.1).unwrap(), 0.1);
        assert_eq!(float(f64::from(f32::MAX)).unwrap(), f32::MAX);
        // Half a step above the largest number, from where rounding leads to infinity.
        let above = f64::from(f32::MAX) + 2_f64.powi(103);
        assert!(float(above).is_err());
        assert_eq!(float(above.next_down()).unwrap(), f32::MAX);
        assert!(float(f64::NAN).is_err());
    }

    #[test]
    fn shapes_that_overflow_are_refused() {
        let limits = Limits {
            steps: usize::MAX,
            values: usize::MAX,
            ..Limits::default()
        };
        for shape in [[usize::MAX, 2], [1 << 62, 1], [1 << 32, 1 << 32]] {
            let fault = check_rows(shape, 4, 8, &Tally::new(&limits)).unwrap_err();
            let expected = format!("x: expected a shape of 8 bytes, found {shape:?}");
            assert_eq!(fault.at("x").to_string(), expected);
        }
    }
}

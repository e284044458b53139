//! Features of any rate onto words.

use crate::aligned::{Aligned, Method, Steps};
use crate::array::{Numbers, shown, two_axes};
use crate::error::{detached, refused, unexpected};
use misa_recordings::align::PauseRule;
use misa_recordings::tracks::{Anchor, stretches};
use misa_recordings::{Interval, Limits, Track};
use pyo3::prelude::*;

/// Features of rows over time, onto words.
///
/// words: start and end of each word in seconds, `[words, 2]`, or tuples (word, start, end).
/// features: a row of features for each stretch of time, `[rows, d]`; NaN where a tool gives no number. They
///     are rounded to 32 bits.
/// times: start and end of each row in seconds, `[rows, 2]`, or its moment, `[rows]`; in place of it,
/// rate: rows a second, the first at 0.
/// anchor: what the moments of rows are: "start" or "centre". Rows are as long as the median distance of two.
/// valid: whether each row may be used, `[rows]`, as truth values or 1 and 0; without it, all are.
/// method: "weighted" for means weighted by overlap, "sdk" for those of the CMU Multimodal SDK: every row that
///     overlaps counts the same, `valid`, `pauses` and `reach` count for nothing, and words without length are
///     left out.
/// pauses: who owns the time between words: "words-only" nobody, "extend" the words beside it, up to its middle
///     and half a second, "own-steps" a step of its own.
/// reach: a word without rows borrows the nearest one up to so many seconds away.
///
/// Returns the steps in the order of the words. Other threads run meanwhile.
///
/// Raises MisaError if shapes do not fit, a word or a row ends before it starts, words are not in the order of
/// their starts, or there is more than a recording may hold.
///
/// >>> words = [("what", 0.1, 0.4), ("fun", 0.4, 0.9)]
/// >>> misa.align(words, pitch, rate=100.0).features
#[pyfunction]
#[pyo3(signature = (
    words, features, times = None, *, rate = None, anchor = "start", valid = None, method = "weighted",
    pauses = "extend", reach = 0.1
))]
#[expect(clippy::too_many_arguments, reason = "arguments with names in Python")]
pub(crate) fn align(
    py: Python<'_>,
    words: &Bound<'_, PyAny>,
    features: &Bound<'_, PyAny>,
    times: Option<&Bound<'_, PyAny>>,
    rate: Option<f64>,
    anchor: &str,
    valid: Option<&Bound<'_, PyAny>>,
    method: &str,
    pauses: &str,
    reach: f64,
) -> PyResult<Aligned> {
    let method = method_of(method, pauses, reach)?;
    let words = words_of(words)?;
    if matches!(method, Method::Weighted { .. }) {
        check_order(&words)?;
    }
    let (values, [rows, d]) = features_of(features)?;
    let mut track = Track::default();
    track.columns = (0..d).map(|column| column.to_string()).collect();
    track.times = match (times, rate) {
        (Some(times), None) => times_of(times, anchor)?,
        (None, Some(rate)) if rate.is_finite() && rate > 0.0 => {
            let edge = |row: usize| row as f64 / rate;
            (0..rows)
                .map(|row| Interval::new(edge(row), edge(row + 1)))
                .collect()
        }
        (None, Some(rate)) => return Err(unexpected("rate", "rows a second, above 0", rate)),
        (Some(_), Some(_)) => return Err(unexpected("align", "times or rate", "both")),
        (None, None) => return Err(unexpected("align", "times or rate", "none")),
    };
    check_count("times", rows, track.times.len())?;
    check_intervals("times", &track.times)?;
    track.values = values;
    track.valid = match valid {
        None => vec![true; rows],
        Some(valid) => flags(valid, rows)?,
    };
    let steps = detached(py, || Steps::of(&words, &track, method))?;
    Ok(Aligned::of(py, steps, d))
}

fn method_of(method: &str, pauses: &str, reach: f64) -> PyResult<Method> {
    let pauses = pauses.parse::<PauseRule>();
    let pauses = pauses.map_err(|error| refused(format!("pauses: {error}")))?;
    if !(0.0..=Limits::default().seconds).contains(&reach) {
        return Err(unexpected("reach", "seconds, at least 0", reach));
    }
    match method {
        "weighted" => Ok(Method::Weighted { pauses, reach }),
        "sdk" => Ok(Method::Sdk),
        _ => Err(unexpected(
            "method",
            "weighted or sdk",
            format!("{method:?}"),
        )),
    }
}

fn words_of(words: &Bound<'_, PyAny>) -> PyResult<Vec<Interval>> {
    let named = words.extract::<Vec<(String, f64, f64)>>();
    let found: Vec<Interval> = match named {
        Ok(named) => named
            .iter()
            .map(|&(_, start, end)| Interval::new(start, end))
            .collect(),
        Err(_) => {
            let numbers = Numbers::of(words, "words")?;
            intervals(&numbers, "words", "[words, 2]")?
        }
    };
    let most = Limits::default().words;
    if found.len() > most {
        return Err(unexpected(
            "words",
            format!("at most {most} words"),
            found.len(),
        ));
    }
    check_intervals("words", &found)?;
    Ok(found)
}

/// The stretches of rows, from start and end, or from moments.
fn times_of(times: &Bound<'_, PyAny>, anchor: &str) -> PyResult<Vec<Interval>> {
    let anchor = match anchor {
        "start" => Anchor::Start,
        "centre" => Anchor::Centre,
        _ => {
            return Err(unexpected(
                "anchor",
                "start or centre",
                format!("{anchor:?}"),
            ));
        }
    };
    let numbers = Numbers::of(times, "times")?;
    if numbers.shape().len() != 1 {
        return intervals(&numbers, "times", "[rows, 2], or [rows]");
    }
    let moments: Vec<f64> = numbers.values("float64")?;
    let is_sorted = moments.is_sorted() && moments.iter().all(|moment| moment.is_finite());
    if !is_sorted {
        return Err(unexpected(
            "times",
            "finite moments in their order",
            "others",
        ));
    }
    let found = stretches(&moments, anchor, None);
    let expected = "two different moments, or start and end of each row";
    found.ok_or_else(|| unexpected("times", expected, format!("{} rows", moments.len())))
}

fn intervals(numbers: &Numbers<'_>, place: &str, names: &str) -> PyResult<Vec<Interval>> {
    let [_, columns] = two_axes(numbers.shape(), place, names)?;
    if columns != 2 {
        return Err(unexpected(
            place,
            format!("an array {names}"),
            shown(numbers.shape()),
        ));
    }
    let values: Vec<f64> = numbers.values("float64")?;
    let (pairs, _) = values.as_chunks::<2>();
    Ok(pairs
        .iter()
        .map(|&[start, end]| Interval::new(start, end))
        .collect())
}

/// The values of rows, and their number and that of columns.
fn features_of(features: &Bound<'_, PyAny>) -> PyResult<(Vec<f32>, [usize; 2])> {
    let numbers = Numbers::of(features, "features")?;
    let shape = two_axes(numbers.shape(), "features", "[rows, d]")?;
    let [rows, d] = shape;
    let limits = Limits::default();
    let is_small = rows <= limits.rows
        && (1..=limits.columns).contains(&d)
        && rows.saturating_mul(d) <= limits.values;
    if !is_small {
        let (rows, columns, values) = (limits.rows, limits.columns, limits.values);
        let expected =
            format!("at most {rows} rows of 1 to {columns} columns, {values} numbers in all");
        return Err(unexpected("features", expected, shown(&shape)));
    }
    let values: Vec<f32> = numbers.values("float32")?;
    if let Some(place) = values.iter().position(|value| value.is_infinite()) {
        let found = format!("an infinite one in row {}, column {}", place / d, place % d);
        return Err(unexpected("features", "finite numbers, or NaN", found));
    }
    Ok((values, shape))
}

/// A flag for each row.
fn flags(valid: &Bound<'_, PyAny>, rows: usize) -> PyResult<Vec<bool>> {
    let numbers = Numbers::of(valid, "valid")?;
    let &[found] = numbers.shape() else {
        let found = shown(numbers.shape());
        return Err(unexpected("valid", "an array [rows]", found));
    };
    check_count("valid", rows, found)?;
    // As NumPy has it, NaN would be true.
    let values: Vec<f64> = numbers.values("float64")?;
    let is_flag = |value: f64| value == 0.0 || value == 1.0;
    if let Some(row) = values.iter().position(|&value| !is_flag(value)) {
        let place = format!("valid[{row}]");
        return Err(unexpected(place, "true or false, or 1 or 0", values[row]));
    }
    Ok(values.into_iter().map(|value| value == 1.0).collect())
}

fn check_count(place: &str, rows: usize, found: usize) -> PyResult<()> {
    if rows != found {
        return Err(unexpected(
            place,
            format!("one for each of {rows} rows"),
            found,
        ));
    }
    Ok(())
}

fn check_intervals(place: &str, found: &[Interval]) -> PyResult<()> {
    let most = Limits::default().seconds;
    let is_wrong = |time: &Interval| {
        let are_moments = time.start.abs() <= most && time.end.abs() <= most;
        !are_moments || time.end < time.start
    };
    if let Some(number) = found.iter().position(is_wrong) {
        let Interval { start, end } = found[number];
        let expected = format!("a start, and an end that is not before it, up to {most} s");
        return Err(unexpected(
            format!("{place}[{number}]"),
            expected,
            format!("{start} and {end}"),
        ));
    }
    Ok(())
}

fn check_order(words: &[Interval]) -> PyResult<()> {
    let is_before = |pair: &[Interval]| pair[1].start < pair[0].start;
    match words.windows(2).position(is_before) {
        None => Ok(()),
        Some(number) => {
            let place = format!("words[{}]", number + 1);
            Err(unexpected(
                place,
                "words in the order of their starts",
                words[number + 1].start,
            ))
        }
    }
}

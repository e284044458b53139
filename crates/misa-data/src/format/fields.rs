//! Converts values of a pickle into parts of an utterance, with messages that state their position.

use crate::entry::Entry;
use crate::wanted::Wanted;
use crate::{DataError, Sequence, UtteranceError};
use misa_files::pickle::{ConvertError, Items, Value};

/// Turns a failed conversion into an error that states its position.
pub(super) fn at(place: &str) -> impl FnOnce(ConvertError) -> DataError {
    move |error| match error {
        ConvertError::Kind { expected, found } => DataError::layout(place, expected, found),
        ConvertError::Io { .. } => DataError::layout(place, "bytes of the file", error.to_string()),
        _ => DataError::layout(place, "fewer shared values", error.to_string()),
    }
}

/// The items of a list or tuple that has one of the lengths.
pub(super) fn items<'p>(
    place: &str,
    value: Value<'p>,
    lengths: &[usize],
    expected: &str,
) -> Result<Items<'p>, DataError> {
    match value.items() {
        Some(items) if lengths.contains(&items.len()) => Ok(items),
        _ => Err(DataError::layout(place, expected, value.describe())),
    }
}

/// A matrix as the feature rows of one modality, at most `steps` of them.
pub(super) fn sequence(
    place: &str,
    value: Value<'_>,
    steps: Option<usize>,
) -> Result<Sequence, DataError> {
    let wrong = || DataError::layout(place, "an array [steps, d_input]", value.describe());
    let array = value.array().ok_or_else(wrong)?;
    let &[rows, d_input] = array.shape() else {
        return Err(wrong());
    };
    let rows = steps.map_or(rows, |steps| steps.min(rows));
    let values = array.to_floats(0..rows * d_input).map_err(at(place))?;
    Sequence::new(d_input, values).ok_or_else(wrong)
}

/// A matrix, or a list of rows that may differ in size.
pub(super) fn rows(place: &str, value: Value<'_>) -> Result<Vec<Vec<f64>>, DataError> {
    if let Some((array, &[_, d_input @ 1..=usize::MAX])) =
        value.array().map(|array| (array, array.shape()))
    {
        let values = array.to_doubles().map_err(at(place))?;
        return Ok(values.chunks_exact(d_input).map(<[f64]>::to_vec).collect());
    }
    let wrong = || DataError::layout(place, "rows of features", value.describe());
    let rows = value.items().ok_or_else(wrong)?.iter();
    rows.map(|row| row.to_doubles().map_err(at(place)))
        .collect()
}

/// What a pickle has of one part of an utterance; `None` in it is a missing part of a clip.
pub(super) fn part<'p, T>(
    wanted: Wanted,
    value: Value<'p>,
    read: impl FnOnce(Value<'p>) -> Result<T, DataError>,
) -> Result<Option<T>, DataError> {
    if wanted.is_clips() && value.is_none() {
        return Ok(None);
    }
    read(value).map(Some)
}

/// The features, the label and the segment of an utterance; of clips, the features suffice.
pub(super) fn outer<'p>(
    here: &str,
    item: Value<'p>,
    wanted: Wanted,
) -> Result<Vec<Value<'p>>, DataError> {
    let lengths: &[usize] = if wanted.is_clips() {
        &[1, 2, 3]
    } else {
        &[2, 3]
    };
    let items = items(here, item, lengths, "(features, label, segment)")?;
    Ok(items.iter().collect())
}

/// The label of an utterance, as far as it is needed.
pub(super) fn outer_label(
    here: &str,
    outer: &[Value<'_>],
    wanted: Wanted,
) -> Result<Option<f32>, DataError> {
    match outer.get(1) {
        Some(value) => wanted.beyond_clips(label(here, *value)),
        None => Ok(None),
    }
}

/// Whole numbers as word ids.
pub(super) fn word_ids(place: &str, value: Value<'_>) -> Result<Vec<u32>, DataError> {
    let ids = value.to_ints().map_err(at(place))?;
    ids.into_iter()
        .map(|id| {
            let wrong = |_| DataError::layout(place, "word ids of at least 0", id.to_string());
            u32::try_from(id).map_err(wrong)
        })
        .collect()
}

/// A label: one number, of any shape.
fn label(place: &str, value: Value<'_>) -> Result<f32, DataError> {
    let label = value.as_float().map(|label| label as f32);
    label
        .ok_or_else(|| DataError::layout(format!("{place}: label"), "one number", value.describe()))
}

/// Fails unless the modalities have equal steps and no more words.
pub(super) fn check_aligned(place: &str, entry: &Entry) -> Result<(), DataError> {
    let checked = entry.check_steps();
    checked
        .and_then(|()| entry.check_aligned())
        .map_err(of_utterance(place, &entry.id))
}

/// Turns an invalid utterance into an error that names it.
pub(super) fn of_utterance(place: &str, id: &str) -> impl FnOnce(UtteranceError) -> DataError {
    move |source| DataError::Utterance {
        place: place.to_owned(),
        id: id.to_owned(),
        source,
    }
}

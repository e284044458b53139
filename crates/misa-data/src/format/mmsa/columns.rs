//! The arrays of one split.

use crate::format::fields::at;
use crate::pickle::{Array, Value};
use crate::{DataError, Sequence};
use misa_core::Modality;

/// Padded features of one modality over all utterances of a split.
#[derive(Debug)]
pub(super) struct Padded<'p> {
    pub modality: Modality,
    array: Array<'p>,
    /// Steps of every utterance, padding included.
    pub steps: usize,
    d_input: usize,
    /// Steps of each utterance without padding, where the file states them.
    stated: Option<Vec<usize>>,
}

impl Padded<'_> {
    /// The first `steps` rows of utterance `index`.
    pub fn sequence(&self, place: &str, index: usize, steps: usize) -> Result<Sequence, DataError> {
        let start = index * self.steps * self.d_input;
        let values = self
            .array
            .to_floats(start..start + steps * self.d_input)
            .map_err(at(place))?;
        Sequence::new(self.d_input, values)
            .ok_or_else(|| DataError::layout(place, "at least 1 feature", "0 features"))
    }
}

/// The arrays of a split, checked to have one entry per utterance.
#[derive(Debug)]
pub(super) struct Columns<'p> {
    pub place: &'p str,
    pub labels: Vec<f32>,
    pub ids: Option<Vec<String>>,
    pub transcripts: Option<Vec<String>>,
    pub text: Option<Padded<'p>>,
    pub visual: Padded<'p>,
    pub acoustic: Padded<'p>,
    /// True steps of text, from the attention mask.
    mask: Option<(Vec<usize>, usize)>,
}

impl<'p> Columns<'p> {
    pub fn new(place: &'p str, value: Value<'p>) -> Result<Self, DataError> {
        let required = |key: &str| {
            value.get(key).ok_or_else(|| {
                DataError::layout(place, format!("a dict with {key:?}"), value.describe())
            })
        };
        let optional = |key: &str| value.get(key).filter(|value: &Value<'_>| !value.is_none());
        let label_place = format!("{place}: regression_labels");
        let labels = required("regression_labels")?
            .to_floats()
            .map_err(at(&label_place))?;
        let count = labels.len();
        let texts = |key: &str| {
            let value = optional(key);
            value
                .map(|value| strings(place, key, value, count))
                .transpose()
        };
        let features = |modality, key: &str, value, stated| {
            let stated = match optional(stated) {
                Some(value) => Some(lengths(place, stated, value, count)?),
                None => None,
            };
            padded(modality, &format!("{place}: {key}"), value, count, stated)
        };
        let text = optional("text");
        let mask = optional("text_bert").map(|value| mask(place, value, count));
        let text = text.map(|value| features(Modality::Text, "text", value, "text_lengths"));
        Ok(Self {
            place,
            ids: texts("id")?,
            transcripts: texts("raw_text")?,
            text: text.transpose()?,
            visual: features(
                Modality::Visual,
                "vision",
                required("vision")?,
                "vision_lengths",
            )?,
            acoustic: features(
                Modality::Acoustic,
                "audio",
                required("audio")?,
                "audio_lengths",
            )?,
            mask: mask.transpose()?,
            labels,
        })
    }

    /// Stated or implied steps of utterance `index`.
    pub fn steps(&self, padded: &Padded<'_>, index: usize) -> usize {
        match (&padded.stated, &self.mask) {
            (Some(lengths), _) => lengths[index],
            // As long as text: aligned to its tokens.
            (None, Some((lengths, steps))) if *steps == padded.steps => lengths[index],
            _ => padded.steps,
        }
    }
}

fn padded<'p>(
    modality: Modality,
    place: &str,
    value: Value<'p>,
    count: usize,
    stated: Option<Vec<usize>>,
) -> Result<Padded<'p>, DataError> {
    match value.array().map(|array| (array, array.shape())) {
        Some((array, &[utterances, steps, d_input])) if utterances == count => Ok(Padded {
            modality,
            array,
            steps,
            d_input,
            stated,
        }),
        _ => {
            let expected = format!("an array [{count}, steps, d_input]");
            Err(DataError::layout(place, expected, value.describe()))
        }
    }
}

/// Number of tokens of each utterance, and the steps they are padded to.
fn mask(place: &str, value: Value<'_>, count: usize) -> Result<(Vec<usize>, usize), DataError> {
    let place = format!("{place}: text_bert");
    match value.array().map(|array| (array, array.shape())) {
        Some((array, &[utterances, 3, steps])) if utterances == count => {
            let tokens = |index: usize| {
                let start = (3 * index + 1) * steps;
                let mask = array.to_floats(start..start + steps).map_err(at(&place))?;
                Ok(mask.iter().filter(|&&value| value > 0.5).count())
            };
            let lengths: Result<Vec<usize>, DataError> = (0..count).map(tokens).collect();
            Ok((lengths?, steps))
        }
        _ => {
            let expected = format!("an array [{count}, 3, steps]");
            Err(DataError::layout(place, expected, value.describe()))
        }
    }
}

fn strings(
    place: &str,
    key: &str,
    value: Value<'_>,
    count: usize,
) -> Result<Vec<String>, DataError> {
    let place = format!("{place}: {key}");
    let texts = value.to_texts().map_err(at(&place))?;
    check_count(&place, texts, count)
}

fn lengths(
    place: &str,
    key: &str,
    value: Value<'_>,
    count: usize,
) -> Result<Vec<usize>, DataError> {
    let place = format!("{place}: {key}");
    let ints = value.to_ints().map_err(at(&place))?;
    let lengths = ints
        .into_iter()
        .map(|steps| {
            let wrong = |_| DataError::layout(&place, "counts", steps.to_string());
            usize::try_from(steps).map_err(wrong)
        })
        .collect::<Result<_, _>>()?;
    check_count(&place, lengths, count)
}

fn check_count<T>(place: &str, values: Vec<T>, count: usize) -> Result<Vec<T>, DataError> {
    if values.len() == count {
        Ok(values)
    } else {
        let expected = format!("{count} entries, one per label");
        Err(DataError::layout(place, expected, values.len().to_string()))
    }
}

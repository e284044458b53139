//! The arrays of one split.

use super::Dialect;
use super::rows::Mask;
use super::values::{Padded, Values};
use crate::format::fields::at;
use crate::wanted::Wanted;
use crate::{DataError, Split};
use misa_files::pickle::{ConvertError, Value};
use misa_terms::{Modality, PerModality};

/// The arrays of a split, checked to have one entry per utterance.
#[derive(Debug)]
pub(super) struct Columns<'p> {
    place: String,
    value: Value<'p>,
    pub count: usize,
    ids: Option<Vec<String>>,
}

impl<'p> Columns<'p> {
    pub fn new(
        place: &str,
        value: Value<'p>,
        dialect: Dialect,
        wanted: Wanted,
    ) -> Result<Self, DataError> {
        let mut columns = Self {
            place: place.to_owned(),
            value,
            count: 0,
            ids: None,
        };
        columns.count = columns.counted(dialect, wanted)?;
        columns.ids = columns.read_ids()?;
        Ok(columns)
    }

    /// Number of entries of the first column that is required in this dialect; of clips, the first that
    /// is there, except for labels.
    fn counted(&self, dialect: Dialect, wanted: Wanted) -> Result<usize, DataError> {
        let keys = [dialect.label(), "id", "vision", "audio", "text", "raw_text"];
        let keys = &keys[usize::from(wanted.is_clips())..];
        let column = keys
            .iter()
            .find_map(|&key| Some((key, self.optional(key)?)));
        let (key, value) = column.ok_or_else(|| self.missing(keys[0]))?;
        let rows = value.array().map(|array| array.shape().first().copied());
        let place = format!("{}: {key}", self.place);
        let count = match (rows, value.items()) {
            (Some(Some(rows)), _) => rows,
            (None, Some(items)) => items.len(),
            _ => {
                let found = value.describe();
                return Err(DataError::layout(place, "a list or array", found));
            }
        };
        wanted.check_count(&place, count)
    }

    /// The names of the utterances; numbers if the file has none.
    pub fn ids(&self, split: Option<Split>) -> Vec<String> {
        match &self.ids {
            Some(ids) => ids.clone(),
            None => numbered(split, self.count),
        }
    }

    fn optional(&self, key: &str) -> Option<Value<'p>> {
        let value = self.value.get(key);
        value.filter(|value: &Value<'_>| !value.is_none())
    }

    fn missing(&self, key: &str) -> DataError {
        let expected = format!("a dict with {key:?}");
        DataError::layout(&self.place, expected, self.value.describe())
    }

    pub fn labels(&self, dialect: Dialect) -> Result<Vec<f32>, DataError> {
        let key = dialect.label();
        let place = format!("{}: {key}", self.place);
        let value = self.optional(key).ok_or_else(|| self.missing(key))?;
        self.check_count(&place, value.to_floats().map_err(at(&place))?)
    }

    /// The labels by each modality alone. MMSA fills those that a corpus lacks with NaN, or with nothing.
    pub fn modality_labels(&self) -> Result<PerModality<Vec<Option<f32>>>, DataError> {
        let labels = PerModality::from_fn(|modality| {
            let letter = modality_letter(modality);
            let key = format!("{}_{letter}", Dialect::Mmsa.label());
            let Some(value) = self.optional(&key) else {
                return Ok(Vec::new());
            };
            let place = format!("{}: {key}", self.place);
            let labels = value.to_floats().map_err(at(&place))?;
            if labels.iter().all(|label| label.is_nan()) {
                return Ok(Vec::new());
            }
            let labels = self.check_count(&place, labels)?;
            Ok(labels.into_iter().map(Some).collect())
        });
        labels.transpose()
    }

    pub fn transcripts(&self) -> Result<Option<Vec<String>>, DataError> {
        let place = format!("{}: raw_text", self.place);
        let texts = |value: Value<'_>| {
            let texts = value.to_texts().map_err(at(&place))?;
            self.check_count(&place, texts)
        };
        self.optional("raw_text").map(texts).transpose()
    }

    /// The names of the utterances. If a name has parts, they are video, start and end.
    fn read_ids(&self) -> Result<Option<Vec<String>>, DataError> {
        let Some(value) = self.optional("id") else {
            return Ok(None);
        };
        let place = format!("{}: id", self.place);
        let ids = names(value).map_err(at(&place))?;
        self.check_count(&place, ids).map(Some)
    }

    /// Number of tokens of each utterance, and their number of padded steps.
    pub fn mask(&self) -> Result<Option<Mask>, DataError> {
        let Some(value) = self.optional("text_bert") else {
            return Ok(None);
        };
        let place = format!("{}: text_bert", self.place);
        match value.array().map(|array| (array, array.shape())) {
            Some((array, &[utterances, 3, steps])) if utterances == self.count => {
                let tokens = |index: usize| {
                    let start = (3 * index + 1) * steps;
                    let mask = array.to_floats(start..start + steps).map_err(at(&place))?;
                    Ok(mask.iter().filter(|&&value| value > 0.5).count())
                };
                let lengths: Result<Vec<usize>, DataError> = (0..self.count).map(tokens).collect();
                Ok(Some(Mask {
                    lengths: lengths?,
                    steps,
                }))
            }
            _ => {
                let expected = format!("an array [{}, 3, steps]", self.count);
                Err(DataError::layout(place, expected, value.describe()))
            }
        }
    }

    /// The features of a modality that the split must contain.
    pub fn required(&self, modality: Modality) -> Result<Padded<'p>, DataError> {
        let found = self.features(modality)?;
        found.ok_or_else(|| self.missing(key(modality)))
    }

    /// The features of a modality.
    pub fn features(&self, modality: Modality) -> Result<Option<Padded<'p>>, DataError> {
        let key = key(modality);
        let Some(value) = self.optional(key) else {
            return Ok(None);
        };
        let stated = self.lengths(&format!("{key}_lengths"))?;
        let place = format!("{}: {key}", self.place);
        match value.array().map(|array| (array, array.shape())) {
            Some((array, &[utterances, steps, d_input])) if utterances == self.count => {
                Ok(Some(Padded {
                    modality,
                    place,
                    values: Values::Pickle(array),
                    steps,
                    d_input,
                    stated,
                }))
            }
            _ => {
                let expected = format!("an array [{}, steps, d_input]", self.count);
                Err(DataError::layout(place, expected, value.describe()))
            }
        }
    }

    fn lengths(&self, key: &str) -> Result<Option<Vec<usize>>, DataError> {
        let Some(value) = self.optional(key) else {
            return Ok(None);
        };
        let place = format!("{}: {key}", self.place);
        let ints = value.to_ints().map_err(at(&place))?;
        let lengths = ints
            .into_iter()
            .map(|steps| {
                let wrong = |_| DataError::layout(&place, "counts", steps.to_string());
                usize::try_from(steps).map_err(wrong)
            })
            .collect::<Result<_, _>>()?;
        self.check_count(&place, lengths).map(Some)
    }

    fn check_count<T>(&self, place: &str, values: Vec<T>) -> Result<Vec<T>, DataError> {
        if values.len() == self.count {
            Ok(values)
        } else {
            let expected = format!("{} entries, one per utterance", self.count);
            Err(DataError::layout(place, expected, values.len().to_string()))
        }
    }
}

/// Names of utterances that have none.
pub(in crate::format) fn numbered(split: Option<Split>, count: usize) -> Vec<String> {
    let name = |index: usize| match split {
        Some(split) => format!("{split}[{index}]"),
        None => index.to_string(),
    };
    (0..count).map(name).collect()
}

/// The key of the features of a modality.
pub(super) fn key(modality: Modality) -> &'static str {
    match modality {
        Modality::Text => "text",
        Modality::Visual => "vision",
        Modality::Acoustic => "audio",
    }
}

/// The letter of a modality in MMSA's names of labels.
pub(in crate::format) fn modality_letter(modality: Modality) -> char {
    match modality {
        Modality::Text => 'T',
        Modality::Visual => 'V',
        Modality::Acoustic => 'A',
    }
}

/// Names from texts; the texts in one row form one name, `video[start,end]`.
fn names(value: Value<'_>) -> Result<Vec<String>, ConvertError> {
    if let Some(&[rows, parts @ 1..=usize::MAX]) = value.array().map(|array| array.shape()) {
        let texts = value.to_texts()?;
        let names = texts.chunks_exact(parts).map(name);
        return Ok(names.take(rows).collect());
    }
    match value.items() {
        Some(items) if items.iter().all(|item| item.items().is_some()) => items
            .iter()
            .map(|item| Ok(name(&item.to_texts()?)))
            .collect(),
        _ => value.to_texts(),
    }
}

fn name(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [name] => name.clone(),
        [video, times @ ..] => format!("{video}[{}]", times.join(",")),
    }
}

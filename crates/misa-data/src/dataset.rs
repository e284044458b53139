//! A data set in memory, checked once.

use crate::note::Notes;
use crate::widths::{Widths, check_widths};
use crate::{
    DataError, Format, Normalisation, Note, NoteKind, Scaling, Sequence, Split, TextSequence,
    Utterance, Vocabulary, Width, checksum, format,
};
use misa_core::{FeatureSizes, Modality, TextSize};
use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

/// Labelled utterances in three splits, all with the same feature sizes.
///
/// Feature values are finite: others were replaced by 0 and counted in [`notes`](Self::notes).
#[derive(Clone, Debug)]
pub struct UtteranceDataset {
    format: Format,
    splits: [Vec<Utterance>; 3],
    sizes: FeatureSizes,
    vocabulary: Option<Vocabulary>,
    notes: Vec<Note>,
    checksum: OnceLock<String>,
}

/// What a reader found, not yet checked as a whole.
#[derive(Debug)]
pub(crate) struct Parts {
    pub format: Format,
    /// How messages name each split.
    pub places: [String; 3],
    pub splits: [Vec<Utterance>; 3],
    pub vocabulary: Option<Vocabulary>,
    pub notes: Notes,
}

impl UtteranceDataset {
    /// The data set at `path`, whose format is told by its content.
    ///
    /// A path is a file, a folder with `train.pkl`, or a folder with a single data file; see
    /// [`Format`].
    ///
    /// # Errors
    ///
    /// [`DataError`] when there is no data set, or it is damaged, inconsistent or too large.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Self::from_parts(format::read(path.as_ref(), None)?)
    }

    /// The data set at `path`, read as `format` whatever it looks like.
    ///
    /// # Errors
    ///
    /// [`DataError`] as for [`open`](Self::open), and when the content is of another format.
    pub fn open_as(path: impl AsRef<Path>, format: Format) -> Result<Self, DataError> {
        Self::from_parts(format::read(path.as_ref(), Some(format))?)
    }

    /// A data set of your own utterances; `valid` and `test` may be empty.
    ///
    /// Without a vocabulary, word ids count up to the largest one used.
    ///
    /// # Errors
    ///
    /// [`DataError`] when `train` is empty, an utterance is wrong by itself, feature sizes differ,
    /// or a word id is outside the vocabulary.
    pub fn from_splits(
        train: Vec<Utterance>,
        valid: Vec<Utterance>,
        test: Vec<Utterance>,
        vocabulary: Option<Vocabulary>,
    ) -> Result<Self, DataError> {
        Self::from_parts(Parts {
            format: Format::Memory,
            places: Split::ALL.map(|split| split.to_string()),
            splits: [train, valid, test],
            vocabulary,
            notes: Notes::default(),
        })
    }

    pub(crate) fn from_parts(mut parts: Parts) -> Result<Self, DataError> {
        let widths = parts.check()?;
        parts.replace_non_finite();
        parts.note_repeated_ids();
        let sizes = FeatureSizes {
            text: match widths.text {
                Width::Words => TextSize::Words {
                    vocabulary: parts.check_word_ids()?,
                },
                Width::Features(d_input) => TextSize::Features { d_input },
            },
            visual: features(widths.visual),
            acoustic: features(widths.acoustic),
        };
        let mut vocabulary = parts.vocabulary;
        if let Some(vocabulary) = &mut vocabulary {
            vocabulary.freeze();
        }
        Ok(Self {
            format: parts.format,
            splits: parts.splits,
            sizes,
            vocabulary,
            notes: parts.notes.into_vec(),
            checksum: OnceLock::new(),
        })
    }

    /// The utterances of a split in file order; empty when the files have no such split.
    pub fn split(&self, split: Split) -> &[Utterance] {
        &self.splits[split.index()]
    }

    /// What a model needs to know of the data.
    pub fn feature_sizes(&self) -> FeatureSizes {
        self.sizes
    }

    /// The words, when text is word ids.
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        self.vocabulary.as_ref()
    }

    /// Where the data came from.
    pub fn format(&self) -> Format {
        self.format
    }

    /// SHA-256 of the utterances (ids, words, values and labels, in order), in hexadecimal.
    ///
    /// The same data has the same checksum however it is stored. Computed when first asked for.
    pub fn checksum(&self) -> &str {
        self.checksum.get_or_init(|| checksum::of(&self.splits))
    }

    /// What was dropped, replaced or found odd, with counts.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Writes one safetensors file that [`open`](Self::open) reads back unchanged.
    ///
    /// The file appears at `path` only when it is complete.
    ///
    /// # Errors
    ///
    /// [`DataError::Io`] when the folder or disk does not allow it.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        format::safetensors::write(self, path.as_ref())
    }

    /// What `normalisation` is for this data set.
    pub fn scaling(&self, normalisation: Normalisation) -> Scaling {
        Scaling::of(normalisation, self.split(Split::Train))
    }

    /// The same data set with visual and acoustic features scaled.
    pub fn scaled(mut self, scaling: &Scaling) -> Self {
        for utterance in self.splits.iter_mut().flatten() {
            scaling.apply(utterance);
        }
        self.checksum = OnceLock::new();
        self
    }
}

fn features(width: Width) -> usize {
    match width {
        Width::Features(d_input) => d_input,
        // Visual and acoustic sequences are always features.
        Width::Words => 0,
    }
}

impl Parts {
    fn check(&self) -> Result<Widths, DataError> {
        let mut widths = None;
        for (utterances, place) in self.splits.iter().zip(&self.places) {
            for utterance in utterances {
                utterance.check().map_err(|source| DataError::Utterance {
                    place: place.clone(),
                    id: utterance.id.clone(),
                    source,
                })?;
            }
            check_widths(place, utterances, &mut widths)?;
        }
        let [train, ..] = &self.splits;
        widths
            .filter(|_| !train.is_empty())
            .ok_or_else(|| DataError::NoTrain {
                place: self.places[0].clone(),
            })
    }

    fn replace_non_finite(&mut self) {
        for split in Split::ALL {
            for modality in Modality::ALL {
                let utterances = self.splits[split.index()].iter_mut();
                let count = utterances
                    .filter_map(|utterance| match (modality, &mut utterance.text) {
                        (Modality::Text, TextSequence::Features(text)) => Some(text),
                        (Modality::Text, TextSequence::Words(_)) => None,
                        (Modality::Visual, _) => Some(&mut utterance.visual),
                        (Modality::Acoustic, _) => Some(&mut utterance.acoustic),
                    })
                    .map(zero_non_finite)
                    .sum();
                self.notes.add(split, NoteKind::NonFinite(modality), count);
            }
        }
    }

    fn note_repeated_ids(&mut self) {
        let mut earlier: HashSet<&str> = HashSet::new();
        for split in Split::ALL {
            let utterances = &self.splits[split.index()];
            let ids: HashSet<&str> = utterances.iter().map(|utterance| &*utterance.id).collect();
            let duplicate = utterances.len() - ids.len();
            let shared = ids.intersection(&earlier).count();
            self.notes.add(split, NoteKind::DuplicateId, duplicate);
            self.notes.add(split, NoteKind::SharedId, shared);
            earlier.extend(ids);
        }
    }

    /// The number of word ids, once none is outside the vocabulary.
    fn check_word_ids(&self) -> Result<usize, DataError> {
        let bound = match &self.vocabulary {
            Some(vocabulary) => vocabulary.len(),
            None => Vocabulary::MAX_LEN,
        };
        let mut len = 2;
        for (utterances, place) in self.splits.iter().zip(&self.places) {
            for utterance in utterances {
                let TextSequence::Words(ids) = &utterance.text else {
                    continue;
                };
                let largest = ids.iter().copied().max().unwrap_or(0);
                if largest as usize >= bound {
                    return Err(DataError::layout(
                        format!("{place}: utterance {:?}: text", utterance.id),
                        format!("word ids below {bound}"),
                        largest.to_string(),
                    ));
                }
                len = len.max(largest as usize + 1);
            }
        }
        Ok(self.vocabulary.as_ref().map_or(len, Vocabulary::len))
    }
}

fn zero_non_finite(sequence: &mut Sequence) -> usize {
    let mut count = 0;
    for value in sequence.values_mut() {
        if !value.is_finite() {
            *value = 0.0;
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utterance(id: &str, word_ids: Vec<u32>, d_visual: usize, value: f32) -> Utterance {
        let visual = Sequence::new(d_visual, vec![value; d_visual]).unwrap();
        let acoustic = Sequence::new(1, vec![0.0]).unwrap();
        let text = TextSequence::Words(word_ids);
        Utterance::new(id, vec![], text, visual, acoustic, 1.0).unwrap()
    }

    fn dataset(
        train: Vec<Utterance>,
        valid: Vec<Utterance>,
    ) -> Result<UtteranceDataset, DataError> {
        UtteranceDataset::from_splits(train, valid, vec![], None)
    }

    #[test]
    fn sizes_come_from_the_utterances() {
        let data = dataset(vec![utterance("a", vec![7, 2], 3, 0.5)], vec![]).unwrap();
        let sizes = data.feature_sizes();
        assert_eq!(sizes.text, TextSize::Words { vocabulary: 8 });
        assert_eq!((sizes.visual, sizes.acoustic), (3, 1));
        assert!(data.split(Split::Test).is_empty());
        assert!(data.notes().is_empty());
    }

    #[test]
    fn non_finite_features_are_replaced_and_counted() {
        let train = vec![utterance("a", vec![2], 3, f32::NEG_INFINITY)];
        let data = dataset(train, vec![]).unwrap();
        assert_eq!(data.split(Split::Train)[0].visual.values(), [0.0; 3]);
        let text = "train: 3 non-finite visual values replaced by 0";
        assert_eq!(data.notes()[0].to_string(), text);
    }

    #[test]
    fn repeated_ids_are_noted() {
        let [a, b] = ["a", "b"].map(|id| utterance(id, vec![2], 1, 0.0));
        let data = dataset(vec![a.clone(), a.clone()], vec![a, b]).unwrap();
        let notes: Vec<String> = data.notes().iter().map(Note::to_string).collect();
        let expected = [
            "train: 1 utterances with an id used before",
            "valid: 1 utterances with an id of an earlier split",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn an_empty_train_split_is_refused() {
        let error = dataset(vec![], vec![utterance("a", vec![2], 1, 0.0)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "train: no utterances, expected at least 1 in train"
        );
    }

    #[test]
    fn sizes_agree_between_splits() {
        let train = vec![utterance("a", vec![2], 2, 0.0)];
        let error = dataset(train, vec![utterance("b", vec![2], 3, 0.0)]).unwrap_err();
        let text = "valid: utterance \"b\": visual has 3 features, expected 2 features";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn word_ids_lie_in_the_vocabulary() {
        let train = vec![utterance("a", vec![2], 1, 0.0)];
        let vocabulary = Some(Vocabulary::new());
        let error = UtteranceDataset::from_splits(train, vec![], vec![], vocabulary).unwrap_err();
        let text = "train: utterance \"a\": text: expected word ids below 2, found 2";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn fields_changed_after_the_fact_are_checked_again() {
        let mut broken = utterance("a", vec![2], 1, 0.0);
        broken.label = f32::INFINITY;
        let error = dataset(vec![broken], vec![]).unwrap_err();
        let text = "train: utterance \"a\": label is inf, expected a finite number";
        assert_eq!(error.to_string(), text);
    }
}

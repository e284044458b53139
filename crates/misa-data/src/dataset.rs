//! A data set in memory.

use crate::checksum::LabelChecksum;
use crate::intake::{Heading, Intake};
use crate::{
    DataError, Format, Normalisation, Note, OpenOptions, Overview, Policy, Scaling, Split,
    Utterance, Vocabulary, checksum, format,
};
use misa_terms::{ConfigError, FeatureSizes, Recipes, check_recipes};
use std::path::Path;
use std::sync::OnceLock;

/// Labelled utterances in three splits, all with the same feature sizes.
///
/// Labels and feature values are finite; values that were replaced for this are counted in
/// [`notes`](Self::notes).
#[derive(Clone, Debug)]
pub struct UtteranceDataset {
    splits: [Vec<Utterance>; 3],
    overview: Overview,
    checksum: OnceLock<String>,
}

impl UtteranceDataset {
    /// The data set at `path`. Its format is detected from the content.
    ///
    /// The path is a file or a folder, see [`Format`]. [`OpenOptions`] has more settings.
    ///
    /// # Errors
    ///
    /// [`DataError`] when there is no data set, or it is damaged, inconsistent or too large.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DataError> {
        OpenOptions::new().open(path)
    }

    /// The data set at `path`, read as `format` instead of detecting it.
    ///
    /// # Errors
    ///
    /// [`DataError`] as for [`open`](Self::open), and when the content has another format.
    pub fn open_as(path: impl AsRef<Path>, format: Format) -> Result<Self, DataError> {
        OpenOptions::new().with_format(format).open(path)
    }

    /// A data set of your own utterances; splits may be empty, but not all of them.
    ///
    /// Without a vocabulary, the largest word id determines the size. NaN and infinite values are
    /// treated by [`Policy::Strict`].
    ///
    /// # Errors
    ///
    /// [`DataError`] when there are no utterances, one is invalid, feature sizes differ, or a word
    /// id is outside the vocabulary.
    pub fn from_splits(
        train: Vec<Utterance>,
        valid: Vec<Utterance>,
        test: Vec<Utterance>,
        vocabulary: Option<Vocabulary>,
    ) -> Result<Self, DataError> {
        let format = Format::Memory;
        Self::of([train, valid, test], Heading { format, vocabulary })
    }

    /// A data set of utterances in memory, which are checked.
    pub(crate) fn of(given: [Vec<Utterance>; 3], heading: Heading) -> Result<Self, DataError> {
        let mut splits = [const { Vec::new() }; 3];
        let mut sink = |split: Split, utterance| {
            splits[split.index()].push(utterance);
            Ok(())
        };
        let mut intake = Intake::new(Policy::Strict, &mut sink);
        for (split, utterances) in Split::ALL.into_iter().zip(given) {
            for utterance in utterances {
                intake.push(split, split.name(), utterance)?;
            }
        }
        let overview = intake.finish("data set", heading)?;
        Ok(Self::new(splits, overview))
    }

    /// A data set of utterances that have passed the intake.
    pub(crate) fn new(splits: [Vec<Utterance>; 3], overview: Overview) -> Self {
        let checksum = OnceLock::new();
        Self {
            splits,
            overview,
            checksum,
        }
    }

    /// The utterances of a split in file order; empty if the files have no such split.
    pub fn split(&self, split: Split) -> &[Utterance] {
        &self.splits[split.index()]
    }

    /// The utterances of train, valid and test, without a copy.
    pub fn into_splits(self) -> [Vec<Utterance>; 3] {
        self.splits
    }

    /// The data set without its test split, and the test split.
    pub(crate) fn without_test(mut self) -> (Self, Vec<Utterance>) {
        let test = std::mem::take(&mut self.splits[Split::Test.index()]);
        self.checksum = OnceLock::new();
        (self, test)
    }

    /// The facts besides the utterances; counts include a test split that was taken out.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// The sizes that a model needs to know.
    pub fn feature_sizes(&self) -> FeatureSizes {
        self.overview.sizes
    }

    /// The words, if the text is word ids.
    pub fn vocabulary(&self) -> Option<&Vocabulary> {
        self.overview.vocabulary.as_ref()
    }

    /// Where the data came from.
    pub fn format(&self) -> Format {
        self.overview.format
    }

    /// SHA-256 of the utterances (ids, words, values and labels, in order), in hexadecimal.
    ///
    /// Equal data has equal checksums, however it is stored. Computed on first use.
    pub fn checksum(&self) -> &str {
        self.checksum.get_or_init(|| checksum::of(&self.splits))
    }

    /// SHA-256 of the labels by single modalities, in hexadecimal, which [`checksum`](Self::checksum) leaves
    /// out; `None` if no split has any.
    pub fn modality_label_checksum(&self) -> Option<String> {
        let mut checksum = LabelChecksum::default();
        for utterances in &self.splits {
            checksum.split(&checksum::modality_labels(utterances));
        }
        checksum.finish()
    }

    /// Dropped, replaced and unusual values, with counts.
    pub fn notes(&self) -> &[Note] {
        &self.overview.notes
    }

    /// How the features of each modality were made; `None` where the files do not say.
    pub fn recipes(&self) -> &Recipes {
        &self.overview.recipes
    }

    /// The same data set with these recipes of its features.
    ///
    /// # Errors
    ///
    /// [`DataError::Recipes`] if a recipe names columns and their number is not that of the features, if
    /// its checksum is no SHA-256, or if it is too long to be stored.
    pub fn with_recipes(mut self, recipes: Recipes) -> Result<Self, DataError> {
        let checked = check_recipes(&recipes, Some(self.overview.sizes));
        checked.map_err(|fault| DataError::Recipes {
            place: "recipes".to_string(),
            fault,
        })?;
        self.overview.recipes = recipes;
        Ok(self)
    }

    /// Writes one safetensors file, which [`open`](Self::open) reads back unchanged.
    ///
    /// The file appears at `path` only when it is complete.
    ///
    /// # Errors
    ///
    /// [`DataError::Io`] when the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), DataError> {
        format::safetensors::write(self, path.as_ref())
    }

    /// The scaling by `normalisation` for this data set.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoRecipe`] if the visual or the acoustic features have no recipe and are to be scaled
    /// by it, unless all their steps in the train split are absent.
    pub fn scaling(&self, normalisation: Normalisation) -> Result<Scaling, ConfigError> {
        Scaling::of(normalisation, self.split(Split::Train), self.recipes())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sequence, TextSequence};
    use misa_terms::TextSize;

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
        let train = vec![utterance("a", vec![2], 3, f32::NAN)];
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
            "train: 1 utterance with an id used before",
            "valid: 1 utterance with an id of an earlier split",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn splits_are_handed_over_in_their_order() {
        let [a, b] = ["a", "b"].map(|id| utterance(id, vec![2], 1, 0.0));
        let data = dataset(vec![a.clone()], vec![b.clone()]).unwrap();
        assert_eq!(data.into_splits(), [vec![a], vec![b], vec![]]);
    }

    #[test]
    fn one_split_is_enough_and_none_is_not() {
        let data = dataset(vec![], vec![utterance("a", vec![2], 1, 0.0)]).unwrap();
        assert!(data.split(Split::Train).is_empty());
        let error = dataset(vec![], vec![]).unwrap_err();
        let text = "data set: no utterances, expected at least 1";
        assert_eq!(error.to_string(), text);
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
        let text = "data set: expected finite labels and features, found train: 1 label NaN or infinite \
                    (a); policy compat replaces them";
        assert_eq!(error.to_string(), text);
    }
}

//! The outcome of an examination, as plain data.

use super::Finding;
use super::labels::{LabelReport, ModalityLabelReport};
use crate::{Format, Padding, Policy, Split};
use misa_terms::{Modality, RecipeStamp};
use serde::Serialize;

/// The complete result for a data set. [`Display`](std::fmt::Display) shows it as text.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Examination {
    /// The examined path.
    pub path: String,
    /// 0: no faults; 1: warnings or errors; 2: not readable.
    pub status: u8,
    /// The files, sorted by name.
    pub files: Vec<FileReport>,
    /// SHA-256 in hexadecimal, if it is one file.
    pub sha256: Option<String>,
    /// The public file that has this checksum.
    pub published: Option<&'static str>,
    /// The contents; `None` if it cannot be read.
    pub content: Option<Content>,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
}

/// A file of the data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileReport {
    /// Its name inside the examined folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The contents of a readable data set.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Content {
    /// The detected format.
    pub format: Format,
    /// Variant of the format, in words.
    pub variant: String,
    /// The requested policy; the examination itself reads with [`Policy::Compat`].
    pub policy: Policy,
    /// The padding setting.
    pub padding: Padding,
    /// The probable corpus.
    pub corpus: Option<CorpusReport>,
    /// Train, valid and test, including empty ones.
    pub splits: Vec<SplitReport>,
    /// Ids in the vocabulary, if the text is word ids.
    pub vocabulary: Option<usize>,
    /// Distinct words, if the files contain words.
    pub distinct_words: usize,
    /// Text, visual and acoustic features.
    pub features: Vec<FeatureReport>,
    /// Whether results are comparable with published ones, judged by the feature sizes.
    pub comparison: Option<String>,
    /// The labels.
    pub labels: LabelReport,
    /// The labels by single modalities, of those that have any.
    pub modality_labels: Vec<ModalityLabelReport>,
    /// Values that were replaced or dropped.
    pub notes: Vec<String>,
}

/// The probable corpus of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CorpusReport {
    /// Its name.
    pub name: &'static str,
    /// Source of the counts.
    pub published_by: &'static str,
    /// How it was recognised.
    pub clue: Clue,
    /// Published utterances in train, valid and test, as far as known.
    pub counts: [Option<usize>; 3],
    /// Utterances more than published, per split.
    pub differences: [Option<i64>; 3],
}

/// How a corpus was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Clue {
    /// Number of utterances.
    Counts,
    /// By the feature sizes; the counts differ.
    Sizes,
}

/// The utterances of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SplitReport {
    /// The split.
    pub split: Split,
    /// Number of utterances.
    pub utterances: usize,
    /// Number of videos, if the ids name them.
    pub videos: Option<usize>,
    /// Utterances of one word, or one text vector.
    pub one_word: usize,
    /// Utterances whose modalities differ in steps.
    pub unaligned: usize,
}

/// The features of a modality.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeatureReport {
    /// The modality.
    pub modality: Modality,
    /// Features of a step; `None` for word ids.
    pub d_input: Option<usize>,
    /// How they were made, if the files say so.
    pub recipe: Option<RecipeStamp>,
    /// Probable origin of features of this size.
    pub explanation: Option<&'static str>,
    /// Splits that have utterances.
    pub splits: Vec<FeatureSplit>,
    /// Columns with one value in the whole train split.
    pub constant_in_train: Vec<usize>,
    /// Columns with one value in the whole data set.
    pub constant: Vec<usize>,
    /// Columns that vary between utterances, but never within one.
    pub repeated: Vec<usize>,
}

/// The features of a modality in a split.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FeatureSplit {
    /// The split.
    pub split: Split,
    /// Numbers of steps of the utterances.
    pub steps: Steps,
    /// The absent steps.
    pub absent: Absent,
    /// The values; `None` for word ids.
    pub values: Option<Values>,
}

/// Steps that are absent, such as words during which no face was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Absent {
    /// Their number.
    pub steps: usize,
    /// Their share of all steps, from 0 to 1.
    pub share: f64,
    /// Utterances all of whose steps are absent.
    pub utterances: usize,
}

/// Numbers of steps of the utterances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Steps {
    /// Fewest.
    pub min: usize,
    /// Median, the lower one of two.
    pub median: usize,
    /// Most.
    pub max: usize,
}

/// Feature values as they were read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Values {
    /// Values that are NaN.
    pub nan: usize,
    /// Values that are infinite and positive.
    pub positive_infinite: usize,
    /// Values that are infinite and negative.
    pub negative_infinite: usize,
    /// Sequences that are all zeros.
    pub zero_sequences: usize,
    /// The smallest number.
    pub min: Option<f32>,
    /// The largest number.
    pub max: Option<f32>,
    /// Mean of all numbers.
    pub mean: Option<f64>,
    /// Standard deviation of all numbers.
    pub deviation: Option<f64>,
}

//! The outcome of an examination, as plain data.

use super::Finding;
use super::labels::LabelReport;
use crate::{Format, Padding, Policy, Split};
use misa_terms::Modality;
use serde::Serialize;

/// Everything found out about a data set. [`Display`](std::fmt::Display) shows it as text.
#[derive(Clone, Debug, Serialize)]
pub struct Examination {
    /// What was examined.
    pub path: String,
    /// 0: nothing to worry about; 1: warnings or errors; 2: not readable.
    pub status: u8,
    /// The files, sorted by name.
    pub files: Vec<FileReport>,
    /// SHA-256 in hexadecimal, if it is one file.
    pub sha256: Option<String>,
    /// The public file that has this checksum.
    pub published: Option<&'static str>,
    /// What is inside; `None` when it cannot be read.
    pub content: Option<Content>,
    /// What is worth saying, the most severe first.
    pub findings: Vec<Finding>,
}

/// A file of the data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Its name, in the folder examined.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// What is inside a data set that can be read.
#[derive(Clone, Debug, Serialize)]
pub struct Content {
    /// The format recognised.
    pub format: Format,
    /// Variant of the format, in words.
    pub variant: String,
    /// The policy asked for; the examination itself reads by [`Policy::Compat`].
    pub policy: Policy,
    /// Where padding was looked for.
    pub padding: Padding,
    /// The corpus it looks like.
    pub corpus: Option<CorpusReport>,
    /// Train, valid and test, empty ones included.
    pub splits: Vec<SplitReport>,
    /// Ids in the vocabulary, where text is word ids.
    pub vocabulary: Option<usize>,
    /// Distinct words, as far as files hold words.
    pub distinct_words: usize,
    /// Text, visual and acoustic features.
    pub features: Vec<FeatureReport>,
    /// Whether results compare with published ones, judged by the sizes of the features.
    pub comparison: Option<String>,
    /// The labels.
    pub labels: LabelReport,
    /// What reading replaced or dropped.
    pub notes: Vec<String>,
}

/// The corpus that a data set looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CorpusReport {
    /// Its name.
    pub name: &'static str,
    /// Whose counts these are.
    pub published_by: &'static str,
    /// What it is recognised by.
    pub clue: Clue,
    /// Published utterances in train, valid and test, as far as known.
    pub counts: [Option<usize>; 3],
    /// Utterances more than published, per split.
    pub differences: [Option<i64>; 3],
}

/// What a corpus is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Clue {
    /// Number of utterances.
    Counts,
    /// Sizes of the features; the counts are other ones.
    Sizes,
}

/// The utterances of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SplitReport {
    /// The split.
    pub split: Split,
    /// Number of utterances.
    pub utterances: usize,
    /// Number of videos, where the ids tell.
    pub videos: Option<usize>,
    /// Utterances of one word, or one text vector.
    pub one_word: usize,
    /// Utterances whose modalities differ in steps.
    pub unaligned: usize,
}

/// The features of a modality.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureReport {
    /// The modality.
    pub modality: Modality,
    /// Features of a step; `None` for word ids.
    pub d_input: Option<usize>,
    /// Where features of this size come from.
    pub explanation: Option<&'static str>,
    /// Splits that have utterances.
    pub splits: Vec<FeatureSplit>,
    /// Columns that hold one value all over the train split.
    pub constant_in_train: Vec<usize>,
    /// Columns that hold one value all over the data set.
    pub constant: Vec<usize>,
    /// Columns that differ between utterances, but never within one.
    pub repeated: Vec<usize>,
}

/// The features of a modality in a split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeatureSplit {
    /// The split.
    pub split: Split,
    /// Steps of an utterance.
    pub steps: Steps,
    /// The values; `None` for word ids.
    pub values: Option<Values>,
}

/// Steps of an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
pub struct Values {
    /// Values that are NaN.
    pub nan: usize,
    /// Values that are infinite and positive.
    pub positive_infinite: usize,
    /// Values that are infinite and negative.
    pub negative_infinite: usize,
    /// Sequences of zeros alone.
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

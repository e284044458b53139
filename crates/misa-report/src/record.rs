//! The results of a run as plain numbers: the input of a page.

use serde::{Deserialize, Serialize};

/// Everything that a page shows.
///
/// Values that are not finite are left out of the figures and counted in their captions. Lists whose
/// lengths disagree are an error, see [`page`](crate::page()).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunRecord {
    /// Heading of the page, in plain text.
    pub title: String,
    /// What tells this run from others on one page, such as `seed-1`; the title if it is empty.
    #[serde(default)]
    pub name: String,
    /// The model, and the data if a page has several sets: a page of several runs has a mean over those of equal
    /// text.
    #[serde(default)]
    pub model: String,
    /// Names and values that a reader should see beside the scores, such as the date of the run.
    #[serde(default)]
    pub highlights: Vec<(String, String)>,
    /// Names of the classes in order of their index; empty for a regression of sentiment, from
    /// -3 (negative) to 3 (positive).
    #[serde(default)]
    pub classes: Vec<String>,
    /// Provenance and hyper-parameters, one table per section.
    #[serde(default)]
    pub facts: Vec<Section>,
    /// Warnings a reader must see before the scores.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Scores of each split, in the order of the columns.
    #[serde(default)]
    pub scores: Vec<SplitScores>,
    /// Losses and scores by epoch.
    #[serde(default)]
    pub curves: Vec<Curve>,
    /// Epoch whose weights were kept, from 1. Epochs of pre-training do not count.
    #[serde(default)]
    pub best_epoch: Option<usize>,
    /// Predictions and targets.
    #[serde(default)]
    pub predictions: Option<Predictions>,
    /// Shared and private vectors.
    #[serde(default)]
    pub representations: Option<Representations>,
    /// Attention between the tokens of the fusion.
    #[serde(default)]
    pub attention: Option<Attention>,
}

impl RunRecord {
    /// What tells this run from others: its name, or its title without one.
    pub(crate) fn short_name(&self) -> &str {
        if self.name.is_empty() {
            &self.title
        } else {
            &self.name
        }
    }
}

/// One table of names and values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Heading of the table.
    pub name: String,
    /// Name and value of each row.
    pub rows: Vec<(String, String)>,
}

/// Scores of one split.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SplitScores {
    /// Name of the split, such as `test`.
    pub split: String,
    /// Number of utterances scored.
    pub utterances: usize,
    /// Name and value of each score; `None` if it is undefined.
    pub scores: Vec<(String, Option<f64>)>,
    /// What some of the scores are read beside.
    #[serde(default)]
    pub contexts: Vec<ScoreContext>,
    /// The prediction of [`ScoreContext::constant`] in words, such as `0.12, the mean of the train
    /// split`; empty if there is none.
    #[serde(default)]
    pub constant: String,
    /// How often the intervals of the model contain the label, in words; empty if it has none.
    #[serde(default)]
    pub coverage: String,
}

/// How far a score can be trusted, and what it has to beat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoreContext {
    /// Name of the score.
    pub name: String,
    /// Whether higher values are better.
    pub is_better_high: bool,
    /// Whether it is a share, which is shown in percent.
    #[serde(default)]
    pub is_share: bool,
    /// 95 % interval of the score for other utterances.
    #[serde(default)]
    pub interval: Option<(f64, f64)>,
    /// The score of one prediction that is the same for every utterance.
    #[serde(default)]
    pub constant: Option<f64>,
}

/// One line of one chart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Curve {
    /// The chart of this line, which is also the label of its vertical axis, such as `task loss`.
    pub panel: String,
    /// Name of the line, such as `train`.
    pub name: String,
    /// One value per epoch, from epoch 1; `None` if the epoch has none.
    pub values: Vec<Option<f64>>,
    /// Whether these are epochs of pre-training, whose weights are never kept as the best.
    #[serde(default)]
    pub is_pretraining: bool,
}

/// Predictions of one split. Each list has one entry per utterance; that of the words may be empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Predictions {
    /// Name of the split, such as `test`.
    pub split: String,
    /// Ids of the utterances.
    pub ids: Vec<String>,
    /// What is said in each utterance; empty where the data has no words.
    #[serde(default)]
    pub words: Vec<String>,
    /// Sentiment, or index of the class.
    pub predictions: Vec<f32>,
    /// Sentiment, or index of the class.
    pub targets: Vec<f32>,
    /// Steps of each utterance's text.
    pub lengths: Vec<usize>,
}

/// Subspace vectors of one split.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Representations {
    /// Name of the split, such as `test`.
    pub split: String,
    /// Names of the modalities in use, one to three.
    pub modalities: Vec<String>,
    /// Size of a vector.
    pub d_hidden: usize,
    /// Modality-invariant vectors: per modality `[utterances, d_hidden]`, row-major.
    pub shared: Vec<Vec<f32>>,
    /// Modality-specific vectors: per modality `[utterances, d_hidden]`, row-major.
    pub private: Vec<Vec<f32>>,
    /// Sentiment or index of the class, per utterance.
    pub targets: Vec<f32>,
}

/// Attention weights of the fusion, averaged over heads and the utterances of one split.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attention {
    /// Name of the split, such as `test`.
    pub split: String,
    /// Names of the tokens, such as `shared text`.
    pub tokens: Vec<String>,
    /// `[tokens, tokens]`, row-major; rows are queries, columns are keys.
    pub weights: Vec<f64>,
}

//! How recordings became a data set, as plain numbers: the input of a page.

use crate::record::Section;
use serde::{Deserialize, Serialize};

/// Everything that the page of a data set shows.
///
/// Times are in seconds on the clock of their recording. Every number is finite, see
/// [`assembly_page`](crate::assembly_page).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssemblyRecord {
    /// Heading of the page, in plain text.
    pub title: String,
    /// Warnings a reader must see first.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Provenance and settings, one table per section.
    #[serde(default)]
    pub facts: Vec<Section>,
    /// The recordings, in the order of the data set.
    pub recordings: Vec<RecordingRecord>,
    /// One utterance, from the rows of the tools to the steps of the model.
    #[serde(default)]
    pub picture: Option<UtterancePicture>,
}

/// What became of one recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecordingRecord {
    /// Name of the recording.
    pub name: String,
    /// Utterances that were taken from it.
    pub utterances: usize,
    /// Seconds of speech, from the first word to the end of the last.
    pub seconds: f64,
    /// Seconds that the rows of faces cover; `None` without a file of faces.
    #[serde(default)]
    pub face_seconds: Option<f64>,
    /// Seconds that the rows of the voice cover; `None` without a file of the voice.
    #[serde(default)]
    pub voice_seconds: Option<f64>,
    /// Where the times of its words come from.
    #[serde(default)]
    pub words: WordNumbers,
    /// Where the faces of its steps come from; `None` without a file of faces.
    #[serde(default)]
    pub faces: Option<StepNumbers>,
    /// Where the voice of its steps comes from; `None` without a file of the voice.
    #[serde(default)]
    pub voice: Option<StepNumbers>,
    /// Rows of faces other than the one that was kept.
    #[serde(default)]
    pub other_faces: usize,
    /// How well words and voice fit in time; `None` if it cannot be told.
    #[serde(default)]
    pub offset: Option<OffsetNumbers>,
    /// What a reader should know of this recording.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Words by where their times come from; each word is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordNumbers {
    /// A tool found the word in the sound.
    pub measured: usize,
    /// A tool spread the word over the time between words that it found.
    pub interpolated: usize,
    /// The word had no times and was placed between its neighbours.
    pub placed: usize,
    /// The word had no times and was left out.
    pub dropped: usize,
    /// The word is in no utterance and was left out.
    pub outside: usize,
}

/// Steps of one modality by where their features come from, and what its file lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNumbers {
    /// Steps with rows of their own.
    pub measured: usize,
    /// Steps that took the nearest row, because none of their own was usable.
    pub borrowed: usize,
    /// Steps without a row nearby: zeros, which the model knows to be none.
    pub absent: usize,
    /// Stretches of the file without rows.
    pub gaps: usize,
    /// Rows that failed by the tool's own account, and were not used.
    pub invalid_rows: usize,
}

/// The offset at which words and voice fit best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OffsetNumbers {
    /// Seconds by which the voice is later than the words.
    pub seconds: f64,
    /// Correlation of words and voice there, from -1 to 1.
    pub correlation: f64,
    /// Whether the two clearly belong to different cuts.
    pub is_clear: bool,
}

/// One utterance as its tools saw it, and as the model gets it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UtterancePicture {
    /// Id of the utterance.
    pub utterance: String,
    /// Start of what is drawn, in seconds.
    pub from: f64,
    /// End of what is drawn, in seconds; after `from`.
    pub to: f64,
    /// Its words.
    pub words: Vec<PictureWord>,
    /// A column of each modality.
    pub tracks: Vec<PictureTrack>,
}

/// A word of the drawn utterance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PictureWord {
    /// The word.
    pub text: String,
    /// Start in seconds.
    pub start: f64,
    /// End in seconds, not before `start`.
    pub end: f64,
    /// Where its times come from.
    pub kind: WordKind,
}

/// Where the times of a word come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WordKind {
    /// A tool found the word in the sound.
    #[default]
    Measured,
    /// A tool spread the word over the time between words that it found.
    Interpolated,
    /// The word had no times and was placed between its neighbours.
    Placed,
}

/// One column of one modality over the drawn utterance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PictureTrack {
    /// Name of the modality, such as `faces`.
    pub modality: String,
    /// Name of the column, such as `AU12_r`.
    pub column: String,
    /// What the tool wrote, in any order.
    pub rows: Vec<PictureRow>,
    /// What the model gets.
    pub steps: Vec<PictureStep>,
}

/// A row that a tool wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PictureRow {
    /// Start in seconds.
    pub start: f64,
    /// End in seconds, not before `start`.
    pub end: f64,
    /// The number in the column; `None` if it has none.
    pub value: Option<f64>,
    /// Whether the row is usable; `false` if it failed by the tool's own account.
    pub valid: bool,
}

/// A step that the model gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PictureStep {
    /// Start in seconds.
    pub start: f64,
    /// End in seconds, not before `start`.
    pub end: f64,
    /// Mean of the column over the step; 0 if it is absent.
    pub value: f64,
    /// Where the mean comes from.
    pub kind: StepKind,
}

/// Where the features of a step come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum StepKind {
    /// Rows of its own.
    #[default]
    Measured,
    /// The nearest row.
    Borrowed,
    /// There is no row nearby.
    Absent,
}

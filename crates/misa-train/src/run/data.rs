//! What a run records about its data.

use crate::run::change::data_changes;
use crate::{Corpus, CorpusSummary, LabelSummary, TrainingConfig};
use misa_data::doctor::{self, Finding};
use misa_data::{Development, Format, Split};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Most files that are recorded; no known layout has as many.
const MOST: usize = 1000;

/// The data of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataSummary {
    /// Layout it was read from.
    pub format: String,
    /// SHA-256 of ids, words, features and labels of all splits, as they were read.
    pub checksum: String,
    /// SHA-256 of the labels by single modalities in train and valid; `None` if there are none, or if an
    /// earlier version did not read them.
    #[serde(default)]
    pub modality_labels: Option<String>,
    /// Number of utterances of each split.
    pub utterances: Vec<(Split, usize)>,
    /// What was dropped, replaced or suspicious.
    pub notes: Vec<String>,
    /// The files that it was read from, sorted by name; empty if they are not known.
    #[serde(default)]
    pub files: Vec<DataFile>,
    /// The corpus, if it is known.
    #[serde(default)]
    pub corpus: Option<CorpusSummary>,
    /// The labels of train and valid; `None` if they were not examined, as before version 2 of
    /// manifests.
    #[serde(default)]
    pub labels: Option<LabelSummary>,
    /// What the data doctor found in train and valid, the most severe first.
    #[serde(default)]
    pub findings: Vec<FindingSummary>,
}

/// A finding of the data doctor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSummary {
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// The kind of finding, such as `shared_videos`, which is stable between versions.
    pub kind: String,
    /// The finding in words, with the advice.
    pub message: String,
}

impl FindingSummary {
    /// Whether it may make scores worse or incomparable.
    pub fn is_serious(&self) -> bool {
        self.severity != "note"
    }
}

/// One file of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Its name, in the folder of the data.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last written, in seconds since 1970, if the system knows.
    pub modified: Option<u64>,
}

impl DataSummary {
    /// The summary of the data of a run, which was read from `path` if it was read from files.
    pub fn of(config: &TrainingConfig, data: &Development, path: Option<&Path>) -> Self {
        let notes = data.notes().iter().filter(|note| config.concerns(note));
        Self {
            format: data.dataset().format().to_string(),
            checksum: data.checksum().to_string(),
            modality_labels: data.dataset().modality_label_checksum(),
            utterances: data.counts().to_vec(),
            notes: notes.map(ToString::to_string).collect(),
            files: path.map(files).unwrap_or_default(),
            corpus: None,
            labels: None,
            findings: Vec::new(),
        }
    }

    /// The same with what can be known of the data from its content: its corpus, unless the settings
    /// name one, its labels, and what the doctor finds.
    pub(crate) fn examined(self, data: &Development, named: Option<Corpus>) -> Self {
        let dataset = data.dataset();
        let recognised = CorpusSummary::recognised(dataset);
        let certain = recognised.clone().filter(CorpusSummary::is_certain);
        let named = named.map(CorpusSummary::named);
        let is_made_up = dataset.format() == Format::Synthetic;
        Self {
            corpus: certain.or(named).or(recognised).filter(|_| !is_made_up),
            labels: LabelSummary::of(dataset),
            findings: if is_made_up {
                Vec::new()
            } else {
                doctor::findings(dataset).iter().map(finding).collect()
            },
            ..self
        }
    }

    /// What differs in `now`, in words, as far as it was recorded; nothing if the data is the same.
    pub fn changes(&self, now: &Self) -> Vec<String> {
        if self.is_same(now) {
            return Vec::new();
        }
        data_changes(self, now)
    }

    /// Whether the data is the same. Labels by single modalities may have come to it: a run that did not
    /// have them does not learn from them.
    pub(crate) fn is_same(&self, now: &Self) -> bool {
        let has_labels = |labels: &String| now.modality_labels.as_ref() == Some(labels);
        self.checksum == now.checksum && self.modality_labels.as_ref().is_none_or(has_labels)
    }
}

fn finding(finding: &Finding) -> FindingSummary {
    let Finding {
        severity,
        kind,
        what,
        place,
        advice,
        ..
    } = finding;
    FindingSummary {
        severity: severity.to_string(),
        kind: kind.to_string(),
        message: format!("{place}: {what}; {advice}"),
    }
}

/// The file at `path`, or those in the folder.
fn files(path: &Path) -> Vec<DataFile> {
    let mut paths = vec![path.to_path_buf()];
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        paths = entries.map(|entry| entry.path()).take(MOST).collect();
    }
    // The data has been read already: a file that cannot be described now is only not listed.
    let mut files: Vec<DataFile> = paths.iter().filter_map(|path| file(path)).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn file(path: &Path) -> Option<DataFile> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let modified = metadata.modified().ok();
    let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Some(DataFile {
        name: path.file_name()?.to_string_lossy().into_owned(),
        bytes: metadata.len(),
        modified: since.map(|since| since.as_secs()),
    })
}

//! The contents and faults of a data set, in numbers and in words.
//!
//! [`examine`] reads a data set once, without keeping its utterances, and compares it with the
//! published numbers of the common corpora. The [`Examination`] can be serialised, and displayed as
//! text.
//!
//! ```
//! # fn main() -> Result<(), misa_data::DataError> {
//! # use misa_data::{OpenOptions, SyntheticConfig, doctor};
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("mine.safetensors");
//! # SyntheticConfig::new().generate().dataset.save(&path)?;
//! let examination = doctor::examine(&path, &OpenOptions::new());
//! println!("{examination}");
//! assert_eq!(examination.status, 0);
//! # Ok(())
//! # }
//! ```
//!
//! | File | Holds |
//! |---|---|
//! | `report.rs`, `finding.rs`, `labels.rs` | the outcome |
//! | `files.rs`, `published.rs`, `sizes.rs` | known files, counts and sizes |
//! | `record.rs`, `columns.rs` | the data that is kept per utterance and per column |
//! | `survey.rs`, `identity.rs` | the report that is computed from them |
//! | `check/`, `advice.rs` | findings and advice |
//! | `text.rs` | what a BERT reads of the words |
//! | `render/` | the text |

mod advice;
mod check;
mod columns;
mod files;
mod finding;
mod identity;
mod labels;
mod published;
mod record;
mod render;
mod report;
mod sizes;
mod survey;
#[cfg(feature = "tensors")]
mod text;

use crate::{DataError, OpenOptions, Overview, Policy, Split, Utterance, UtteranceDataset};
use check::Evidence;
pub use finding::{Finding, Severity};
pub use labels::{Bin, LabelReport, LabelSplit, ModalityLabelReport, Scale};
use record::Observations;
pub use report::{
    Absent, Clue, Content, CorpusReport, Examination, FeatureReport, FeatureSplit, FileReport,
    SplitReport, Steps, Values,
};
use std::path::Path;
#[cfg(feature = "tensors")]
pub use text::examine_text;

/// The progress of an examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// This many utterances have been read.
    Utterances(usize),
    /// The checksum of the file is computed.
    Checksum {
        /// Bytes read.
        bytes: u64,
        /// Bytes of the file.
        of: u64,
    },
}

/// Examines the data set at `path`, opened with `options`.
///
/// It is always read with [`Policy::Compat`], so that values that [`Policy::Strict`] rejects become
/// findings instead of an error. A data set that cannot be read at all has
/// [`status`](Examination::status) 2 and one finding.
pub fn examine(path: impl AsRef<Path>, options: &OpenOptions) -> Examination {
    examine_with(path, options, &mut |_| ())
}

/// The same, and calls `progress` after every utterance and every piece of the checksum.
pub fn examine_with(
    path: impl AsRef<Path>,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
) -> Examination {
    let path = path.as_ref();
    let mut examination = Examination {
        path: path.display().to_string(),
        status: 2,
        files: files::list(path),
        sha256: None,
        published: None,
        content: None,
        findings: Vec::new(),
    };
    match read(path, options, progress) {
        Ok((content, findings)) => {
            (examination.content, examination.findings) = (Some(content), findings);
        }
        Err(error) => examination.findings.push(advice::unreadable(&error)),
    }
    examination.sha256 = files::checksum(path, &examination.files, progress);
    examination.published = examination.sha256.as_deref().and_then(published::file);
    set_status(&mut examination);
    examination
}

/// Sets the status by the contents and the worst finding.
fn set_status(examination: &mut Examination) {
    let severities = examination.findings.iter().map(|found| found.severity);
    examination.status = match (&examination.content, severities.max()) {
        (None, _) => 2,
        (Some(_), Some(Severity::Warning | Severity::Error)) => 1,
        (Some(_), _) => 0,
    };
}

/// The probable corpus of a data set, by its numbers of utterances, or otherwise by the sizes of its
/// features.
pub fn corpus(data: &UtteranceDataset) -> Option<CorpusReport> {
    let overview = data.overview();
    published::corpus(overview.counts, overview.sizes)
}

/// The findings about a data set in memory, the most severe first.
///
/// Those about values that were replaced or dropped when it was read are left out: they are its
/// [`notes`](UtteranceDataset::notes). Of a data set without its test split, the other splits are
/// examined.
pub fn findings(data: &UtteranceDataset) -> Vec<Finding> {
    let mut observations = Observations::default();
    for split in Split::ALL {
        for utterance in data.split(split) {
            observations.add(split, utterance);
        }
    }
    let overview = Overview {
        notes: Vec::new(),
        ..data.overview().clone()
    };
    let content = survey::content(&OpenOptions::new(), &overview, &observations);
    check::all(&Evidence {
        content: &content,
        overview: &overview,
        observations: &observations,
    })
}

fn read(
    path: &Path,
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Content, Vec<Finding>), DataError> {
    let mut observations = Observations::default();
    let mut observe = |split: Split, utterance: &Utterance| {
        observations.add(split, utterance);
        progress(Progress::Utterances(observations.records.len()));
    };
    let lenient = options.clone().with_policy(Policy::Compat);
    let overview = lenient.observe(path, &mut observe)?;
    let content = survey::content(options, &overview, &observations);
    let evidence = Evidence {
        content: &content,
        overview: &overview,
        observations: &observations,
    };
    let findings = check::all(&evidence);
    Ok((content, findings))
}

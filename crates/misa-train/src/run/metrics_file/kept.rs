//! The lines of a file that were written before the state of a run.

use super::LINE_EVERY;
use super::line::place;
use crate::TrainError;
use crate::run::manifest::RunProgress;
use std::path::Path;

/// The lines of a file that were written before the state of a run.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Bytes.
    pub(super) length: usize,
    lines: usize,
    /// Lines about whole epochs.
    epochs: usize,
}

impl Kept {
    /// The line that a killed process left incomplete is not one of them.
    pub(super) fn of(
        path: &Path,
        bytes: &[u8],
        progress: &RunProgress,
        updates: usize,
    ) -> Result<Self, TrainError> {
        let mut kept = Self::default();
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            if line.last() != Some(&b'\n') {
                break;
            }
            let Some((is_epoch, epoch, step)) = place(line) else {
                return Err(TrainError::MetricsLine {
                    path: path.to_path_buf(),
                    line: kept.lines + 1,
                });
            };
            let is_before = if is_epoch {
                epoch < progress.epoch
            } else {
                step <= updates
            };
            if !is_before {
                break;
            }
            kept.length += line.len();
            kept.lines += 1;
            kept.epochs += usize::from(is_epoch);
        }
        Ok(kept)
    }

    /// What to tell if a file with these lines lacks some of a run that has come so far.
    pub(super) fn lost(
        &self,
        path: &Path,
        progress: &RunProgress,
        updates: usize,
    ) -> Option<String> {
        let expected = progress.history.len();
        let is_whole = self.epochs >= expected && (self.lines > 0 || updates < LINE_EVERY);
        (!is_whole).then(|| {
            format!(
                "{}: lines that the run had written are gone (of {expected} finished epochs it has {}); the run goes on \
                 without them, and its report has every epoch",
                path.display(),
                self.epochs
            )
        })
    }
}

//! `metrics.jsonl`: what a run measures, line by line, for other programs to follow.

mod kept;
mod line;

use crate::run::events::Events;
use crate::run::files::{self, io_error};
use crate::run::manifest::RunProgress;
use crate::{EpochRecord, RunFiles, TrainError};
use kept::Kept;
pub(crate) use line::At;
use line::{Line, terms};
use misa_infer::TermMeans;
use misa_terms::score_key;
use std::fs::{self, File};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Optimiser steps between two lines within an epoch. A line has 400 bytes, so this costs nothing.
pub(crate) const LINE_EVERY: usize = 10;

/// The file in a run folder. A line is written when it is measured. A resumed run continues after
/// the lines of its last state, so that it has the lines of one that was never stopped.
///
/// The lines of a run that follows another one in the folder are held back until its first state is
/// saved, because until then the folder is that of the other.
#[derive(Debug)]
pub(crate) struct MetricsFile {
    path: PathBuf,
    lines: Lines,
    events: Events,
    lost: Option<String>,
}

#[derive(Debug)]
enum Lines {
    Written(File),
    HeldBack(Vec<u8>),
}

impl MetricsFile {
    /// Opens the file of a run that continues after `updates` optimiser steps, without the lines of
    /// what it is about to repeat. `holds_back` if another run is in the folder until
    /// [`Self::release`].
    pub(crate) fn open(
        folder: &Path,
        progress: &RunProgress,
        updates: usize,
        holds_back: bool,
        mut events: Events,
    ) -> Result<Self, TrainError> {
        let path = folder.join(RunFiles::METRICS);
        let failed = |source| io_error(&path, source);
        let mut bytes = match fs::read(&path) {
            // A run from its beginning has no lines yet, whatever another one left.
            _ if updates == 0 => Vec::new(),
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed)?,
        };
        let kept = Kept::of(&path, &bytes, progress, updates)?;
        let lost = kept.lost(&path, progress, updates);
        bytes.truncate(kept.length);
        if holds_back {
            let lines = Lines::HeldBack(bytes);
            return Ok(Self {
                path,
                lines,
                events,
                lost,
            });
        }
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(failed)?;
        file.set_len(bytes.len() as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let lines = Lines::Written(file);
        events.restart(&bytes)?;
        Ok(Self {
            path,
            lines,
            events,
            lost,
        })
    }

    /// What to tell of lines that the file had and lacks now; `None` if it has them all.
    pub(crate) fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    /// Writes the lines that were held back: the first state of the run is saved.
    pub(crate) fn release(&mut self) -> Result<(), TrainError> {
        let Lines::HeldBack(lines) = &self.lines else {
            return Ok(());
        };
        files::write(&self.path, lines)?;
        self.events.restart(lines)?;
        let file = File::options().append(true).open(&self.path);
        self.lines = Lines::Written(file.map_err(|source| io_error(&self.path, source))?);
        Ok(())
    }

    /// Adds the mean losses of some batches.
    pub(crate) fn step(&mut self, at: At, losses: &TermMeans) -> Result<(), TrainError> {
        let train = terms(losses);
        self.add(&Line::Step { at, train })
    }

    /// Adds a finished epoch.
    pub(crate) fn epoch(&mut self, at: At, record: &EpochRecord) -> Result<(), TrainError> {
        let scores = record.valid.iter();
        let weights = record.weights.iter();
        self.add(&Line::Epoch {
            at,
            phase: record.phase,
            improved: record.improved,
            train: terms(&record.train),
            valid: terms(&record.valid_terms),
            scores: scores
                .map(|(name, value)| (score_key(name), (*value).into()))
                .collect(),
            weights: weights
                .map(|(name, value)| (score_key(name), (*value).into()))
                .collect(),
        })
    }

    /// Makes sure that the lines so far outlive a power failure, as the state does that follows.
    pub(crate) fn sync(&self) -> Result<(), TrainError> {
        match &self.lines {
            Lines::Written(file) => file.sync_data(),
            Lines::HeldBack(_) => Ok(()),
        }
        .map_err(|source| io_error(&self.path, source))
    }

    /// Writes a line with one call, so that a reader never sees a part of it for long.
    fn add(&mut self, line: &Line) -> Result<(), TrainError> {
        let json = serde_json::to_string(line).map_err(|source| TrainError::Json {
            path: self.path.clone(),
            source: source.into(),
        })?;
        let line = format!("{json}\n");
        let written = match &mut self.lines {
            Lines::Written(file) => file.write_all(line.as_bytes()),
            Lines::HeldBack(lines) => lines.write_all(line.as_bytes()),
        };
        written.map_err(|source| io_error(&self.path, source))?;
        self.events.add(line.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Phase, TrainingConfig};
    use misa_core::loss::Term;
    use serde_json::Value;
    use tempfile::tempdir;

    fn no_events(folder: &Path) -> Events {
        Events::new(folder, 0, false)
    }

    fn at(epoch: usize, step: usize) -> At {
        At {
            epoch,
            step,
            seconds: 0.5,
            learning_rate: 0.001,
        }
    }

    fn record(epoch: usize) -> EpochRecord {
        EpochRecord {
            epoch,
            phase: Phase::Joint,
            train: TermMeans::default().with(Term::Task, 1.5),
            valid_terms: TermMeans::default().with(Term::Task, 1.25),
            weights: Vec::new(),
            valid: vec![
                ("Acc-2 (neg/non-neg)".into(), Some(0.75)),
                ("Corr".into(), None),
            ],
            improved: true,
            seconds: 0.5,
        }
    }

    /// A run in `epoch`, whatever else its progress is.
    fn progress(epoch: usize) -> RunProgress {
        RunProgress {
            epoch,
            ..RunProgress::new(&TrainingConfig::new())
        }
    }

    fn lines(folder: &Path) -> Vec<Value> {
        let text = fs::read_to_string(folder.join(RunFiles::METRICS)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_line_says_where_and_what() {
        let dir = tempdir().unwrap();
        let mut file =
            MetricsFile::open(dir.path(), &progress(1), 0, false, no_events(dir.path())).unwrap();
        let losses = TermMeans::default().with(Term::Task, 2.0);
        file.step(at(1, 50), &losses).unwrap();
        file.epoch(at(1, 81), &record(1)).unwrap();
        let found = lines(dir.path());
        assert_eq!(found[0]["type"], "step");
        assert_eq!(found[0]["step"], 50);
        assert_eq!(found[0]["learning_rate"], 0.001);
        assert_eq!(found[0]["train"]["task"], 2.0);
        assert_eq!(found[1]["type"], "epoch");
        assert_eq!(found[1]["phase"], "joint");
        assert_eq!(found[1]["valid"]["task"], 1.25);
        assert_eq!(found[1]["scores"]["acc_2_neg_non_neg"], 0.75);
        assert_eq!(found[1]["scores"]["corr"], Value::Null);
        assert_eq!(found[1]["improved"], true);
        assert_eq!(found[1].get("weights"), None);
    }

    #[test]
    fn a_resumed_run_repeats_no_line() {
        let dir = tempdir().unwrap();
        let mut file =
            MetricsFile::open(dir.path(), &progress(1), 0, false, no_events(dir.path())).unwrap();
        for step in [50, 100] {
            file.step(at(1, step), &TermMeans::default()).unwrap();
        }
        file.epoch(at(1, 120), &record(1)).unwrap();
        file.step(at(2, 150), &TermMeans::default()).unwrap();
        drop(file);
        let mut file = File::options()
            .append(true)
            .open(dir.path().join(RunFiles::METRICS))
            .unwrap();
        file.write_all(b"{\"type\":\"st").unwrap();
        let steps = |epoch, updates| {
            MetricsFile::open(
                dir.path(),
                &progress(epoch),
                updates,
                false,
                no_events(dir.path()),
            )
            .unwrap();
            let steps = lines(dir.path());
            steps
                .iter()
                .map(|line| line["step"].as_u64().unwrap())
                .collect::<Vec<_>>()
        };
        // The state is the one after 150 steps: only the incomplete line goes.
        assert_eq!(steps(2, 150), [50, 100, 120, 150]);
        assert_eq!(steps(2, 120), [50, 100, 120]);
        // Stopped before the valid split was scored: the epoch is not over.
        assert_eq!(steps(1, 120), [50, 100]);
        assert_eq!(steps(1, 0), [0; 0]);
    }

    #[test]
    fn lines_that_are_gone_are_told() {
        let dir = tempdir().unwrap();
        let lost = |epochs: usize, updates| {
            let progress = RunProgress {
                history: (1..=epochs).map(record).collect(),
                ..progress(epochs + 1)
            };
            let file =
                MetricsFile::open(dir.path(), &progress, updates, false, no_events(dir.path()));
            file.unwrap().lost().map(str::to_string)
        };
        assert_eq!(lost(0, 0), None);
        assert_eq!(lost(0, LINE_EVERY - 1), None);
        assert!(
            lost(0, LINE_EVERY)
                .unwrap()
                .contains("(of 0 finished epochs it has 0)")
        );
        let mut file =
            MetricsFile::open(dir.path(), &progress(1), 0, false, no_events(dir.path())).unwrap();
        file.epoch(at(1, 4), &record(1)).unwrap();
        drop(file);
        assert_eq!(lost(1, 4), None);
        let told = lost(2, 8).unwrap();
        let expected = "metrics.jsonl: lines that the run had written are gone (of 2 finished epochs it has 1)";
        assert!(told.contains(expected), "{told}");
        fs::remove_file(dir.path().join(RunFiles::METRICS)).unwrap();
        assert!(
            lost(1, 4)
                .unwrap()
                .contains("of 1 finished epochs it has 0")
        );
    }

    #[test]
    fn a_line_that_is_not_ours_is_refused_by_number() {
        let dir = tempdir().unwrap();
        let path = dir.path().join(RunFiles::METRICS);
        for foreign in [
            "no json\n",
            "{\"type\":\"note\"}\n",
            "{\"type\":\"step\",\"epoch\":1}\n",
        ] {
            let first = "{\"type\":\"step\",\"epoch\":1,\"step\":5}\n";
            fs::write(&path, format!("{first}{foreign}")).unwrap();
            let error =
                MetricsFile::open(dir.path(), &progress(1), 9, false, no_events(dir.path()))
                    .unwrap_err();
            let expected = "metrics.jsonl: line 2 is not of this run, expected a JSON object with type, \
                            epoch and step; to resume without the lines so far, move the file away";
            assert!(error.to_string().ends_with(expected), "{error}");
            assert_eq!(
                fs::read_to_string(&path).unwrap(),
                format!("{first}{foreign}")
            );
        }
    }
}

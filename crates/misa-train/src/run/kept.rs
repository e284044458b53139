//! The models of every epoch of a run on its test split.

use crate::run::files;
use crate::run::folder::RunFolder;
use crate::run::manifest::{KeptEpoch, Manifest};
use crate::run::resume::with_trained;
use crate::run::score_test::{check_test, record_opening};
use crate::run::state::{Snapshot, Times};
use crate::settings::requirements::check_classes;
use crate::{Checkpoint, Phase, TrainError, TrainingConfig};
use burn::prelude::*;
use misa_core::Task;
use misa_data::{LockedTest, Split, Utterance};
use misa_infer::NamedScores;
use std::path::Path;

/// The scores of the model of one epoch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EpochScores {
    /// Number of the epoch, from 1; 0 for the initial weights.
    pub epoch: usize,
    /// Every score of the task by its name.
    pub scores: NamedScores,
}

/// The scores of every epoch of a run on its test split.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScoredEpochs {
    /// The model that the valid split chose, which is that of the run.
    pub chosen: EpochScores,
    /// Every epoch of the objective, in order.
    pub epochs: Vec<EpochScores>,
    /// Number of test utterances.
    pub utterances: usize,
    /// How often the test split has been opened, this time included.
    pub test_openings: usize,
}

/// Checks that a finished run has kept the weights of every epoch of its objective, unchanged, and
/// returns their number. The test split stays locked.
///
/// # Errors
///
/// [`TrainError::NotKept`] if weights of an epoch are not there, [`TrainError::Damaged`] if they have
/// changed, and others if the manifest cannot be read or the run is not finished.
pub fn check_epochs(dir: impl AsRef<Path>) -> Result<usize, TrainError> {
    let dir = dir.as_ref();
    let manifest = Manifest::read(dir)?;
    let kept = kept_epochs(dir, &manifest)?;
    for epoch in &kept {
        let path = dir.join(&epoch.file);
        let found = files::checksum(&path)?;
        if found != epoch.checksum {
            return Err(TrainError::Damaged {
                path,
                expected: epoch.checksum.clone(),
                found,
            });
        }
    }
    Ok(kept.len())
}

/// Scores the model of every epoch of a finished run on its test split; calls `done` after each. A run
/// keeps them with [`RunOptions::keep_epochs`](crate::RunOptions::keep_epochs).
///
/// This shows what choosing an epoch by the test split would give. The manifest records first,
/// permanently, that the split was opened. Nothing else of the run changes.
///
/// # Errors
///
/// As [`check_epochs`], which is called before the split is opened; [`TrainError`] also if the split
/// belongs to other data or is empty, a label is not a class, or a file cannot be read or written.
pub fn score_epochs(
    dir: impl AsRef<Path>,
    test: LockedTest,
    device: &Device,
    mut done: impl FnMut(),
) -> Result<ScoredEpochs, TrainError> {
    let dir = dir.as_ref();
    let mut folder = RunFolder::open_finished(dir)?;
    check_test(&folder, &test)?;
    check_epochs(dir)?;
    let manifest = folder.manifest.clone();
    let mut models = Models {
        checkpoint: Checkpoint::load(dir.join(Checkpoint::FOLDER), device)?,
        config: &manifest.config,
        utterances: test.open(|| record_opening(&mut folder))?,
        device,
    };
    if let Task::Classification { classes } = manifest.config.loss.task {
        check_classes(Split::Test, &models.utterances, classes)?;
    }
    let chosen = models.scores(manifest.progress.best_epoch)?;
    let mut epochs = Vec::new();
    for kept in kept_epochs(dir, &manifest)? {
        models.take(dir, kept)?;
        epochs.push(models.scores(kept.epoch)?);
        done();
    }
    Ok(ScoredEpochs {
        chosen,
        epochs,
        utterances: models.utterances.len(),
        test_openings: folder.manifest.test_openings(),
    })
}

/// The kept epochs of the objective, if they are all there.
fn kept_epochs<'m>(dir: &Path, manifest: &'m Manifest) -> Result<Vec<&'m KeptEpoch>, TrainError> {
    let history = manifest.progress.history.iter();
    let wanted: Vec<usize> = history
        .filter(|record| record.phase == Phase::Joint)
        .map(|record| record.epoch)
        .collect();
    let is_there =
        |kept: &&KeptEpoch| wanted.contains(&kept.epoch) && dir.join(&kept.file).is_file();
    let kept: Vec<&KeptEpoch> = manifest.kept.iter().filter(is_there).collect();
    if kept.is_empty() || kept.len() != wanted.len() {
        return Err(TrainError::NotKept {
            path: dir.to_path_buf(),
            kept: kept.len(),
            epochs: wanted.len(),
        });
    }
    Ok(kept)
}

/// One model after another on the same utterances.
struct Models<'a> {
    checkpoint: Checkpoint,
    config: &'a TrainingConfig,
    utterances: Vec<Utterance>,
    device: &'a Device,
}

impl Models<'_> {
    /// Takes the weights of an epoch; what is frozen is that of every epoch.
    fn take(&mut self, dir: &Path, kept: &KeptEpoch) -> Result<(), TrainError> {
        let path = dir.join(&kept.file);
        let weights = Snapshot::read(&path, &kept.checksum, &Times::new())?;
        let model = with_trained(self.checkpoint.model.clone(), &weights);
        self.checkpoint.model = model.map_err(|source| TrainError::Misfit { path, source })?;
        Ok(())
    }

    fn scores(&self, epoch: usize) -> Result<EpochScores, TrainError> {
        let loss = &self.config.loss;
        let size = self.config.batch_size;
        let evaluation = (self.checkpoint).evaluate(&self.utterances, loss, size, self.device)?;
        Ok(EpochScores {
            epoch,
            scores: evaluation.named_scores(loss.task),
        })
    }
}

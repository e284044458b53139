//! The content of a run folder, in the types of `misa-report`.

use super::contexts::{constant_words, contexts, kinds};
use super::curves::{best_epoch, curves};
use super::facts::{facts, highlights, notes, title};
use crate::settings::RunSettings;
use crate::source::{finished, utterances_of};
use crate::{MovedData, RunSource, settings_of};
use burn::tensor::Device;
use misa_core::Task;
use misa_data::{Development, LockedTest, Split, Utterance};
use misa_infer::{Checkpoint, Representations, coverage_text};
use misa_report::{Attention, Predictions, RunRecord, SplitScores};
use misa_terms::ConstantPredictor;
use misa_train::{Manifest, Report, TrainError};
use std::error::Error;
use std::path::Path;

/// The recorded results of a finished run, without predictions and representations: neither its data
/// nor its model is opened.
///
/// # Errors
///
/// If the run is not finished, or its files cannot be read.
pub(crate) fn recorded(folder: &Path) -> Result<RunRecord, Box<dyn Error>> {
    let manifest = finished(folder)?;
    let settings = settings_of(folder, &manifest)?;
    Ok(base(folder, &settings, &Report::read(folder)?, &manifest))
}

/// A finished run with all that its results are shown from.
#[derive(Debug)]
pub(crate) struct Finished<'a> {
    folder: &'a Path,
    manifest: Manifest,
    settings: RunSettings,
    report: Report,
    checkpoint: Checkpoint,
    development: Development,
    device: &'a Device,
}

impl<'a> Finished<'a> {
    /// The run in `folder`, and its test split; `moved` says where its data is now.
    ///
    /// # Errors
    ///
    /// If the run is not finished, or its files or data cannot be read.
    pub(crate) fn open(
        folder: &'a Path,
        moved: &MovedData,
        device: &'a Device,
    ) -> Result<(Self, LockedTest), Box<dyn Error>> {
        let source = RunSource::open(folder, moved)?;
        let (development, test) = source.data;
        let finished = Self {
            folder,
            manifest: source.manifest,
            settings: source.settings,
            report: Report::read(folder)?,
            checkpoint: Checkpoint::load(folder.join(Checkpoint::FOLDER), device)?,
            development,
            device,
        };
        Ok((finished, test))
    }

    /// The results of the run, with the predictions and representations of the valid split.
    ///
    /// # Errors
    ///
    /// If the model cannot read an utterance.
    pub(crate) fn valid_record(&self) -> Result<RunRecord, TrainError> {
        let utterances = self.development.dataset().split(Split::Valid);
        self.record_of(utterances, Split::Valid, &self.manifest)
    }

    /// The results of the run, with the predictions and representations of `split`.
    ///
    /// Opening the test split is recorded in the manifest, as always.
    ///
    /// # Errors
    ///
    /// If the manifest cannot be written, or the model cannot read an utterance.
    pub(crate) fn record(&self, split: Split, test: LockedTest) -> Result<RunRecord, TrainError> {
        let utterances = utterances_of(self.folder, split, &self.development, test)?;
        // Read again: the page counts an opening of the test split, too.
        self.record_of(&utterances, split, &Manifest::read(self.folder)?)
    }

    fn record_of(
        &self,
        utterances: &[Utterance],
        split: Split,
        manifest: &Manifest,
    ) -> Result<RunRecord, TrainError> {
        let found = self.checkpoint.represent(utterances, self.device)?;
        let base = base(self.folder, &self.settings, &self.report, manifest);
        Ok(RunRecord {
            scores: self.scores()?,
            predictions: Some(Predictions {
                split: split.to_string(),
                ids: found.ids.clone(),
                words: words(utterances),
                predictions: found.predictions.clone(),
                targets: found.targets.clone(),
                lengths: found.steps.clone(),
            }),
            attention: attention(&found, split),
            representations: Some(representations(found, split)),
            ..base
        })
    }

    /// The scores of each split with what they are read beside.
    fn scores(&self) -> Result<Vec<SplitScores>, TrainError> {
        let task = self.report.config.loss.task;
        let train = self.development.dataset().split(Split::Train);
        let targets: Vec<f32> = train.iter().map(|utterance| utterance.label).collect();
        let constant = ConstantPredictor::of(task, &targets);
        let classes = self.settings.class_names();
        let of_split = |scored: &(Split, misa_train::Scores)| {
            let predictions = misa_infer::Predictions::read(self.folder, scored.0)?;
            Ok(SplitScores {
                contexts: contexts(task, &scored.1.scores, &predictions, constant),
                constant: constant
                    .map_or_else(String::new, |constant| constant_words(constant, &classes)),
                ..scores(scored, task)
            })
        };
        self.report.scores.iter().map(of_split).collect()
    }
}

/// What is known without data and model.
fn base(folder: &Path, settings: &RunSettings, report: &Report, manifest: &Manifest) -> RunRecord {
    RunRecord {
        title: title(folder, settings, report, manifest),
        highlights: highlights(folder, settings, report, manifest),
        classes: settings.class_names(),
        facts: facts(report, manifest),
        notes: notes(report, manifest),
        scores: report
            .scores
            .iter()
            .map(|split| scores(split, report.config.loss.task))
            .collect(),
        curves: curves(&report.history),
        best_epoch: best_epoch(report),
        ..RunRecord::default()
    }
}

/// What is said in each utterance; empty where the data has no words.
fn words(utterances: &[Utterance]) -> Vec<String> {
    if utterances
        .iter()
        .all(|utterance| utterance.words.is_empty())
    {
        return Vec::new();
    }
    let texts = utterances.iter();
    texts.map(|utterance| utterance.words.join(" ")).collect()
}

fn scores((split, scores): &(Split, misa_train::Scores), task: Task) -> SplitScores {
    SplitScores {
        split: split.to_string(),
        utterances: scores.utterances,
        scores: scores.scores.clone(),
        contexts: kinds(task),
        coverage: coverage_text(&scores.coverage).unwrap_or_default(),
        ..SplitScores::default()
    }
}

fn representations(found: Representations, split: Split) -> misa_report::Representations {
    let modalities = found.modalities.clone();
    let used = |values: &misa_core::PerModality<Vec<f32>>| {
        let modalities = modalities.iter();
        modalities
            .map(|&modality| values.get(modality).clone())
            .collect()
    };
    misa_report::Representations {
        split: split.to_string(),
        modalities: modalities.iter().map(ToString::to_string).collect(),
        d_hidden: found.d_hidden,
        shared: used(&found.shared),
        private: used(&found.private),
        targets: found.targets,
    }
}

/// The attention of the fusion, if it has one.
fn attention(found: &Representations, split: Split) -> Option<Attention> {
    Some(Attention {
        split: split.to_string(),
        tokens: found.token_names(),
        weights: found.mean_attention()?,
    })
}

//! Trains a model by a configuration on data, and reports on it.

use crate::epochs::adapter::fit_with_burn;
use crate::epochs::evaluate::{evaluate_with, modality_scores};
use crate::epochs::fit::Fitted;
use crate::epochs::fit_state::FitInput;
use crate::frozen::{Frozen, FrozenText};
use crate::run::folder::RunFolder;
use crate::run::manifest::{Manifest, RunProgress, Status};
use crate::run::metrics_file::METRICS;
use crate::run::results::RESOLVED;
use crate::run::start::{OpenedBert, Start, initial_model, open_bert};
use crate::run::text;
use crate::settings::requirements::{check, unused_labels};
use crate::step::frames::FrameDropout;
use crate::{
    BertSummary, Checkpoint, DataSummary, Evaluation, MisaLearner, ModalityScore, Predictions,
    Progress, Report, RunOptions, RunStart, System, TrainError, TrainingConfig, score_test,
};
use burn::prelude::*;
use misa_core::{FeatureSizes, Misa, MisaConfig};
use misa_data::{
    BertText, Development, LoaderConfig, Order, Recipes, Scaling, Split, UtteranceDataset,
    UtteranceLoader,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Trains a model on `data` and scores the best one: [`train_with`] and [`Progress::Automatic`].
///
/// # Errors
///
/// As [`run`].
pub fn train(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
) -> Result<Report, TrainError> {
    train_with(config, data, device, dir, Progress::Automatic)
}

/// Trains a model on `data` and scores the best one: [`run`], then [`score_test`] if there is a
/// test split.
///
/// A run that is in the folder already is replaced.
///
/// # Errors
///
/// As [`run`].
pub fn train_with(
    config: &TrainingConfig,
    data: UtteranceDataset,
    device: &Device,
    dir: impl AsRef<Path>,
    progress: Progress,
) -> Result<Report, TrainError> {
    let (data, test) = data.lock_test();
    let options = RunOptions {
        progress,
        start: RunStart::Replace,
        ..RunOptions::default()
    };
    let report = run(config, data, device, &dir, &options)?;
    if test.is_empty() {
        Ok(report)
    } else {
        score_test(dir, test, device)
    }
}

/// Trains a model without opening the test split, and reports on the valid split, which chooses the
/// model.
///
/// The folder gets `manifest.json`, the record of the run. During the run, it also has the last
/// complete state, from which the run can be resumed after a crash, with the same result bit for
/// bit. At the end, it has `report.md`, `report.json`, `predictions-valid.csv` and `checkpoint/`.
///
/// Nothing is written before the data, the word vectors, the BERT and the model have been opened, so
/// a run that cannot start leaves the folder as it was. A run in it that is replaced, or gets more
/// epochs, stays as it is until the new one has saved its first state.
///
/// Several runs may share a process: what is random in each is a function of its seed.
///
/// - Differs: if outputs of BERT's frozen part are cached in memory, a resumed run computes them
///   again in other batches, which can change the last bits; with a cache folder, it does not.
///
/// # Errors
///
/// [`TrainError`]: a setting out of range, a split without utterances, a label that is not a class,
/// word vectors that cannot be read or that the model does not use, more devices than batches in an
/// optimiser step, a loss or gradient that is NaN or infinite, a folder that holds another run or is
/// in use, a file that cannot be written, or a request to stop.
pub fn run(
    config: &TrainingConfig,
    data: Development,
    device: &Device,
    dir: impl AsRef<Path>,
    options: &RunOptions,
) -> Result<Report, TrainError> {
    config.validate()?;
    check(config, data.dataset())?;
    options.validate()?;
    let devices = options.devices.len() + 1;
    if devices > 1 && config.accumulation < devices {
        return Err(TrainError::Devices {
            devices,
            accumulation: config.accumulation,
        });
    }
    let dir = dir.as_ref();
    let summary = DataSummary::of(config, &data, options.data_path.as_deref());
    let manifest = Manifest::new(config, options.settings.clone(), summary);
    let before = RunFolder::check(dir, options, &manifest)?;
    if before.status == Status::Finished {
        return report_again(dir);
    }
    let summary = manifest.data.clone().examined(&data, options.corpus);
    options.progress.findings(&summary.findings);
    if let Some(note) = unused_labels(config, data.dataset()) {
        options.progress.note(&note);
    }
    let manifest = Manifest {
        data: summary,
        ..manifest
    };
    let has_begun = before.updates() > 0;
    let prepared = Prepared::new(config, data, device, options, has_begun)?;
    let opened = prepared.open_model()?;
    let folder = RunFolder::open(dir, options, manifest, System::current(device))?;
    if folder.manifest.status == Status::Finished {
        return report_again(dir);
    }
    let (mut folder, result) = prepared.run(opened, folder);
    if let Err(error) = &result {
        let status = match error {
            TrainError::Stopped { .. } => Status::Stopped,
            error => Status::Failed {
                message: error.to_string(),
            },
        };
        // The error that ended the run is reported, not one of recording it.
        let _ = folder.end(status);
    }
    result
}

/// The report of a finished run, which may have been moved.
fn report_again(dir: &Path) -> Result<Report, TrainError> {
    let report = Report::read(dir)?;
    Ok(Report {
        folder: dir.to_path_buf(),
        ..report
    })
}

/// What every part of a run needs, created once.
struct Prepared<'a> {
    config: &'a TrainingConfig,
    options: &'a RunOptions,
    device: &'a Device,
    data: Development,
    scaling: Option<Scaling>,
    sizes: FeatureSizes,
    bert: Option<OpenedBert>,
}

impl<'a> Prepared<'a> {
    fn new(
        config: &'a TrainingConfig,
        data: Development,
        device: &'a Device,
        options: &'a RunOptions,
        has_begun: bool,
    ) -> Result<Self, TrainError> {
        let scaling = config.normalisation.map(|how| data.dataset().scaling(how));
        let scaling = scaling.transpose()?;
        let data = match &scaling {
            Some(scaling) => data.scaled(scaling),
            None => data,
        };
        let (sizes, bert) = match &config.bert {
            Some(settings) => {
                let (sizes, bert) = open_bert(settings, data.dataset(), has_begun)?;
                (sizes, Some(bert))
            }
            None => (data.dataset().feature_sizes(), None),
        };
        Ok(Self {
            config,
            options,
            device,
            data,
            scaling,
            sizes,
            bert,
        })
    }

    /// The model that the run starts with.
    fn open_model(&self) -> Result<Opened, TrainError> {
        let model_config = self.config.model(self.sizes)?;
        let (model, mut start) = initial_model(
            self.config,
            &model_config,
            self.data.dataset(),
            self.bert.as_ref(),
            &self.device.clone().autodiff(),
        )?;
        if let (Some(text), Some(summary)) = (self.text(), &mut start.bert) {
            let loaders = [Split::Train, Split::Valid].map(|split| self.loader(split, self.device));
            text::count(summary, &text, &loaders);
        }
        start.announce(self.options.progress);
        let frozen = match &self.config.bert {
            Some(settings) => FrozenText::new(&model, settings, self.device)?,
            None => None,
        };
        Ok(Opened {
            model,
            model_config,
            start,
            frozen: Arc::new(Frozen::new(frozen)),
        })
    }

    /// Trains, scores and reports; returns the folder.
    fn run(self, opened: Opened, folder: RunFolder) -> (RunFolder, Result<Report, TrainError>) {
        let Opened {
            model,
            model_config,
            start,
            frozen,
        } = opened;
        let (mut folder, fitted) = self.fit(model, frozen.clone(), folder);
        let report = fitted.and_then(|(learner, progress)| {
            let valid = self.loader(Split::Valid, self.device);
            let evaluation = evaluate_with(&learner, &valid, self.config.loss.task, &frozen)?;
            let modality_scores = modality_scores(&learner, &valid, &frozen)?;
            let found = Found {
                modality_scores,
                learner,
                model_config,
                progress,
                start,
                frozen,
                evaluation,
            };
            self.finish(found, &mut folder)
        });
        (folder, report)
    }

    /// How the features were made that the model reads: none of text that BERT reads as words.
    fn recipes(&self) -> Recipes {
        let mut recipes = self.data.dataset().recipes().clone();
        if self.bert.is_some() {
            recipes.text = None;
        }
        recipes
    }

    fn text(&self) -> Option<Arc<BertText>> {
        self.bert.as_ref().map(|bert| bert.text.clone())
    }

    fn loader(&self, split: Split, device: &Device) -> UtteranceLoader {
        let order = match split {
            Split::Train => self.config.order,
            Split::Valid | Split::Test => Order::File,
        };
        let config = LoaderConfig::new(self.config.batch_size)
            .with_order(order)
            .with_whole_videos(self.config.model.context.is_some())
            .with_seed(self.config.seed);
        let data = self.data.dataset().clone();
        UtteranceLoader::new(data, split, config, device).with_bert(self.text())
    }

    /// Runs the epochs; returns the best model in evaluation form.
    fn fit(&self, model: Misa, frozen: Arc<Frozen>, folder: RunFolder) -> (RunFolder, Fitted) {
        let config = self.config;
        let training_device = self.device.clone().autodiff();
        let mut learner = MisaLearner::new(model, config.loss.init(&training_device));
        learner.modality_dropout = config.modality_dropout;
        if let Some(pretraining) = &config.pretraining {
            learner.masked_share = pretraining.masked_share;
        }
        let devices = self.options.devices.iter();
        let text = self.bert.as_ref().map(|bert| &bert.text);
        let unknown_token = text.map(|text| text.tokeniser().unknown());
        let input = FitInput {
            config: config.clone(),
            train: self.loader(Split::Train, &training_device),
            valid: self.loader(Split::Valid, self.device),
            progress: self.options.progress,
            data: self.options.data.clone(),
            frozen,
            frames: FrameDropout::new(config.frame_dropout, unknown_token),
            devices: devices.map(|device| device.clone().autodiff()).collect(),
            stop: self.options.stop.clone(),
            save_every: self.options.save_every,
            keep_epochs: self.options.keep_epochs,
        };
        fit_with_burn(learner, input, folder)
    }

    /// Writes the results of the run.
    fn finish(self, found: Found, folder: &mut RunFolder) -> Result<Report, TrainError> {
        let task = self.config.loss.task;
        let constant = self.data.constant(task);
        let path = folder.path().to_path_buf();
        let report = Report {
            scores: vec![(Split::Valid, found.evaluation.scores_beside(task, constant))],
            modality_scores: found.modality_scores,
            best_epoch: found.progress.best_epoch,
            stopped_early: found.progress.stopped_early,
            history: found.progress.history,
            data: folder.manifest.data.clone(),
            config: self.config.clone(),
            model: found.model_config.clone(),
            parameters: found.learner.model.num_params(),
            parameter_counts: found.start.parameter_counts,
            glove: found.start.glove,
            bert: found.start.bert.map(|bert| BertSummary {
                frozen: found.frozen.summary(),
                ..bert
            }),
            transfer: found.start.transfer,
            sessions: folder.manifest.sessions.len(),
            test_openings: folder.manifest.test_openings(),
            system: System::current(self.device),
            seconds: found.progress.seconds,
            peak_memory: None,
            folder: path.clone(),
        };
        let text = self.text();
        let vocabulary = self.data.dataset().vocabulary();
        let utterances = self.data.dataset().split(Split::Valid);
        let mut checkpoint = Checkpoint {
            model: found.learner.model,
            config: found.model_config,
            vocabulary: vocabulary.filter(|_| text.is_none()).cloned(),
            // The data is scaled already.
            scaling: None,
            bert: text,
            calibration: None,
            recipes: self.recipes(),
        };
        checkpoint.calibration = checkpoint.calibrate(utterances, self.device)?;
        checkpoint.scaling = self.scaling;
        let mut files =
            checkpoint.save_with(&path.join(Checkpoint::FOLDER), Some(&report.run_summary()))?;
        files.push(path.join(METRICS));
        if self.options.resolved.is_some() {
            files.push(path.join(RESOLVED));
        }
        let predictions = Predictions::new(&found.evaluation, utterances);
        files.push(predictions.write(&path, Split::Valid)?);
        let report = report.with_peak_memory();
        files.extend(report.write()?);
        let inside = |file: &PathBuf| file.strip_prefix(&path).unwrap_or(file).to_path_buf();
        let files: Vec<PathBuf> = files.iter().map(inside).collect();
        folder.finish(&files, self.options.keep_state)?;
        Ok(report)
    }
}

/// What a run starts with.
struct Opened {
    model: Misa,
    model_config: MisaConfig,
    start: Start,
    frozen: Arc<Frozen>,
}

/// What the epochs came to.
struct Found {
    learner: MisaLearner,
    model_config: MisaConfig,
    progress: RunProgress,
    start: Start,
    frozen: Arc<Frozen>,
    evaluation: Evaluation,
    modality_scores: Vec<ModalityScore>,
}

//! A run whose settings and data have been checked: its model, its epochs and its results.

use crate::epochs::adapter::fit_with_burn;
use crate::epochs::evaluate::evaluate_with;
use crate::epochs::fit::Fitted;
use crate::epochs::fit_state::FitInput;
use crate::frozen::{Frozen, FrozenText};
use crate::run::folder::RunFolder;
use crate::run::labels::label_scale;
use crate::run::manifest::RunProgress;
use crate::run::start::{OpenedBert, Start, initial_model, open_bert};
use crate::run::text;
use crate::step::frames::FrameDropout;
use crate::{
    BertSummary, Checkpoint, Evaluation, MisaLearner, ModalityScore, Predictions, Report, RunFiles,
    RunOptions, System, TrainError, TrainingConfig, TransferSummary,
};
use burn::prelude::*;
use misa_core::{FeatureSizes, Misa, MisaConfig, Task};
use misa_data::{
    BertText, Development, LoaderConfig, Order, Recipes, Scaling, Split, UtteranceLoader,
};
use misa_infer::LabelScale;
use std::path::PathBuf;
use std::sync::Arc;

/// What every part of a run needs, created once.
pub(crate) struct Prepared<'a> {
    config: &'a TrainingConfig,
    options: &'a RunOptions,
    device: &'a Device,
    data: Development,
    scaling: Option<Scaling>,
    sizes: FeatureSizes,
    bert: Option<OpenedBert>,
    /// The scale of the labels of all splits; `None` of classes.
    scale: Option<LabelScale>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(
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
        let is_regression = config.loss.task == Task::Regression;
        Ok(Self {
            config,
            options,
            device,
            scale: is_regression.then(|| label_scale(data.dataset())),
            data,
            scaling,
            sizes,
            bert,
        })
    }

    /// The model that the run starts with. `taken` is what a run that goes on from a state took over from another
    /// model when it began.
    pub(crate) fn open_model(&self, taken: Option<&TransferSummary>) -> Result<Opened, TrainError> {
        let model_config = self.config.model(self.sizes)?;
        let (model, mut start) = initial_model(
            self.config,
            &model_config,
            self.data.dataset(),
            self.bert.as_ref(),
            taken,
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
    pub(crate) fn run(
        self,
        opened: Opened,
        folder: RunFolder,
    ) -> (RunFolder, Result<Report, TrainError>) {
        let Opened {
            model,
            model_config,
            start,
            frozen,
        } = opened;
        let (mut folder, fitted) = self.fit(model, frozen.clone(), folder);
        let report = fitted.and_then(|(learner, progress)| {
            let valid = self.loader(Split::Valid, self.device);
            let mut evaluation = evaluate_with(&learner, &valid, self.config.loss.task, &frozen)?;
            evaluation.scale = self.scale;
            let modality_scores = ModalityScore::all(&evaluation, valid.utterances(), Split::Valid);
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
            scale: self.scale,
            progress: self.options.progress,
            data: self.options.data.clone(),
            frozen,
            frames: FrameDropout::new(config.frame_dropout, unknown_token),
            devices: devices.map(|device| device.clone().autodiff()).collect(),
            stop: self.options.stop.clone(),
            save_every: self.options.save_every,
            keep_epochs: self.options.keep_epochs,
            tensorboard: self.options.tensorboard,
            pause_after: self.options.pause_after,
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
            scale: self.scale,
        };
        checkpoint.calibration = checkpoint.calibrate(utterances, self.device)?;
        checkpoint.scaling = self.scaling;
        let mut files =
            checkpoint.save_with(&path.join(Checkpoint::FOLDER), Some(&report.run_summary()))?;
        files.push(path.join(RunFiles::METRICS));
        if self.options.resolved.is_some() {
            files.push(path.join(RunFiles::SETTINGS));
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
pub(crate) struct Opened {
    model: Misa,
    model_config: MisaConfig,
    start: Start,
    frozen: Arc<Frozen>,
}

impl Opened {
    /// What its weights took over from another model.
    pub(crate) fn transfer(&self) -> Option<&TransferSummary> {
        self.start.transfer.as_ref()
    }
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

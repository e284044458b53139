//! A configuration and data to a trained model and a report.

use crate::{
    BertSummary, Checkpoint, DataSummary, EpochMetric, MisaLearner, Report, System, TermMetric,
    TrainError, TrainingConfig,
    evaluate::evaluate_with,
    files,
    fit::{Fit, Outcome},
    frozen::{Frozen, FrozenText},
    progress::{Progress, Quiet},
    score,
    start::{initial_model, open_bert},
};
use burn::{
    optim::AdamConfig,
    prelude::*,
    train::{Learner, LearningResult, SupervisedTraining, TrainingStrategy, metric::LossMetric},
};
use misa_core::{Misa, Task};
use misa_data::{BertText, LoaderConfig, Order, Split, UtteranceDataset, UtteranceLoader};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// The random state of a device may belong to the whole process, so one run at a time.
static ONE_RUN: Mutex<()> = Mutex::new(());

/// Trains a model on `data` and scores the best one, showing progress where there is a terminal.
///
/// The folder `dir` receives `report.md`, `report.json` and `checkpoint/`. The valid split chooses
/// the model; the test split, if there is one, is opened once, at the end.
///
/// Runs in one process wait for each other: what is random in them is a function of the seed, and
/// the random state of a device can belong to the process.
///
/// # Errors
///
/// [`TrainError`]: a setting out of range, a split without utterances, a label that is no class,
/// word vectors that cannot be read or have no place in the model, a loss that is no longer a
/// number, a file that cannot be written, or an interruption.
pub fn train(
    config: &TrainingConfig,
    data: impl Into<Arc<UtteranceDataset>>,
    device: &Device,
    dir: impl AsRef<Path>,
) -> Result<Report, TrainError> {
    train_with(config, data, device, dir, Progress::Automatic)
}

/// [`train`], with a choice of what to show.
///
/// # Errors
///
/// As [`train`].
pub fn train_with(
    config: &TrainingConfig,
    data: impl Into<Arc<UtteranceDataset>>,
    device: &Device,
    dir: impl AsRef<Path>,
    progress: Progress,
) -> Result<Report, TrainError> {
    let _turn = ONE_RUN.lock().unwrap_or_else(PoisonError::into_inner);
    let started = Instant::now();
    let folder = dir.as_ref();
    config.validate()?;
    let data = data.into();
    check(config, &data)?;
    let scaling = config.normalisation.map(|how| data.scaling(how));
    let data = match &scaling {
        Some(scaling) => Arc::new(Arc::unwrap_or_clone(data).scaled(scaling)),
        None => data,
    };
    let (sizes, bert) = match &config.bert {
        Some(settings) => {
            let (sizes, bert) = open_bert(settings, &data)?;
            (sizes, Some(bert))
        }
        None => (data.feature_sizes(), None),
    };
    let model_config = config.model(sizes)?;
    files::create_folder(folder)?;

    let (model, start) = initial_model(
        config,
        &model_config,
        &data,
        bert.as_ref(),
        &device.clone().autodiff(),
    )?;
    let parameters = model.num_params();
    let text = bert.map(|bert| bert.text);
    let frozen = match &config.bert {
        Some(settings) => FrozenText::new(&model, settings, device)?,
        None => None,
    };
    let run = Run {
        config,
        data: &data,
        text: text.clone(),
        frozen: Arc::new(Frozen::new(frozen)),
        device,
        folder,
        progress,
        started,
    };
    let (learner, outcome) = fit(&run, model)?;
    let scores = score_splits(&learner, &run)?;
    let report = Report {
        scores,
        best_epoch: outcome.best_epoch,
        stopped_early: outcome.stopped_early,
        history: outcome.history,
        data: DataSummary::of(&data),
        config: config.clone(),
        model: model_config.clone(),
        parameters,
        glove: start.glove,
        bert: start.bert.map(|bert| BertSummary {
            frozen: run.frozen.summary(),
            ..bert
        }),
        system: System::current(device),
        seconds: started.elapsed().as_secs_f64(),
        peak_memory: None,
        folder: folder.to_path_buf(),
    };
    let checkpoint = Checkpoint {
        model: learner.model,
        config: model_config,
        vocabulary: data.vocabulary().filter(|_| text.is_none()).cloned(),
        scaling,
        bert: text,
    };
    checkpoint.save_with(&folder.join("checkpoint"), Some(&report))?;
    let report = report.with_peak_memory();
    report.write()?;
    Ok(report)
}

/// Whether the data has what training needs.
fn check(config: &TrainingConfig, data: &UtteranceDataset) -> Result<(), TrainError> {
    for split in [Split::Train, Split::Valid] {
        if data.split(split).is_empty() {
            return Err(TrainError::EmptySplit { split });
        }
    }
    match config.loss.task {
        Task::Classification { classes } => check_classes(data, classes),
        Task::Regression => Ok(()),
    }
}

fn check_classes(data: &UtteranceDataset, classes: usize) -> Result<(), TrainError> {
    let last = classes - 1;
    for split in Split::ALL {
        let mut utterances = data.split(split).iter();
        let is_class = |label: f32| label.fract() == 0.0 && (0.0..=last as f32).contains(&label);
        if let Some(utterance) = utterances.find(|utterance| !is_class(utterance.label)) {
            return Err(TrainError::Class {
                split,
                id: utterance.id.clone(),
                label: utterance.label,
                last,
            });
        }
    }
    Ok(())
}

/// What every part of a run needs.
struct Run<'a> {
    config: &'a TrainingConfig,
    data: &'a Arc<UtteranceDataset>,
    text: Option<Arc<BertText>>,
    frozen: Arc<Frozen>,
    device: &'a Device,
    folder: &'a Path,
    progress: Progress,
    started: Instant,
}

/// Runs the epochs; gives back the best model in evaluation form.
fn fit(run: &Run<'_>, model: Misa) -> Result<(MisaLearner, Outcome), TrainError> {
    let config = run.config;
    let training_device = run.device.clone().autodiff();
    let train = run.loader(Split::Train, &training_device);
    let valid = run.loader(Split::Valid, run.device);
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let strategy = Fit {
        config: config.clone(),
        train: train.clone(),
        valid: valid.clone(),
        progress: run.progress,
        started: run.started,
        frozen: run.frozen.clone(),
        outcome: outcome.clone(),
    };
    let learner = MisaLearner {
        model,
        objective: config.loss.init(&training_device),
    };
    let mut training = SupervisedTraining::new(run.folder, Arc::new(train), Arc::new(valid))
        .with_metric_logger(Quiet)
        .with_application_logger(None)
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)))
        .num_epochs(config.epochs);
    if !run.progress.is_live() {
        training = training.renderer(Box::new(Quiet));
    }
    // The strategy brings an optimiser of its own and takes only the model from this.
    let unused = AdamConfig::new().init();
    let learner = Learner::new(learner, unused, config.learning_rate);
    let result = with_metrics(training, config.loss.task).launch(learner);
    let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
    finish(result, std::mem::take(&mut *outcome))
}

fn with_metrics(
    training: SupervisedTraining<MisaLearner>,
    task: Task,
) -> SupervisedTraining<MisaLearner> {
    let training = training.metrics((
        LossMetric::new(),
        TermMetric::new("Similarity", |terms| &terms.similarity),
        TermMetric::new("Difference", |terms| &terms.difference),
        TermMetric::new("Reconstruction", |terms| &terms.reconstruction),
    ));
    score::scores(task)
        .iter()
        .fold(training, |training, score| {
            training.metric_valid_numeric(EpochMetric::new(*score, task))
        })
}

/// A run that was stopped has no report.
fn finish(
    result: LearningResult<MisaLearner>,
    outcome: Outcome,
) -> Result<(MisaLearner, Outcome), TrainError> {
    if let Some(error) = outcome.error {
        return Err(error);
    }
    if let Some(error) = result.error {
        return Err(TrainError::Training(error));
    }
    Ok((result.model, outcome))
}

impl Run<'_> {
    fn loader(&self, split: Split, device: &Device) -> UtteranceLoader {
        let order = match split {
            Split::Train => self.config.order,
            Split::Valid | Split::Test => Order::File,
        };
        let config = LoaderConfig::new(self.config.batch_size)
            .with_order(order)
            .with_seed(self.config.seed);
        UtteranceLoader::new(self.data.clone(), split, config, device).with_bert(self.text.clone())
    }
}

fn score_splits(
    learner: &MisaLearner,
    run: &Run<'_>,
) -> Result<Vec<(Split, crate::Scores)>, TrainError> {
    let task = run.config.loss.task;
    let splits = [Split::Valid, Split::Test].into_iter();
    let present = splits.filter(|split| !run.data.split(*split).is_empty());
    let scored = present.map(|split| {
        let loader = run.loader(split, run.device);
        let evaluation = evaluate_with(learner, &loader, task, &run.frozen)?;
        Ok((split, evaluation.scores(task)))
    });
    scored.collect()
}

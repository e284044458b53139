//! A configuration and data to a trained model and a report.

use crate::{
    Checkpoint, DataSummary, EpochMetric, GloveSummary, MisaLearner, Report, System, TermMetric,
    TrainError, TrainingConfig,
    evaluate::evaluate,
    files,
    fit::{Fit, Outcome},
    progress::{Progress, Quiet},
    score,
};
use burn::{
    optim::AdamConfig,
    prelude::*,
    tensor::TensorData,
    train::{Learner, LearningResult, SupervisedTraining, TrainingStrategy, metric::LossMetric},
};
use misa_core::{ConfigError, Misa, MisaConfig, Modality, Task};
use misa_data::{LoaderConfig, Order, Split, UtteranceDataset, UtteranceLoader, mix, read_glove};
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
    let model_config = config.model(data.feature_sizes())?;
    files::create_folder(folder)?;

    let (model, glove) = initial_model(config, &model_config, &data, &device.clone().autodiff())?;
    let parameters = model.num_params();
    let (learner, outcome) = fit(config, model, &data, device, folder, progress, started)?;
    let scores = score_splits(&learner, config, &data, device)?;
    let report = Report {
        scores,
        best_epoch: outcome.best_epoch,
        stopped_early: outcome.stopped_early,
        history: outcome.history,
        data: DataSummary::of(&data),
        config: config.clone(),
        model: model_config.clone(),
        parameters,
        glove,
        system: System::current(device),
        seconds: started.elapsed().as_secs_f64(),
        peak_memory: None,
        folder: folder.to_path_buf(),
    };
    let checkpoint = Checkpoint {
        model: learner.model,
        config: model_config,
        vocabulary: data.vocabulary().cloned(),
        scaling,
    };
    checkpoint.save(folder.join("checkpoint"))?;
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

/// A model whose weights are a function of the seed, with word vectors where they are given.
fn initial_model(
    config: &TrainingConfig,
    model: &MisaConfig,
    data: &UtteranceDataset,
    device: &Device,
) -> Result<(Misa, Option<GloveSummary>), TrainError> {
    device.seed(mix(config.seed, 0, 0, "weights"));
    let model = model.init(device);
    let Some(path) = &config.glove else {
        return Ok((model, None));
    };
    let (Some(vocabulary), Some(rows)) = (data.vocabulary(), model.embedding()) else {
        let modality = Modality::Text;
        return Err(ConfigError::NoEmbedding { modality }.into());
    };
    let glove = read_glove(path, vocabulary, config.d_embedding)?;
    let summary = GloveSummary {
        found: glove.found(),
        missing: glove.missing,
        skipped: glove.skipped,
    };
    // Words without a vector keep their random numbers, as in the official code.
    let width = config.d_embedding;
    let mut rows: Vec<f32> = rows.into_data().iter::<f32>().collect();
    for (id, vector) in glove.rows {
        let start = id as usize * width;
        rows[start..start + width].copy_from_slice(&vector);
    }
    let shape = [rows.len() / width, width];
    let rows = Tensor::from_data(TensorData::new(rows, shape), device);
    Ok((model.with_embedding(rows)?, Some(summary)))
}

/// Runs the epochs; gives back the best model in evaluation form.
fn fit(
    config: &TrainingConfig,
    model: Misa,
    data: &Arc<UtteranceDataset>,
    device: &Device,
    folder: &Path,
    progress: Progress,
    started: Instant,
) -> Result<(MisaLearner, Outcome), TrainError> {
    let training_device = device.clone().autodiff();
    let train = loader(config, data, Split::Train, &training_device);
    let valid = loader(config, data, Split::Valid, device);
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let strategy = Fit {
        config: config.clone(),
        train: train.clone(),
        valid: valid.clone(),
        progress,
        started,
        outcome: outcome.clone(),
    };
    let learner = MisaLearner {
        model,
        objective: config.loss.init(&training_device),
    };
    let mut training = SupervisedTraining::new(folder, Arc::new(train), Arc::new(valid))
        .with_metric_logger(Quiet)
        .with_application_logger(None)
        .with_training_strategy(TrainingStrategy::Custom(Arc::new(strategy)))
        .num_epochs(config.epochs);
    if !progress.is_live() {
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

fn loader(
    config: &TrainingConfig,
    data: &Arc<UtteranceDataset>,
    split: Split,
    device: &Device,
) -> UtteranceLoader {
    let order = match split {
        Split::Train => config.order,
        Split::Valid | Split::Test => Order::File,
    };
    let config = LoaderConfig::new(config.batch_size)
        .with_order(order)
        .with_seed(config.seed);
    UtteranceLoader::new(data.clone(), split, config, device)
}

fn score_splits(
    learner: &MisaLearner,
    config: &TrainingConfig,
    data: &Arc<UtteranceDataset>,
    device: &Device,
) -> Result<Vec<(Split, crate::Scores)>, TrainError> {
    let splits = [Split::Valid, Split::Test].into_iter();
    let present = splits.filter(|split| !data.split(*split).is_empty());
    let scored = present.map(|split| {
        let loader = loader(config, data, split, device);
        let evaluation = evaluate(learner, &loader, config.loss.task);
        let evaluation = evaluation.map_err(|error| TrainError::Training(Arc::new(error)))?;
        Ok((split, evaluation.scores(config.loss.task)))
    });
    scored.collect()
}

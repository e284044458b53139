//! A configuration and data to a trained model and a report.

use crate::{
    BertSettings, BertSummary, Checkpoint, DataSummary, EpochMetric, GloveSummary, MisaLearner,
    Report, System, TermMetric, TrainError, TrainingConfig, card,
    evaluate::evaluate_with,
    files,
    fit::{Fit, Outcome},
    frozen::{Frozen, FrozenText},
    progress::{Progress, Quiet},
    score,
};
use burn::{
    optim::AdamConfig,
    prelude::*,
    tensor::TensorData,
    train::{Learner, LearningResult, SupervisedTraining, TrainingStrategy, metric::LossMetric},
};
use misa_core::{ConfigError, FeatureSizes, Misa, MisaConfig, Modality, Task, TextSize};
use misa_data::{
    BertText, BertWeights, LoaderConfig, Order, PretrainedBert, Split, UtteranceDataset,
    UtteranceLoader, mix, read_glove,
};
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
        vocabulary: data.vocabulary().cloned(),
        scaling,
        bert: text,
    };
    let checkpoint_folder = folder.join("checkpoint");
    checkpoint.save(&checkpoint_folder)?;
    let report = report.with_peak_memory();
    card::write(&checkpoint_folder, &report.model, Some(&report))?;
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

/// A BERT that fits the data.
struct OpenedBert {
    pretrained: PretrainedBert,
    text: Arc<BertText>,
}

/// Opens the BERT of a run and checks that it can read every sentence.
fn open_bert(
    settings: &BertSettings,
    data: &UtteranceDataset,
) -> Result<(FeatureSizes, OpenedBert), TrainError> {
    let pretrained = PretrainedBert::open(&settings.folder)?;
    let (tokeniser, bert) = (pretrained.tokeniser.clone(), pretrained.config);
    let text = BertText::new(tokeniser, &bert, settings.truncation)?;
    let text = text.with_vocabulary(data.vocabulary().cloned());
    for split in Split::ALL {
        text.check(split.name(), data.split(split))?;
    }
    let sizes = FeatureSizes {
        text: TextSize::Bert(bert),
        ..data.feature_sizes()
    };
    let text = Arc::new(text);
    Ok((sizes, OpenedBert { pretrained, text }))
}

/// What a model started from besides the seed.
#[derive(Default)]
struct Start {
    glove: Option<GloveSummary>,
    bert: Option<BertSummary>,
}

/// A model whose weights are a function of the seed, with word vectors or BERT where given.
fn initial_model(
    config: &TrainingConfig,
    model: &MisaConfig,
    data: &UtteranceDataset,
    bert: Option<&OpenedBert>,
    device: &Device,
) -> Result<(Misa, Start), TrainError> {
    // Read first: a file that does not fit the sizes is refused before they are allocated.
    let weights = bert.map(|bert| bert.pretrained.weights()).transpose()?;
    device.seed(mix(config.seed, 0, 0, "weights"));
    let model = model.init(device);
    let mut start = Start::default();
    let model = match (bert, weights) {
        (Some(bert), Some(weights)) => {
            let (model, summary) = with_bert(model, bert, weights)?;
            start.bert = Some(summary);
            model
        }
        _ => model,
    };
    let (model, glove) = with_glove(config, model, data, device)?;
    start.glove = glove;
    Ok((model, start))
}

fn with_bert(
    model: Misa,
    bert: &OpenedBert,
    weights: BertWeights,
) -> Result<(Misa, BertSummary), TrainError> {
    let loaded = model.with_bert(&weights.tensors);
    let (model, loaded) = loaded.map_err(|source| TrainError::Weights {
        path: bert.pretrained.path().to_path_buf(),
        source,
    })?;
    let unused = loaded.unused.into_iter().chain(weights.unexpected);
    let summary = BertSummary {
        weights: bert.pretrained.path().to_path_buf(),
        unused: unused.collect(),
        absent: loaded.absent,
        frozen: None,
    };
    Ok((model, summary))
}

/// The model with word vectors from a file, if one is given.
fn with_glove(
    config: &TrainingConfig,
    model: Misa,
    data: &UtteranceDataset,
    device: &Device,
) -> Result<(Misa, Option<GloveSummary>), TrainError> {
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

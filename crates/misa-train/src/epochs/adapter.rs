//! Runs the loop over epochs inside Burn's training, which adds metrics, live plots and
//! interruption.
//!
//! Everything that Burn's interface requires but the loop does not need is here: a learner with an
//! optimiser, two loaders, and a strategy that returns only a model.

use crate::epochs::fit::fit;
use crate::epochs::fit_state::FitInput;
use crate::epochs::metric::{Measured, ScoreMetric, TermMetric};
use crate::epochs::observer::{Events, Observer};
use crate::epochs::quiet::Quiet;
use crate::run::folder::RunFolder;
use crate::run::manifest::RunProgress;
use crate::{MisaLearner, Progress, TrainError};
use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress as Position};
use burn::data::dataset::DatasetError;
use burn::optim::AdamConfig;
use burn::prelude::*;
use burn::train::{
    InferenceStep, Learner, SupervisedLearningStrategy, SupervisedTraining, TrainLoader,
    TrainOutput, TrainStep, TrainingComponents, TrainingStrategy, ValidLoader,
};
use misa_core::loss::Term;
use misa_infer::ReadyBatch;
use misa_infer::score::scores;
use std::cell::Cell;
use std::iter::Empty;
use std::path::Path;
use std::sync::Arc;

const CALLED_ONCE: &str = "Burn calls its strategy once";

/// The best model, in evaluation form, and the progress of the run.
pub(crate) type Fitted = Result<(MisaLearner, RunProgress), TrainError>;

/// Calls [`fit`] within Burn's training; returns the folder and the result.
pub(crate) fn fit_with_burn(
    learner: MisaLearner,
    input: FitInput,
    folder: RunFolder,
) -> (RunFolder, Fitted) {
    let progress = input.progress;
    let training = training(&input, folder.path());
    // Burn's learner requires an optimiser, but the one in `Trainer` is used.
    let optimiser = AdamConfig::new().init();
    let observed = Observed {
        learner: Some(learner),
    };
    let learner = Learner::new(observed, optimiser, input.config.learning_rate);
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "Burn's interface wants an `Arc`; the strategy stays on this thread"
    )]
    let strategy = Arc::new(Strategy {
        progress,
        given: Cell::new(Some((input, folder))),
        result: Cell::new(None),
    });
    let launched = training
        .with_training_strategy(TrainingStrategy::Custom(strategy.clone()))
        .launch(learner);
    let (folder, fitted) = strategy.result.take().expect(CALLED_ONCE);
    let fitted = fitted.and_then(|(learner, progress)| match launched.error {
        Some(error) => Err(TrainError::Training(Box::new(error))),
        None => Ok((learner.valid(), progress)),
    });
    (folder, fitted)
}

/// Burn's training with its metrics, which only live plots show.
fn training(input: &FitInput, folder: &Path) -> SupervisedTraining<Observed> {
    let mut training = SupervisedTraining::new(folder, Arc::new(NoBatches), Arc::new(NoBatches))
        .with_metric_logger(Quiet)
        .with_application_logger(None)
        .num_epochs(input.config.total_epochs())
        .metrics((
            TermMetric::new("Loss", Term::Task),
            TermMetric::new("Similarity", Term::Similarity),
            TermMetric::new("Difference", Term::Difference),
            TermMetric::new("Reconstruction", Term::Reconstruction),
        ));
    for score in scores(input.config.loss.task) {
        training = training.metric_valid_numeric(ScoreMetric::new(score));
    }
    if input.progress.is_live() {
        training
    } else {
        training.renderer(Box::new(Quiet))
    }
}

/// The learner in the form that Burn requires; the metrics of a step are those that the loop
/// measured.
#[derive(Module, Debug)]
struct Observed {
    /// `None` after the loop has taken it.
    learner: Option<MisaLearner>,
}

impl Observed {
    fn learner(&self) -> &MisaLearner {
        self.learner.as_ref().expect("the loop has the learner")
    }
}

impl TrainStep for Observed {
    type Input = ReadyBatch;
    type Output = Measured;

    fn step(&self, batch: ReadyBatch) -> TrainOutput<Measured> {
        let output = TrainStep::step(self.learner(), batch);
        TrainOutput {
            grads: output.grads,
            item: Measured::batch(output.item.loss.to_host()),
        }
    }
}

impl InferenceStep for Observed {
    type Input = ReadyBatch;
    type Output = Measured;

    fn step(&self, batch: ReadyBatch) -> Measured {
        let output = InferenceStep::step(self.learner(), batch);
        Measured::batch(output.loss.to_host())
    }
}

/// [`fit`] instead of Burn's loop. Burn shares a strategy and accepts only a model as its result, so
/// the input and the result of the loop are passed through cells.
struct Strategy {
    progress: Progress,
    given: Cell<Option<(FitInput, RunFolder)>>,
    result: Cell<Option<(RunFolder, Fitted)>>,
}

impl SupervisedLearningStrategy<Observed> for Strategy {
    fn fit(
        &self,
        components: TrainingComponents<Observed>,
        burn_learner: Learner<Observed>,
        _: TrainLoader<Observed>,
        _: ValidLoader<Observed>,
        _: usize,
    ) -> (Observed, Events) {
        let (input, mut folder) = self.given.take().expect(CALLED_ONCE);
        let learner = burn_learner.model().learner.expect(CALLED_ONCE);
        // Weights are updated in place only if the trainer holds the only copy.
        drop(burn_learner);
        let (events, interrupter) = (components.event_processor, components.interrupter);
        let mut observer = Observer::new(events, interrupter, self.progress);
        let fitted = fit(&input, &mut folder, learner, &mut observer);
        self.result.set(Some((folder, fitted)));
        (Observed { learner: None }, observer.into_events())
    }
}

/// The loaders that Burn requires. The loop uses those of [`FitInput`], which start at a given epoch
/// and batch.
#[derive(Clone, Debug)]
struct NoBatches;

impl DataLoader<ReadyBatch> for NoBatches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<ReadyBatch> + 'a> {
        Box::new(Nothing(std::iter::empty()))
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _: &Device) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }

    fn slice(&self, _: usize, _: usize) -> Arc<dyn DataLoader<ReadyBatch>> {
        Arc::new(Self)
    }
}

struct Nothing(Empty<Result<ReadyBatch, DatasetError>>);

impl Iterator for Nothing {
    type Item = Result<ReadyBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl DataLoaderIterator<ReadyBatch> for Nothing {
    fn progress(&self) -> Position {
        Position::new(0, 0, None)
    }
}

//! A model while it is trained.

use crate::{MisaLearner, SentimentOutput, optimiser::ClippedAdam, word_vectors::WordVectors};
use burn::{
    module::{ModuleVisitor, Param, ParamId},
    optim::{GradientsAccumulator, GradientsParams, ModuleOptimizer},
    prelude::*,
};
use misa_data::UtteranceBatch;
use misa_kernels::{Adam, on_cpu};

const PUT_BACK: &str = "the optimiser gives the learner back";

/// A learner with its optimiser.
///
/// Word vectors on a CPU device are updated a row at a time, when next needed, with the numbers of
/// an update of the whole table; see [`misa_kernels::RowAdam`].
///
/// - Source: official `train.py`.
pub struct Trainer {
    /// Always there but while the optimiser has it.
    learner: Option<MisaLearner>,
    optimiser: ModuleOptimizer,
    words: Option<WordVectors>,
    waiting: GradientsAccumulator<MisaLearner>,
    bert: Option<BertPart>,
    updates: usize,
    device: Device,
}

/// What has a learning rate of its own.
struct BertPart {
    parameters: Vec<ParamId>,
    optimiser: ModuleOptimizer,
    waiting: GradientsAccumulator<MisaLearner>,
}

/// Learning rates of one optimiser step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRates {
    /// Of everything but BERT.
    pub model: f64,
    /// Of BERT.
    pub bert: f64,
}

impl Trainer {
    /// Trains `learner`, which lives on an autodiff device.
    ///
    /// Weights are updated in place where the trainer alone holds them.
    pub fn new(learner: MisaLearner, adam: Adam) -> Self {
        Self::with_weight_decay(learner, adam, 0.0)
    }

    /// [`Self::new`], with weight matrices that shrink by this share of the learning rate a step.
    pub fn with_weight_decay(learner: MisaLearner, adam: Adam, weight_decay: f64) -> Self {
        let device = learner.devices().first().cloned().unwrap_or_default();
        // Decay touches every row in every step.
        let by_rows = weight_decay == 0.0 && on_cpu(&device, burn::tensor::DType::F32);
        let words = by_rows
            .then(|| WordVectors::new(&learner.model, adam))
            .flatten();
        let optimiser = || ClippedAdam { adam, weight_decay }.into();
        let bert = learner.model.bert().map(|bert| BertPart {
            parameters: Parameters::of(bert),
            optimiser: optimiser(),
            waiting: GradientsAccumulator::new(),
        });
        Self {
            learner: Some(learner),
            optimiser: optimiser(),
            words,
            waiting: GradientsAccumulator::new(),
            bert,
            updates: 0,
            device,
        }
    }

    /// Reads a batch and adds its gradients to those that wait for [`Self::update`].
    ///
    /// Dropout is a function of the batch's seed, so that a step can be repeated.
    pub fn learn(&mut self, mut batch: UtteranceBatch) -> SentimentOutput {
        batch.targets.device().seed(batch.seed);
        let words = self.words.as_mut();
        let looked_up = words.and_then(|words| words.look_up(&mut batch.input));
        let learner = self.learner.as_ref().expect(PUT_BACK);
        let output = learner.score(batch);
        let mut gradients = output.loss.total.backward();
        if let (Some(words), Some(looked_up)) = (&mut self.words, looked_up) {
            words.add(looked_up, &mut gradients);
        }
        if let Some(bert) = &mut self.bert {
            let part = GradientsParams::from_params(&mut gradients, learner, &bert.parameters);
            bert.waiting.accumulate(learner, part);
        }
        let gradients = GradientsParams::from_grads(gradients, learner);
        self.waiting.accumulate(learner, gradients);
        output.without_autodiff()
    }

    /// One step of the optimiser with the sum of the gradients that wait.
    pub fn update(&mut self, learning_rate: f64) {
        self.update_with(LearningRates {
            model: learning_rate,
            bert: learning_rate,
        });
    }

    /// [`Self::update`], with a learning rate of its own for BERT.
    pub fn update_with(&mut self, rates: LearningRates) {
        let gradients = self.waiting.grads();
        // Handed over, not lent: a weight that nobody else holds is updated in place.
        let learner = self.learner.take().expect(PUT_BACK);
        let mut learner = self.optimiser.step(rates.model, learner, gradients);
        if let Some(bert) = &mut self.bert {
            let gradients = bert.waiting.grads();
            learner = bert.optimiser.step(rates.bert, learner, gradients);
        }
        self.learner = Some(learner);
        if let Some(words) = &mut self.words {
            words.update(rates.model);
        }
        self.updates += 1;
    }

    /// Steps of the optimiser so far.
    pub fn updates(&self) -> usize {
        self.updates
    }

    /// The learner as it is now.
    pub fn learner(&mut self) -> MisaLearner {
        let mut learner = self.learner.clone().expect(PUT_BACK);
        if let Some(words) = &mut self.words {
            learner.model = words.write_to(learner.model, &self.device);
        }
        learner
    }
}

/// Collects the parameters of a module.
struct Parameters(Vec<ParamId>);

impl Parameters {
    fn of<M: Module>(module: &M) -> Vec<ParamId> {
        let mut parameters = Self(Vec::new());
        module.visit(&mut parameters);
        parameters.0
    }
}

impl ModuleVisitor for Parameters {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.0.push(parameter.id);
    }
}

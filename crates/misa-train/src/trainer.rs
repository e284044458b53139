//! A model while it is trained.

use crate::{MisaLearner, SentimentOutput, optimiser::ClippedAdam, word_vectors::WordVectors};
use burn::{
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
    device: Device,
}

impl Trainer {
    /// Trains `learner`, which lives on an autodiff device.
    ///
    /// Weights are updated in place where the trainer alone holds them.
    pub fn new(learner: MisaLearner, adam: Adam) -> Self {
        let device = learner.devices().first().cloned().unwrap_or_default();
        let words = on_cpu(&device, burn::tensor::DType::F32)
            .then(|| WordVectors::new(&learner.model, adam))
            .flatten();
        Self {
            learner: Some(learner),
            optimiser: ClippedAdam(adam).into(),
            words,
            waiting: GradientsAccumulator::new(),
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
        let gradients = GradientsParams::from_grads(gradients, learner);
        self.waiting.accumulate(learner, gradients);
        output.without_autodiff()
    }

    /// One step of the optimiser with the sum of the gradients that wait.
    pub fn update(&mut self, learning_rate: f64) {
        let gradients = self.waiting.grads();
        // Handed over, not lent: a weight that nobody else holds is updated in place.
        let learner = self.learner.take().expect(PUT_BACK);
        self.learner = Some(self.optimiser.step(learning_rate, learner, gradients));
        if let Some(words) = &mut self.words {
            words.update(learning_rate);
        }
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

//! A model while it is trained.

use crate::{
    MisaLearner, Phase, SentimentOutput,
    run::resume::word_vectors,
    settings::clip::norm_scale,
    step::{
        optimiser::{Norms, Optimiser},
        team::Team,
        word_vectors::WordVectors,
    },
};
use burn::{
    module::{ModuleVisitor, Param, ParamId},
    optim::{GradientsAccumulator, GradientsParams},
    prelude::*,
};
use misa_infer::{ReadyBatch, lock_random_state};
use misa_kernels::{Adam, on_cpu};
use std::collections::HashSet;
use thiserror::Error;

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
    optimiser: Optimiser,
    max_norm: Option<f64>,
    words: Option<WordVectors>,
    waiting: GradientsAccumulator<MisaLearner>,
    updates: usize,
    device: Device,
    /// Further devices that read batches, if there are any.
    team: Option<Team>,
}

/// Learning rates of one optimiser step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRates {
    /// Of everything but BERT.
    pub model: f64,
    /// Of BERT.
    pub bert: f64,
}

impl From<f64> for LearningRates {
    /// The same for everything.
    fn from(rate: f64) -> Self {
        Self {
            model: rate,
            bert: rate,
        }
    }
}

/// How a trainer updates weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Updates {
    /// The optimiser's settings, with the bound of each element of a gradient.
    pub adam: Adam,
    /// Bound of the norm over all gradients, if there is one. Range: `(0, inf)`.
    pub max_norm: Option<f64>,
    /// Share of the learning rate by which weight matrices shrink in a step.
    pub weight_decay: f64,
}

impl From<Adam> for Updates {
    /// Without a bound of the norm, and without decay.
    fn from(adam: Adam) -> Self {
        Self {
            adam,
            ..Self::default()
        }
    }
}

/// A gradient that holds no finite number; nothing was updated.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("gradient of `{parameter}` has norm {norm}, expected a finite number")]
pub struct NonFiniteGradient {
    /// The first such parameter.
    pub parameter: String,
    /// The norm found.
    pub norm: f64,
}

/// A device that failed while others worked beside it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct WorkerError(pub(crate) String);

impl Trainer {
    /// Trains `learner`, which lives on an autodiff device.
    ///
    /// Weights are updated in place where the trainer alone holds them.
    pub fn new(learner: MisaLearner, updates: impl Into<Updates>) -> Self {
        let Updates {
            adam,
            max_norm,
            weight_decay,
        } = updates.into();
        let device = learner.devices().first().cloned().unwrap_or_default();
        // Decay touches every row in every step.
        let by_rows = weight_decay == 0.0 && on_cpu(&device, burn::tensor::DType::F32);
        let words = by_rows
            .then(|| WordVectors::new(&learner.model, adam))
            .flatten();
        let bert = learner.model.bert().map(Parameters::of);
        Self {
            optimiser: Optimiser::new(adam, weight_decay, bert.unwrap_or_default()),
            learner: Some(learner),
            max_norm,
            words,
            waiting: GradientsAccumulator::new(),
            updates: 0,
            device,
            team: None,
        }
    }

    /// Lets `devices` read batches too, see [`Self::learn_together`]. Autodiff devices all.
    ///
    /// What a device gives depends on its random state, and devices of one kind share that: a run
    /// with dropout cannot be repeated then.
    #[must_use]
    pub fn with_devices(mut self, devices: &[Device]) -> Self {
        if !devices.is_empty() {
            let all = [std::slice::from_ref(&self.device), devices].concat();
            self.words = None;
            self.team = Some(Team::new(&all));
        }
        self
    }

    /// How many batches are read at once.
    pub fn devices(&self) -> usize {
        self.team.as_ref().map_or(1, Team::devices)
    }

    /// Reads up to [`Self::devices`] batches at once, each on a device of its own, and adds their
    /// gradients to those that wait for [`Self::update`]. The outputs are in the order of the
    /// batches, on the first device.
    ///
    /// - Source: Burn's training step on several devices, with the optimiser on the first.
    ///
    /// # Errors
    ///
    /// [`WorkerError`] if a device failed; some gradients may wait then.
    ///
    /// # Panics
    ///
    /// Panics if there are more batches than devices.
    pub fn learn_together(
        &mut self,
        batches: Vec<impl Into<ReadyBatch>>,
    ) -> Result<Vec<SentimentOutput>, WorkerError> {
        let batches: Vec<ReadyBatch> = batches.into_iter().map(Into::into).collect();
        assert!(batches.len() <= self.devices(), "a device for each batch");
        let Some(team) = &self.team else {
            return Ok(batches.into_iter().map(|batch| self.learn(batch)).collect());
        };
        let learner = self.learner.as_ref().expect(PUT_BACK);
        let lock = lock_random_state();
        let learned = team.learn(learner, batches)?;
        drop(lock);
        let mut outputs = Vec::with_capacity(learned.len());
        for (output, gradients) in learned {
            self.waiting.accumulate(learner, gradients);
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// Reads a batch and adds its gradients to those that wait for [`Self::update`].
    ///
    /// Dropout is a function of the batch's seed, so that a step can be repeated.
    pub fn learn(&mut self, batch: impl Into<ReadyBatch>) -> SentimentOutput {
        let batch = batch.into();
        let words = self.words.as_mut();
        let (batch, looked_up) = match words.and_then(|words| words.look_up(batch.input())) {
            Some((text, looked_up)) => (batch.with_text(text), Some(looked_up)),
            None => (batch, None),
        };
        let learner = self.learner.as_ref().expect(PUT_BACK);
        let batch = learner.drop_modalities(batch);
        let lock = lock_random_state();
        batch.targets().device().seed(batch.seed());
        let output = learner.score(&batch);
        drop(lock);
        let mut gradients = output.loss.total.backward();
        if let (Some(words), Some(looked_up)) = (&mut self.words, looked_up) {
            words.add(looked_up, &mut gradients);
        }
        let gradients = GradientsParams::from_grads(gradients, learner);
        self.waiting.accumulate(learner, gradients);
        output.without_autodiff()
    }

    /// One step of the optimiser with the sum of the gradients that wait; gives their norm.
    ///
    /// # Errors
    ///
    /// [`NonFiniteGradient`] if one is no finite number: weights and moments stay as they are, and
    /// the gradients are forgotten.
    pub fn update(&mut self, rates: impl Into<LearningRates>) -> Result<f64, NonFiniteGradient> {
        let rates = rates.into();
        let gradients = self.waiting.grads();
        let learner = self.learner.as_ref().expect(PUT_BACK);
        let apart = self.words.as_ref().map(WordVectors::waiting_norm);
        let apart = apart.map(|norm| (word_vectors(learner), norm));
        let norms = Norms::of(learner, &gradients, apart);
        if let Some((parameter, norm)) = norms.non_finite() {
            if let Some(words) = &mut self.words {
                words.forget();
            }
            return Err(NonFiniteGradient {
                parameter: parameter.to_string(),
                norm,
            });
        }
        let scale = norm_scale(self.max_norm, norms.total());
        // Handed over, not lent: a weight that nobody else holds is updated in place.
        let learner = self.learner.take().expect(PUT_BACK);
        self.learner = Some(self.optimiser.step(learner, gradients, rates, scale));
        if let Some(words) = &mut self.words {
            words.update(rates.model, scale);
        }
        self.updates += 1;
        Ok(norms.total())
    }

    /// Changes what is learned from now on.
    pub fn set_phase(&mut self, phase: Phase) {
        self.learner.as_mut().expect(PUT_BACK).phase = phase;
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

    pub(crate) fn parts(&mut self) -> (&MisaLearner, &Optimiser, Option<&mut WordVectors>) {
        let learner = self.learner.as_ref().expect(PUT_BACK);
        (learner, &self.optimiser, self.words.as_mut())
    }

    /// Replaces the learner by what `change` makes of it and of the optimiser, and forgets
    /// gradients that wait.
    pub(crate) fn replace(
        &mut self,
        updates: usize,
        change: impl FnOnce(MisaLearner, &mut Optimiser, Option<&mut WordVectors>) -> MisaLearner,
    ) {
        let learner = self.learner.take().expect(PUT_BACK);
        let learner = change(learner, &mut self.optimiser, self.words.as_mut());
        self.learner = Some(learner);
        self.waiting = GradientsAccumulator::new();
        self.updates = updates;
    }
}

/// Collects the parameters of a module.
#[derive(Default)]
struct Parameters(HashSet<ParamId>);

impl Parameters {
    fn of<M: Module>(module: &M) -> HashSet<ParamId> {
        let mut parameters = Self::default();
        module.visit(&mut parameters);
        parameters.0
    }
}

impl ModuleVisitor for Parameters {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.0.insert(parameter.id);
    }
}

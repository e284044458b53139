//! A model while it is trained.

use crate::run::resume::word_vectors_name;
use crate::settings::clip::norm_scale;
use crate::step::generation::Generation;
use crate::step::optimiser::{Norms, Optimiser, OwnRate};
use crate::step::own_graph::with_own_graph;
use crate::step::team::Team;
use crate::step::word_vectors::WordVectors;
use crate::{MisaLearner, Phase, SentimentOutput};
use burn::module::{ModuleVisitor, Param, ParamId};
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::prelude::*;
use misa_core::loss::GeneratedLabels;
use misa_infer::{ReadyBatch, lock_random_state};
use misa_kernels::{Adam, compute, on_cpu};
use std::collections::HashMap;
use thiserror::Error;

const PUT_BACK: &str = "the optimiser returns the learner";

/// A learner with its optimiser.
///
/// On a CPU device, a row of the vectors of words, or of BERT's tokens, is updated when it is next needed. The
/// result is the same as if the whole table were updated in each step; see [`misa_kernels::RowAdam`].
///
/// - Source: official `train.py`.
pub struct Trainer {
    /// `None` only while the optimiser updates it.
    learner: Option<MisaLearner>,
    optimiser: Optimiser,
    max_norm: Option<f64>,
    words: Option<WordVectors>,
    waiting: GradientsAccumulator<MisaLearner>,
    updates: usize,
    device: Device,
    /// Several devices that share the batches, if there are any.
    team: Option<Team>,
    generation: Option<Generation>,
}

/// What a trainer changes.
pub(crate) struct TrainerParts<'a> {
    pub(crate) learner: &'a MisaLearner,
    pub(crate) optimiser: &'a Optimiser,
    pub(crate) words: Option<&'a mut WordVectors>,
    pub(crate) labels: Option<&'a GeneratedLabels>,
}

/// Learning rates of one optimiser step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRates {
    /// Learning rate of all other parameters.
    pub model: f64,
    /// Learning rate of BERT's parameters.
    pub bert: f64,
    /// Learning rate of the adversary's parameters.
    pub adversary: f64,
}

impl From<f64> for LearningRates {
    /// The same learning rate for all parameters.
    fn from(rate: f64) -> Self {
        Self {
            model: rate,
            bert: rate,
            adversary: rate,
        }
    }
}

/// How a trainer updates weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Updates {
    /// The optimiser's settings, with the bound of each element of a gradient.
    pub adam: Adam,
    /// Bound of the total norm of the gradients, if there is one. Range: `(0, inf)`.
    pub max_norm: Option<f64>,
    /// Decay of weight matrices per step, as a share of the learning rate.
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

/// A gradient with a NaN or infinite element; nothing was updated.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("gradient of `{parameter}` has norm {norm}, expected a finite number")]
pub struct NonFiniteGradient {
    /// The first such parameter.
    pub parameter: String,
    /// The norm of its gradient.
    pub norm: f64,
}

/// One of several devices failed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct WorkerError(pub(crate) String);

impl Trainer {
    /// Trains `learner`, which must be on an autodiff device.
    ///
    /// Weights are updated in place if `learner` has no clone.
    pub fn new(learner: MisaLearner, updates: impl Into<Updates>) -> Self {
        let mut learner = with_own_graph(learner);
        let Updates {
            adam,
            max_norm,
            weight_decay,
        } = updates.into();
        let device = learner.devices().first().cloned().unwrap_or_default();
        // Weight decay changes every row in every step.
        let by_rows = weight_decay == 0.0 && on_cpu(&device, burn::tensor::DType::F32);
        let (model, words) = if by_rows {
            WordVectors::take_from(learner.model, adam)
        } else {
            (learner.model, None)
        };
        learner.model = model;
        let mut own_rates = OwnRates::default();
        own_rates.add(learner.model.bert(), OwnRate::Bert);
        own_rates.add(learner.model.adversary(), OwnRate::Adversary);
        Self {
            optimiser: Optimiser::new(adam, weight_decay, own_rates.found),
            learner: Some(learner),
            max_norm,
            words,
            waiting: GradientsAccumulator::new(),
            updates: 0,
            device,
            team: None,
            generation: None,
        }
    }

    /// Generates labels of single modalities for the objective's unimodal loss, in
    /// [`Phase::Joint`]; the learner's batches must come from the split that `labels` are of.
    #[must_use]
    pub fn with_generated_labels(mut self, labels: Option<GeneratedLabels>) -> Self {
        self.generation = labels.map(Generation::new);
        self
    }

    /// Shares the batches with `devices`, see [`Self::learn_together`]; they must be autodiff
    /// devices.
    ///
    /// Devices of one kind share their random state, so that a run with dropout cannot be repeated.
    #[must_use]
    pub fn with_devices(mut self, devices: &[Device]) -> Self {
        if !devices.is_empty() {
            let all = [std::slice::from_ref(&self.device), devices].concat();
            self.learner = Some(self.learner());
            self.words = None;
            self.team = Some(Team::new(&all));
        }
        self
    }

    /// Number of devices, and so of batches that are processed at the same time.
    pub fn devices(&self) -> usize {
        self.team.as_ref().map_or(1, Team::devices)
    }

    /// Processes up to [`Self::devices`] batches at the same time, each on its own device, and adds
    /// their gradients to those that wait for [`Self::update`]. The outputs are in the order of the
    /// batches, on the first device.
    ///
    /// - Source: Burn's training step on several devices, with the optimiser on the first.
    ///
    /// # Errors
    ///
    /// [`WorkerError`] if a device failed; gradients of the other devices may wait nevertheless.
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
        let places: Vec<Vec<usize>> = batches.iter().map(|batch| batch.places().into()).collect();
        let batches = batches.into_iter().map(|batch| self.label(batch));
        let batches: Vec<ReadyBatch> = batches.collect();
        let lock = lock_random_state();
        let learned = team.learn(learner, batches)?;
        drop(lock);
        let mut outputs = Vec::with_capacity(learned.len());
        for ((output, gradients), places) in learned.into_iter().zip(places) {
            self.waiting.accumulate(learner, gradients);
            if let Some(generation) = &mut self.generation {
                generation.keep(places, &output);
            }
            outputs.push(output);
        }
        Ok(outputs)
    }

    /// Computes the gradients of a batch and adds them to those that wait for [`Self::update`].
    ///
    /// Dropout is a function of the batch's seed, so that a step can be repeated.
    pub fn learn(&mut self, batch: impl Into<ReadyBatch>) -> SentimentOutput {
        let mut batch = self.label(batch.into());
        let mut looked_up = None;
        let words = self.words.as_mut();
        if let Some((text, vectors)) = words.and_then(|words| words.look_up(batch.input())) {
            batch = batch.with_text(text);
            looked_up = Some(vectors);
        }
        let learner = self.learner.as_ref().expect(PUT_BACK);
        batch = learner.drop_modalities(batch);
        // Locked here: see `compute`.
        let lock = lock_random_state();
        batch.targets().device().seed(batch.seed());
        let output = compute(&self.device, || learner.score(&batch));
        drop(lock);
        let (words, waiting) = (&mut self.words, &mut self.waiting);
        compute(&self.device, || {
            let mut gradients = output.loss.total.backward();
            if let (Some(words), Some(looked_up)) = (words, looked_up) {
                words.add(looked_up, &mut gradients);
            }
            let gradients = GradientsParams::from_grads(gradients, learner);
            waiting.accumulate(learner, gradients);
        });
        let output = output.without_autodiff();
        if let Some(generation) = &mut self.generation {
            generation.keep(batch.places().to_vec(), &output);
        }
        output
    }

    /// The batch with the labels that are generated in this phase.
    fn label(&self, batch: ReadyBatch) -> ReadyBatch {
        let phase = self.learner.as_ref().expect(PUT_BACK).phase;
        match &self.generation {
            Some(generation) if phase == Phase::Joint => generation.label(batch),
            _ => batch,
        }
    }

    /// One step of the optimiser with the sum of the gradients that wait; returns their norm. Generated
    /// labels change before it.
    ///
    /// # Errors
    ///
    /// [`NonFiniteGradient`] if an element is NaN or infinite. Weights and moments are unchanged
    /// then, and the gradients are discarded.
    pub fn update(&mut self, rates: impl Into<LearningRates>) -> Result<f64, NonFiniteGradient> {
        let rates = rates.into();
        let device = self.device.clone();
        compute(&device, || self.step(rates))
    }

    fn step(&mut self, rates: LearningRates) -> Result<f64, NonFiniteGradient> {
        let gradients = self.waiting.grads();
        let learner = self.learner.as_ref().expect(PUT_BACK);
        let word_vectors = self
            .words
            .as_ref()
            .map(|words| (word_vectors_name(learner), words.waiting_norm()));
        let norms = Norms::of(learner, &gradients, word_vectors);
        if let Some((parameter, norm)) = norms.non_finite() {
            if let Some(words) = &mut self.words {
                words.discard_gradients();
            }
            if let Some(generation) = &mut self.generation {
                generation.discard();
            }
            return Err(NonFiniteGradient {
                parameter: parameter.to_string(),
                norm,
            });
        }
        if let Some(generation) = &mut self.generation {
            generation.update();
        }
        let scale = norm_scale(self.max_norm, norms.total());
        // Moved out, so that weights can be updated in place.
        let learner = self.learner.take().expect(PUT_BACK);
        self.learner = Some(self.optimiser.step(learner, gradients, rates, scale));
        if let Some(words) = &mut self.words {
            words.update(rates, scale);
        }
        self.updates += 1;
        Ok(norms.total())
    }

    /// Sets the phase of training.
    pub fn set_phase(&mut self, phase: Phase) {
        self.learner.as_mut().expect(PUT_BACK).phase = phase;
    }

    /// Sets the number of the epoch of [`Phase::Joint`], from 1: generated labels change from the second
    /// on.
    pub fn set_epoch(&mut self, epoch: usize) {
        if let Some(generation) = &mut self.generation {
            generation.epoch = epoch;
        }
    }

    /// The labels generated so far, without those of batches that wait for [`Self::update`].
    pub fn generated_labels(&self) -> Option<&GeneratedLabels> {
        self.generation.as_ref().map(Generation::labels)
    }

    /// Steps of the optimiser so far.
    pub fn updates(&self) -> usize {
        self.updates
    }

    /// A copy of the learner.
    pub fn learner(&mut self) -> MisaLearner {
        let mut learner = with_own_graph(self.learner.clone().expect(PUT_BACK));
        if let Some(words) = &mut self.words {
            learner.model = words.write_to(learner.model, &self.device);
        }
        learner
    }

    pub(crate) fn parts(&mut self) -> TrainerParts<'_> {
        TrainerParts {
            learner: self.learner.as_ref().expect(PUT_BACK),
            optimiser: &self.optimiser,
            words: self.words.as_mut(),
            labels: self.generation.as_ref().map(Generation::labels),
        }
    }

    pub(crate) fn generated_labels_mut(&mut self) -> Option<&mut GeneratedLabels> {
        self.generation.as_mut().map(Generation::labels_mut)
    }

    /// Changes the learner and the optimiser, sets the number of updates, and discards gradients
    /// that wait.
    pub(crate) fn replace(
        &mut self,
        updates: usize,
        change: impl FnOnce(MisaLearner, &mut Optimiser, Option<&mut WordVectors>) -> MisaLearner,
    ) {
        let learner = self.learner.take().expect(PUT_BACK);
        let learner = change(learner, &mut self.optimiser, self.words.as_mut());
        self.learner = Some(learner);
        self.waiting = GradientsAccumulator::new();
        if let Some(generation) = &mut self.generation {
            generation.discard();
        }
        self.updates = updates;
    }
}

/// Collects the parameters of modules with a learning rate of their own.
#[derive(Default)]
struct OwnRates {
    found: HashMap<ParamId, OwnRate>,
    rate: Option<OwnRate>,
}

impl OwnRates {
    fn add<M: Module>(&mut self, module: Option<&M>, rate: OwnRate) {
        self.rate = Some(rate);
        if let Some(module) = module {
            module.visit(self);
        }
    }
}

impl ModuleVisitor for OwnRates {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        self.found
            .extend(self.rate.map(|rate| (parameter.id, rate)));
    }
}

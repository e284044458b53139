//! Adam over every parameter of a module.

use crate::LearningRates;
use crate::run::state::Snapshot;
use burn::module::{ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::optim::GradientsParams;
use burn::prelude::*;
use misa_kernels::{Adam, norm};
use std::any::Any;
use std::collections::HashMap;

/// Adam with clipping by value and decoupled decay of weight matrices, in one pass over memory if
/// the device has a kernel for it.
///
/// Unlike Burn's, it saves its moments by the names of their parameters: ids of parameters are
/// random, so a run could not be resumed by them.
///
/// - Source: decoupled weight decay regularisation (AdamW).
#[derive(Debug)]
pub(crate) struct Optimiser {
    adam: Adam,
    weight_decay: f64,
    /// The parameters that have another learning rate than the rest.
    own_rates: HashMap<ParamId, OwnRate>,
    /// [`Moments`] with the rank of their parameter.
    moments: HashMap<ParamId, Box<dyn Any + Send>>,
}

/// A part of a model that has a learning rate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnRate {
    Bert,
    Adversary,
}

/// Moments of one parameter.
#[derive(Clone, Debug)]
struct Moments<const D: usize> {
    /// Number of updates of the parameter.
    time: usize,
    values: [Tensor<D>; 2],
}

/// The norm of each parameter's gradient.
pub(crate) struct Norms {
    names: Vec<String>,
    norms: Vec<f64>,
}

impl Optimiser {
    pub(crate) fn new(adam: Adam, weight_decay: f64, own_rates: HashMap<ParamId, OwnRate>) -> Self {
        Self {
            adam,
            weight_decay,
            own_rates,
            moments: HashMap::new(),
        }
    }

    /// `module` after one step with `gradients`, each multiplied by `scale` first.
    pub(crate) fn step<M: Module>(
        &mut self,
        module: M,
        gradients: GradientsParams,
        rates: LearningRates,
        scale: f64,
    ) -> M {
        module.map(&mut Step {
            optimiser: self,
            gradients,
            rates,
            scale,
        })
    }

    /// The number of updates of a parameter and its first and second moment, if it has been updated.
    pub(crate) fn moments<const D: usize>(&self, id: &ParamId) -> Option<(usize, [Tensor<D>; 2])> {
        let moments = self.moments.get(id)?.downcast_ref::<Moments<D>>()?;
        Some((moments.time, moments.values.clone()))
    }

    /// Replaces all moments by those of `module`'s parameters in `snapshot`, but for the parameter that is trained
    /// elsewhere.
    pub(crate) fn restore<M: Module>(
        &mut self,
        module: &M,
        snapshot: &Snapshot,
        elsewhere: Option<&str>,
    ) {
        self.moments.clear();
        module.visit(&mut Restore {
            optimiser: self,
            path: Vec::new(),
            snapshot,
            elsewhere,
        });
    }
}

struct Step<'a> {
    optimiser: &'a mut Optimiser,
    gradients: GradientsParams,
    rates: LearningRates,
    scale: f64,
}

impl ModuleMapper for Step<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        let tensor = match self.gradients.remove::<D>(id) {
            Some(gradient) => self.update(id, tensor, gradient),
            None => tensor,
        };
        Param::from_mapped_value(id, tensor, mapper)
    }
}

impl Step<'_> {
    fn update<const D: usize>(
        &mut self,
        id: ParamId,
        parameter: Tensor<D>,
        gradient: Tensor<D>,
    ) -> Tensor<D> {
        let Optimiser {
            adam,
            weight_decay,
            own_rates,
            moments,
        } = &mut *self.optimiser;
        let rate = match own_rates.get(&id) {
            Some(OwnRate::Bert) => self.rates.bert,
            Some(OwnRate::Adversary) => self.rates.adversary,
            None => self.rates.model,
        };
        let gradient = if self.scale == 1.0 {
            gradient
        } else {
            gradient * self.scale
        };
        let is_trained = parameter.is_require_grad();
        let checkpointing = parameter.gradient_checkpointing_strategy();
        let mut weights = parameter.inner();
        if *weight_decay > 0.0 && D > 1 {
            weights = weights * (1.0 - rate * *weight_decay);
        }
        // Moved out of the map, so that they can be updated in place.
        let known = moments
            .remove(&id)
            .and_then(|known| known.downcast::<Moments<D>>().ok());
        let (time, known_values) = match known {
            Some(known) => (known.time + 1, Some(known.values)),
            None => (1, None),
        };
        let (weights, values) = adam.step(rate, time, weights, gradient, known_values);
        moments.insert(id, Box::new(Moments { time, values }));
        let mut updated = Tensor::from_inner(weights);
        if let Some(strategy) = checkpointing {
            updated = updated.with_gradient_checkpointing_strategy(strategy);
        }
        updated.set_require_grad(is_trained)
    }
}

struct Restore<'a> {
    optimiser: &'a mut Optimiser,
    path: Vec<String>,
    snapshot: &'a Snapshot,
    elsewhere: Option<&'a str>,
}

impl ModuleVisitor for Restore<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        if self.elsewhere == Some(name.as_str()) {
            return;
        }
        let Some((time, moments)) = self.snapshot.moments(&name) else {
            return;
        };
        let device = param.val().inner().device();
        let values = moments.map(|data| Tensor::<D>::from_data(data.clone(), &device));
        let moments = Box::new(Moments { time, values });
        self.optimiser.moments.insert(param.id, moments);
    }
}

impl Norms {
    /// The norms of the gradients of `module`, and the name and norm of word vectors that are
    /// trained outside it.
    pub(crate) fn of<M: Module>(
        module: &M,
        gradients: &GradientsParams,
        word_vectors: Option<(String, f64)>,
    ) -> Self {
        let mut measure = Measure {
            gradients,
            path: Vec::new(),
            names: Vec::new(),
            norms: Vec::new(),
        };
        module.visit(&mut measure);
        let Measure {
            mut names, norms, ..
        } = measure;
        // One tensor, so that the device is read once.
        let mut norms: Vec<f64> = if norms.is_empty() {
            Vec::new()
        } else {
            Tensor::cat(norms, 0).into_data().iter::<f64>().collect()
        };
        if let Some((name, norm)) = word_vectors {
            names.push(name);
            norms.push(norm);
        }
        Self { names, norms }
    }

    /// The norm of all gradients together.
    pub(crate) fn total(&self) -> f64 {
        self.norms
            .iter()
            .map(|norm| norm * norm)
            .sum::<f64>()
            .sqrt()
    }

    /// The first gradient with a NaN or infinite element, and its norm.
    pub(crate) fn non_finite(&self) -> Option<(&str, f64)> {
        let mut named = self.names.iter().zip(&self.norms);
        let (name, norm) = named.find(|(_, norm)| !norm.is_finite())?;
        Some((name, *norm))
    }
}

struct Measure<'a> {
    gradients: &'a GradientsParams,
    path: Vec<String>,
    names: Vec<String>,
    norms: Vec<Tensor<1>>,
}

impl ModuleVisitor for Measure<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            self.names.push(self.path.join("."));
            self.norms.push(norm(gradient));
        }
    }
}

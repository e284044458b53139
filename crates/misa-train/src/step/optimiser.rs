//! Adam over every parameter of a module.

use crate::{LearningRates, run::state::Snapshot};
use burn::{
    module::{ModuleMapper, ModuleVisitor, Param, ParamId},
    optim::GradientsParams,
    prelude::*,
};
use misa_kernels::{Adam, norm};
use std::{
    any::Any,
    collections::{HashMap, HashSet},
};

/// Adam with clipping by value, one pass over memory where the device allows, and decay of weight
/// matrices apart from the gradient.
///
/// Unlike Burn's, it knows its moments by the names of their parameters: what makes a parameter's
/// id is chance, so a run could not be taken up again by it.
///
/// - Source: decoupled weight decay regularisation (AdamW).
#[derive(Debug)]
pub(crate) struct Optimiser {
    adam: Adam,
    weight_decay: f64,
    /// What has a learning rate of its own.
    bert: HashSet<ParamId>,
    /// [`Moments`] of the rank of their parameter.
    moments: HashMap<ParamId, Box<dyn Any + Send>>,
}

/// Moments of one parameter.
#[derive(Clone, Debug)]
struct Moments<const D: usize> {
    /// Steps made.
    time: usize,
    values: [Tensor<D>; 2],
}

/// How long the gradient of each parameter is.
pub(crate) struct Norms {
    names: Vec<String>,
    norms: Vec<f64>,
}

impl Optimiser {
    pub(crate) fn new(adam: Adam, weight_decay: f64, bert: HashSet<ParamId>) -> Self {
        Self {
            adam,
            weight_decay,
            bert,
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

    /// First and second moment of a parameter, and the steps it has made, if it has made any.
    pub(crate) fn moments<const D: usize>(&self, id: &ParamId) -> Option<(usize, [Tensor<D>; 2])> {
        let moments = self.moments.get(id)?.downcast_ref::<Moments<D>>()?;
        Some((moments.time, moments.values.clone()))
    }

    /// Takes up the moments of `module`'s parameters that `snapshot` holds, and forgets all others.
    pub(crate) fn restore<M: Module>(&mut self, module: &M, snapshot: &Snapshot) {
        self.moments.clear();
        module.visit(&mut Restore {
            optimiser: self,
            path: Vec::new(),
            snapshot,
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
            bert,
            moments,
        } = &mut *self.optimiser;
        let rate = match bert.contains(&id) {
            true => self.rates.bert,
            false => self.rates.model,
        };
        let gradient = match self.scale == 1.0 {
            true => gradient,
            false => gradient * self.scale,
        };
        let is_trained = parameter.is_require_grad();
        let checkpointing = parameter.gradient_checkpointing_strategy();
        let parameter = parameter.inner();
        let parameter = match *weight_decay > 0.0 && D > 1 {
            true => parameter * (1.0 - rate * *weight_decay),
            false => parameter,
        };
        // Handed over, not lent: moments that nobody else holds are updated in place.
        let known = moments
            .remove(&id)
            .and_then(|known| known.downcast::<Moments<D>>().ok());
        let (time, values) = match known {
            Some(known) => (known.time + 1, Some(known.values)),
            None => (1, None),
        };
        let (parameter, values) = adam.step(rate, time, parameter, gradient, values);
        moments.insert(id, Box::new(Moments { time, values }));
        let parameter = Tensor::from_inner(parameter);
        let parameter = match checkpointing {
            Some(strategy) => parameter.with_gradient_checkpointing_strategy(strategy),
            None => parameter,
        };
        parameter.set_require_grad(is_trained)
    }
}

struct Restore<'a> {
    optimiser: &'a mut Optimiser,
    path: Vec<String>,
    snapshot: &'a Snapshot,
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
    /// Those of the parameters of `module`, and of what is trained apart from it.
    pub(crate) fn of<M: Module>(
        module: &M,
        gradients: &GradientsParams,
        apart: Option<(String, f64)>,
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
        // One read for all of them.
        let mut norms: Vec<f64> = match norms.is_empty() {
            true => Vec::new(),
            false => Tensor::cat(norms, 0).into_data().iter::<f64>().collect(),
        };
        if let Some((name, norm)) = apart {
            names.push(name);
            norms.push(norm);
        }
        Self { names, norms }
    }

    /// The norm of all of them together.
    pub(crate) fn total(&self) -> f64 {
        self.norms
            .iter()
            .map(|norm| norm * norm)
            .sum::<f64>()
            .sqrt()
    }

    /// The first gradient with an element that is no finite number, and its norm.
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

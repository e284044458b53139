//! The state of a trainer, taken and taken up again.

use crate::{
    MisaLearner, Trainer,
    run::state::{NamedValues, Snapshot, Times, TrainerState, Values, moments, weights},
    step::optimiser::Optimiser,
};
use burn::{
    module::{ModuleMapper, ModuleVisitor, Param},
    prelude::*,
    tensor::TensorData,
};
use thiserror::Error;

/// A parameter that a state lacks or has in another shape.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("parameter `{parameter}`: expected shape {expected:?}, found {}", shown(.found.as_deref()))]
pub struct Misfit {
    /// The parameter.
    pub parameter: String,
    /// Its shape.
    pub expected: Vec<usize>,
    /// The shape in the state; nothing where it is not there.
    pub found: Option<Vec<usize>>,
}

fn shown(shape: Option<&[usize]>) -> String {
    shape.map_or("none".to_string(), |shape| format!("{shape:?}"))
}

impl Trainer {
    /// What it takes to go on from here, but for gradients that wait.
    pub(crate) fn state(&mut self) -> TrainerState<'_> {
        let (learner, optimiser, words) = self.parts();
        let mut collector = Collector {
            path: Vec::new(),
            optimiser,
            words: words.map(|words| {
                let time = words.time();
                (word_vectors(learner), time, words.parts())
            }),
            state: TrainerState {
                tensors: Vec::new(),
                times: Times::new(),
            },
        };
        learner.visit(&mut collector);
        collector.state
    }

    /// Goes on from a state, or from weights alone where it has no moments.
    ///
    /// # Errors
    ///
    /// The first [`Misfit`]; the trainer is of no use then.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot, updates: usize) -> Result<(), Misfit> {
        let mut restore = Restore {
            path: Vec::new(),
            snapshot,
            misfit: None,
        };
        self.replace(updates, |learner, optimiser, words| {
            let learner = learner.map(&mut restore);
            optimiser.restore(&learner, snapshot);
            if let Some(words) = words {
                words.restore(&learner.model, snapshot.moments(&word_vectors(&learner)));
            }
            learner
        });
        restore.misfit.map_or(Ok(()), Err)
    }
}

/// The name of the word vectors among the parameters; empty where there are none.
pub(crate) fn word_vectors(learner: &MisaLearner) -> String {
    let mut search = Search::default();
    learner.visit(&mut search);
    search.found
}

#[derive(Default)]
struct Search {
    path: Vec<String>,
    found: String,
}

impl ModuleVisitor for Search {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<D>>) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if matches!(path[..], ["model", "text", .., "embedding", "weight"]) {
            self.found = self.path.join(".");
        }
    }
}

/// Lists every parameter with its moments.
struct Collector<'a> {
    path: Vec<String>,
    optimiser: &'a Optimiser,
    /// Word vectors that are trained apart: their name, their steps, and their table and moments.
    words: Option<(String, usize, [&'a [f32]; 3])>,
    state: TrainerState<'a>,
}

impl ModuleVisitor for Collector<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        let shape = param.val().dims().to_vec();
        let names = [vec![weights(&name)], moments(&name).to_vec()].concat();
        let (time, values) = match &self.words {
            Some((words, time, parts)) if *words == name => {
                (Some(*time), parts.map(Values::Host).into())
            }
            _ => {
                let mut values = vec![on_device(param.val().inner())];
                let known = self.optimiser.moments::<D>(&param.id);
                let time = known.map(|(time, moments)| {
                    values.extend(moments.map(on_device));
                    time
                });
                (time, values)
            }
        };
        let named = names.into_iter().zip(values);
        self.state
            .tensors
            .extend(named.map(|(name, values)| NamedValues {
                name,
                shape: shape.clone(),
                values,
            }));
        if let Some(time) = time {
            self.state.times.insert(name, time);
        }
    }
}

fn on_device<'a, const D: usize>(tensor: Tensor<D>) -> Values<'a> {
    Values::Device(Box::new(move || tensor.to_data()))
}

/// Gives every parameter its values from a state.
struct Restore<'a> {
    path: Vec<String>,
    snapshot: &'a Snapshot,
    misfit: Option<Misfit>,
}

impl ModuleMapper for Restore<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let expected = param.val().dims().to_vec();
        let found = self.snapshot.weights(&name);
        match found.filter(|data| data.shape().to_vec() == expected) {
            Some(data) => param.map(|old| replaced(&old, data.clone())),
            None => {
                self.misfit.get_or_insert(Misfit {
                    parameter: name,
                    expected,
                    found: found.map(|data| data.shape().to_vec()),
                });
                param
            }
        }
    }
}

/// `data` in the place of `old`, trained if that is.
fn replaced<const D: usize>(old: &Tensor<D>, data: TensorData) -> Tensor<D> {
    let new = Tensor::from_data(data, &old.device());
    new.set_require_grad(old.is_require_grad())
}

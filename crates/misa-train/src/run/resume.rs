//! Saving and restoring the state of a trainer.

use crate::run::label_state::{label_tensors, restore_labels};
use crate::run::state::{NamedValues, Snapshot, Times, TrainerState, Values, moments, weights};
use crate::step::optimiser::Optimiser;
use crate::step::trainer::TrainerParts;
use crate::step::word_vectors::without_table;
use crate::{MisaLearner, Trainer};
use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::Misa;
use std::collections::BTreeSet;
use thiserror::Error;

/// The model among the parameters of a learner.
const MODEL: &str = "model";
/// BERT among them.
const BERT: &str = "model.text.Bert.";

/// A parameter that a state lacks or has in another shape; or generated labels and what they are
/// generated from.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("parameter `{parameter}`: expected shape {expected:?}, found {}", display_shape(.found.as_deref()))]
pub struct Misfit {
    /// The parameter.
    pub parameter: String,
    /// Its shape.
    pub expected: Vec<usize>,
    /// The shape in the state; `None` if the state lacks the parameter.
    pub found: Option<Vec<usize>>,
}

fn display_shape(shape: Option<&[usize]>) -> String {
    shape.map_or("none".to_string(), |shape| format!("{shape:?}"))
}

impl Trainer {
    /// Everything needed to continue from here, except gradients that wait for an update and
    /// [`Self::frozen_bert`].
    pub(crate) fn state(&mut self) -> TrainerState<'_> {
        self.state_of(|name, is_frozen| !(is_frozen && is_of_bert(name)))
    }

    /// The weights of BERT that are not trained, by their names. Its files have them, so no state does.
    pub(crate) fn frozen_bert(&mut self) -> TrainerState<'_> {
        let state = self.state_of(|name, is_frozen| is_frozen && is_of_bert(name));
        let mut state = state.weights();
        state.tensors.sort_by(|a, b| a.name.cmp(&b.name));
        state
    }

    /// The weights of the model that training changes.
    pub(crate) fn trained_weights(&mut self) -> TrainerState<'_> {
        let of_model = weights(MODEL);
        let state = self.state_of(|name, is_frozen| !is_frozen && name.starts_with(&of_model));
        state.weights()
    }

    /// The tensors that are wanted, judged by their names and whether they are weights that are not trained.
    fn state_of(&mut self, is_wanted: impl Fn(&str, bool) -> bool) -> TrainerState<'_> {
        let Collector {
            mut state, frozen, ..
        } = self.collect();
        state
            .tensors
            .retain(|tensor| is_wanted(&tensor.name, frozen.contains(&tensor.name)));
        state
    }

    fn collect(&mut self) -> Collector<'_> {
        let TrainerParts {
            learner,
            optimiser,
            words,
            labels,
        } = self.parts();
        let mut collector = Collector {
            path: Vec::new(),
            optimiser,
            words: words.map(|words| {
                let time = words.time();
                (word_vectors_name(learner), time, words.parts())
            }),
            state: TrainerState {
                tensors: Vec::new(),
                times: Times::new(),
            },
            frozen: BTreeSet::new(),
        };
        learner.visit(&mut collector);
        let tensors = &mut collector.state.tensors;
        tensors.extend(labels.into_iter().flat_map(label_tensors));
        collector
    }

    /// Continues from a state; a parameter without moments in it starts without moments, and a frozen one that it
    /// lacks stays.
    ///
    /// # Errors
    ///
    /// The first [`Misfit`]; the trainer must not be used afterwards.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot, updates: usize) -> Result<(), Misfit> {
        let mut restore = Restore::new(snapshot);
        self.replace(updates, |learner, optimiser, words| {
            let mut learner = learner.map(&mut restore);
            let name = words.is_some().then(|| word_vectors_name(&learner));
            optimiser.restore(&learner, snapshot, name.as_deref());
            if let (Some(words), Some(name)) = (words, name) {
                words.restore(&learner.model, snapshot.moments(&name));
                learner.model = without_table(learner.model);
            }
            learner
        });
        restore.misfit.map_or(Ok(()), Err)?;
        match self.generated_labels_mut() {
            Some(labels) if !snapshot.is_weights_alone() => restore_labels(labels, snapshot),
            _ => Ok(()),
        }
    }
}

/// Whether a tensor of a state is a weight of BERT.
fn is_of_bert(name: &str) -> bool {
    name.starts_with(&weights(BERT))
}

/// The name of the vectors of words or tokens among the parameters; empty if the model has none.
pub(crate) fn word_vectors_name(learner: &MisaLearner) -> String {
    let mut search = Search::default();
    learner.visit(&mut search);
    search.name
}

/// Searches for the vectors of words or tokens.
#[derive(Default)]
struct Search {
    path: Vec<String>,
    name: String,
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
        if matches!(
            path[..],
            ["model", "text", .., "embedding", "weight"]
                | ["model", "text", "Bert", "embeddings", "words", "weight"]
        ) {
            self.name = self.path.join(".");
        }
    }
}

/// Lists every parameter with its moments.
struct Collector<'a> {
    path: Vec<String>,
    optimiser: &'a Optimiser,
    /// Word vectors trained outside the optimiser: name, steps, and table with its moments.
    words: Option<(String, usize, [&'a [f32]; 3])>,
    state: TrainerState<'a>,
    /// Names of weights that are not trained.
    frozen: BTreeSet<String>,
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
        if !param.val().is_require_grad() {
            self.frozen.insert(weights(&name));
        }
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

/// `model` with the weights of [`Trainer::trained_weights`]; the others stay.
///
/// # Errors
///
/// The first [`Misfit`].
pub(crate) fn with_trained(model: Misa, weights: &Snapshot) -> Result<Misa, Misfit> {
    let mut restore = Restore {
        path: vec![MODEL.to_string()],
        is_partial: true,
        ..Restore::new(weights)
    };
    let model = model.map(&mut restore);
    match restore.misfit {
        None => Ok(model),
        Some(misfit) => Err(misfit),
    }
}

/// Gives every parameter its values from a state.
struct Restore<'a> {
    path: Vec<String>,
    snapshot: &'a Snapshot,
    /// Whether parameters that the state lacks keep their values.
    is_partial: bool,
    misfit: Option<Misfit>,
}

impl<'a> Restore<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            path: Vec::new(),
            snapshot,
            is_partial: false,
            misfit: None,
        }
    }
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
            None if found.is_none() && (self.is_partial || !param.val().is_require_grad()) => param,
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

/// `data` on the device of `old`, and trainable if `old` is.
fn replaced<const D: usize>(old: &Tensor<D>, data: TensorData) -> Tensor<D> {
    let new = Tensor::from_data(data, &old.device());
    new.set_require_grad(old.is_require_grad())
}

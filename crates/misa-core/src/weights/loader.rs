//! From tensors under their official names to the parameters of a module.

use super::layout::{PARTS, transposed, unstacked};
use super::path;
use crate::StateDict;
use crate::official::official;
use burn::module::{ModuleMapper, Param};
use burn::prelude::*;
use std::collections::BTreeSet;

/// Gives every parameter its values from a checkpoint.
pub(super) struct Loader<'a> {
    path: Vec<String>,
    weights: &'a StateDict,
    pub(super) used: BTreeSet<String>,
    pub(super) absent: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if param.is_initialized() {
            return match self.find(param.val().dims().to_vec()) {
                Some(data) => param.map(|old| replace(old, data)),
                None => param,
            };
        }
        // What is replaced need not be drawn.
        match self.find(param.lazy_shape().to_vec()) {
            Some(data) => {
                let (id, new) = (param.id, Tensor::from_data(data, &param.lazy_device()));
                param.transform_for_load(new, id)
            }
            None => param,
        }
    }
}

impl<'a> Loader<'a> {
    pub(super) fn new(at: &str, weights: &'a StateDict) -> Self {
        Self {
            path: path(at),
            weights,
            used: BTreeSet::new(),
            absent: Vec::new(),
            missing: Vec::new(),
            misshaped: Vec::new(),
        }
    }

    /// Names that no parameter has, those of another shape excepted.
    pub(super) fn unused(&self) -> Vec<String> {
        let names = self
            .weights
            .names()
            .filter(|name| !self.used.contains(*name));
        let misshaped = |name: &&str| self.misshaped.iter().any(|(found, ..)| found == name);
        names
            .filter(|name| !misshaped(name))
            .map(str::to_string)
            .collect()
    }

    /// The values of the parameter at hand, if the checkpoint has them in the right shape.
    fn find(&mut self, shape: Vec<usize>) -> Option<TensorData> {
        let official = official(&self.path);
        let Some(stored) = self.weights.get(&official.name) else {
            if official.name.starts_with("bertmodel.pooler.") {
                self.absent.push(official.name);
            } else {
                self.missing.push(official.name);
            }
            return None;
        };
        let mut expected = shape;
        if official.transposed {
            expected.reverse();
        }
        if official.part.is_some() {
            expected[0] *= PARTS;
        }
        let found = stored.shape().to_vec();
        if found != expected {
            self.misshaped.push((official.name, expected, found));
            return None;
        }
        self.used.insert(official.name);
        let data = match official.part {
            Some(part) => unstacked(stored, part),
            None => stored.clone(),
        };
        Some(if official.transposed {
            transposed(&data)
        } else {
            data
        })
    }
}

/// The values of `data` on the device of `old`, trained if `old` is.
fn replace<const D: usize>(old: Tensor<D>, data: TensorData) -> Tensor<D> {
    let new = Tensor::from_data(data, &old.device());
    new.set_require_grad(old.is_require_grad())
}

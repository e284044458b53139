//! From the parameters of a module to tensors under their official names.

use super::layout::{stacked, transposed};
use super::path;
use crate::StateDict;
use crate::official::official;
use burn::module::{ModuleVisitor, Param};
use burn::prelude::*;
use std::collections::BTreeMap;

/// What to read of each parameter.
pub(super) trait Read {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>>;
}

pub(super) struct Values;

impl Read for Values {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>> {
        Some(param.val())
    }
}

#[cfg(feature = "autodiff")]
pub(super) struct GradientsOf<'a>(pub(super) &'a burn::tensor::Gradients);

#[cfg(feature = "autodiff")]
impl Read for GradientsOf<'_> {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>> {
        param.val().grad(self.0)
    }
}

/// Reads every parameter and brings it to its official name and layout.
pub(super) fn collect<M: Module>(module: &M, at: &str, source: impl Read) -> StateDict {
    let mut collector = Collector {
        path: path(at),
        source,
        parts: BTreeMap::new(),
    };
    module.visit(&mut collector);
    let parts = collector.parts.into_iter();
    parts
        .map(|(name, parts)| (name, stacked(parts.into_values())))
        .collect()
}

struct Collector<R> {
    path: Vec<String>,
    source: R,
    /// The parts of each official tensor, by their index.
    parts: BTreeMap<String, BTreeMap<usize, TensorData>>,
}

impl<R: Read> ModuleVisitor for Collector<R> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(value) = self.source.read(param) {
            let official = official(&self.path);
            let mut data = value.into_data();
            if official.transposed {
                data = transposed(&data);
            }
            let parts = self.parts.entry(official.name).or_default();
            parts.insert(official.part.unwrap_or(0), data);
        }
    }
}

//! A part of a data set.

use crate::utterance::Utterance;
use misa_terms::Recipes;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyTuple};
use std::sync::Arc;

/// The utterances of a part of a data set, in the order of the file, as a sequence.
///
/// name: "train", "valid" or "test".
/// ids: the names of the utterances, as a new list.
/// labels: the labels as a new array `[utterances]`.
///
/// >>> data = misa.open("mosi.safetensors")
/// >>> len(data.train), data.train.labels.mean(), data.train[0].words
#[pyclass(frozen, sequence, module = "misa")]
#[derive(Debug)]
pub(crate) struct Split {
    #[pyo3(get)]
    name: &'static str,
    #[pyo3(get)]
    ids: Vec<String>,
    labels: Vec<f32>,
    utterances: Py<PyTuple>,
}

#[pymethods]
impl Split {
    #[getter]
    fn labels<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f32>> {
        self.labels.clone().into_pyarray(py)
    }

    fn __len__(&self) -> usize {
        self.labels.len()
    }

    /// The utterance with a number, or a tuple of those of a slice.
    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.utterances.bind(py).as_any().get_item(key)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.utterances.bind(py).try_iter()
    }

    fn __repr__(&self) -> String {
        format!("Split({:?}, {} utterances)", self.name, self.labels.len())
    }
}

impl Split {
    /// Hands the memory of utterances over to NumPy.
    pub fn of(
        py: Python<'_>,
        split: misa_data::Split,
        utterances: impl IntoIterator<Item = misa_infer::Utterance>,
        recipes: &Arc<Recipes>,
    ) -> PyResult<Self> {
        let (mut ids, mut labels, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        for utterance in utterances {
            ids.push(utterance.id.clone());
            labels.push(utterance.label);
            moved.push(Py::new(py, Utterance::of(py, utterance, recipes)?)?);
        }
        Ok(Self {
            name: split.name(),
            ids,
            labels,
            utterances: PyTuple::new(py, moved)?.unbind(),
        })
    }
}

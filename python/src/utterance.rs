//! A labelled clip of a data set.

use crate::error::refused;
use misa_infer::{Clip, ClipText, Modality, PerModality, Sequence, TextSequence};
use misa_terms::{ModalityLabels, Recipes};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// A labelled clip of a data set. `Model.predict` reads it as a clip.
///
/// Arrays are the memory that the reader of the file has filled, those of the test split a copy of it. They are
/// read-only.
///
/// id: its name in the data set.
/// label: for most data sets the sentiment from -3 (negative) to 3 (positive), or a class.
/// words: the words as a new list; empty if the file has none.
/// text: word ids `[steps]` of 32 bits, or word vectors `[steps, d_input]`.
/// visual, acoustic: features `[steps, d_input]`.
///
/// >>> utterance = misa.open("mosi.safetensors").train[0]
/// >>> utterance.visual.mean(axis=0)
#[pyclass(frozen, module = "misa")]
#[derive(Debug)]
pub(crate) struct Utterance {
    #[pyo3(get)]
    id: String,
    #[pyo3(get)]
    label: f32,
    #[pyo3(get)]
    words: Vec<String>,
    text: Text,
    #[pyo3(get)]
    visual: Py<PyArray2<f32>>,
    #[pyo3(get)]
    acoustic: Py<PyArray2<f32>>,
    labels: ModalityLabels,
    absent: PerModality<Option<Vec<bool>>>,
    recipes: Arc<Recipes>,
}

/// What is said.
#[derive(Debug)]
enum Text {
    /// Word ids, `[steps]`.
    Ids(Py<PyArray1<u32>>),
    /// Word vectors, `[steps, d_input]`.
    Vectors(Py<PyArray2<f32>>),
}

#[pymethods]
impl Utterance {
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        match &self.text {
            Text::Ids(ids) => ids.bind(py).as_any().clone(),
            Text::Vectors(vectors) => vectors.bind(py).as_any().clone(),
        }
    }

    /// The label by each modality alone, as a dictionary; empty where the data has none.
    #[getter]
    fn modality_labels<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let labels = PyDict::new(py);
        for modality in Modality::ALL {
            if let Some(label) = self.labels.get(modality) {
                labels.set_item(modality.name(), label)?;
            }
        }
        Ok(labels)
    }

    /// Which steps lack a modality, by modality: a new array `[steps]` of truth values where some do.
    /// The features of such a step are zeros.
    #[getter]
    fn absent<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let masks = PyDict::new(py);
        for modality in Modality::ALL {
            if let Some(mask) = self.absent.get(modality) {
                masks.set_item(modality.name(), mask.clone().into_pyarray(py))?;
            }
        }
        Ok(masks)
    }

    fn __repr__(&self) -> String {
        format!(
            "Utterance(id={:?}, label={}, {} words)",
            self.id,
            self.label,
            self.words.len()
        )
    }
}

impl Utterance {
    /// Hands the memory of an utterance over to NumPy.
    pub fn of(
        py: Python<'_>,
        utterance: misa_infer::Utterance,
        recipes: &Arc<Recipes>,
    ) -> PyResult<Self> {
        let mut absent = PerModality::default();
        let mut rows = |modality, sequence: Sequence| {
            *absent.get_mut(modality) = sequence.absent().map(<[bool]>::to_vec);
            rows_of(py, sequence)
        };
        let text = match utterance.text {
            TextSequence::Words(ids) => {
                let ids = ids.into_pyarray(py);
                read_only(&ids)?;
                Text::Ids(ids.unbind())
            }
            TextSequence::Features(vectors) => Text::Vectors(rows(Modality::Text, vectors)?),
        };
        Ok(Self {
            text,
            visual: rows(Modality::Visual, utterance.visual)?,
            acoustic: rows(Modality::Acoustic, utterance.acoustic)?,
            id: utterance.id,
            label: utterance.label,
            words: utterance.words,
            labels: utterance.modality_labels,
            absent,
            recipes: Arc::clone(recipes),
        })
    }

    /// How the features of its data set were made.
    pub fn recipes(&self) -> &Arc<Recipes> {
        &self.recipes
    }

    /// A copy as a clip without its label.
    pub fn clip(&self, py: Python<'_>) -> PyResult<Clip> {
        let words = self.words.clone();
        let text = match &self.text {
            Text::Ids(_) if !words.is_empty() => ClipText::Words(words),
            Text::Ids(ids) => ClipText::Ids(ids.bind(py).readonly().to_vec().map_err(refused)?),
            Text::Vectors(vectors) => ClipText::Vectors {
                vectors: self.sequence(py, Modality::Text, vectors)?,
                words,
            },
        };
        Ok(Clip {
            id: self.id.clone(),
            text: Some(text),
            visual: Some(self.sequence(py, Modality::Visual, &self.visual)?),
            acoustic: Some(self.sequence(py, Modality::Acoustic, &self.acoustic)?),
        })
    }

    fn sequence(
        &self,
        py: Python<'_>,
        modality: Modality,
        rows: &Py<PyArray2<f32>>,
    ) -> PyResult<Sequence> {
        let rows = rows.bind(py).readonly();
        let (d_input, values) = (rows.as_array().ncols(), rows.to_vec().map_err(refused)?);
        let sequence = match self.absent.get(modality) {
            None => Sequence::new(d_input, values),
            Some(absent) => Sequence::with_absent(d_input, values, absent.clone()),
        };
        let changed = || refused(format!("utterance {:?}: {modality} was changed", self.id));
        sequence.ok_or_else(changed)
    }
}

/// The rows of a sequence in its own memory.
fn rows_of(py: Python<'_>, sequence: Sequence) -> PyResult<Py<PyArray2<f32>>> {
    let shape = (sequence.steps(), sequence.d_input());
    let rows = Array2::from_shape_vec(shape, sequence.into_values());
    let rows = rows.map_err(refused)?.into_pyarray(py);
    read_only(&rows)?;
    Ok(rows.unbind())
}

/// Marks an array, so that nobody changes a data set by mistake.
fn read_only(array: &Bound<'_, PyAny>) -> PyResult<()> {
    array.getattr("flags")?.setattr("writeable", false)
}

//! What a model predicts.

use crate::error::refused;
use crate::model::names_of;
use misa_infer::{Prediction, Predictor, Task};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// The predictions for some clips, in their order.
///
/// values: the predicted number, or the index of the most probable class, `[clips]`.
/// probabilities: of each class, `[clips, classes]`, calibrated if the model is; None for a regression.
/// intervals: for each level, such as 0.8, the ends of a range that contains the true number with this
///     probability, `[clips, 2]`. NaN for a clip whose modalities the model was not measured on, and empty for
///     classes and for a model that was not measured.
/// ids: the names of the clips.
/// modalities: the names of the modalities that were read of each clip.
/// notes: what a user should know, a sentence each: words outside the vocabulary, other recipes of features.
/// model: the id of the model.
///
/// >>> answers = model.predict(["What fun!", "No."])
/// >>> low, high = answers.intervals[0.8].T
#[pyclass(frozen, get_all, module = "misa")]
#[derive(Debug)]
pub(crate) struct Predictions {
    values: Py<PyArray1<f32>>,
    probabilities: Option<Py<PyArray2<f32>>>,
    intervals: Py<PyDict>,
    ids: Py<PyList>,
    modalities: Py<PyList>,
    notes: Vec<String>,
    model: String,
}

#[pymethods]
impl Predictions {
    fn __len__(&self, py: Python<'_>) -> usize {
        self.ids.bind(py).len()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "Predictions({} clips, model {:.12})",
            self.__len__(py),
            self.model
        )
    }
}

impl Predictions {
    /// The answers of a predictor, with `notes` about the clips.
    pub fn of(
        py: Python<'_>,
        predictor: &Predictor,
        answers: Vec<Prediction>,
        mut notes: Vec<String>,
    ) -> PyResult<Self> {
        notes.extend(predictor.text_notes(&answers));
        let values: Vec<f32> = answers.iter().map(|answer| answer.value).collect();
        let modalities = answers.iter().map(|answer| names_of(py, answer.modalities));
        let modalities: Vec<Bound<'_, PyTuple>> = modalities.collect::<PyResult<_>>()?;
        let ids = answers.iter().map(|answer| answer.id.as_str());
        let ids: Vec<&str> = ids.collect();
        Ok(Self {
            values: values.into_pyarray(py).unbind(),
            probabilities: probabilities(py, predictor, &answers)?,
            intervals: intervals(py, &answers)?.unbind(),
            ids: PyList::new(py, ids)?.unbind(),
            modalities: PyList::new(py, modalities)?.unbind(),
            notes,
            model: predictor.id().to_string(),
        })
    }
}

fn probabilities(
    py: Python<'_>,
    predictor: &Predictor,
    answers: &[Prediction],
) -> PyResult<Option<Py<PyArray2<f32>>>> {
    let Task::Classification { classes } = predictor.config().task else {
        return Ok(None);
    };
    let rows = answers
        .iter()
        .filter_map(|answer| answer.probabilities.as_ref());
    let values: Vec<f32> = rows.flatten().copied().collect();
    let rows = Array2::from_shape_vec((answers.len(), classes), values);
    Ok(Some(rows.map_err(refused)?.into_pyarray(py).unbind()))
}

/// The ends of the intervals by their levels, narrowest first.
fn intervals<'py>(py: Python<'py>, answers: &[Prediction]) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    let most = answers.iter().max_by_key(|answer| answer.intervals.len());
    for level in most.iter().flat_map(|answer| &answer.intervals) {
        let mut ends = Array2::from_elem((answers.len(), 2), f32::NAN);
        for (answer, mut row) in answers.iter().zip(ends.rows_mut()) {
            let mut same = answer.intervals.iter();
            if let Some(interval) = same.find(|interval| interval.level == level.level) {
                (row[0], row[1]) = (interval.low, interval.high);
            }
        }
        found.set_item(level.level, ends.into_pyarray(py))?;
    }
    Ok(found)
}

//! A trained model.

use crate::clip::Clips;
use crate::error::{detached, refused, unexpected};
use crate::facts::{sizes_of, text_form};
use crate::predictions::Predictions;
use misa_infer::burn::tensor::Device;
use misa_infer::{Clip, Modalities, Predictor, Task};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::path::PathBuf;

/// The only device of this module: the processor.
const DEVICE: &str = "flex";

/// A trained model, which predicts clips.
///
/// Threads may share it. `load` makes one.
#[pyclass(frozen, module = "misa")]
#[derive(Debug)]
pub(crate) struct Model {
    /// Boxed, because it may ask for a larger alignment than Python gives its objects.
    predictor: Box<Predictor>,
}

/// The model of a run, or of the folder of a model.
///
/// folder: the folder of a finished run, or its folder `checkpoint`, or a copy of that.
/// device: where to compute: "flex", the processor.
///
/// Raises MisaError if a file is missing, damaged or of a newer version, or if there is no such device.
///
/// >>> model = misa.load("runs/first")
#[pyfunction]
#[pyo3(signature = (folder, device = "flex"))]
pub(crate) fn load(py: Python<'_>, folder: PathBuf, device: &str) -> PyResult<Model> {
    if device != DEVICE {
        return Err(unexpected(
            "device",
            "flex, the processor",
            format!("{device:?}"),
        ));
    }
    let loaded = detached(py, || Predictor::load(folder, &Device::flex()))?;
    let predictor = Box::new(loaded.map_err(refused)?);
    Ok(Model { predictor })
}

#[pymethods]
impl Model {
    /// The SHA-256 of everything that its predictions follow from, in hexadecimal. Models with the same
    /// id predict the same.
    #[getter]
    fn id(&self) -> &str {
        self.predictor.id()
    }

    /// The names of the modalities that it reads, in text, visual, acoustic order.
    #[getter]
    fn modalities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        names_of(py, self.predictor.config().settings.modalities)
    }

    /// "regression" for numbers, or "classification" for classes.
    #[getter]
    fn task(&self) -> &'static str {
        match self.predictor.config().task {
            Task::Regression => "regression",
            Task::Classification { .. } => "classification",
        }
    }

    /// Number of classes; None for a regression.
    #[getter]
    fn classes(&self) -> Option<usize> {
        match self.predictor.config().task {
            Task::Regression => None,
            Task::Classification { classes } => Some(classes),
        }
    }

    /// Features of a step by modality; of a text that is not vectors, the number of words or tokens that
    /// it knows.
    #[getter]
    fn sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        sizes_of(py, self.predictor.config().sizes)
    }

    /// How it reads text: "words" of its vocabulary, "vectors" that are computed before, or "bert".
    #[getter]
    fn text(&self) -> &'static str {
        text_form(self.predictor.config().sizes)
    }

    /// Whether clips of one video, named `video[0]`, `video[1]` and so on, are read together. Then a
    /// prediction depends on the other clips of the call.
    #[getter]
    fn reads_videos(&self) -> bool {
        self.predictor.reads_videos()
    }

    /// The prediction for each clip, in order. Other threads run meanwhile.
    ///
    /// clips: one clip, or any iterable of clips. A clip is a sentence, an `Utterance`, or a dictionary with
    ///     some of
    ///     "text": a sentence, a list of words, word ids `[steps]`, or vectors `[steps, d_input]`;
    ///     "words": the words that the vectors stand for;
    ///     "visual", "acoustic": features `[steps, d_input]`;
    ///     "id": a name.
    ///     A modality that is not there, or None, is missing; at least one must be there. Features are copied
    ///     once, into numbers of 32 bits.
    /// modalities: read only these, such as ["text", "acoustic"]; without it, all that a clip has.
    ///
    /// Raises MisaError if the model cannot read a clip: another number of features, NaN or infinite numbers,
    /// more than 10,000 steps, 2**20 numbers or 16 KiB of text in one modality, or nothing to read.
    ///
    /// >>> model.predict(["What fun that was!", "No."]).values
    /// >>> model.predict({"text": "What fun!", "acoustic": numpy.zeros((3, 74))}).intervals
    #[pyo3(signature = (clips, modalities = None))]
    fn predict(
        &self,
        py: Python<'_>,
        clips: &Bound<'_, PyAny>,
        modalities: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Predictions> {
        let Clips { clips, notes, .. } = Clips::of(clips, &self.predictor)?;
        let clips = match modalities {
            None => clips,
            Some(names) => self.only(clips, names)?,
        };
        let predictor = &self.predictor;
        let answers = detached(py, || predictor.predict(&clips))?;
        let answers = answers.map_err(refused)?;
        Predictions::of(py, predictor, answers, notes)
    }

    fn __repr__(&self) -> String {
        let modalities = self.predictor.config().settings.modalities;
        format!(
            "Model(task={:?}, modalities={modalities}, id={:.12})",
            self.task(),
            self.id()
        )
    }
}

impl Model {
    /// The clips without the modalities that `names` lacks.
    fn only(&self, clips: Vec<Clip>, names: &Bound<'_, PyAny>) -> PyResult<Vec<Clip>> {
        let list = names.extract::<String>();
        let list = list.or_else(|_| names.extract::<Vec<String>>().map(|names| names.join(",")));
        let list = list.map_err(|error| unexpected("modalities", "names of modalities", error))?;
        let modalities: Modalities = list.parse().map_err(refused)?;
        let checkpoint = self.predictor.checkpoint();
        checkpoint.usable_modalities(modalities).map_err(refused)?;
        Ok(clips
            .into_iter()
            .map(|clip| clip.only(modalities))
            .collect())
    }
}

/// The names of modalities.
pub(crate) fn names_of(py: Python<'_>, modalities: Modalities) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(
        py,
        modalities
            .iter()
            .map(|modality| modality.name())
            .collect::<Vec<_>>(),
    )
}

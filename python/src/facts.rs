//! What models and data sets have in common: the form of the text, and sizes.

use misa_terms::{FeatureSizes, TextSize};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Features of a step by modality; of a text that is not vectors, the number of words or tokens known.
pub(crate) fn sizes_of(py: Python<'_>, sizes: FeatureSizes) -> PyResult<Bound<'_, PyDict>> {
    let text = match sizes.text {
        TextSize::Words { vocabulary } => vocabulary,
        TextSize::Features { d_input } => d_input,
        TextSize::Bert(bert) => bert.vocabulary,
    };
    let dictionary = PyDict::new(py);
    dictionary.set_item("text", text)?;
    dictionary.set_item("visual", sizes.visual)?;
    dictionary.set_item("acoustic", sizes.acoustic)?;
    Ok(dictionary)
}

/// The form of the text, in a word.
pub(crate) fn text_form(sizes: FeatureSizes) -> &'static str {
    match sizes.text {
        TextSize::Words { .. } => "words",
        TextSize::Features { .. } => "vectors",
        TextSize::Bert(_) => "bert",
    }
}

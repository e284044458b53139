//! Trained MISA models, data sets, scores and alignment in Python, with NumPy arrays.
//!
//! | File | Holds |
//! | --- | --- |
//! | `model.rs`, `predictions.rs` | a trained model, and what it predicts |
//! | `clip.rs` | clips as Python gives them |
//! | `dataset.rs`, `split.rs`, `utterance.rs` | data sets |
//! | `facts.rs` | what models and data sets have in common |
//! | `scores.rs` | scores of predictions |
//! | `alignment.rs`, `aligned.rs` | features onto words |
//! | `array.rs` | numbers that Python gives |
//! | `error.rs` | the exception, and work that Python does not wait for |

mod aligned;
mod alignment;
mod array;
mod clip;
mod dataset;
mod error;
mod facts;
mod model;
mod predictions;
mod scores;
mod split;
mod utterance;

/// Python places objects at multiples of 16 bytes, or of 8 where a pointer has four: what asks for more would be read
/// at an address that it must not have.
const _: () = {
    let python = 2 * size_of::<usize>();
    assert!(align_of::<aligned::Aligned>() <= python);
    assert!(align_of::<dataset::DataSet>() <= python);
    assert!(align_of::<model::Model>() <= python);
    assert!(align_of::<predictions::Predictions>() <= python);
    assert!(align_of::<split::Split>() <= python);
    assert!(align_of::<utterance::Utterance>() <= python);
};

/// Trained MISA models, data sets, scores and alignment, with NumPy arrays.
///
/// load: a trained model, which predicts sentences, faces and voices
/// open: a data set in any layout that misa reads
/// score: the scores of predictions
/// align: features of any rate onto words
///
/// Everything that is refused raises MisaError. Nothing in a pickle is executed.
#[pyo3::pymodule]
mod misa {
    #[pymodule_export]
    use crate::aligned::Aligned;
    #[pymodule_export]
    use crate::alignment::align;
    #[pymodule_export]
    use crate::dataset::{DataSet, open};
    #[pymodule_export]
    use crate::error::{_panic, MisaError};
    #[pymodule_export]
    use crate::model::{Model, load};
    #[pymodule_export]
    use crate::predictions::Predictions;
    #[pymodule_export]
    use crate::scores::score;
    #[pymodule_export]
    use crate::split::Split;
    #[pymodule_export]
    use crate::utterance::Utterance;
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}

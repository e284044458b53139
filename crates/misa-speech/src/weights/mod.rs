//! The weights of the network, from a file that is checked before it is used.
//!
//! | File | Holds |
//! |---|---|
//! | `bytes.rs` | a file that is not too large, and its SHA-256 |
//! | `stored.rs` | tensors as a file has them, and their checks |
//! | `tensors.rs` | weights from a file of safetensors |
//! | `onnx.rs` | weights from a graph of ONNX |
//! | `fields.rs` | the fields of such a graph |

mod bytes;
mod fields;
mod onnx;
mod stored;
mod tensors;

use crate::SpeechError;
use std::collections::BTreeMap;
use std::path::Path;

/// Which files of weights are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// The published files alone.
    Known,
    /// Any file with the tensors of the network.
    Any,
}

/// The tensors of the network: finite, and with the names, shapes and order of gates in [`tensors::TENSORS`].
#[derive(Debug)]
pub(crate) struct Weights(BTreeMap<&'static str, Vec<f32>>);

impl Weights {
    /// The weights in the file at `path`.
    ///
    /// # Errors
    ///
    /// [`SpeechError`] if the file cannot be read, is too large, is not accepted, or does not hold the
    /// tensors of the network.
    pub fn read(path: &Path, accepted: Accepted) -> Result<Self, SpeechError> {
        let bytes = bytes::read(path)?;
        if accepted == Accepted::Known {
            bytes::check(path, &bytes)?;
        }
        let read = if bytes.get(8) == Some(&b'{') {
            tensors::read(&bytes)
        } else if bytes.first() == Some(&onnx::FIRST) {
            onnx::read(&bytes)
        } else {
            let path = path.to_path_buf();
            return Err(SpeechError::Kind { path });
        };
        read.map(Self).map_err(|problem| problem.of(path))
    }

    /// The elements of a tensor, row by row.
    ///
    /// # Panics
    ///
    /// Panics if the network has no tensor of that name.
    pub fn get(&self, name: &str) -> &[f32] {
        &self.0[name]
    }
}

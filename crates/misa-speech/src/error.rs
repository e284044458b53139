//! What can be wrong with a file of weights or with the options.
//!
//! Every message reads "where: expected, found; what to do".

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// Weights that cannot be used, or options that make no sense.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechError {
    /// The operating system reports an error.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The file is larger than weights of this network can be.
    #[error(
        "{}: expected at most {limit} bytes, found more; give `silero_vad_16k_sequence.onnx` of the Python \
         package silero-vad 6.2.3", path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes.
        limit: u64,
    },
    /// The file is not one that is known.
    #[error(
        "{}: expected SHA-256 {graph} (`silero_vad_16k_sequence.onnx`) or {tensors} (`silero_vad_16k.safetensors`), \
         found {found}; give one of these files of the Python package silero-vad 6.2.3, or load this one as other \
         weights", path.display()
    )]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// SHA-256 of the graph that is known, in hexadecimal.
        graph: &'static str,
        /// SHA-256 of the file of tensors that is known, in hexadecimal.
        tensors: &'static str,
        /// SHA-256 of this file, in hexadecimal.
        found: String,
    },
    /// The file is neither of safetensors nor of ONNX.
    #[error(
        "{}: expected a file of safetensors or ONNX, found neither; give `silero_vad_16k_sequence.onnx` of the Python \
         package silero-vad 6.2.3", path.display()
    )]
    Kind {
        /// The file.
        path: PathBuf,
    },
    /// The file begins as one of safetensors or ONNX and is not a whole one.
    #[error("{}: expected a whole file of {kind}, found another ({source}); fetch the file again", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its kind by its first bytes.
        kind: &'static str,
        /// What its reader says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A tensor of the file is not one of the network.
    #[error("{}: tensor `{tensor}`: {fault}; give weights of Silero's network for 16 kHz", path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// Name of the tensor.
        tensor: String,
        /// What is wrong with it.
        #[source]
        fault: TensorFault,
    },
    /// An option has a value that makes no sense.
    #[error("{option}: expected {expected}, found {found}; choose another value")]
    Option {
        /// Name of the option, as the field is called.
        option: &'static str,
        /// The values that it may have.
        expected: String,
        /// Its value.
        found: f64,
    },
}

/// What is wrong with one tensor of a file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorFault {
    /// The network needs it and the file lacks it.
    #[error("expected in the file, found none")]
    Missing,
    /// The file has it and the network does not.
    #[error("expected no such tensor, found one")]
    Unexpected,
    /// The file has several of this name.
    #[error("expected once, found several times")]
    Repeated,
    /// It has another shape.
    #[error("expected shape {expected:?}, found {found:?}")]
    Shape {
        /// Shape in the network.
        expected: Vec<usize>,
        /// Shape in the file.
        found: Vec<usize>,
    },
    /// Its elements are not floats of 32 bits.
    #[error("expected element type F32, found {found}")]
    ElementType {
        /// Element type in the file.
        found: String,
    },
    /// It has more or less bytes than its shape needs.
    #[error("expected {expected} bytes, found {found}")]
    Bytes {
        /// Bytes of its shape.
        expected: usize,
        /// Bytes in the file.
        found: usize,
    },
    /// An element is NaN or infinite.
    #[error("expected finite values, found {found} at position {position}")]
    NotFinite {
        /// Position of the first such element, row by row, from 0.
        position: usize,
        /// The element.
        found: f32,
    },
}

//! Where in a sound someone speaks: Silero's voice activity network, on Burn.
//!
//! The weights are those of the Python package `silero-vad`, in a file that the user gives; they are not
//! part of this crate. The device decides where the network runs; no type names a backend.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use misa_speech::{SpeechDetector, SpeechOptions, segments};
//!
//! let detector = SpeechDetector::load("silero_vad_16k_sequence.onnx", &Device::default())?;
//! // A second without sound, of 16,000 samples.
//! let probabilities = detector.probabilities(&[0.0; 16_000]);
//! for speech in segments(&probabilities, &SpeechOptions::default()) {
//!     println!("speech from {} to {} s", speech.start, speech.end);
//! }
//! # Ok::<(), misa_speech::SpeechError>(())
//! ```
//!
//! | File | Holds |
//! |---|---|
//! | `detector.rs` | the probability of speech in each part of a sound |
//! | `stream.rs` | the same for a sound that comes in pieces |
//! | `segments.rs`, `options.rs` | stretches of speech from these probabilities, without tensors |
//! | `network/` | the network itself |
//! | `weights/` | its weights, from a file of safetensors or ONNX |
//! | `error.rs` | what can be wrong with a file or an option |

mod detector;
mod error;
mod network;
mod options;
mod segments;
mod stream;
mod weights;

pub use detector::SpeechDetector;
pub use error::{SpeechError, TensorFault};
pub use options::SpeechOptions;
pub use segments::{Speech, segments};
pub use stream::SpeechStream;

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

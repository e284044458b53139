//! The features of librosa that data sets of the field have.
//!
//! A feature is a number or several for each frame of a sound, see [`Frames`]. Rows of features are stored one
//! after another. Everything is computed in double precision and rounded at the end. Samples must be finite; a NaN
//! or an infinity spreads to the frames that hold it, and no function panics on it.
//!
//! | File | Holds |
//! |---|---|
//! | `frames.rs` | how a sound is cut into frames |
//! | `transform.rs` | the Fourier transform of real numbers |
//! | `spectrum.rs` | the power spectrum of a frame |
//! | `mel.rs` | bands of equal width on a scale of pitch |
//! | `mfcc.rs` | mel-frequency cepstral coefficients |
//! | `level.rs` | zero crossing rate and root mean square |
//! | `shape.rs` | centroid, rolloff and flatness of a spectrum |
//! | `tuning.rs` | how far a sound is from concert pitch |
//! | `chroma_stft.rs` | the twelve pitch classes, from the power spectrum |
//! | `constant_q/` | the twelve pitch classes, from a constant-Q transform |
//! | `librosa33.rs` | the 33 columns of CH-SIMS |
//! | `error.rs` | settings that cannot be used |

mod chroma_stft;
mod constant_q;
mod error;
mod frames;
mod level;
mod librosa33;
mod mel;
mod mfcc;
mod shape;
mod spectrum;
mod transform;
mod tuning;

pub use chroma_stft::ChromaStft;
pub use constant_q::ChromaCqt;
pub use error::SettingsError;
pub use frames::{Frames, MAX_RATE, MAX_WINDOW};
pub use level::{rms, zero_crossing_rate};
pub use librosa33::Librosa33;
pub use mel::MelScale;
pub use mfcc::Mfcc;
pub use shape::SpectralShape;
pub use spectrum::Spectrum;
pub use tuning::{Tuning, tuning_of_constant_q, tuning_of_power};

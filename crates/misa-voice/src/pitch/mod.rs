//! How high a voice is, and whether there is one.
//!
//! | File | Holds |
//! |---|---|
//! | `frames.rs` | the moments at which a sound is looked at |
//! | `tracker.rs` | from samples to a contour |
//! | `autocorrelation.rs` | how a frame resembles itself some time later |
//! | `candidates.rs` | pitches that a frame may have |
//! | `path.rs` | one candidate for each frame |
//! | `contour.rs` | pitch over time |
//! | `interpolation.rs` | values between samples |
//! | `sums.rs` | sums that a processor computes several at once |
//! | `error.rs` | rates that cannot be used |

mod autocorrelation;
mod candidates;
mod contour;
mod error;
mod frames;
mod interpolation;
mod path;
mod sums;
mod tracker;

pub use contour::Contour;
pub use error::RateError;
pub use frames::Frames;
pub(crate) use frames::inside;
pub(crate) use interpolation::{Interpolation, parabola};
pub(crate) use sums::{sum, sum_of_products};
pub use tracker::PitchTracker;

/// Lowest pitch that is looked for, in hertz.
pub const FLOOR: f64 = 75.0;
/// Highest pitch that is looked for, in hertz.
pub const CEILING: f64 = 500.0;

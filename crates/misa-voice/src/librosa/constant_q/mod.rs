//! The twelve pitch classes, from a constant-Q transform.
//!
//! Seven octaves of 36 bins, from C1. Each octave is filtered at half the rate of the octave above, so that all filters
//! are short.
//!
//! | File | Holds |
//! |---|---|
//! | `chroma.rs` | the pitch classes of a sound |
//! | `octave.rs` | the filters of an octave |
//! | `levels.rs` | a stretch of a sound at the rate of each octave |
//! | `halving.rs` | a sound at half its rate |

mod chroma;
mod halving;
mod levels;
mod octave;

pub use chroma::ChromaCqt;
pub(super) use chroma::ConstantQ;

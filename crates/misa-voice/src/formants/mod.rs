//! Resonances of the vocal tract.
//!
//! | File | Holds |
//! |---|---|
//! | `finder.rs` | from samples to formants |
//! | `burg.rs` | linear prediction |
//! | `roots.rs` | zeros of a polynomial |
//! | `resampler.rs` | the sound at another rate |

mod burg;
mod finder;
mod resampler;
mod roots;

pub use finder::{Formant, FormantFinder, FormantSettings};

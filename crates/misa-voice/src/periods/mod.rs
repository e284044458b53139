//! Single periods of a voice: jitter, shimmer, harmonics to noise.
//!
//! | File | Holds |
//! |---|---|
//! | `finder.rs` | when each period of a voice is |
//! | `amplitude.rs` | how strong each period is |
//! | `jitter.rs` | jitter and shimmer of them |
//! | `harmonics.rs` | harmonics to noise |
//! | `resemblance.rs` | how a stretch resembles later ones |

mod amplitude;
mod finder;
mod harmonics;
mod jitter;
mod resemblance;

pub use finder::PeriodFinder;
pub use harmonics::Harmonics;
pub use jitter::Periods;

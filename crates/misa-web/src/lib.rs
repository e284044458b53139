//! A trained model in a browser, without a server.
//!
//! ```text
//! page ── server.js ── message ── worker.js ── Predictor (bindings.rs) ──► LocalModel ──► misa-answer
//! ```
//!
//! The page is that of `misa serve`; in place of requests to a server, a worker answers it with what this crate
//! computes, in the same JSON. `scripts/web` builds it, and `misa export --web` writes a folder with a model and a page.
//!
//! | File | Holds |
//! | --- | --- |
//! | `model.rs` | a model from files in memory, and its answers as JSON |
//! | `bindings.rs` | the same for JavaScript; compiled for browsers alone |

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod bindings;
mod model;

pub use model::{EXPLAIN_CLIPS, LocalModel, SOUND_BYTES, SoundQuery, version};

//! Trained MISA models behind HTTP.
//!
//! ```text
//! connection ── router ── observe ── submission ── queue ── worker ── model
//!      │                     │           │                              ▲
//!   activity         id, log, metrics    └ body, parsed and checked     └ models, replaced by reload
//! ```
//!
//! ```no_run
//! use misa_serve::{ModelSource, ServeConfig, Server, predictors};
//!
//! # fn main() -> Result<(), misa_serve::ServeError> {
//! let config = ServeConfig {
//!     models: vec![ModelSource::new("runs/mosei")],
//!     ..ServeConfig::default()
//! };
//! let server = Server::bind(config, predictors(Default::default()))?;
//! println!("listening on http://{}", server.address());
//! server.run_with_signals()
//! # }
//! ```
//!
//! | File | Holds |
//! | --- | --- |
//! | `config.rs`, `error.rs` | settings, and why a server does not start |
//! | `server.rs`, `connection.rs`, `activity.rs`, `chunks.rs` | listening, one connection, and how long it may take |
//! | `stage.rs`, `drain.rs`, `control.rs`, `signals.rs`, `reload.rs` | how far a server has come, its end, and orders |
//! | `routes/`, `query.rs`, `page.rs`, `openapi.rs` | routes and what describes them |
//! | `observe.rs`, `origin.rs`, `request_id.rs`, `api_error.rs` | what every request passes |
//! | `submission.rs`, `body.rs`, `budget.rs` | a request from its bytes to its answer |
//! | `queue.rs`, `compute.rs` | batches, and the threads that compute them |
//! | `turns.rs`, `pace.rs` | whose sound is read, and when to come again |
//! | `model.rs`, `models.rs` | the models |
//! | `auth.rs`, `metrics/`, `log.rs` | keys, counts, lines |
//! | `app.rs`, `lock.rs` | what all requests share |

// The documentation shows which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activity;
mod api_error;
mod app;
mod auth;
mod body;
mod budget;
mod chunks;
mod compute;
mod config;
mod connection;
mod control;
mod drain;
mod error;
mod lock;
mod log;
mod metrics;
mod model;
mod models;
mod observe;
mod openapi;
mod origin;
mod pace;
mod page;
mod query;
mod queue;
mod reload;
mod request_id;
mod routes;
mod server;
mod signals;
mod stage;
mod submission;
mod turns;

pub use config::{LogFormat, ModelSource, ServeConfig};
pub use control::Control;
pub use error::ServeError;
pub use log::Sink;
pub use misa_answer::{Model, ModelFacts};
pub use model::{Loader, predictors};
pub use page::{PageFile, page_without_server};
#[doc(hidden)]
pub use routes::paths as routes;
pub use server::Server;

/// Compiles the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

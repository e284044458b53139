//! Load on a server on this machine: good and bad requests from many connections, every answer checked.

mod answers;
mod bodies;
mod client;
mod kind;
mod tally;

pub use answers::Answers;
pub use bodies::Bodies;
pub use client::{Client, Plan};
pub use kind::Kind;
pub use tally::{Summary, Tally};

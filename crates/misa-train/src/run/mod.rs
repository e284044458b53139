//! A whole run and its folder: from settings and data to a model, a report and a record.

pub(crate) mod beginning;
pub(crate) mod change;
pub(crate) mod corpus;
pub(crate) mod data;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod folder;
pub(crate) mod job;
pub(crate) mod kept;
pub(crate) mod label_state;
pub(crate) mod labels;
pub(crate) mod lock;
pub(crate) mod manifest;
pub(crate) mod metrics_file;
pub(crate) mod options;
mod prepared;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod resume;
pub(crate) mod score_test;
pub(crate) mod start;
pub(crate) mod state;
pub(crate) mod system;
mod text;
pub(crate) mod train;
pub(crate) mod transfer;
pub(crate) mod verify;

//! The loop over epochs, when it stops, and what it records and shows.

pub(crate) mod epoch;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod history;
pub(crate) mod metric;
pub(crate) mod no_batches;
pub(crate) mod patience;
pub(crate) mod progress;
pub(crate) mod stop;

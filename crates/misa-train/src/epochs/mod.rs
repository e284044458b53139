//! The loop over epochs, when it stops, and what it records and shows.

pub(crate) mod adapter;
pub(crate) mod display;
pub(crate) mod epoch;
pub(crate) mod evaluate;
pub(crate) mod fit;
pub(crate) mod fit_state;
pub(crate) mod history;
pub(crate) mod observer;
pub(crate) mod patience;
pub(crate) mod progress;
pub(crate) mod quiet;
pub(crate) mod stop;
pub(crate) mod time_left;

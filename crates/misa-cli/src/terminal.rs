//! The width of the terminal.

use std::env;

/// Columns where nothing says how many there are.
const COLUMNS: usize = 100;

/// The columns of a line: those that the environment variable `COLUMNS` states, as shells and
/// programs that start others do.
pub(crate) fn line_width() -> usize {
    let columns = env::var("COLUMNS").ok();
    columns
        .and_then(|columns| columns.parse().ok())
        .filter(|&columns| columns > 0)
        .unwrap_or(COLUMNS)
}

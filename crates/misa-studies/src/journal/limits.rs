//! How much of a journal is read.

/// Bytes of one line: thousands of parameters, and little enough to be held in memory many times over.
pub const LINE_BYTES: u64 = 4 << 20;

/// Bytes of a journal: a hundred thousand trials of a hundred epochs have less.
pub const FILE_BYTES: u64 = 4 << 30;

//! The public interface: runs, from the first step to the report.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "bert")]
mod bert;
mod beyond;
mod folders;
mod learns;
mod missing;
mod modality_labels;
mod runs;
mod support;
mod trainer;

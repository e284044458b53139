//! Tests against the reference values and on whole files, in one program.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod egemaps;
mod features;
mod librosa;
mod packets;
mod praat;
mod reference;
mod sound_errors;
mod sound_facts;
mod sound_hostile;
mod sound_packets;
mod sound_rates;
mod sounds;
mod wav;

//! What became of all recordings together.

use misa_recordings::assemble::{RecordingReport, StepCounts, WordCounts};
use std::error::Error;
use std::fmt::Write;

/// Recordings that are named in messages.
const TOLD: usize = 5;
/// From so many judged recordings on, most of them speak for all.
const POOL: usize = 5;

/// What became of all recordings together.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub recordings: Vec<RecordingReport>,
    pub words: WordCounts,
    pub faces: StepCounts,
    pub voice: StepCounts,
    /// Utterances without a label, left out.
    pub without_label: usize,
}

impl Totals {
    pub fn add(&mut self, report: RecordingReport) {
        self.words += report.words;
        if let Some(faces) = &report.faces {
            self.faces += faces.steps;
        }
        if let Some(voice) = &report.voice {
            self.voice += voice.steps;
        }
        self.recordings.push(report);
    }

    /// Segments without any word.
    pub fn without_words(&self) -> Vec<&str> {
        let recordings = self.recordings.iter();
        let segments = recordings.flat_map(|report| &report.without_words);
        segments.map(String::as_str).collect()
    }

    /// Fails if words and voices clearly belong to different cuts: those of a long recording, or those of
    /// most short ones.
    pub fn check_offsets(&self) -> Result<(), Box<dyn Error>> {
        self.check_beyond()?;
        let offsets = self
            .recordings
            .iter()
            .filter_map(|report| Some((report, report.offset?)));
        let offsets: Vec<_> = offsets.collect();
        let apart: Vec<_> = offsets
            .iter()
            .filter(|(_, offset)| offset.is_apart())
            .collect();
        let is_most = offsets.len() >= POOL && 2 * apart.len() > offsets.len();
        let clear: Vec<_> = apart
            .iter()
            .filter(|(_, offset)| is_most || offset.is_clear())
            .collect();
        if clear.is_empty() {
            return Ok(());
        }
        let mut message = String::new();
        for (report, offset) in clear.iter().take(TOLD) {
            let _ = writeln!(message, "recording {:?}: {}", report.name, offset.fault());
        }
        if clear.len() > TOLD {
            let _ = writeln!(message, "and {} more", clear.len() - TOLD);
        }
        message += "give words and features of the same cut, or accept this with --allow-offset";
        Err(message.into())
    }

    /// Fails if most of the words of a recording lie beyond its faces or voice.
    fn check_beyond(&self) -> Result<(), Box<dyn Error>> {
        for report in &self.recordings {
            for (kind, track) in [("faces", &report.faces), ("voice", &report.voice)] {
                if let Some(fault) = track.as_ref().and_then(|track| track.beyond_fault(kind)) {
                    return Err(format!(
                        "recording {:?}: {fault}; give words and features of the same cut, or accept this with \
                         --allow-offset",
                        report.name
                    )
                    .into());
                }
            }
        }
        Ok(())
    }
}

//! Features of a sound of any length, in bounded memory.

use super::VOICE_STEP;
use super::analysis::VoiceAnalysis;

/// Rows that are computed at a time: 3 minutes, of which the margins are a small part.
const BLOCK: usize = 18_000;
/// Rows that are computed on both sides of them and left out: 6 s. The pitch of a moment depends on what is
/// within 5 s of it.
const MARGIN: usize = 600;

/// Computes `misa-voice-1` of a sound that comes piece by piece.
///
/// The rows do not depend on how the sound is cut into pieces. The memory is that of 192 s of sound.
///
/// ```
/// use misa_voice::features::{VOICE_COLUMNS, VOICE_RATE, VoiceStream};
///
/// let second: Vec<f32> = (0..VOICE_RATE)
///     .map(|n| 0.5 * (n as f32 * 220.0 * std::f32::consts::TAU / VOICE_RATE as f32).sin())
///     .collect();
/// let mut stream = VoiceStream::new();
/// let mut rows = stream.push(&second);
/// rows.extend(stream.finish());
/// assert_eq!(rows.len(), 100 * VOICE_COLUMNS.len());
/// // 220 Hz are three octaves above 27.5 Hz.
/// let middle = &rows[50 * VOICE_COLUMNS.len()..];
/// assert!((middle[1] - 36.0).abs() < 0.1);
/// ```
pub struct VoiceStream {
    analysis: VoiceAnalysis,
    /// The sound from row `first` on.
    samples: Vec<f32>,
    /// The row at which `samples` starts: [`MARGIN`] rows before `next`, or 0.
    first: usize,
    /// The next row to give.
    next: usize,
}

impl Default for VoiceStream {
    fn default() -> Self {
        Self::new()
    }
}

impl VoiceStream {
    /// For the start of a sound.
    pub fn new() -> Self {
        Self {
            analysis: VoiceAnalysis::new(),
            samples: Vec::new(),
            first: 0,
            next: 0,
        }
    }

    /// Takes the next `samples` of the sound, on one channel and [`VOICE_RATE`](super::VOICE_RATE) of them a
    /// second, and gives the rows that are now known: `[rows, 30]`, one after the other, as many as there
    /// are.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut rows = Vec::new();
        let mut rest = samples;
        while !rest.is_empty() {
            let wanted = (self.next - self.first + BLOCK + MARGIN) * VOICE_STEP;
            let (now, later) = rest.split_at(rest.len().min(wanted - self.samples.len()));
            self.samples.extend_from_slice(now);
            rest = later;
            if self.samples.len() == wanted {
                rows.extend(self.rows(BLOCK));
            }
        }
        rows
    }

    /// The rows that are left when the sound has ended. Samples after the last whole step are not in any
    /// row.
    pub fn finish(mut self) -> Vec<f32> {
        let end = self.first + self.samples.len() / VOICE_STEP;
        self.rows(end - self.next)
    }

    /// The next `count` rows, which must have their samples.
    fn rows(&mut self, count: usize) -> Vec<f32> {
        let width = super::VOICE_COLUMNS.len();
        let mut rows = self.analysis.rows(&self.samples);
        rows.truncate((self.next + count - self.first) * width);
        rows.drain(..(self.next - self.first) * width);
        self.next += count;
        let first = self.next.saturating_sub(MARGIN).max(self.first);
        self.samples.drain(..(first - self.first) * VOICE_STEP);
        self.first = first;
        rows
    }
}

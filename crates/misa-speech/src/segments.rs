//! From probabilities to stretches of speech.

use crate::SpeechOptions;
use std::ops::Range;

/// Seconds that one probability is about.
pub(crate) const FRAME_SECONDS: f64 = 512.0 / 16_000.0;

/// A stretch of speech, in seconds from the beginning of the sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speech {
    /// Where it begins.
    pub start: f64,
    /// Where it ends, after its start.
    pub end: f64,
}

/// The stretches of speech in a sound, in order and without overlap. With `longest_speech`, parts of one
/// stretch touch where it is cut.
///
/// `probabilities` are those of [`SpeechDetector::probabilities`](crate::SpeechDetector::probabilities),
/// one for each 0.032 s; NaN counts as 0. The last of them may be about less than 0.032 s, so that speech
/// until the end of a sound can end up to 0.032 s after it.
///
/// Options that [`SpeechOptions::validate`] refuses lead to segments without meaning.
///
/// - Source: hysteresis and defaults of `silero-vad` 6.2.3.
/// - Differs: a silence lasts from the first frame below the lower threshold until the first frame at the
///   threshold. Silero needs one more frame below the lower threshold to end speech; here raising the
///   threshold never adds speech. Too long speech is cut where it is least
///   probable; Silero looks for a short silence first.
pub fn segments(probabilities: &[f32], options: &SpeechOptions) -> Vec<Speech> {
    let mut runs = bridged(&runs(probabilities, options), options.shortest_silence);
    runs.retain(|run| seconds(run.len()) >= options.shortest_speech);
    let padded = padded(&runs, probabilities.len(), options.padding);
    let Some(longest) = options.longest_speech else {
        return padded;
    };
    let pieces = padded.into_iter().flat_map(|speech| {
        let cuts = Cuts {
            probabilities,
            longest,
            shortest: options.shortest_speech,
        };
        cuts.pieces(speech)
    });
    pieces.collect()
}

fn seconds(frames: usize) -> f64 {
    frames as f64 * FRAME_SECONDS
}

/// Frames from the threshold on until the probability falls below the lower one.
fn runs(probabilities: &[f32], options: &SpeechOptions) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut is_speech = false;
    for (frame, &probability) in probabilities.iter().enumerate() {
        let least = if is_speech {
            options.lower_threshold
        } else {
            options.threshold
        };
        let continues = probability >= least;
        match runs.last_mut() {
            Some(run) if continues && is_speech => run.end = frame + 1,
            _ if continues => runs.push(frame..frame + 1),
            _ => {}
        }
        is_speech = continues;
    }
    runs
}

/// Runs joined across silences that are too short.
fn bridged(runs: &[Range<usize>], shortest_silence: f64) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut() {
            Some(last) if seconds(run.start - last.end) < shortest_silence => last.end = run.end,
            _ => joined.push(run.clone()),
        }
    }
    joined
}

/// Runs in seconds, longer on either side, but for what a neighbour or the sound does not leave.
fn padded(runs: &[Range<usize>], frames: usize, padding: f64) -> Vec<Speech> {
    // The middle of the silence before a run, and the edges of the sound.
    let bound = |index: usize| match (index.checked_sub(1), runs.get(index)) {
        (Some(before), Some(after)) => seconds(runs[before].end + after.start) / 2.0,
        (None, _) => 0.0,
        (_, None) => seconds(frames),
    };
    let padded = runs.iter().enumerate().map(|(index, run)| Speech {
        start: (seconds(run.start) - padding).max(bound(index)),
        end: (seconds(run.end) + padding).min(bound(index + 1)),
    });
    padded.collect()
}

/// Where too long speech is cut.
struct Cuts<'sound> {
    probabilities: &'sound [f32],
    longest: f64,
    shortest: f64,
}

impl Cuts<'_> {
    fn pieces(&self, mut speech: Speech) -> Vec<Speech> {
        let mut pieces = Vec::new();
        while speech.end - speech.start > self.longest {
            let Some(cut) = self.deepest(speech) else {
                break;
            };
            pieces.push(Speech { end: cut, ..speech });
            speech.start = cut;
        }
        pieces.push(speech);
        pieces
    }

    /// The middle of the least probable frame that leaves no piece too short and the first not too long;
    /// of several the last, so that pieces are few.
    fn deepest(&self, speech: Speech) -> Option<f64> {
        let middle = |frame: usize| seconds(frame) + FRAME_SECONDS / 2.0;
        let first = speech.start + self.shortest;
        let last = (speech.start + self.longest).min(speech.end - self.shortest);
        let begin = (first / FRAME_SECONDS) as usize;
        let frames = (begin..self.probabilities.len())
            .skip_while(|&frame| middle(frame) < first || middle(frame) <= speech.start)
            .take_while(|&frame| middle(frame) <= last && middle(frame) < speech.end);
        let depth = |frame: usize| {
            let probability = self.probabilities[frame];
            if probability.is_nan() {
                0.0
            } else {
                probability
            }
        };
        let deepest = frames.min_by(|&a, &b| depth(a).total_cmp(&depth(b)).then(b.cmp(&a)));
        deepest.map(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments of frames that are all of the same probability, from pairs of probability and count.
    fn found(sound: &[(f32, usize)], options: SpeechOptions) -> Vec<(f64, f64)> {
        let frames = sound
            .iter()
            .flat_map(|&(probability, count)| vec![probability; count]);
        let found = segments(&frames.collect::<Vec<_>>(), &options);
        let round = |seconds: f64| (seconds * 1e6).round() / 1e6;
        found
            .iter()
            .map(|speech| (round(speech.start), round(speech.end)))
            .collect()
    }

    fn unpadded() -> SpeechOptions {
        SpeechOptions {
            padding: 0.0,
            ..SpeechOptions::default()
        }
    }

    /// Frames 10 to 19 are 0.32 to 0.64 s.
    #[test]
    fn speech_lasts_as_long_as_its_frames() {
        assert_eq!(
            found(&[(0.0, 10), (0.5, 10), (0.0, 10)], unpadded()),
            [(0.32, 0.64)]
        );
        assert_eq!(found(&[(0.9, 10)], unpadded()), [(0.0, 0.32)]);
        assert_eq!(found(&[(0.4, 10)], unpadded()), []);
        assert_eq!(found(&[], unpadded()), []);
    }

    /// 0.4 is too little to begin, and enough to go on.
    #[test]
    fn speech_goes_on_down_to_the_lower_threshold() {
        let sound = [(0.4, 10), (0.5, 10), (0.35, 10), (0.34, 10), (0.4, 10)];
        assert_eq!(found(&sound, unpadded()), [(0.32, 0.96)]);
    }

    /// 3 frames are 0.096 s, 4 are 0.128 s.
    #[test]
    fn a_silence_of_less_than_a_tenth_of_a_second_is_speech() {
        assert_eq!(
            found(&[(1.0, 10), (0.0, 3), (1.0, 10)], unpadded()),
            [(0.0, 0.736)]
        );
        let apart = found(&[(1.0, 10), (0.0, 4), (1.0, 10)], unpadded());
        assert_eq!(apart, [(0.0, 0.32), (0.448, 0.768)]);
    }

    /// 7 frames are 0.224 s, 8 are 0.256 s. Two short ones with a short silence between them are long.
    #[test]
    fn speech_of_less_than_a_quarter_of_a_second_is_left_out() {
        assert_eq!(found(&[(1.0, 7), (0.0, 10)], unpadded()), []);
        assert_eq!(found(&[(1.0, 8), (0.0, 10)], unpadded()), [(0.0, 0.256)]);
        assert_eq!(
            found(&[(1.0, 4), (0.0, 1), (1.0, 4)], unpadded()),
            [(0.0, 0.288)]
        );
    }

    #[test]
    fn padding_ends_at_the_sound_and_in_the_middle_of_a_silence() {
        let options = |padding| SpeechOptions {
            padding,
            ..SpeechOptions::default()
        };
        let sound = [(0.0, 10), (1.0, 10), (0.0, 5), (1.0, 10), (0.0, 10)];
        assert_eq!(found(&sound, options(0.03)), [(0.29, 0.67), (0.77, 1.15)]);
        // The silence lasts from 0.64 to 0.8 s, the sound until 1.44 s.
        assert_eq!(found(&sound, options(1.0)), [(0.0, 0.72), (0.72, 1.44)]);
    }

    /// Frame 20 begins at 0.64 s, and its middle is 0.656 s.
    #[test]
    fn too_long_speech_is_cut_where_it_is_least_probable() {
        let options = SpeechOptions {
            longest_speech: Some(1.0),
            ..unpadded()
        };
        let sound = [(0.9, 20), (0.6, 1), (0.9, 19)];
        assert_eq!(found(&sound, options), [(0.0, 0.656), (0.656, 1.28)]);
        // Too near to an end for a piece of a quarter of a second.
        let sound = [(0.9, 2), (0.6, 1), (0.9, 37)];
        assert_eq!(found(&sound, options), [(0.0, 0.976), (0.976, 1.28)]);
    }

    #[test]
    fn nan_is_no_speech() {
        assert_eq!(
            found(&[(1.0, 10), (f32::NAN, 10)], unpadded()),
            [(0.0, 0.32)]
        );
    }
}

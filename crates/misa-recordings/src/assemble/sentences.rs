//! What became of one recording, in sentences.

use super::{RecordingReport, TrackReport, WordCounts};
use crate::sounds::SoundReport;
use misa_terms::form;

/// What to do about words of another cut.
const ONE_CUT: &str = "; give words and features of the same cut";

impl RecordingReport {
    /// What a user of one recording should know, a sentence each; empty if everything was found and used, and words
    /// and features are of one cut.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = of_words(&self.words, self.sound.as_ref());
        let offset = self.offset.filter(|offset| offset.is_clear());
        sentences.extend(offset.map(|offset| format!("{}{ONE_CUT}", offset.fault())));
        for (kind, track) in [("faces", &self.faces), ("voice", &self.voice)] {
            sentences.extend(track.iter().flat_map(|track| of_track(kind, track)));
        }
        sentences.extend(self.notes.iter().map(|note| format!("words: {note}")));
        let findings = self.sound.iter().flat_map(|sound| &sound.findings);
        sentences.extend(findings.map(|finding| format!("sound: {finding}")));
        sentences
    }
}

fn of_words(words: &WordCounts, sound: Option<&SoundReport>) -> Vec<String> {
    let placed = match sound {
        Some(sound) => {
            let kind = if sound.is_speech_by_model {
                "speech"
            } else {
                "loud sound"
            };
            format!(
                "without times, spread over {:.2} s of {kind}",
                sound.speech_seconds
            )
        }
        None => "without times, placed between their neighbours".to_string(),
    };
    let counted = [
        (words.placed, "word", placed.as_str()),
        (words.untimed_dropped, "word", "without times left out"),
        (words.no_length_dropped, "word", "without length left out"),
        (
            words.punctuation_dropped,
            "word",
            "of punctuation alone left out",
        ),
        (words.sorted, "word", "out of order, sorted"),
    ];
    counted.into_iter().filter_map(counted_sentence).collect()
}

fn of_track(kind: &str, track: &TrackReport) -> Vec<String> {
    let (absent, cut) = (
        format!("without {kind}"),
        format!("of {kind} beyond the most cut"),
    );
    let counted = [
        (track.steps.absent, "step", absent.as_str()),
        (track.steps.cut, "step", &cut),
    ];
    let mut sentences: Vec<String> = counted.into_iter().filter_map(counted_sentence).collect();
    sentences.extend(match (track.beyond_fault(kind), track.words_beyond) {
        (Some(fault), _) => Some(format!("{fault}{ONE_CUT}")),
        (None, Some(beyond)) if beyond > 0.0 => {
            let percent = 100.0 * beyond;
            Some(format!(
                "{percent:.1} % of the time of words lies beyond the {kind}"
            ))
        }
        _ => None,
    });
    sentences
}

fn counted_sentence((count, noun, what): (usize, &str, &str)) -> Option<String> {
    (count > 0).then(|| format!("{count} {noun}{} {what}", form(count, "", "s")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_as_expected_is_told() {
        let mut report = RecordingReport::default();
        assert!(report.sentences().is_empty());
        report.words.placed = 3;
        report.words.sorted = 1;
        report.sound = Some(SoundReport {
            speech_seconds: 1.5,
            findings: vec!["very short: 0.010 s".to_string()],
            ..SoundReport::default()
        });
        let expected = [
            "3 words without times, spread over 1.50 s of loud sound",
            "1 word out of order, sorted",
            "sound: very short: 0.010 s",
        ];
        assert_eq!(report.sentences(), expected);
    }
}

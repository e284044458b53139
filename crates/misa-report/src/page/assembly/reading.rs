//! Sentences that tell a newcomer what became of the recordings.

use crate::assembly::record::StepNumbers;
use crate::assembly::totals::{ModalityTotals, Totals};
use crate::draw::text::{duration, grouped, share};
use crate::page::reading::Reading;

/// More absent steps than this share need attention. A judgement, not a measurement.
const ABSENT: f64 = 0.1;

/// What the totals say, and which of it needs attention.
pub(super) fn readings(totals: &Totals) -> Vec<Reading> {
    let mut readings = vec![plain(format!(
        "{} with {}: {} of speech.",
        many(totals.recordings, "recording"),
        many(totals.utterances, "utterance"),
        duration(totals.seconds)
    ))];
    readings.extend(words(totals));
    readings.extend(modality(totals, "faces", &totals.faces));
    if totals.other_faces > 0 {
        let rows = many(totals.other_faces, "row");
        readings.push(plain(format!("{rows} of other faces were left out.")));
    }
    readings.extend(modality(totals, "the voice", &totals.voice));
    readings.extend(clocks(totals));
    readings
}

fn words(totals: &Totals) -> Vec<Reading> {
    let words = &totals.words;
    let all = words.all();
    if all == 0 {
        return vec![off("There are no words.".to_string())];
    }
    let of_all = |count: usize| format!("{} of {} words", grouped(count), grouped(all));
    if words.measured == all {
        let sentence = format!("All {} have times that a tool measured.", many(all, "word"));
        return vec![plain(sentence)];
    }
    let measured = format!(
        "{} ({}) have times that a tool measured.",
        of_all(words.measured),
        share(words.measured, all)
    );
    let others = [
        (
            words.interpolated,
            "have interpolated times: their tool spread them between words that it found.",
        ),
        (
            words.placed,
            "had no times and were placed between their neighbours.",
        ),
        (words.dropped, "had no times and were dropped."),
        (
            words.outside,
            "are outside every utterance and were left out.",
        ),
    ];
    let others = others.into_iter().filter(|(count, _)| *count > 0);
    let others = others.map(|(count, fate)| plain(format!("{} {fate}", of_all(count))));
    [plain(measured)].into_iter().chain(others).collect()
}

fn modality(totals: &Totals, name: &str, given: &ModalityTotals) -> Vec<Reading> {
    if given.files == 0 {
        return vec![plain(format!("There are no files of {name}."))];
    }
    let steps = &given.steps;
    let all = steps.all();
    let mut sentences = vec![format!(
        "Of {name}, {} of {} steps ({}) have rows of their own.",
        grouped(steps.measured),
        grouped(all),
        share(steps.measured, all)
    )];
    if steps.borrowed > 0 {
        let borrowed = grouped(steps.borrowed);
        sentences.push(format!("{borrowed} borrowed the nearest row."));
    }
    if steps.absent > 0 {
        sentences.push(format!(
            "{} ({}) are absent: no row is near, and the model is told so.",
            grouped(steps.absent),
            share(steps.absent, all)
        ));
    }
    sentences.extend(faults(steps));
    let is_off = steps.absent as f64 > ABSENT * all as f64;
    let mut readings = vec![Reading {
        is_off,
        text: sentences.join(" "),
    }];
    let without = totals.recordings - given.files;
    if without > 0 {
        let (verb, all) = (
            if without == 1 { "has" } else { "have" },
            grouped(totals.recordings),
        );
        let sentence = format!(
            "{} of {all} recordings {verb} no file of {name}.",
            grouped(without)
        );
        readings.push(off(sentence));
    }
    readings
}

/// What the files lack; `None` if it is nothing.
fn faults(steps: &StepNumbers) -> Option<String> {
    let failed = many(steps.invalid_rows, "row");
    let gaps = many(steps.gaps, "gap");
    match (steps.invalid_rows, steps.gaps) {
        (0, 0) => None,
        (_, 0) => Some(format!(
            "The files have {failed} that failed and were not used."
        )),
        (0, _) => Some(format!("The files have {gaps}.")),
        _ => Some(format!(
            "The files have {failed} that failed and were not used, and {gaps}."
        )),
    }
}

fn clocks(totals: &Totals) -> Option<Reading> {
    let (clear, compared) = (grouped(totals.clear), grouped(totals.compared));
    match (totals.clear, totals.compared) {
        (_, 0) => None,
        (0, 1) => Some(plain(
            "In the recording where words and voice could be compared, they have no clear offset."
                .to_string(),
        )),
        (0, _) => Some(plain(format!(
            "In none of {compared} recordings where words and voice could be compared do they have a clear \
             offset."
        ))),
        _ => Some(off(format!(
            "In {clear} of {compared} recordings, words and voice have a clear offset: they are from different \
             cuts. Mend or leave out these recordings before you train."
        ))),
    }
}

/// `1 recording`, `2,000 recordings`.
fn many(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(count))
}

fn plain(text: String) -> Reading {
    Reading {
        is_off: false,
        text,
    }
}

fn off(text: String) -> Reading {
    Reading { is_off: true, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assembly::record::WordNumbers;

    fn totals() -> Totals {
        Totals {
            recordings: 12,
            utterances: 1,
            seconds: 4_000.0,
            words: WordNumbers {
                measured: 9_588,
                placed: 412,
                ..Default::default()
            },
            faces: ModalityTotals {
                files: 11,
                seconds: 3_900.0,
                steps: StepNumbers {
                    measured: 8_000,
                    borrowed: 50,
                    absent: 1_950,
                    gaps: 1,
                    invalid_rows: 3_000,
                },
            },
            compared: 10,
            clear: 2,
            ..Default::default()
        }
    }

    fn texts(totals: &Totals) -> Vec<String> {
        readings(totals)
            .into_iter()
            .map(|reading| reading.text)
            .collect()
    }

    #[test]
    fn a_newcomer_reads_what_became_of_everything() {
        assert_eq!(
            texts(&totals()),
            [
                "12 recordings with 1 utterance: 66.7 min of speech.",
                "9,588 of 10,000 words (96 %) have times that a tool measured.",
                "412 of 10,000 words had no times and were placed between their neighbours.",
                "Of faces, 8,000 of 10,000 steps (80 %) have rows of their own. 50 borrowed the nearest row. \
                 1,950 (20 %) are absent: no row is near, and the model is told so. The files have 3,000 rows \
                 that failed and were not used, and 1 gap.",
                "1 of 12 recordings has no file of faces.",
                "There are no files of the voice.",
                "In 2 of 10 recordings, words and voice have a clear offset: they are from different cuts. Mend \
                 or leave out these recordings before you train.",
            ]
        );
    }

    #[test]
    fn what_needs_attention_is_off() {
        let off: Vec<bool> = readings(&totals())
            .iter()
            .map(|reading| reading.is_off)
            .collect();
        assert_eq!(off, [false, false, false, true, true, false, true]);
        let mut few = totals();
        few.faces.steps.absent = 800;
        assert!(!readings(&few)[3].is_off);
    }

    #[test]
    fn what_is_whole_is_said_in_short() {
        let mut whole = totals();
        whole.words.placed = 0;
        whole.clear = 0;
        whole.faces.steps = StepNumbers {
            measured: 5,
            ..Default::default()
        };
        let texts = texts(&whole);
        assert_eq!(texts[1], "All 9,588 words have times that a tool measured.");
        assert_eq!(
            texts[2],
            "Of faces, 5 of 5 steps (100 %) have rows of their own."
        );
        assert!(texts[5].starts_with("In none of 10 recordings where words and voice could"));
    }

    #[test]
    fn recordings_without_words_need_attention() {
        let empty = Totals {
            recordings: 1,
            ..Default::default()
        };
        let found = readings(&empty);
        assert_eq!(found[1].text, "There are no words.");
        assert!(found[1].is_off);
    }
}

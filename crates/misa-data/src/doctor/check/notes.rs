//! Findings from the notes of reading, unless another finding covers them.

use super::Evidence;
use crate::doctor::record::Record;
use crate::doctor::{Finding, Severity};
use crate::{Note, NoteKind, PaddingSide};
use misa_terms::{form, plural};

/// Share of sequences with zeros at an end that still counts as few.
const FEW: f64 = 0.05;
/// Advice on entries that nothing names.
const NAME: &str = "if they are utterances, call their split train, valid or test, or give each a row in \
                    the table";
/// Advice on padding.
const CUT: &str = "nothing to do, unless these steps are real: then read them with --padding none";

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for note in &evidence.overview.notes {
        let Some((severity, kind, advice)) = judge(note, evidence) else {
            continue;
        };
        let (place, message) = (note.place(), note.to_string());
        let what = match note.kind {
            NoteKind::UnknownWord => unknown_words(note, evidence),
            _ if place.is_empty() => message,
            _ => message[place.len() + ": ".len()..].to_string(),
        };
        let finding = Finding::new(severity, kind, place, what, advice);
        findings.push(finding.with_count(note.count));
    }
}

/// Severity, kind and advice; `None` if another finding covers the note.
fn judge(note: &Note, evidence: &Evidence<'_>) -> Option<(Severity, &'static str, &'static str)> {
    use Severity::{Note, Warning};
    Some(match note.kind {
        NoteKind::DuplicateId | NoteKind::SharedId | NoteKind::OnlyPadding(_) => return None,
        NoteKind::NonFinite(_) | NoteKind::Label if note.count <= seen(note, evidence) => {
            return None;
        }
        NoteKind::NonFinite(_) | NoteKind::Label => {
            let advice = "they were replaced while the utterances were built from raw features";
            (Warning, "replaced_numbers", advice)
        }
        NoteKind::UnknownWord => {
            let advice = "only words of train have vectors of their own: nothing to do";
            (Note, "unknown_words", advice)
        }
        NoteKind::NoText => {
            let advice = "they were read as one unknown word: check the transcripts";
            (Warning, "no_words", advice)
        }
        NoteKind::NoSteps(_) => {
            let advice = "one step was kept: check how the lengths were counted";
            (Warning, "no_steps", advice)
        }
        NoteKind::TooLong(_) => {
            let advice = "what is stored was read: the file was cut after its lengths were counted";
            (Warning, "too_long", advice)
        }
        NoteKind::PaddedFront(_) => (Note, "padded_front", CUT),
        NoteKind::Padded { side, .. } => match side {
            PaddingSide::Front => (Note, "padded_front", CUT),
            PaddingSide::Back => (Note, "padded_end", CUT),
        },
        NoteKind::ZerosKept(_) => {
            let advice = "they are read as missing values: if they are padding, say so with \
                          --padding left or --padding right";
            let count = note.split.map_or(0, |split| evidence.overview.count(split));
            let are_few = note.count as f64 <= FEW * count as f64;
            (if are_few { Note } else { Warning }, "zeros_kept", advice)
        }
        NoteKind::Misaligned => {
            let advice = "they are left out: check the alignment";
            (Warning, "misaligned_dropped", advice)
        }
        NoteKind::Leftover => {
            let advice = "nothing to do: they hold no data";
            (Note, "leftovers", advice)
        }
        NoteKind::NotRead(_) => {
            let advice = "nothing to do: no features, words or labels are among them";
            (Note, "not_read", advice)
        }
        NoteKind::NotNamed(_) => (Warning, "not_named", NAME),
        _ => (Note, "dropped_or_replaced", "nothing to do if they are few"),
    })
}

/// How many of the counted values other findings cover.
fn seen(note: &Note, evidence: &Evidence<'_>) -> usize {
    let Some(split) = note.split else {
        return 0;
    };
    let observations = evidence.observations;
    match note.kind {
        NoteKind::NonFinite(modality) => {
            let columns = observations.columns[split.index()].get(modality).as_ref();
            columns.map_or(0, |columns| columns.odd.count())
        }
        _ => {
            let records = observations.split(split);
            let labels = records.flat_map(Record::labels);
            labels.filter(|label| !label.is_finite()).count()
        }
    }
}

fn unknown_words(note: &Note, evidence: &Evidence<'_>) -> String {
    let count = note.count;
    let Some(split) = note.split else {
        return plural(count, "word is", "words are") + " not in the vocabulary";
    };
    let records = evidence.observations.split(split);
    let words: usize = records.map(|record| record.words).sum();
    let share = 100.0 * count as f64 / words.max(1) as f64;
    let (s, are) = (form(words, "", "s"), form(count, "is", "are"));
    format!("{count} of {words} word{s} ({share:.1} %) {are} not in the vocabulary")
}

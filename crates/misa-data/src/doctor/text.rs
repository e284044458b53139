//! What a BERT reads of the text of a data set.

use super::{Examination, Finding, Severity, advice, set_status};
use crate::{
    BertText, DataError, OpenOptions, Policy, Sequence, Split, TextSequence, TokenCounts,
    Utterance, Vocabulary,
};
use std::path::Path;

/// Share of cut tokens that still counts as few.
const FEW: f64 = 0.05;

/// Adds to an examination what a BERT reads of the text: tokens that are unknown to it, and those
/// that truncation cuts off in batches of `batch_size` in the order of the file.
///
/// The data is read a second time, and its words are kept in memory. Findings on words outside the
/// vocabulary of the data are removed, because BERT reads the words themselves.
///
/// # Panics
///
/// Panics if `batch_size` is 0.
pub fn examine_text(
    examination: &mut Examination,
    path: impl AsRef<Path>,
    options: &OpenOptions,
    text: &BertText,
    batch_size: usize,
) {
    if examination.content.is_none() {
        return;
    }
    match sentences(path.as_ref(), options) {
        Ok((splits, vocabulary)) => {
            let text = text.clone().with_vocabulary(vocabulary);
            let findings = &mut examination.findings;
            findings.retain(|finding| finding.kind != "unknown_words");
            findings.extend(casing(&text));
            for (split, utterances) in Split::ALL.into_iter().zip(&splits) {
                findings.extend(of_split(&text, split, utterances, batch_size));
            }
        }
        Err(error) => examination.findings.push(advice::unreadable(&error)),
    }
    let findings = &mut examination.findings;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    set_status(examination);
}

/// The utterances of each split with nothing but their text, and the words of their ids.
fn sentences(
    path: &Path,
    options: &OpenOptions,
) -> Result<([Vec<Utterance>; 3], Option<Vocabulary>), DataError> {
    let nothing = Sequence::new(1, vec![0.0]).expect("one step of one feature");
    let mut splits = [const { Vec::new() }; 3];
    let lenient = options.clone().with_policy(Policy::Compat);
    let overview = lenient.stream(path, |split, utterance| {
        let text = match utterance.text {
            TextSequence::Features(_) => TextSequence::Features(nothing.clone()),
            words => words,
        };
        splits[split.index()].push(Utterance {
            text,
            visual: nothing.clone(),
            acoustic: nothing.clone(),
            ..utterance
        });
        Ok(())
    })?;
    Ok((splits, overview.vocabulary))
}

fn casing(text: &BertText) -> Option<Finding> {
    let note = text.tokeniser().casing().note()?;
    let (place, what) = note.split_once(": ").unwrap_or(("", note));
    let advice = "write \"do_lower_case\" into tokenizer_config.json of the BERT";
    Some(Finding::new(
        Severity::Note,
        "casing_guessed",
        place,
        what,
        advice,
    ))
}

fn of_split(
    text: &BertText,
    split: Split,
    utterances: &[Utterance],
    batch_size: usize,
) -> Vec<Finding> {
    if let Err(error) = text.check(split.name(), utterances) {
        let message = error.to_string();
        let what = message.split_once(": ").map_or(&*message, |(_, what)| what);
        let advice = "training with this BERT refuses it: read less of it with --truncation 50, or check the transcripts";
        return vec![Finding::new(
            Severity::Error,
            "unreadable_text",
            split,
            what,
            advice,
        )];
    }
    let batches = utterances.chunks(batch_size);
    let counts = text.counts(batches.map(|batch| batch.iter().collect()));
    let findings = [cut(text, split, &counts), unknown(split, &counts)];
    findings.into_iter().flatten().collect()
}

fn cut(text: &BertText, split: Split, counts: &TokenCounts) -> Option<Finding> {
    let what = counts.cut_note(text.truncation())?;
    let are_few = counts.cut as f64 <= FEW * counts.tokens as f64;
    let severity = if are_few {
        Severity::Note
    } else {
        Severity::Warning
    };
    let advice = "the ends of these sentences are not read: --truncation full reads them";
    let finding = Finding::new(severity, "tokens_cut", split, what, advice);
    Some(finding.with_count(counts.cut))
}

fn unknown(split: Split, counts: &TokenCounts) -> Option<Finding> {
    let what = counts.unknown_note()?;
    let (severity, advice) = if counts.has_many_unknown() {
        let advice = "use a BERT of the language and the casing of the text";
        (Severity::Warning, advice)
    } else {
        let advice = "nothing to do: rare signs and words of other languages";
        (Severity::Note, advice)
    };
    let finding = Finding::new(severity, "unknown_tokens", split, what, advice);
    Some(finding.with_count(counts.unknown))
}

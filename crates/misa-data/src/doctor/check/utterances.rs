//! Utterances that are too short, misaligned or repeated.

use super::Evidence;
use crate::Split;
use crate::doctor::finding::by_split;
use crate::doctor::identity::{Twins, repeated_ids, shared};
use crate::doctor::record::Record;
use crate::doctor::{Finding, Severity};
use misa_terms::plural;

/// Share of copies in a split that still counts as few.
const FEW: f64 = 0.05;

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    one_word(evidence, findings);
    misaligned(evidence, findings);
    ids(evidence, findings);
    between_splits(evidence, findings);
    twins(evidence, findings);
}

fn one_word(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let records = evidence.observations.records.iter();
    let records = records.filter(|record| record.has_one_word());
    for (split, ids) in by_split(records.map(|record| (record.split, record.id.as_str()))) {
        let what = plural(
            ids.len(),
            "utterance has a single word",
            "utterances have a single word",
        );
        let advice = "nothing to do if people really said just that";
        let finding = Finding::new(Severity::Note, "one_word", split, what, advice);
        findings.push(finding.with_ids(ids));
    }
}

/// Utterances that are not aligned, although nearly all others are.
fn misaligned(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let records = &evidence.observations.records;
    let unaligned = || records.iter().filter(|record| !record.is_aligned());
    if 10 * unaligned().count() > records.len() {
        return;
    }
    for (split, ids) in by_split(unaligned().map(|record| (record.split, record.id.as_str()))) {
        let count = plural(ids.len(), "utterance", "utterances");
        let what = format!("the modalities of {count} differ in steps, unlike all others");
        let advice = "check how they were aligned: words may not meet their own features";
        let finding = Finding::new(Severity::Warning, "misaligned", split, what, advice);
        findings.push(finding.with_ids(ids));
    }
}

fn ids(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for split in Split::ALL {
        let repeated = repeated_ids(evidence.observations.split(split));
        if repeated.is_empty() {
            continue;
        }
        let what = plural(
            repeated.len(),
            "id stands for several utterances",
            "ids stand for several utterances",
        );
        let advice = "their predictions cannot be distinguished: check how the file was built";
        let finding = Finding::new(Severity::Warning, "repeated_ids", split, what, advice);
        findings.push(finding.with_ids(repeated));
    }
}

fn between_splits(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let records = &evidence.observations.records;
    let [train, valid, test] = Split::ALL;
    for splits in [[train, valid], [train, test], [valid, test]] {
        let place = format!("{} and {}", splits[0], splits[1]);
        let ids = shared(records, splits, |record| Some(&record.id));
        if !ids.is_empty() {
            let what = plural(ids.len(), "id is in both", "ids are in both");
            let advice = "remove them from one of the splits: scores are optimistic";
            let finding = Finding::new(Severity::Warning, "shared_ids", &place, what, advice);
            findings.push(finding.with_ids(ids));
        }
        let videos = shared(records, splits, Record::video);
        if !videos.is_empty() {
            let what = plural(
                videos.len(),
                "video has utterances in both",
                "videos have utterances in both",
            );
            // All 60 videos of CH-SIMS are in all three of its published splits.
            let (severity, advice) = match evidence.corpus() {
                Some("CH-SIMS") => (
                    Severity::Note,
                    "the published splits of CH-SIMS share videos: nothing to do",
                ),
                _ => (
                    Severity::Warning,
                    "the model has already seen the speaker: split by video for honest scores",
                ),
            };
            let finding = Finding::new(severity, "shared_videos", &place, what, advice);
            findings.push(finding.with_ids(videos));
        }
    }
}

fn twins(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let twins = Twins::of(&evidence.observations.records);
    let kinds = [
        (
            twins.across,
            Severity::Warning,
            "copies_between_splits",
            "utterance is a copy of one of an earlier split, label included",
            "utterances are copies of others of an earlier split, label included",
            "remove them from one of the splits: scores are optimistic",
        ),
        (
            twins.other_label,
            Severity::Warning,
            "copies_with_other_label",
            "utterance has the words and features of another one, but another label",
            "utterances have the words and features of others, but other labels",
            "one of the labels is wrong, or the features belong to another utterance",
        ),
        (
            twins.within,
            Severity::Note,
            "copies",
            "utterance is a copy of another one of the split, label included",
            "utterances are copies of others of the split, label included",
            "they count twice in training and scores: remove them if they are more than a few",
        ),
    ];
    for (twins, severity, kind, one, many, advice) in kinds {
        for (split, ids) in by_split(twins.into_iter()) {
            let what = plural(ids.len(), one, many);
            let are_few = ids.len() as f64 <= FEW * evidence.overview.count(split) as f64;
            let severity = match severity {
                Severity::Note if !are_few => Severity::Warning,
                severity => severity,
            };
            findings.push(Finding::new(severity, kind, split, what, advice).with_ids(ids));
        }
    }
}

//! Labels that are NaN, infinite or implausible.

use super::Evidence;
use crate::doctor::finding::by_split;
use crate::doctor::record::Record;
use crate::doctor::{Finding, Scale, Severity};
use misa_terms::plural;

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    not_numbers(evidence, findings);
    constant(evidence, findings);
    outside(evidence, findings);
    one_sided(evidence, findings);
}

fn not_numbers(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let records = evidence.observations.records.iter();
    let has_bad = |record: &&Record| record.labels().any(|label| !label.is_finite());
    let records = records.filter(has_bad);
    for (split, ids) in by_split(records.map(|record| (record.split, record.id.as_str()))) {
        let what = plural(
            ids.len(),
            "label is NaN or infinite",
            "labels are NaN or infinite",
        );
        let advice = "better drop the utterances; --policy compat reads a NaN label as 0, neutral";
        let place = format!("{split}: labels");
        let finding = Finding::new(evidence.refused(), "bad_labels", place, what, advice);
        findings.push(finding.with_ids(ids));
    }
}

fn constant(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let records = &evidence.observations.records;
    if evidence.content.labels.distinct == 1 && records.len() > 1 {
        let what = "all labels are the same";
        let advice = "nothing can be learned from them: check where the labels are from";
        let (severity, kind) = (Severity::Warning, "constant_labels");
        findings.push(Finding::new(severity, kind, "labels", what, advice));
    }
}

/// Labels outside the scale of the corpus.
fn outside(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let Some((corpus, range)) = evidence.corpus().and_then(|corpus| match corpus {
        "CMU-MOSI" | "CMU-MOSEI" => Some((corpus, -3.0..=3.0)),
        "CH-SIMS" | "CH-SIMS v2" => Some((corpus, -1.0..=1.0)),
        "UR-FUNNY" => Some((corpus, 0.0..=1.0)),
        _ => None,
    }) else {
        return;
    };
    let records = evidence.observations.records.iter();
    let is_outside = |label: f32| label.is_finite() && !range.contains(&label);
    let records = records.filter(|record| record.labels().any(is_outside));
    for (split, ids) in by_split(records.map(|record| (record.split, record.id.as_str()))) {
        let (low, high) = (range.start(), range.end());
        let labels = plural(ids.len(), "label is", "labels are");
        let what = format!("{labels} not from {low} to {high}, as in {corpus}");
        let advice = "check where the labels are from, and their scale";
        let (severity, place) = (Severity::Warning, format!("{split}: labels"));
        findings.push(Finding::new(severity, "label_range", place, what, advice).with_ids(ids));
    }
}

/// Labels of a scale whose middle is not 0.
fn one_sided(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let labels = &evidence.content.labels;
    let is_scale = matches!(labels.scale, Scale::Steps | Scale::Range) && labels.distinct > 2;
    let has = |sign: fn(f32) -> bool| {
        let mut records = evidence.observations.records.iter();
        records.any(|record| record.label.is_finite() && sign(record.label))
    };
    if is_scale && has(|label| label > 0.0) != has(|label| label < 0.0) {
        let what = "no label is on the other side of 0, as if all were of one sentiment";
        let advice = "shift the labels until 0 is neutral: Acc-2 and F1 split them there";
        let (severity, kind) = (Severity::Warning, "one_sided_labels");
        findings.push(Finding::new(severity, kind, "labels", what, advice));
    }
}

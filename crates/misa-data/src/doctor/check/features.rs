//! Feature values that are NaN, infinite or uninformative.

use super::Evidence;
use crate::Split;
use crate::doctor::finding::by_split;
use crate::doctor::record::Record;
use crate::doctor::{FeatureReport, Finding, Severity, Values};
use misa_terms::{Modality, form, plural};

/// Share of zero sequences that is common, because a face or voice is not always detected.
const COMMON_ZEROS: f64 = 0.05;
/// Share of absent steps from which little can be learnt of a modality.
const MANY_ABSENT: f64 = 0.5;
/// Values beyond this have probably not been scaled.
const LARGE: f32 = 100.0;

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for report in &evidence.content.features {
        not_numbers(evidence, report, findings);
        zeros(evidence, report, findings);
        absent(report, findings);
        constant(report, findings);
        repeated(report, findings);
        one_step(report, findings);
        large(report, findings);
    }
}

/// The ids of the utterances that satisfy a condition, by split.
fn ids<'e>(
    evidence: &Evidence<'e>,
    is_meant: impl Fn(&Record) -> bool,
) -> Vec<(Split, Vec<&'e str>)> {
    let records = evidence.observations.records.iter();
    let records = records.filter(|record| is_meant(record));
    by_split(records.map(|record| (record.split, record.id.as_str()))).collect()
}

fn values(report: &FeatureReport, split: Split) -> Option<Values> {
    let found = report.splits.iter().find(|found| found.split == split);
    found.and_then(|found| found.values)
}

fn not_numbers(evidence: &Evidence<'_>, report: &FeatureReport, findings: &mut Vec<Finding>) {
    let modality = report.modality;
    for (split, ids) in ids(evidence, |record| *record.has_infinite.get(modality)) {
        let count = values(report, split).map_or(0, |values| {
            values.positive_infinite + values.negative_infinite
        });
        let utterances = plural(ids.len(), "utterance", "utterances");
        let what =
            plural(count, "value is infinite", "values are infinite") + ", in " + &utterances;
        let advice = "--policy compat reads them as 0; better find out why they are there";
        let (severity, place) = (evidence.refused(), format!("{split}: {modality}"));
        let finding = Finding::new(severity, "infinite_features", place, what, advice);
        findings.push(finding.with_ids(ids));
    }
    for (split, ids) in ids(evidence, |record| *record.has_nan.get(modality)) {
        let count = values(report, split).map_or(0, |values| values.nan);
        let utterances = plural(ids.len(), "utterance", "utterances");
        let what = plural(count, "value is NaN", "values are NaN") + ", in " + &utterances;
        let advice = "they are read as 0: nothing to do if they are few";
        let (severity, place) = (Severity::Warning, format!("{split}: {modality}"));
        findings.push(Finding::new(severity, "nan_features", place, what, advice).with_ids(ids));
    }
}

fn zeros(evidence: &Evidence<'_>, report: &FeatureReport, findings: &mut Vec<Finding>) {
    let modality = report.modality;
    for (split, ids) in ids(evidence, |record| *record.is_zero.get(modality)) {
        let of = evidence.overview.count(split);
        let severity = if ids.len() as f64 <= COMMON_ZEROS * of as f64 {
            Severity::Note
        } else {
            Severity::Warning
        };
        let utterances = plural(of, "utterance", "utterances");
        let what = format!("the features of {} of {utterances} are all 0", ids.len());
        let advice = match modality {
            Modality::Text => "no word had a vector: check the word vectors",
            Modality::Visual => "no face was found there, or the features were lost",
            Modality::Acoustic => "no voice was found there, or the features were lost",
        };
        let place = format!("{split}: {modality}");
        findings.push(Finding::new(severity, "zero_sequences", place, what, advice).with_ids(ids));
    }
}

fn absent(report: &FeatureReport, findings: &mut Vec<Finding>) {
    let modality = report.modality;
    for found in &report.splits {
        if found.absent.share <= MANY_ABSENT {
            continue;
        }
        let missing = plural(found.absent.utterances, "utterance", "utterances");
        let share = 100.0 * found.absent.share;
        let what = format!("{share:.0} % of the steps are absent, all of them in {missing}");
        let advice = match modality {
            Modality::Text => "check the word vectors",
            Modality::Visual => "check the recordings of faces and their times",
            Modality::Acoustic => "check the recordings of voices and their times",
        };
        let place = format!("{}: {modality}", found.split);
        let severity = Severity::Warning;
        findings.push(Finding::new(severity, "absent_steps", place, what, advice));
    }
}

fn constant(report: &FeatureReport, findings: &mut Vec<Finding>) {
    let (modality, constant) = (report.modality, &report.constant);
    let Some(d_input) = report.d_input.filter(|_| !report.splits.is_empty()) else {
        return;
    };
    if !constant.is_empty() {
        let all = constant.len() == d_input;
        let severity = if all {
            Severity::Warning
        } else {
            Severity::Note
        };
        let what = plural(
            constant.len(),
            &format!("of {d_input} columns has the same value everywhere"),
            &format!("of {d_input} columns have the same value everywhere"),
        );
        let advice = if all {
            "the modality carries no information: check the file, or leave it out by --modalities"
        } else {
            "they carry no information and do no harm"
        };
        let finding = Finding::new(severity, "constant_columns", modality, what, advice);
        findings.push(finding.with_ids(constant));
    }
    let only_in_train = |column: &&usize| constant.binary_search(column).is_err();
    let columns: Vec<&usize> = report
        .constant_in_train
        .iter()
        .filter(only_in_train)
        .collect();
    if !columns.is_empty() {
        let count = columns.len();
        let what = format!(
            "{count} of {d_input} columns {} the same value throughout train, but not in the other \
             splits",
            form(count, "has", "have")
        );
        let advice = "a model learns nothing from them and sees them vary only when it is scored";
        let place = format!("train: {modality}");
        let finding = Finding::new(Severity::Note, "constant_in_train", place, what, advice);
        findings.push(finding.with_ids(columns));
    }
}

fn repeated(report: &FeatureReport, findings: &mut Vec<Finding>) {
    let (modality, repeated) = (report.modality, report.repeated.len());
    let Some(d_input) = report.d_input.filter(|_| repeated > 0) else {
        return;
    };
    let what = if repeated + report.constant.len() == d_input {
        "every utterance repeats one row in all its steps".to_string()
    } else {
        let change = form(repeated, "changes", "change");
        format!("{repeated} of {d_input} columns never {change} within an utterance")
    };
    let advice = "they tell the speaker rather than the words, and a model easily remembers speakers: \
                  compare its valid score with that of a model without this modality, and of one that \
                  scales by utterance (--normalise utterance), which leaves zeros in these columns";
    let finding = Finding::new(Severity::Note, "repeated_rows", modality, what, advice);
    findings.push(finding.with_ids(&report.repeated));
}

fn one_step(report: &FeatureReport, findings: &mut Vec<Finding>) {
    let mut splits = report.splits.iter();
    if splits.all(|split| split.steps.max == 1) {
        let what = "every utterance has a single step";
        let advice = match report.modality {
            Modality::Text => {
                "one vector or one word per utterance: nothing to learn over time, unless BERT reads \
                 the words"
            }
            _ => "there is one vector per utterance, nothing to learn over time",
        };
        findings.push(Finding::new(
            Severity::Note,
            "one_step",
            report.modality,
            what,
            advice,
        ));
    }
}

fn large(report: &FeatureReport, findings: &mut Vec<Finding>) {
    let modality = report.modality;
    let splits = report.splits.iter().filter_map(|split| split.values);
    let largest = splits
        .flat_map(|values| [values.min, values.max])
        .flatten()
        .map(f32::abs)
        .fold(0.0, f32::max);
    if largest > LARGE {
        let what = format!("the values reach {largest:.0}: they are not scaled");
        let advice = "--normalise train brings all columns to one scale";
        findings.push(Finding::new(
            Severity::Note,
            "not_scaled",
            modality,
            what,
            advice,
        ));
    }
}

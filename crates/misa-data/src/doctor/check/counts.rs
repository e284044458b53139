//! Splits that are missing, or whose sizes differ from the published ones.

use super::Evidence;
use crate::Split;
use crate::doctor::{Clue, CorpusReport, Finding, Severity};
use misa_terms::plural;

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let counts = evidence.overview.counts;
    let corpus = evidence.content.corpus.as_ref();
    for split in Split::ALL {
        let difference = corpus.and_then(|corpus| corpus.differences[split.index()]);
        findings.extend(match (counts[split.index()], corpus, difference) {
            (0, _, _) => Some(missing(split, corpus)),
            (found, Some(corpus), Some(difference)) if corpus.clue == Clue::Counts => {
                differs(split, corpus, found, difference)
            }
            _ => None,
        });
    }
    if let Some(corpus) = corpus.filter(|corpus| corpus.clue == Clue::Sizes) {
        let what = format!(
            "the features have the sizes of {}, but its published numbers of utterances differ",
            corpus.name
        );
        let advice = "if it is that corpus, results do not compare with published ones";
        let kind = "other_counts";
        findings.push(Finding::new(Severity::Note, kind, "splits", what, advice));
    }
}

fn missing(split: Split, corpus: Option<&CorpusReport>) -> Finding {
    let by_counts = corpus.filter(|corpus| corpus.clue == Clue::Counts);
    let published = by_counts.and_then(|corpus| Some((corpus, corpus.counts[split.index()]?)));
    let severity = match (split, published) {
        (Split::Test, None) => Severity::Note,
        _ => Severity::Warning,
    };
    let what = match published {
        Some((corpus, count)) => {
            let name = corpus.name;
            let utterances = plural(count, "utterance", "utterances");
            format!("there is no {split} split, {name} has {utterances} there")
        }
        None => format!("there is no {split} split"),
    };
    let advice = match split {
        Split::Train => "training needs it: check that all files are there",
        Split::Valid => "training chooses the model by it: check that all files are there",
        Split::Test => "nothing can be scored at the end: add the split, or report valid scores",
    };
    Finding::new(severity, "missing_split", split, what, advice)
}

fn differs(split: Split, corpus: &CorpusReport, found: usize, difference: i64) -> Option<Finding> {
    let (name, by) = (corpus.name, corpus.published_by);
    let count = difference.unsigned_abs() as usize;
    let (severity, kind, than) = match difference {
        0 => return None,
        ..0 => (Severity::Warning, "fewer_utterances", "fewer than"),
        1.. => (Severity::Note, "more_utterances", "more than"),
    };
    let found = plural(found, "utterance", "utterances");
    let what = format!("{split} has {found}, {count} {than} {name} of {by}");
    let advice = "say so beside your results: they are scores of other utterances";
    Some(Finding::new(severity, kind, split, what, advice).with_count(count))
}

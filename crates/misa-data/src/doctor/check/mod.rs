//! Findings, one file per subject.

mod counts;
mod features;
mod labels;
mod notes;
mod recipes;
mod utterances;

use super::record::Observations;
use super::{Content, Finding, Severity};
use crate::{Overview, Policy};

/// The data that findings are based on.
#[derive(Debug)]
pub(super) struct Evidence<'e> {
    pub content: &'e Content,
    pub overview: &'e Overview,
    pub observations: &'e Observations,
}

/// All findings, the most severe first.
pub(super) fn all(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    counts::check(evidence, &mut findings);
    labels::check(evidence, &mut findings);
    features::check(evidence, &mut findings);
    utterances::check(evidence, &mut findings);
    notes::check(evidence, &mut findings);
    recipes::check(evidence, &mut findings);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

impl Evidence<'_> {
    /// The severity of values that [`Policy::Strict`] rejects.
    fn refused(&self) -> Severity {
        match self.content.policy {
            Policy::Strict => Severity::Error,
            Policy::Compat => Severity::Warning,
        }
    }

    /// The corpus, if it is recognised by its counts.
    fn corpus(&self) -> Option<&'static str> {
        let corpus = self.content.corpus.as_ref();
        let corpus = corpus.filter(|corpus| corpus.clue == super::Clue::Counts);
        corpus.map(|corpus| corpus.name)
    }
}

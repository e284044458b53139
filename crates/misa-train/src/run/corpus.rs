//! The corpus of a data set.

use crate::Corpus;
use misa_data::doctor::{self, Clue};
use misa_data::{Format, UtteranceDataset};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The corpus of a data set, and how it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorpusSummary {
    /// Its name, such as `CMU-MOSI`.
    pub name: String,
    /// The same, if there are published settings for it.
    pub corpus: Option<Corpus>,
    /// How it is known.
    pub evidence: CorpusEvidence,
    /// Whether each split has exactly as many utterances as published.
    pub is_whole: bool,
}

/// How a corpus is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CorpusEvidence {
    /// The settings name it.
    Named,
    /// The layout of its files is its own.
    Layout,
    /// The numbers of utterances are about those that this source published.
    Counts(String),
    /// The features have its sizes, which other corpora may have too.
    Sizes,
}

impl CorpusSummary {
    /// The corpus of a data set; `None` if it is not recognised.
    pub fn recognised(data: &UtteranceDataset) -> Option<Self> {
        if data.format() == Format::UrFunny {
            return Some(Self {
                name: Corpus::UrFunny.title().to_string(),
                corpus: Some(Corpus::UrFunny),
                evidence: CorpusEvidence::Layout,
                is_whole: false,
            });
        }
        let report = doctor::corpus(data)?;
        let evidence = match report.clue {
            Clue::Counts => CorpusEvidence::Counts(report.published_by.to_string()),
            _ => CorpusEvidence::Sizes,
        };
        Some(Self {
            name: report.name.to_string(),
            corpus: Corpus::titled(report.name),
            is_whole: report
                .differences
                .iter()
                .all(|&difference| difference == Some(0)),
            evidence,
        })
    }

    /// The corpus that the settings name.
    pub fn named(corpus: Corpus) -> Self {
        Self {
            name: corpus.title().to_string(),
            corpus: Some(corpus),
            evidence: CorpusEvidence::Named,
            is_whole: false,
        }
    }

    /// Whether it follows from the data, so that another name is a contradiction.
    pub fn is_certain(&self) -> bool {
        self.is_whole || self.evidence == CorpusEvidence::Layout
    }
}

impl fmt::Display for CorpusSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.evidence {
            CorpusEvidence::Named => write!(f, "{name}, by the settings"),
            CorpusEvidence::Layout => write!(f, "{name}, by the layout of its files"),
            CorpusEvidence::Counts(source) => {
                write!(f, "{name}, by the numbers of utterances in {source}")
            }
            CorpusEvidence::Sizes => write!(
                f,
                "features of the sizes of {name}, but other numbers of utterances"
            ),
        }
    }
}

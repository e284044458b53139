//! Figures from papers, with their sources.

use serde::{Deserialize, Serialize};

/// How reliable a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// Read in the original publication, or in a table that repeats it.
    Verified,
    /// Taken from papers that quote it.
    Quoted,
}

/// One model on one corpus, as published.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PublishedRow {
    /// Short name of the source.
    pub source: &'static str,
    /// Corpus: `mosi`, `mosei` or `ur_funny`.
    pub corpus: &'static str,
    /// Source, version and text features.
    pub title: &'static str,
    /// How well it is known.
    pub status: Status,
    /// Utterances of the test split.
    pub utterances: usize,
    /// Lowest and highest value of the scale of the labels.
    pub labels: (f32, f32),
    /// Scores under our names; shares are between 0 and 1.
    pub scores: &'static [(&'static str, f64)],
}

const NEGATIVE: [&str; 2] = ["Acc-2 (neg/non-neg)", "F1 (neg/non-neg)"];
const POLARITY: [&str; 2] = ["Acc-2 (neg/pos)", "F1 (neg/pos)"];

/// Test utterances of CMU-MOSI, in the paper and in MMSA's files.
const MOSI_TEST: usize = 686;
const SENTIMENT: (f32, f32) = (-3.0, 3.0);
const CLASSES: (f32, f32) = (0.0, 1.0);

const ROWS: [PublishedRow; 5] = [
    PublishedRow {
        source: "paper",
        corpus: "mosi",
        title: "MISA paper (2020), BERT text",
        status: Status::Verified,
        utterances: MOSI_TEST,
        labels: SENTIMENT,
        scores: &[
            ("MAE", 0.783),
            ("Corr", 0.761),
            (NEGATIVE[0], 0.818),
            (POLARITY[0], 0.834),
            (NEGATIVE[1], 0.817),
            (POLARITY[1], 0.836),
            ("Acc-7", 0.423),
        ],
    },
    PublishedRow {
        source: "paper",
        corpus: "mosei",
        title: "MISA paper (2020), BERT text",
        status: Status::Quoted,
        utterances: 4654,
        labels: SENTIMENT,
        scores: &[
            ("MAE", 0.555),
            ("Corr", 0.756),
            (NEGATIVE[0], 0.836),
            (POLARITY[0], 0.855),
            (NEGATIVE[1], 0.838),
            (POLARITY[1], 0.853),
            ("Acc-7", 0.522),
        ],
    },
    PublishedRow {
        source: "paper",
        corpus: "ur_funny",
        title: "MISA paper (2020), BERT text, target utterance alone",
        status: Status::Quoted,
        utterances: 3290,
        labels: CLASSES,
        scores: &[("Acc", 0.7061)],
    },
    PublishedRow {
        source: "mmsa",
        corpus: "mosi",
        title: "MMSA 2.2.1, results table, 5 seeds, unaligned BERT; settings were tuned on the test split",
        status: Status::Verified,
        utterances: MOSI_TEST,
        labels: SENTIMENT,
        scores: &[
            ("MAE", 0.7765),
            ("Corr", 0.7781),
            (NEGATIVE[0], 0.8184),
            (POLARITY[0], 0.8354),
            (NEGATIVE[1], 0.8182),
            (POLARITY[1], 0.8358),
            ("Acc-5", 0.4708),
            ("Acc-7", 0.4137),
        ],
    },
    PublishedRow {
        source: "mmsa",
        corpus: "mosei",
        title: "MMSA 2.2.1, results table, 5 seeds, unaligned BERT; settings were tuned on the test split",
        status: Status::Verified,
        utterances: 4659,
        labels: SENTIMENT,
        scores: &[
            ("MAE", 0.5575),
            ("Corr", 0.7515),
            (NEGATIVE[0], 0.8067),
            (POLARITY[0], 0.8467),
            (NEGATIVE[1], 0.8112),
            (POLARITY[1], 0.8466),
            ("Acc-5", 0.5363),
            ("Acc-7", 0.5205),
        ],
    },
];

/// Names of the sources: the paper, and MMSA.
pub const SOURCES: [&str; 2] = ["paper", "mmsa"];

/// The figures of MISA on `corpus` that `source`, one of [`SOURCES`], published.
pub fn published(source: &str, corpus: &str) -> Option<&'static PublishedRow> {
    ROWS.iter()
        .find(|row| row.source == source && row.corpus == corpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_and_plausible() {
        for row in &ROWS {
            assert_eq!(published(row.source, row.corpus), Some(row));
            assert!(SOURCES.contains(&row.source));
            assert!(
                row.scores
                    .iter()
                    .all(|(_, value)| (0.0..1.0).contains(value))
            );
        }
        assert_eq!(published("mmsa", "ur_funny"), None);
    }
}

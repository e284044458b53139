//! Published deviations between seeds.

use super::Deviation;
use serde::Serialize;

/// How far the seeds of a system were found to spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PublishedDeviation {
    /// The system.
    pub model: &'static str,
    /// Corpus: `mosi` or `mosei`.
    pub corpus: &'static str,
    /// Name of the score.
    pub metric: &'static str,
    /// Sample standard deviation over seeds, on the test split.
    pub deviation: f64,
    /// Number of seeds; `None` if it is not stated.
    pub seeds: Option<usize>,
    /// Where it was published.
    pub source: &'static str,
}

/// A laboratory's public notebook, which trains published models on MMSA's features, chooses epochs on
/// the valid split, and states sample standard deviations.
const NOTEBOOK: &str = "a public laboratory notebook in Chinese, on MMSA's features";

const ROWS: [PublishedDeviation; 3] = [
    row("LF-LSTM", "mosi", 0.039, Some(5)),
    row("TFN", "mosi", 0.021, None),
    row("LF-LSTM", "mosei", 0.0049, None),
];

const fn row(
    model: &'static str,
    corpus: &'static str,
    deviation: f64,
    seeds: Option<usize>,
) -> PublishedDeviation {
    PublishedDeviation {
        model,
        corpus,
        metric: "MAE",
        deviation,
        seeds,
        source: NOTEBOOK,
    }
}

impl PublishedDeviation {
    /// The deviation, with its interval if the number of seeds is known.
    pub fn deviation(&self) -> Deviation {
        let degrees = self.seeds.map(|seeds| seeds.saturating_sub(1));
        Deviation::new(self.deviation, degrees)
    }
}

/// The published deviations of a score on a corpus.
pub fn published_deviations<'a>(
    corpus: &'a str,
    metric: &'a str,
) -> impl Iterator<Item = &'static PublishedDeviation> + use<'a> {
    let rows = ROWS.iter();
    rows.filter(move |row| row.corpus == corpus && row.metric == metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_corpus_and_score() {
        let found = |corpus, metric| -> Vec<f64> {
            published_deviations(corpus, metric)
                .map(|row| row.deviation)
                .collect()
        };
        assert_eq!(found("mosi", "MAE"), [0.039, 0.021]);
        assert_eq!(found("mosei", "MAE"), [0.0049]);
        assert_eq!(found("mosi", "Corr"), [0.0; 0]);
        assert_eq!(found("ur_funny", "MAE"), [0.0; 0]);
    }

    #[test]
    fn only_a_known_number_of_seeds_gives_an_interval() {
        for row in &ROWS {
            assert_eq!(row.deviation().interval.is_some(), row.seeds.is_some());
        }
    }
}

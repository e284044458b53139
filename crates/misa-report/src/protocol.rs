//! What runs would score under the protocols of other papers.

use crate::compare::Metric;
use serde::Serialize;

/// Which model of a run is scored on the test split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Protocol {
    /// That of the epoch which the valid split chose: ours, and the only one here that the test split
    /// has no part in, besides [`Self::LastEpoch`].
    ValidEpoch,
    /// That of the epoch with the best leading score on the test split.
    TestEpoch,
    /// For each score, that of the epoch which is best in it on the test split.
    ///
    /// - Source: ALMT and LNLN, by the notes of their repositories.
    TestEpochPerScore,
    /// That of the last epoch.
    LastEpoch,
    /// Ours, of the seed with the best leading score on the test split.
    BestSeed,
}

/// The model of one epoch on the test split.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochScores {
    /// Number of the epoch, from 1; 0 for the initial weights.
    pub epoch: usize,
    /// Each score, in the order of the metrics; `None` if it is undefined.
    pub scores: Vec<Option<f64>>,
}

/// One seed of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ProtocolRun {
    /// Folder of the run.
    pub run: String,
    /// Its seed.
    pub seed: u64,
    /// The model that the valid split chose.
    pub chosen: EpochScores,
    /// Every epoch, in order.
    pub epochs: Vec<EpochScores>,
}

/// What the seeds of a model score under a protocol.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProtocolScores {
    /// The protocol.
    pub protocol: Protocol,
    /// Mean of each score over the seeds that have it; of [`Protocol::BestSeed`], the score of that
    /// seed.
    pub scores: Vec<Option<f64>>,
    /// How much better each score looks than under [`Protocol::ValidEpoch`]: the mean over the seeds
    /// of what is gained in the direction that is better. Negative where the protocol looks worse.
    pub inflation: Vec<Option<f64>>,
}

impl ProtocolRun {
    /// The epoch that is best in score number `column` on the test split, the first of equal ones.
    pub fn best_epoch(&self, column: usize, metric: &Metric) -> Option<&EpochScores> {
        best(&self.epochs, metric, |epoch| epoch.scores[column])
    }

    /// The scores of the run under a protocol that is about one run.
    fn scores(&self, protocol: Protocol, metrics: &[Metric], leading: usize) -> Vec<Option<f64>> {
        let of = |epoch: Option<&EpochScores>| {
            epoch.map_or_else(|| vec![None; metrics.len()], |epoch| epoch.scores.clone())
        };
        match protocol {
            Protocol::ValidEpoch | Protocol::BestSeed => self.chosen.scores.clone(),
            Protocol::TestEpoch => of(self.best_epoch(leading, &metrics[leading])),
            Protocol::LastEpoch => of(self.epochs.last()),
            Protocol::TestEpochPerScore => metrics
                .iter()
                .enumerate()
                .map(|(column, metric)| self.best_epoch(column, metric)?.scores[column])
                .collect(),
        }
    }
}

/// What the seeds of one model score under each protocol; [`Protocol::BestSeed`] only of several.
///
/// `leading` is the number of the score by which one test epoch and one seed are chosen.
///
/// # Panics
///
/// Panics if there is no score number `leading`, or a run has another number of scores than there are
/// metrics.
pub fn protocols(runs: &[ProtocolRun], metrics: &[Metric], leading: usize) -> Vec<ProtocolScores> {
    let of_each = |protocol| {
        let runs = runs.iter();
        runs.map(|run| run.scores(protocol, metrics, leading))
            .collect::<Vec<_>>()
    };
    let ours = of_each(Protocol::ValidEpoch);
    let of_runs = [
        Protocol::ValidEpoch,
        Protocol::TestEpoch,
        Protocol::TestEpochPerScore,
        Protocol::LastEpoch,
    ];
    let mut found: Vec<ProtocolScores> = of_runs
        .map(|protocol| ProtocolScores::new(protocol, &of_each(protocol), &ours, metrics))
        .to_vec();
    let metric = &metrics[leading];
    let seed = best(&ours, metric, |scores| scores[leading]).filter(|_| runs.len() > 1);
    if let Some(seed) = seed {
        let alone = vec![seed.clone(); runs.len()];
        found.push(ProtocolScores::new(
            Protocol::BestSeed,
            &alone,
            &ours,
            metrics,
        ));
    }
    found
}

impl ProtocolScores {
    /// The means of what each run scores, beside ours.
    fn new(
        protocol: Protocol,
        scores: &[Vec<Option<f64>>],
        ours: &[Vec<Option<f64>>],
        metrics: &[Metric],
    ) -> Self {
        let columns = || metrics.iter().enumerate();
        let gain = |column: usize, metric: &Metric| {
            let pairs = scores.iter().zip(ours);
            mean(pairs.filter_map(|(theirs, ours)| {
                let gain = theirs[column]? - ours[column]?;
                Some(if metric.is_better_high { gain } else { -gain })
            }))
        };
        Self {
            protocol,
            scores: columns()
                .map(|(column, _)| mean(scores.iter().filter_map(|scores| scores[column])))
                .collect(),
            inflation: columns()
                .map(|(column, metric)| gain(column, metric))
                .collect(),
        }
    }
}

/// The first of the items with the best value.
fn best<'a, T>(
    items: &'a [T],
    metric: &Metric,
    value: impl Fn(&T) -> Option<f64>,
) -> Option<&'a T> {
    let mut found: Option<(&T, f64)> = None;
    for item in items {
        let Some(value) = value(item).filter(|value| value.is_finite()) else {
            continue;
        };
        let is_better = found.is_none_or(|(_, best)| {
            if metric.is_better_high {
                value > best
            } else {
                value < best
            }
        });
        if is_better {
            found = Some((item, value));
        }
    }
    found.map(|(item, _)| item)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics() -> [Metric; 2] {
        let metric = |name, is_better_high| Metric {
            name,
            is_better_high,
            is_share: false,
            range: (0.0, 1.0),
            score: |_, _| f64::NAN,
        };
        [metric("MAE", false), metric("Corr", true)]
    }

    fn epoch(number: usize, mae: f64, corr: Option<f64>) -> EpochScores {
        EpochScores {
            epoch: number,
            scores: vec![Some(mae), corr],
        }
    }

    /// A run whose second epoch was chosen by the valid split.
    fn run(seed: u64, epochs: [(f64, Option<f64>); 4]) -> ProtocolRun {
        let epochs: Vec<EpochScores> = (1..)
            .zip(epochs)
            .map(|(number, (mae, corr))| epoch(number, mae, corr))
            .collect();
        ProtocolRun {
            run: format!("runs/{seed}"),
            seed,
            chosen: epochs[1].clone(),
            epochs,
        }
    }

    fn found(runs: &[ProtocolRun], protocol: Protocol) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
        let rows = protocols(runs, &metrics(), 0);
        let row = rows.into_iter().find(|row| row.protocol == protocol);
        let row = row.unwrap();
        (row.scores, row.inflation)
    }

    #[test]
    fn each_protocol_takes_its_epoch() {
        let one = [run(
            1,
            [
                (1.0, None),
                (0.75, Some(0.5)),
                (0.5, Some(0.25)),
                (0.875, Some(0.625)),
            ],
        )];
        let of = |protocol| found(&one, protocol);
        let values = |a, b| vec![Some(a), Some(b)];
        assert_eq!(
            of(Protocol::ValidEpoch),
            (values(0.75, 0.5), values(0.0, 0.0))
        );
        // Less error, but also less correlation.
        assert_eq!(
            of(Protocol::TestEpoch),
            (values(0.5, 0.25), values(0.25, -0.25))
        );
        assert_eq!(
            of(Protocol::TestEpochPerScore),
            (values(0.5, 0.625), values(0.25, 0.125))
        );
        assert_eq!(
            of(Protocol::LastEpoch),
            (values(0.875, 0.625), values(-0.125, 0.125))
        );
        let rows = protocols(&one, &metrics(), 0);
        assert!(rows.iter().all(|row| row.protocol != Protocol::BestSeed));
        assert_eq!(one[0].best_epoch(1, &metrics()[1]).unwrap().epoch, 4);
    }

    #[test]
    fn scores_are_means_over_seeds_and_the_best_seed_is_one() {
        let same = |mae, corr| [(mae, corr); 4];
        let runs = [
            run(1, same(0.75, Some(0.5))),
            run(2, same(0.5, None)),
            run(3, same(1.0, Some(0.75))),
        ];
        let (scores, inflation) = found(&runs, Protocol::ValidEpoch);
        assert_eq!(scores, [Some(0.75), Some(0.625)]);
        assert_eq!(inflation, [Some(0.0), Some(0.0)]);
        let (scores, inflation) = found(&runs, Protocol::BestSeed);
        assert_eq!(scores, [Some(0.5), None]);
        assert_eq!(inflation, [Some(0.25), None]);
    }

    #[test]
    fn of_equal_epochs_the_first_is_the_best() {
        let equal = run(1, [(0.5, Some(0.5)); 4]);
        assert_eq!(equal.best_epoch(0, &metrics()[0]).unwrap().epoch, 1);
        let undefined = run(1, [(f64::NAN, None); 4]);
        assert!(undefined.best_epoch(0, &metrics()[0]).is_none());
        let (scores, _) = found(&[undefined], Protocol::TestEpochPerScore);
        assert_eq!(scores, [None, None]);
    }
}

//! How far a score of one run would move with other utterances.

use super::bootstrap::{Aligned, resampled};
use super::interval::{around, correction, reach};
use super::{FEWEST_UTTERANCES, Metric, Prediction, Summary};

/// The 95 % interval of each score for other utterances, with the trained model as it is.
///
/// `score ± t · √U`, cut at the range of the score: `U` is the variance between utterances, by
/// bootstrap, as in [`CombinedT`](super::CombinedT), and `t` the quantile of Student's distribution
/// with `utterances - 1` degrees of freedom. Other seeds are not covered.
///
/// `None` for a score that is undefined, or for fewer than [`FEWEST_UTTERANCES`] utterances.
pub fn utterance_intervals(
    rows: &[Prediction],
    metrics: &[Metric],
    resamples: usize,
    seed: u64,
) -> Vec<Option<(f64, f64)>> {
    let none = vec![None; metrics.len()];
    if rows.len() < FEWEST_UTTERANCES {
        return none;
    }
    let seeds = [rows];
    let Some(aligned) = Aligned::new(&seeds) else {
        return none;
    };
    let Some(scores) = resampled(&[&aligned], metrics, resamples, seed).pop() else {
        return none;
    };
    let lists = metrics
        .iter()
        .zip(scores.observed.iter().zip(&scores.drawn));
    let intervals = lists.map(|(metric, (observed, drawn))| {
        let observed = observed.first().copied()?;
        interval(observed, drawn, rows.len(), metric.range)
    });
    intervals.collect()
}

fn interval(
    observed: f64,
    drawn: &[f64],
    utterances: usize,
    range: (f64, f64),
) -> Option<(f64, f64)> {
    if !observed.is_finite() {
        return None;
    }
    let deviation = Summary::of(drawn.iter().copied().map(Some)).deviation?;
    let error = deviation * correction(utterances).sqrt();
    let half = reach(utterances as f64 - 1.0)? * error;
    Some(around(observed, half, range))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_of_hits(predictions: &[f32], targets: &[f32]) -> f64 {
        let hits = predictions.iter().zip(targets).filter(|(p, t)| p == t);
        hits.count() as f64 / targets.len() as f64
    }

    fn undefined(_: &[f32], _: &[f32]) -> f64 {
        f64::NAN
    }

    fn metric(score: fn(&[f32], &[f32]) -> f64) -> Metric {
        Metric {
            name: "Acc",
            is_better_high: true,
            is_share: true,
            range: (0.0, 1.0),
            score,
        }
    }

    fn rows(count: usize, hits: usize) -> Vec<Prediction> {
        let row = |index: usize| Prediction {
            id: format!("u{index:03}"),
            prediction: f32::from(u8::from(index < hits)),
            target: 1.0,
        };
        (0..count).map(row).collect()
    }

    /// 75 of 100 hits: standard error √(0.75 · 0.25 / 99) = 0.043519, and Student's quantile for 99
    /// degrees of freedom 1.984217 from tables: 0.75 ± 0.086351.
    #[test]
    fn the_interval_of_a_share_is_that_of_its_standard_error() {
        let found = utterance_intervals(&rows(100, 75), &[metric(share_of_hits)], 20_000, 1);
        let (low, high) = found[0].unwrap();
        // Two percent: four standard errors of a deviation of 20,000 draws.
        let tolerance = 0.02 * 0.086_351;
        assert!((low - 0.663_649).abs() < tolerance, "{low}");
        assert!((high - 0.836_351).abs() < tolerance, "{high}");
    }

    #[test]
    fn an_interval_ends_where_the_score_does() {
        let found = utterance_intervals(&rows(30, 29), &[metric(share_of_hits)], 2_000, 1);
        let (low, high) = found[0].unwrap();
        assert!(low < 0.95 && high == 1.0, "{low} {high}");
    }

    #[test]
    fn few_utterances_and_undefined_scores_have_none() {
        let both = [metric(share_of_hits), metric(undefined)];
        assert_eq!(
            utterance_intervals(&rows(29, 9), &both, 99, 1),
            [None, None]
        );
        let found = utterance_intervals(&rows(30, 9), &both, 99, 1);
        assert!(found[0].is_some() && found[1].is_none());
        assert!(utterance_intervals(&[], &[], 99, 1).is_empty());
    }
}

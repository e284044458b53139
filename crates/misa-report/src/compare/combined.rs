//! Whether two models differ, by what seeds and utterances together leave open.

use super::bootstrap::{Aligned, Resampled, resampled};
use super::interval::{ROUNDING, around, correction, reach};
use super::{Metric, Prediction, Summary};
use crate::power::Design;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest seeds of a model that show how far its seeds spread.
pub const FEWEST_SEEDS: usize = 3;
/// Fewest utterances that an interval is given for.
pub const FEWEST_UTTERANCES: usize = 30;

/// The difference of two models in one score, tested by a combined t: for other seeds and other
/// utterances.
///
/// With `d` the difference of the means over seeds, `s` the sample standard deviation over the `n`
/// seeds of a model, and `U` the variance of `d` between utterances:
///
/// ```text
/// t = d / √(A + B + U)        A = s₁² / n₁     B = s₂² / n₂
/// degrees of freedom = (A + B + U)² / (A² / (n₁ - 1) + B² / (n₂ - 1) + U² / (utterances - 1))
/// ```
///
/// `U` is the bootstrap's variance: utterances are drawn with replacement, the same ones for all seeds
/// of both models. It is multiplied by `utterances / (utterances - 1)`, which makes it the usual
/// estimate, the sample variance over the utterances divided by their number, if the score is a mean.
///
/// `U` also contains a part of what seeds do to single utterances, so the test is cautious: it rejects
/// true equality in at most 5 % of cases, with three seeds as with ten. Drawing utterances alone
/// rejects it in 28 to 55 %.
///
/// - Source: Welch 1947 and Satterthwaite 1946 for `t` and its degrees of freedom; Efron and
///   Tibshirani 1993, An Introduction to the Bootstrap, section 6 for `U`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CombinedT {
    /// Mean over the seeds of the first model minus that of the second.
    pub difference: f64,
    /// The 95 % interval of the difference for other seeds and utterances, within what the range of
    /// the score allows. `None` without `degrees`, or below [`FEWEST_UTTERANCES`].
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value. `None` without `degrees`, unless nothing varies and the difference is zero.
    pub p: Option<f64>,
    /// Number of resamples that were left out because their difference is undefined.
    pub undefined: usize,
    /// Variance of the difference between seeds, `A + B`. `None` if a model has fewer than
    /// [`FEWEST_SEEDS`].
    #[serde(default)]
    pub seed_variance: Option<f64>,
    /// Variance of the difference between utterances, `U`. `None` below two utterances or resamples.
    #[serde(default)]
    pub utterance_variance: Option<f64>,
    /// Degrees of freedom of `t`. `None` if one of the variances is, or if both are zero.
    #[serde(default)]
    pub degrees: Option<f64>,
    /// Number of seeds of both models.
    #[serde(default)]
    pub seeds: [usize; 2],
    /// Sample standard deviation over the seeds of both models. `None` below [`FEWEST_SEEDS`].
    #[serde(default)]
    pub deviations: [Option<f64>; 2],
    /// Number of utterances.
    #[serde(default)]
    pub utterances: usize,
}

/// A variance of a difference, and the degrees of freedom of its estimate.
#[derive(Clone, Copy)]
struct Source {
    variance: f64,
    degrees: f64,
}

impl CombinedT {
    /// Compares two models, each given by the predictions of its seeds.
    ///
    /// `None` if the models did not predict the same utterances, or if the difference is undefined.
    pub fn of(
        one: &[&[Prediction]],
        other: &[&[Prediction]],
        metric: &Metric,
        resamples: usize,
        seed: u64,
    ) -> Option<Self> {
        let models = [Aligned::new(one)?, Aligned::new(other)?];
        if !models[0].has_utterances_of(&models[1]) {
            return None;
        }
        let metrics = std::slice::from_ref(metric);
        let scores = resampled(&models.each_ref(), metrics, resamples, seed);
        Self::between(&scores[0], &scores[1], 0, metric.range)
    }

    /// Compares the scores of the seeds of two models on the same `utterances`.
    ///
    /// `utterance_variance` is the variance of the difference between utterances, `range` the lowest
    /// and the highest value of the score. `None` if a model has no seed or an undefined score.
    pub fn new(
        one: &[f64],
        other: &[f64],
        utterance_variance: Option<f64>,
        utterances: usize,
        range: (f64, f64),
    ) -> Option<Self> {
        if one.iter().chain(other).any(|score| !score.is_finite()) {
            return None;
        }
        let models = [one, other].map(|seeds| Summary::of(seeds.iter().copied().map(Some)));
        let difference = models[0].mean? - models[1].mean?;
        let seeds = models.map(|model| Source::of_seeds(&model));
        let deviations = models.map(|model| model.deviation_of_enough());
        let drawn =
            utterance_variance.and_then(|variance| Source::of_utterances(variance, utterances));
        let mut test = Self {
            difference,
            interval: None,
            p: None,
            undefined: 0,
            seed_variance: seeds[0].zip(seeds[1]).map(|(a, b)| a.variance + b.variance),
            utterance_variance: drawn.map(|source| source.variance),
            degrees: None,
            seeds: models.map(|model| model.count),
            deviations,
            utterances,
        };
        if let ([Some(a), Some(b)], Some(u)) = (seeds, drawn) {
            test.judge(&[a, b, u], range);
        }
        Some(test)
    }

    /// The test with the variances that were found, to ask how often it would see a difference. `None`
    /// without `degrees`.
    pub fn design(&self) -> Option<Design> {
        self.degrees?;
        let [one, other] = self.deviations;
        Some(Design::Combined {
            deviations: [one?, other?],
            utterance_variance: self.utterance_variance?,
            utterances: self.utterances,
        })
    }

    /// The difference of two models in one metric, if they were resampled together.
    pub(super) fn between(
        one: &Resampled,
        other: &Resampled,
        metric: usize,
        range: (f64, f64),
    ) -> Option<Self> {
        let drawn = one.drawn[metric].iter().zip(&other.drawn[metric]);
        let differences = Summary::of(drawn.map(|(one, other)| Some(one - other)));
        let utterances = one.utterances;
        let correction = correction(utterances);
        let variance = differences.deviation.map(|x| x * x * correction);
        let seeds = [one, other].map(|model| model.observed[metric].as_slice());
        let test = Self::new(seeds[0], seeds[1], variance, utterances, range)?;
        Some(Self {
            undefined: one.drawn[metric].len() - differences.count,
            ..test
        })
    }

    /// Sets what follows from the variances.
    fn judge(&mut self, sources: &[Source], (lowest, highest): (f64, f64)) {
        let variance: f64 = sources.iter().map(|source| source.variance).sum();
        let error = variance.sqrt();
        if error <= ROUNDING {
            self.p = (self.difference.abs() <= ROUNDING).then_some(1.0);
            return;
        }
        let shares = sources
            .iter()
            .map(|source| (source.variance / variance).powi(2) / source.degrees);
        let degrees = 1.0 / shares.sum::<f64>();
        let Ok(student) = StudentsT::new(0.0, 1.0, degrees) else {
            return;
        };
        self.degrees = Some(degrees);
        self.p = Some((2.0 * student.cdf(-(self.difference / error).abs())).min(1.0));
        if self.utterances >= FEWEST_UTTERANCES {
            let widest = highest - lowest;
            let half = reach(degrees).map(|reach| reach * error);
            self.interval = half.map(|half| around(self.difference, half, (-widest, widest)));
        }
    }
}

impl Source {
    fn of_seeds(seeds: &Summary) -> Option<Self> {
        let deviation = seeds.deviation_of_enough()?;
        Some(Self {
            variance: deviation * deviation / seeds.count as f64,
            degrees: (seeds.count - 1) as f64,
        })
    }

    fn of_utterances(variance: f64, utterances: usize) -> Option<Self> {
        (utterances > 1 && variance.is_finite()).then(|| Self {
            variance,
            degrees: (utterances - 1) as f64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYTHING: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

    fn mean_error(predictions: &[f32], targets: &[f32]) -> f64 {
        let errors = predictions
            .iter()
            .zip(targets)
            .map(|(p, t)| f64::from((p - t).abs()));
        errors.sum::<f64>() / targets.len() as f64
    }

    const METRIC: Metric = Metric {
        name: "MAE",
        is_better_high: false,
        is_share: false,
        range: (0.0, f64::INFINITY),
        score: mean_error,
    };

    fn rows(errors: &[f32]) -> Vec<Prediction> {
        let row = |(index, &error): (usize, &f32)| Prediction {
            id: format!("u{index:03}"),
            prediction: index as f32 + error,
            target: index as f32,
        };
        errors.iter().enumerate().map(row).collect()
    }

    fn compare(one: &[f32], other: &[f32]) -> CombinedT {
        let (one, other) = (rows(one), rows(other));
        CombinedT::of(&[&one], &[&other], &METRIC, 20_000, 1).unwrap()
    }

    /// Differences of the errors of three utterances: 1, 1, -1, with a sample variance of 4/3.
    #[test]
    fn the_variance_between_utterances_is_that_of_their_differences() {
        let test = compare(&[1.0, 1.0, 0.0], &[0.0, 0.0, 1.0]);
        assert!((test.difference - 1.0 / 3.0).abs() < 1e-6);
        let expected = 4.0 / 9.0;
        let found = test.utterance_variance.unwrap();
        // Four standard errors of 20,000 draws.
        assert!((found / expected - 1.0).abs() < 0.04, "{found}");
    }

    /// `t = 3 / √(1/3 + 1/3 + 1/3)`, degrees of freedom `1 / (1/9 · (1/2 + 1/2 + 1/98))`.
    #[test]
    fn all_three_variances_are_added() {
        let (one, other) = ([4.0, 5.0, 6.0], [1.0, 2.0, 3.0]);
        let test = CombinedT::new(&one, &other, Some(1.0 / 3.0), 99, ANYTHING).unwrap();
        let degrees = 9.0 / (1.0 + 1.0 / 98.0);
        assert!((test.degrees.unwrap() - degrees).abs() < 1e-12);
        let (low, high) = test.interval.unwrap();
        assert!((low + high - 6.0).abs() < 1e-12);
        // Of Student's distribution with 8 and 9 degrees of freedom: 2.306 and 2.262, .0171 and .0150.
        assert!((2.262..2.306).contains(&(high - 3.0)), "{high}");
        let p = test.p.unwrap();
        assert!((0.0149..0.0171).contains(&p), "{p}");
    }

    #[test]
    fn few_seeds_have_no_p_and_few_utterances_no_interval() {
        let three = [0.1, 0.2, 0.3];
        let test = |one: &[f64], utterances| {
            CombinedT::new(one, &three, Some(1e-3), utterances, (0.0, 1.0)).unwrap()
        };
        let two = test(&three[..2], 500);
        assert_eq!((two.p, two.interval, two.seed_variance), (None, None, None));
        let small = test(&three, 29);
        assert_eq!((small.p, small.interval), (Some(1.0), None));
        assert!(test(&three, 30).interval.is_some());
        let unknown = CombinedT::new(&three, &three, None, 500, ANYTHING).unwrap();
        assert_eq!((unknown.p, unknown.degrees), (None, None));
        assert!(CombinedT::new(&[f64::NAN], &three, None, 500, ANYTHING).is_none());
        assert!(CombinedT::new(&[], &three, None, 500, ANYTHING).is_none());
    }

    /// Two shares differ by at most 1, two correlations by at most 2.
    #[test]
    fn intervals_stay_within_the_range_of_the_score() {
        let (one, other) = ([0.1, 0.9, 0.4], [0.9, 0.1, 0.3]);
        let ends = |range| {
            let test = CombinedT::new(&one, &other, Some(4.0), 100, range).unwrap();
            test.interval.unwrap()
        };
        assert_eq!(ends((0.0, 1.0)), (-1.0, 1.0));
        assert_eq!(ends((-1.0, 1.0)), (-2.0, 2.0));
        let (low, high) = ends((0.0, f64::INFINITY));
        assert!(low < -2.0 && high > 2.0);
    }

    #[test]
    fn where_nothing_varies_only_equality_is_certain() {
        let test =
            |one: f64| CombinedT::new(&[one; 3], &[0.5; 3], Some(0.0), 100, ANYTHING).unwrap();
        assert_eq!((test(0.5).p, test(0.5).interval), (Some(1.0), None));
        assert_eq!((test(0.6).p, test(0.6).interval), (None, None));
    }

    #[test]
    fn swapping_the_models_only_changes_the_sign() {
        let (one, other) = ([0.1, 0.9, 0.3], [0.4, 0.5, 0.65]);
        let test = |one: &[f64], other: &[f64]| {
            CombinedT::new(one, other, Some(0.01), 50, ANYTHING).unwrap()
        };
        let (a, b) = (test(&one, &other), test(&other, &one));
        assert_eq!((a.difference, a.p), (-b.difference, b.p));
        let [a, b] = [a, b].map(|test| test.interval.unwrap());
        assert_eq!(a, (-b.1, -b.0));
    }

    #[test]
    fn the_order_of_utterances_has_no_influence() {
        let (one, other) = (rows(&[0.1, 0.9, 0.3]), rows(&[0.4, 0.5, 0.6]));
        let mut reversed = one.clone();
        reversed.reverse();
        let compare = |one: &[Prediction]| CombinedT::of(&[one], &[&other], &METRIC, 99, 3);
        assert_eq!(compare(&one), compare(&reversed));
    }

    #[test]
    fn models_that_predicted_other_utterances_are_not_compared() {
        let (one, mut other) = (rows(&[0.1, 0.9]), rows(&[0.4, 0.5, 0.6]));
        assert!(CombinedT::of(&[&one], &[&other], &METRIC, 9, 3).is_none());
        other.pop();
        other[1].id = "another".to_string();
        assert!(CombinedT::of(&[&one], &[&other], &METRIC, 9, 3).is_none());
    }

    #[test]
    fn many_models_are_compared_as_in_pairs() {
        let models =
            [[0.1, 0.9, 0.3], [0.4, 0.5, 0.6], [0.2, 0.0, 0.8]].map(|errors| rows(&errors));
        let seeds: Vec<[&[Prediction]; 1]> = models.iter().map(|rows| [rows.as_slice()]).collect();
        let aligned: Vec<Aligned<'_>> = seeds.iter().flat_map(|rows| Aligned::new(rows)).collect();
        let together: Vec<&Aligned<'_>> = aligned.iter().collect();
        let scores = resampled(&together, &[METRIC, METRIC], 99, 5);
        for (one, other) in [(0, 1), (0, 2), (2, 1)] {
            let pair = CombinedT::of(&seeds[one], &seeds[other], &METRIC, 99, 5);
            assert!(pair.is_some());
            let found = CombinedT::between(&scores[one], &scores[other], 1, METRIC.range);
            assert_eq!(found, pair);
        }
    }
}

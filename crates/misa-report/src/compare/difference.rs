//! Paired differences between the models of a comparison.

use super::bootstrap::{Aligned, Resampled, resampled};
use super::comparison::{Grouped, Key};
use super::{CombinedT, CompareOptions, Needs, holm};
use crate::power::Demand;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A paired difference between two models.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// Name of the data.
    pub data: String,
    /// Name of the split.
    pub split: String,
    /// Name of the score.
    pub metric: String,
    /// The model.
    pub model: String,
    /// The model it is compared with.
    pub baseline: String,
    /// The difference and its test. Files call it `bootstrap`, as the first release did.
    #[serde(rename = "bootstrap")]
    pub test: CombinedT,
    /// Its p-value, corrected for all pairs of this score on this split that have one.
    pub p_holm: Option<f64>,
    /// How many seeds it needs, and which difference these seeds show. `None` where the test has no
    /// degrees of freedom.
    #[serde(default)]
    pub needs: Option<Needs>,
}

/// The models of one split of one data set.
struct SplitModels<'a> {
    models: Vec<Model<'a>>,
    /// A model, and the one it is compared with.
    pairs: Vec<(usize, usize)>,
}

struct Model<'a> {
    key: &'a Key,
    /// `None` if the seeds did not predict the same utterances.
    aligned: Option<Aligned<'a>>,
    /// `None` if no pair needs them.
    scores: Option<Resampled>,
}

/// The differences, ordered by score, and notes on pairs that cannot be compared.
pub(super) fn differences(
    grouped: &Grouped<'_>,
    options: &CompareOptions,
) -> (Vec<Difference>, Vec<String>) {
    let (mut differences, mut notes) = (Vec::new(), Vec::new());
    if options.resamples == 0 {
        return (differences, notes);
    }
    let mut splits = splits(grouped, options);
    for split in &mut splits {
        notes.extend(split.drop_unlike_pairs());
        split.resample(options);
    }
    for (column, metric) in options.metrics.iter().enumerate() {
        for split in &splits {
            let mut family = Vec::new();
            for &(one, other) in &split.pairs {
                match split.difference(one, other, column, metric.range) {
                    Some(test) => family.push(Difference {
                        metric: metric.name.to_string(),
                        ..split.models[one].minus(&split.models[other], test)
                    }),
                    None => notes.push(format!(
                        "No difference in {} between {}: the score is undefined.",
                        metric.name,
                        split.names(one, other)
                    )),
                }
            }
            correct(&mut family);
            differences.extend(family);
        }
    }
    (differences, notes)
}

/// The models of each split of each data set, and the requested pairs.
fn splits<'a>(grouped: &'a Grouped<'_>, options: &CompareOptions) -> Vec<SplitModels<'a>> {
    let mut splits: BTreeMap<(&str, &str), Vec<Model<'a>>> = BTreeMap::new();
    for (key, runs) in grouped {
        let seeds: Vec<&[_]> = runs
            .iter()
            .map(|entry| entry.predictions.as_slice())
            .collect();
        let models = splits.entry((&key.data, &key.split)).or_default();
        models.push(Model {
            key,
            aligned: Aligned::new(&seeds),
            scores: None,
        });
    }
    splits
        .into_values()
        .map(|models| SplitModels {
            pairs: pairs(&models, options.baseline.as_deref()),
            models,
        })
        .collect()
}

/// All pairs, or those with the baseline, which comes second.
fn pairs(models: &[Model<'_>], baseline: Option<&str>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for one in 0..models.len() {
        for other in one + 1..models.len() {
            let is_baseline = |index: usize| Some(models[index].key.model.as_str()) == baseline;
            match baseline {
                Some(_) if is_baseline(one) => pairs.push((other, one)),
                Some(_) if !is_baseline(other) => {}
                _ => pairs.push((one, other)),
            }
        }
    }
    pairs
}

impl SplitModels<'_> {
    /// Removes pairs whose utterances differ, and returns a note for each.
    fn drop_unlike_pairs(&mut self) -> Vec<String> {
        let mut notes = Vec::new();
        for &(one, other) in &self.pairs {
            if self.is_unlike(one, other) {
                notes.push(format!(
                    "No difference between {}: their predictions are for different utterances.",
                    self.names(one, other)
                ));
            }
        }
        self.pairs = std::mem::take(&mut self.pairs)
            .into_iter()
            .filter(|&(one, other)| !self.is_unlike(one, other))
            .collect();
        notes
    }

    fn is_unlike(&self, one: usize, other: usize) -> bool {
        let aligned = [one, other].map(|index| self.models[index].aligned.as_ref());
        match aligned {
            [Some(one), Some(other)] => !one.has_utterances_of(other),
            _ => true,
        }
    }

    /// Scores all models that are in a pair, those of the same utterances together.
    fn resample(&mut self, options: &CompareOptions) {
        let is_paired = |model: &usize| {
            self.pairs
                .iter()
                .any(|pair| pair.0 == *model || pair.1 == *model)
        };
        let mut remaining: Vec<usize> = (0..self.models.len()).filter(is_paired).collect();
        while let Some(&first) = remaining.first() {
            let (together, others): (Vec<usize>, Vec<usize>) = remaining
                .into_iter()
                .partition(|&model| !self.is_unlike(first, model));
            remaining = others;
            let models: Vec<&Aligned<'_>> = together
                .iter()
                .filter_map(|&model| self.models[model].aligned.as_ref())
                .collect();
            let scores = resampled(&models, &options.metrics, options.resamples, options.seed);
            for (model, scores) in together.into_iter().zip(scores) {
                self.models[model].scores = Some(scores);
            }
        }
    }

    fn difference(
        &self,
        one: usize,
        other: usize,
        metric: usize,
        range: (f64, f64),
    ) -> Option<CombinedT> {
        let scores = |model: usize| self.models[model].scores.as_ref();
        CombinedT::between(scores(one)?, scores(other)?, metric, range)
    }

    fn names(&self, one: usize, other: usize) -> String {
        let Key { data, split, model } = self.models[one].key;
        let other = &self.models[other].key.model;
        format!("{model} and {other} ({data}, {split} split)")
    }
}

impl Model<'_> {
    fn minus(&self, other: &Self, test: CombinedT) -> Difference {
        Difference {
            data: self.key.data.clone(),
            split: self.key.split.clone(),
            metric: String::new(),
            model: self.key.model.clone(),
            baseline: other.key.model.clone(),
            p_holm: None,
            needs: Needs::of(&test, Demand::default()),
            test,
        }
    }
}

/// Corrects the p-values of one score on one split.
fn correct(family: &mut [Difference]) {
    let tested: Vec<(&mut Difference, f64)> = family
        .iter_mut()
        .filter_map(|difference| {
            let p = difference.test.p?;
            Some((difference, p))
        })
        .collect();
    let p: Vec<f64> = tested.iter().map(|(_, p)| *p).collect();
    for ((difference, _), p) in tested.into_iter().zip(holm(&p)) {
        difference.p_holm = Some(p);
    }
}

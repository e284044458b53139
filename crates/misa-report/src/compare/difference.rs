//! Paired differences between the models of a comparison.

use super::{
    Bootstrap, CompareOptions,
    bootstrap::{Aligned, Resampled, resampled},
    comparison::{Grouped, Key},
    holm,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A paired difference between two models.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Difference {
    /// Data and split.
    pub data: String,
    /// Name of the split.
    pub split: String,
    /// Name of the score.
    pub metric: String,
    /// One model.
    pub model: String,
    /// The model it is compared with.
    pub baseline: String,
    /// What drawing utterances again says.
    pub bootstrap: Bootstrap,
    /// Its probability, corrected for all pairs asked about this score on this split.
    pub p_holm: f64,
}

/// The models of one split of one data set.
struct Place<'a> {
    models: Vec<Model<'a>>,
    /// A model, and the one it is compared with.
    pairs: Vec<(usize, usize)>,
}

struct Model<'a> {
    key: &'a Key,
    /// Nothing where the seeds cannot be brought together.
    aligned: Option<Aligned<'a>>,
    /// Nothing where no pair asks for it.
    scores: Option<Resampled>,
}

/// The differences score by score, and what could not be compared, in words.
pub(super) fn differences(
    grouped: &Grouped<'_>,
    options: &CompareOptions,
) -> (Vec<Difference>, Vec<String>) {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    if options.resamples == 0 {
        return (found, notes);
    }
    let mut places = places(grouped, options);
    for place in &mut places {
        notes.extend(place.drop_unlike_pairs());
        place.resample(options);
    }
    for (at, metric) in options.metrics.iter().enumerate() {
        for place in &places {
            let mut family = Vec::new();
            for &(one, other) in &place.pairs {
                match place.difference(one, other, at) {
                    Some(bootstrap) => family.push(Difference {
                        metric: metric.name.to_string(),
                        ..place.models[one].beside(&place.models[other], bootstrap)
                    }),
                    None => notes.push(format!(
                        "No difference in {} between {}: it is never defined.",
                        metric.name,
                        place.names(one, other)
                    )),
                }
            }
            correct(&mut family);
            found.extend(family);
        }
    }
    (found, notes)
}

/// The models of each split of each data set, and the pairs that are asked for.
fn places<'a>(grouped: &'a Grouped<'_>, options: &CompareOptions) -> Vec<Place<'a>> {
    let mut places: BTreeMap<(&str, &str), Vec<Model<'a>>> = BTreeMap::new();
    for (key, runs) in grouped {
        let seeds: Vec<&[_]> = runs
            .iter()
            .map(|entry| entry.predictions.as_slice())
            .collect();
        let place = places.entry((&key.data, &key.split)).or_default();
        place.push(Model {
            key,
            aligned: Aligned::new(&seeds),
            scores: None,
        });
    }
    let place = |models: Vec<Model<'a>>| Place {
        pairs: pairs(&models, options.baseline.as_deref()),
        models,
    };
    places.into_values().map(place).collect()
}

/// Every pair, or those with the baseline, which comes second.
fn pairs(models: &[Model<'_>], baseline: Option<&str>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for one in 0..models.len() {
        for other in one + 1..models.len() {
            let is_baseline = |at: usize| Some(models[at].key.model.as_str()) == baseline;
            match baseline {
                Some(_) if is_baseline(one) => pairs.push((other, one)),
                Some(_) if !is_baseline(other) => {}
                _ => pairs.push((one, other)),
            }
        }
    }
    pairs
}

impl Place<'_> {
    /// Leaves pairs out that have no utterances in common, and says so.
    fn drop_unlike_pairs(&mut self) -> Vec<String> {
        let mut notes = Vec::new();
        for &(one, other) in &self.pairs {
            if self.is_unlike(one, other) {
                notes.push(format!(
                    "No difference between {}: their predictions are not of the same utterances.",
                    self.names(one, other)
                ));
            }
        }
        let pairs = std::mem::take(&mut self.pairs).into_iter();
        self.pairs = pairs
            .filter(|&(one, other)| !self.is_unlike(one, other))
            .collect();
        notes
    }

    fn is_unlike(&self, one: usize, other: usize) -> bool {
        let aligned = [one, other].map(|at| self.models[at].aligned.as_ref());
        match aligned {
            [Some(one), Some(other)] => !one.has_utterances_of(other),
            _ => true,
        }
    }

    /// Scores every model that is in a pair, those of the same utterances together.
    fn resample(&mut self, options: &CompareOptions) {
        let mut left: Vec<usize> = (0..self.models.len())
            .filter(|at| self.pairs.iter().any(|pair| pair.0 == *at || pair.1 == *at))
            .collect();
        while let Some(&first) = left.first() {
            let (together, others): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|&at| !self.is_unlike(first, at));
            left = others;
            let models: Vec<&Aligned<'_>> = together
                .iter()
                .filter_map(|&at| self.models[at].aligned.as_ref())
                .collect();
            let scores = resampled(&models, &options.metrics, options.resamples, options.seed);
            for (at, scores) in together.into_iter().zip(scores) {
                self.models[at].scores = Some(scores);
            }
        }
    }

    fn difference(&self, one: usize, other: usize, metric: usize) -> Option<Bootstrap> {
        let scores = |at: usize| self.models[at].scores.as_ref();
        Bootstrap::between(scores(one)?, scores(other)?, metric)
    }

    fn names(&self, one: usize, other: usize) -> String {
        let Key { data, split, model } = self.models[one].key;
        let other = &self.models[other].key.model;
        format!("{model} and {other} ({data}, {split} split)")
    }
}

impl Model<'_> {
    fn beside(&self, other: &Self, bootstrap: Bootstrap) -> Difference {
        Difference {
            data: self.key.data.clone(),
            split: self.key.split.clone(),
            metric: String::new(),
            model: self.key.model.clone(),
            baseline: other.key.model.clone(),
            p_holm: bootstrap.p,
            bootstrap,
        }
    }
}

/// Corrects the probabilities of one score on one split.
fn correct(family: &mut [Difference]) {
    let p: Vec<f64> = family.iter().map(|found| found.bootstrap.p).collect();
    for (difference, p) in family.iter_mut().zip(holm(&p)) {
        difference.p_holm = p;
    }
}

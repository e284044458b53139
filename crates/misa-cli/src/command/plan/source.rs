//! Where it is known from how far seeds spread.

use super::{PlanError, Question, named};
use crate::{CompareRequest, compare};
use misa_report::compare::{Comparison, FEWEST_SEEDS, Group, Summary};
use misa_report::power::{Design, Deviation, Plan, published_deviations};
use serde::Serialize;
use std::collections::BTreeMap;
use std::error::Error;

/// Resamples that measure the variance between utterances, which they do to 3 %.
const RESAMPLES: usize = 2000;

/// Runs or a publication, and what their deviation means for tests.
#[derive(Debug, Serialize)]
pub(super) struct PlanSource {
    pub kind: SourceKind,
    /// The models, with the number of seeds where it is known.
    pub models: Vec<SourceModel>,
    /// The split whose scores were used.
    pub split: String,
    /// Where a deviation was published.
    pub reference: Option<String>,
    /// The deviation between seeds, within models.
    pub deviation: Deviation,
    #[serde(flatten)]
    pub plan: Plan,
}

/// Whether a deviation was found in runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SourceKind {
    Pilot,
    Published,
}

/// One model of a source.
#[derive(Debug, Serialize)]
pub(super) struct SourceModel {
    pub name: String,
    pub seeds: Option<usize>,
}

impl PlanSource {
    /// The published deviations of a score on a corpus.
    pub fn published<'a>(
        corpus: &'a str,
        metric: &'a str,
        question: &'a Question,
    ) -> impl Iterator<Item = Self> + use<'a> {
        published_deviations(corpus, metric).map(|row| Self {
            kind: SourceKind::Published,
            models: vec![SourceModel {
                name: format!("{} on {}", row.model, row.corpus),
                seeds: row.seeds,
            }],
            split: "test".to_string(),
            reference: Some(row.source.to_string()),
            deviation: row.deviation(),
            plan: question.plan(row.deviation(), None, None),
        })
    }

    /// The deviation of runs, by the scores that they have stored; also returns the name of the score.
    ///
    /// # Errors
    ///
    /// As [`compare`], and [`PlanError`] if there is no such score, or the runs are on several data
    /// sets or too few.
    pub fn of_runs(
        runs: &[String],
        metric: &str,
        question: &Question,
    ) -> Result<(String, Self), Box<dyn Error>> {
        let (comparison, left_out) = compare(CompareRequest {
            runs: runs.to_vec(),
            resamples: RESAMPLES,
            ..CompareRequest::default()
        })?;
        for line in &left_out {
            eprintln!("note: left out: {line}");
        }
        let metric = named(metric, comparison.metrics.iter().cloned())?;
        let column = comparison.metrics.iter().position(|name| *name == metric);
        let pilot = Pilot {
            comparison: &comparison,
            metric: &metric,
            column: column.unwrap_or_default(),
        };
        let source = pilot.source(question)?;
        Ok((metric, source))
    }
}

impl Question {
    fn plan(
        &self,
        deviation: Deviation,
        paired: Option<Deviation>,
        combined: Option<Design>,
    ) -> Plan {
        let sizes = &self.sizes;
        Plan::new(self.effect, self.demand, sizes, deviation, paired, combined)
    }
}

/// One score of compared runs.
struct Pilot<'a> {
    comparison: &'a Comparison,
    metric: &'a str,
    column: usize,
}

impl Pilot<'_> {
    fn source(&self, question: &Question) -> Result<PlanSource, PlanError> {
        let groups = &self.comparison.groups;
        self.check_data()?;
        let spreads = groups.iter().filter_map(|group| {
            let summary = &group.summaries[self.column];
            Some((summary.deviation?, summary.count))
        });
        let models: Vec<SourceModel> = groups
            .iter()
            .map(|group| SourceModel {
                name: group.model.clone(),
                seeds: Some(group.summaries[self.column].count),
            })
            .collect();
        let Some(deviation) = Deviation::pooled(spreads) else {
            let found = models.iter();
            let found =
                found.map(|model| format!("{} of {}", model.seeds.unwrap_or(0), model.name));
            let found = found.collect::<Vec<_>>().join(", ");
            return Err(PlanError::Seeds { found });
        };
        Ok(PlanSource {
            kind: SourceKind::Pilot,
            models,
            split: groups
                .first()
                .map_or_else(String::new, |group| group.split.clone()),
            reference: None,
            deviation,
            plan: question.plan(deviation, self.paired(), self.combined()),
        })
    }

    fn check_data(&self) -> Result<(), PlanError> {
        let groups = self.comparison.groups.iter();
        let mut data: Vec<&str> = groups.map(|group| group.data.as_str()).collect();
        data.dedup();
        match data.len() {
            0 | 1 => Ok(()),
            _ => Err(PlanError::Data {
                found: data.join(" and "),
            }),
        }
    }

    /// The deviation of the differences between runs of one seed, if there are two models with
    /// [`FEWEST_SEEDS`] seeds in common.
    fn paired(&self) -> Option<Deviation> {
        let [one, other] = &self.comparison.groups[..] else {
            return None;
        };
        let (one, other) = (self.scores(one), self.scores(other));
        let differences = one
            .iter()
            .map(|(seed, score)| Some(score - other.get(seed)?));
        let summary = Summary::of(differences);
        let enough = summary.deviation.filter(|_| summary.count >= FEWEST_SEEDS);
        enough.map(|deviation| Deviation::new(deviation, Some(summary.count - 1)))
    }

    /// The scores of a model by seed.
    fn scores(&self, group: &Group) -> BTreeMap<u64, f64> {
        let runs = group.runs.iter();
        runs.filter_map(|run| Some((run.seed, run.scores[self.column]?)))
            .collect()
    }

    /// The test of the difference between two models, by the variances that were found.
    fn combined(&self) -> Option<Design> {
        if self.comparison.groups.len() != 2 {
            return None;
        }
        let mut differences = self.comparison.differences.iter();
        let difference = differences.find(|difference| difference.metric == self.metric)?;
        difference.test.design()
    }
}

//! A comparison as one table of comma-separated values.

use super::{Comparison, Difference, Group, PublishedDifference};
use crate::table::{Table, number};

const COLUMNS: [&str; 18] = [
    "kind",
    "data",
    "split",
    "model",
    "seed",
    "run",
    "score",
    "value",
    "deviation",
    "low",
    "high",
    "runs",
    "seen_before",
    "trained_after_opening",
    "against",
    "p",
    "p_holm",
    "figure",
];

/// One row; what it has nothing to say of stays empty.
#[derive(Default)]
struct Row {
    kind: &'static str,
    data: String,
    split: String,
    model: String,
    seed: String,
    run: String,
    score: String,
    value: String,
    deviation: String,
    interval: [String; 2],
    runs: String,
    marks: [String; 2],
    against: String,
    p: [String; 2],
    figure: String,
}

impl Comparison {
    /// Everything with full precision, told apart by the column `kind`:
    ///
    /// | Kind | One row per | `value` |
    /// | --- | --- | --- |
    /// | `run` | run and score | the score |
    /// | `model` | model and score | mean over the seeds, with `deviation` and interval |
    /// | `difference` | pair of models and score | `model` less `against`, with interval, p and Holm's p |
    /// | `published` | model, source and score | mean less the published `figure` of `against` |
    pub fn to_csv(&self) -> String {
        let mut table = Table::new(&COLUMNS);
        let groups = self.groups.iter();
        let groups = groups.flat_map(|group| self.runs(group).into_iter().chain(self.means(group)));
        let differences = self.differences.iter().map(difference);
        let published = self.published.iter().flat_map(|found| self.beside(found));
        for row in groups.chain(differences).chain(published) {
            table.row(&row.fields());
        }
        table.text()
    }

    fn runs(&self, group: &Group) -> Vec<Row> {
        let rows = group.runs.iter().flat_map(|run| {
            let scores = self.metrics.iter().zip(&run.scores);
            scores.map(|(metric, score)| Row {
                kind: "run",
                seed: run.seed.to_string(),
                run: run.run.clone(),
                score: metric.clone(),
                value: number(*score),
                runs: "1".to_string(),
                marks: [run.was_seen_before, run.trained_after_opening].map(|is| is.to_string()),
                ..Row::of(group)
            })
        });
        rows.collect()
    }

    fn means(&self, group: &Group) -> Vec<Row> {
        let summaries = self.metrics.iter().zip(&group.summaries);
        let rows = summaries.map(|(metric, summary)| Row {
            kind: "model",
            score: metric.clone(),
            value: number(summary.mean),
            deviation: number(summary.deviation),
            interval: [
                number(summary.interval.map(|(low, _)| low)),
                number(summary.interval.map(|(_, high)| high)),
            ],
            runs: summary.count.to_string(),
            ..Row::of(group)
        });
        rows.collect()
    }

    fn beside(&self, found: &PublishedDifference) -> Vec<Row> {
        let values = found.differences.iter().zip(&found.figures);
        let rows = self.metrics.iter().zip(values);
        let rows = rows.filter(|(_, (_, figure))| figure.is_some());
        rows.map(|(metric, (difference, figure))| Row {
            kind: "published",
            data: found.data.clone(),
            split: found.split.clone(),
            model: found.model.clone(),
            score: metric.clone(),
            value: number(*difference),
            against: found.source.clone(),
            figure: number(*figure),
            ..Row::default()
        })
        .collect()
    }
}

fn difference(found: &Difference) -> Row {
    let (low, high) = found.bootstrap.interval;
    Row {
        kind: "difference",
        data: found.data.clone(),
        split: found.split.clone(),
        model: found.model.clone(),
        score: found.metric.clone(),
        value: number(Some(found.bootstrap.difference)),
        interval: [low, high].map(|end| number(Some(end))),
        against: found.baseline.clone(),
        p: [found.bootstrap.p, found.p_holm].map(|p| number(Some(p))),
        ..Row::default()
    }
}

impl Row {
    fn of(group: &Group) -> Self {
        Self {
            data: group.data.clone(),
            split: group.split.clone(),
            model: group.model.clone(),
            ..Self::default()
        }
    }

    /// In the order of the columns.
    fn fields(self) -> [String; COLUMNS.len()] {
        let [low, high] = self.interval;
        let [seen_before, trained_after] = self.marks;
        let [p, p_holm] = self.p;
        [
            self.kind.to_string(),
            self.data,
            self.split,
            self.model,
            self.seed,
            self.run,
            self.score,
            self.value,
            self.deviation,
            low,
            high,
            self.runs,
            seen_before,
            trained_after,
            self.against,
            p,
            p_holm,
            self.figure,
        ]
    }
}

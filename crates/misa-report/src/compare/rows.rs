//! A comparison as CSV.

use super::{Comparison, Difference, Group, PublishedDifference};
use crate::table::{Table, number};

const COLUMNS: [&str; 20] = [
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
    "seeds_needed",
    "smallest_difference",
];

/// One row; fields that do not apply are empty.
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
    needs: [String; 2],
}

impl Comparison {
    /// All values with full precision. The column `kind` tells what a row is:
    ///
    /// | Kind | One row per | `value` |
    /// | --- | --- | --- |
    /// | `run` | run and score | the score |
    /// | `model` | model and score | mean over the seeds, with `deviation` and interval over seeds |
    /// | `difference` | pair of models and score | `model` minus `against`, with interval, p and Holm's p over seeds and utterances, the seeds that it needs and the smallest difference that its seeds show |
    /// | `published` | model, source and score | mean minus the published `figure` of `against` |
    pub fn to_csv(&self) -> String {
        let mut table = Table::new(&COLUMNS);
        let groups = self
            .groups
            .iter()
            .flat_map(|group| self.runs(group).into_iter().chain(self.means(group)));
        let differences = self.differences.iter().map(difference);
        let published = self.published.iter().flat_map(|row| self.published(row));
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

    fn published(&self, published: &PublishedDifference) -> Vec<Row> {
        let values = published.differences.iter().zip(&published.figures);
        self.metrics
            .iter()
            .zip(values)
            .filter(|(_, (_, figure))| figure.is_some())
            .map(|(metric, (difference, figure))| Row {
                kind: "published",
                data: published.data.clone(),
                split: published.split.clone(),
                model: published.model.clone(),
                score: metric.clone(),
                value: number(*difference),
                against: published.label(),
                figure: number(*figure),
                ..Row::default()
            })
            .collect()
    }
}

fn difference(difference: &Difference) -> Row {
    let interval = difference.test.interval;
    let needs = difference.needs;
    Row {
        kind: "difference",
        data: difference.data.clone(),
        split: difference.split.clone(),
        model: difference.model.clone(),
        score: difference.metric.clone(),
        value: number(Some(difference.test.difference)),
        interval: [
            number(interval.map(|(low, _)| low)),
            number(interval.map(|(_, high)| high)),
        ],
        against: difference.baseline.clone(),
        p: [difference.test.p, difference.p_holm].map(number),
        needs: [
            number(
                needs
                    .and_then(|needs| needs.seeds)
                    .map(|seeds| seeds as f64),
            ),
            number(needs.map(|needs| needs.smallest_difference)),
        ],
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
        let [seeds_needed, smallest_difference] = self.needs;
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
            seeds_needed,
            smallest_difference,
        ]
    }
}

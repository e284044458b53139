//! The seeds of one model under every protocol.

use crate::command::aligned::aligned;
use crate::show::metrics;
use misa_report::compare::{Metric, score_key};
use misa_report::protocol::{EpochScores, Protocol, ProtocolRun, ProtocolScores, protocols};
use misa_train::{Manifest, ScoredEpochs};
use serde_json::{Map, Value, json};
use std::path::Path;

/// The score by which one test epoch and one seed are chosen, where the task has it.
const LEADING: &str = "MAE";
/// Digits of the checksum of the data that a heading has.
const CHECKSUM: usize = 8;

/// The scored seeds of one model on one data set.
pub(super) struct ScoredModel {
    name: String,
    /// SHA-256 of the data.
    data: String,
    /// Those that the first seed has.
    metrics: Vec<Metric>,
    utterances: usize,
    runs: Vec<ProtocolRun>,
    /// How often the test split of each run has been opened.
    openings: Vec<usize>,
}

impl ScoredModel {
    /// The model of a run among those known; it is added if it is not there.
    pub fn of<'m>(models: &'m mut Vec<Self>, name: &str, manifest: &Manifest) -> &'m mut Self {
        let data = &manifest.data.checksum;
        let known = models.iter();
        let place = known
            .clone()
            .position(|model| model.name == name && model.data == *data);
        let place = place.unwrap_or_else(|| {
            models.push(Self {
                name: name.to_string(),
                data: data.clone(),
                metrics: metrics(manifest.config.loss.task),
                utterances: 0,
                runs: Vec::new(),
                openings: Vec::new(),
            });
            models.len() - 1
        });
        &mut models[place]
    }

    /// Adds the scores of a seed.
    pub fn add(&mut self, run: &Path, seed: u64, scored: &ScoredEpochs) {
        if self.runs.is_empty() {
            let names = &scored.chosen.scores;
            self.metrics
                .retain(|metric| names.iter().any(|(name, _)| name == metric.name));
        }
        let in_order = |found: &misa_train::EpochScores| EpochScores {
            epoch: found.epoch,
            scores: (self.metrics.iter())
                .map(|metric| {
                    let mut scores = found.scores.iter();
                    let (_, value) = scores.find(|(name, _)| name == metric.name)?;
                    *value
                })
                .collect(),
        };
        let run = ProtocolRun {
            run: run.display().to_string(),
            seed,
            chosen: in_order(&scored.chosen),
            epochs: scored.epochs.iter().map(in_order).collect(),
        };
        self.utterances = scored.utterances;
        self.openings.push(scored.test_openings);
        self.runs.push(run);
    }

    /// The position of [`LEADING`] among the scores.
    fn leading(&self) -> usize {
        let place = self
            .metrics
            .iter()
            .position(|metric| metric.name == LEADING);
        place.unwrap_or_default()
    }

    /// The table of the model as Markdown: a row for each score, a column for each protocol.
    pub fn to_text(&self) -> String {
        let found = protocols(&self.runs, &self.metrics, self.leading());
        let names = found.iter().map(|found| self.name_of(found.protocol).0);
        let head: Vec<String> = ["score".to_string()].into_iter().chain(names).collect();
        let rows = self.metrics.iter().enumerate().map(|(column, metric)| {
            let cells = found.iter().map(|found| cell(metric, found, column));
            [metric.name.to_string()].into_iter().chain(cells).collect()
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let legend = found.iter().map(|found| {
            let (name, meaning) = self.name_of(found.protocol);
            format!("- {name}: {meaning}\n")
        });
        let data: String = self.data.chars().take(CHECKSUM).collect();
        let seeds: Vec<String> = self.runs.iter().map(|run| run.seed.to_string()).collect();
        let looks: Vec<String> = self.openings.iter().map(ToString::to_string).collect();
        format!(
            "\n{}: data {data}, test split of {} utterances, seeds {}\n\n{}\n{}- Means over the seeds; accuracies \
             and F1 in percent. In brackets: by how much a score looks better than ours.\n- Openings of the test \
             split of each run so far: {}.\n",
            self.name,
            self.utterances,
            seeds.join(", "),
            aligned(&head, &rows),
            legend.collect::<String>(),
            looks.join(", ")
        )
    }

    /// The short name of a protocol, and what it means.
    fn name_of(&self, protocol: Protocol) -> (String, String) {
        let leading = self.metrics[self.leading()].name;
        let (name, meaning) = match protocol {
            Protocol::ValidEpoch => ("ours", "the epoch that the valid split chose".to_string()),
            Protocol::TestEpoch => (
                "test epoch",
                format!("the epoch with the best {leading} on the test split"),
            ),
            Protocol::TestEpochPerScore => (
                "per score",
                "for each score, the epoch that is best in it on the test split (ALMT, LNLN)"
                    .to_string(),
            ),
            Protocol::LastEpoch => ("last epoch", "the last epoch".to_string()),
            Protocol::BestSeed => (
                "best seed",
                format!(
                    "ours, of the one of {} seeds with the best {leading} on the test split",
                    self.runs.len()
                ),
            ),
            other => return (format!("{other:?}"), String::new()),
        };
        (name.to_string(), meaning)
    }

    pub fn to_json(&self) -> Value {
        let rows = protocols(&self.runs, &self.metrics, self.leading());
        let rows = rows.iter().map(|row| {
            json!({
                "protocol": row.protocol,
                "scores": self.by_key(&row.scores),
                "inflation": self.by_key(&row.inflation),
            })
        });
        let runs = self.runs.iter().zip(&self.openings);
        let runs = runs.map(|(run, openings)| self.run(run, *openings));
        json!({
            "model": self.name,
            "data": self.data,
            "utterances": self.utterances,
            "leading": score_key(self.metrics[self.leading()].name),
            "protocols": rows.collect::<Vec<_>>(),
            "runs": runs.collect::<Vec<_>>(),
        })
    }

    fn run(&self, run: &ProtocolRun, openings: usize) -> Value {
        let epochs = run.epochs.iter();
        let epochs = epochs
            .map(|epoch| json!({ "epoch": epoch.epoch, "scores": self.by_key(&epoch.scores) }));
        let best = self.metrics.iter().enumerate().map(|(column, metric)| {
            let best = run.best_epoch(column, metric);
            (score_key(metric.name), json!(best.map(|epoch| epoch.epoch)))
        });
        json!({
            "run": run.run,
            "seed": run.seed,
            "test_openings": openings,
            "valid_epoch": run.chosen.epoch,
            "test_epochs": best.collect::<Map<_, _>>(),
            "scores": self.by_key(&run.chosen.scores),
            "epochs": epochs.collect::<Vec<_>>(),
        })
    }

    /// One value for each score, by its key.
    fn by_key(&self, values: &[Option<f64>]) -> Value {
        let keys = self.metrics.iter().map(|metric| score_key(metric.name));
        Value::Object(keys.zip(values.iter().map(|value| json!(value))).collect())
    }
}

/// The score, with how much better it looks than ours.
fn cell(metric: &Metric, found: &ProtocolScores, column: usize) -> String {
    let Some(score) = found.scores[column] else {
        return "–".to_string();
    };
    match (found.protocol, found.inflation[column]) {
        (Protocol::ValidEpoch, _) | (_, None) => number(metric, score),
        (_, Some(gain)) => {
            let sign = if gain < 0.0 { "−" } else { "+" };
            format!(
                "{} ({sign}{})",
                number(metric, score),
                number(metric, gain.abs())
            )
        }
    }
}

/// Shares in percent, without the sign.
fn number(metric: &Metric, value: f64) -> String {
    if metric.is_share {
        format!("{:.2}", 100.0 * value)
    } else {
        format!("{value:.4}")
    }
}

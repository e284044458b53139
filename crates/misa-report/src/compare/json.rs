//! A comparison as JSON.

use super::{Comparison, Difference, Group, PublishedDifference, RunRow};
use misa_terms::score_key;
use serde_json::{Map, Value, json};

impl Comparison {
    /// All values with full precision, scores as objects by their [`score_key`].
    pub fn to_json(&self) -> Value {
        let metrics = self.metrics.iter().enumerate().map(|(column, name)| {
            json!({
                "key": score_key(name),
                "name": name,
                "is_share": self.is_share[column],
                "is_better_high": self.is_better_high[column],
            })
        });
        json!({
            "metrics": metrics.collect::<Vec<_>>(),
            "groups": self.groups.iter().map(|group| self.group(group)).collect::<Vec<_>>(),
            "differences": self.differences.iter().map(difference).collect::<Vec<_>>(),
            "published": self.published.iter().map(|row| self.beside(row)).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }

    fn group(&self, group: &Group) -> Value {
        let summaries = group.summaries.iter().zip(&group.is_best);
        let summaries = summaries.map(|(summary, is_best)| {
            let mut summary = json!(summary);
            summary["is_best"] = json!(is_best);
            summary
        });
        json!({
            "model": group.model,
            "data": group.data,
            "corpus": group.corpus,
            "split": group.split,
            "summaries": self.by_key(summaries),
            "runs": group.runs.iter().map(|row| self.run(row)).collect::<Vec<_>>(),
        })
    }

    fn run(&self, row: &RunRow) -> Value {
        let provenance = row.provenance.iter();
        let provenance: Map<String, Value> = provenance
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        json!({
            "run": row.run,
            "seed": row.seed,
            "scores": self.by_key(row.scores.iter().map(|score| json!(score))),
            "was_seen_before": row.was_seen_before,
            "trained_after_opening": row.trained_after_opening,
            "provenance": provenance,
        })
    }

    fn beside(&self, row: &PublishedDifference) -> Value {
        json!({
            "model": row.model,
            "data": row.data,
            "split": row.split,
            "source": row.source,
            "corpus": row.corpus,
            "status": row.status,
            "remarks": row.remarks,
            "differences": self.by_key(row.differences.iter().map(|value| json!(value))),
            "figures": self.by_key(row.figures.iter().map(|value| json!(value))),
        })
    }

    /// One value for each score, by the key of the score.
    fn by_key(&self, values: impl Iterator<Item = Value>) -> Value {
        let keys = self.metrics.iter().map(|name| score_key(name));
        Value::Object(keys.zip(values).collect())
    }
}

fn difference(difference: &Difference) -> Value {
    let mut value = json!(difference);
    value["metric"] = json!(score_key(&difference.metric));
    value
}

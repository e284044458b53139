//! One line of `metrics.jsonl`.

use crate::Phase;
use misa_infer::TermMeans;
use misa_terms::score_key;
use serde::Serialize;
use serde_json::{Map, Value};

/// Where in a run something was measured.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct At {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// Optimiser steps of the run so far.
    pub step: usize,
    /// Seconds of the run so far, in all sessions.
    pub seconds: f64,
    /// Of the last optimiser step.
    pub learning_rate: f64,
}

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Line {
    /// Losses of the batches since the line before in this epoch.
    Step {
        #[serde(flatten)]
        at: At,
        train: Map<String, Value>,
    },
    /// Losses and scores of an epoch.
    Epoch {
        #[serde(flatten)]
        at: At,
        phase: Phase,
        improved: bool,
        train: Map<String, Value>,
        valid: Map<String, Value>,
        scores: Map<String, Value>,
        #[serde(skip_serializing_if = "Map::is_empty")]
        weights: Map<String, Value>,
    },
}

/// Whether a line is about an epoch, and its epoch and step; `None` if it is no line of ours.
pub(super) fn place(line: &[u8]) -> Option<(bool, usize, usize)> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let is_epoch = match value.get("type")?.as_str()? {
        "epoch" => true,
        "step" => false,
        _ => return None,
    };
    let number = |key: &str| usize::try_from(value.get(key)?.as_u64()?).ok();
    Some((is_epoch, number("epoch")?, number("step")?))
}

pub(super) fn terms(means: &TermMeans) -> Map<String, Value> {
    let named = means.named();
    named
        .map(|(name, value)| (score_key(name), (*value).into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stable_words() {
        for (name, expected) in [
            ("Acc-2 (neg/non-neg)", "acc_2_neg_non_neg"),
            ("F1 (neg/pos)", "f1_neg_pos"),
            ("Corr", "corr"),
            ("reconstruction", "reconstruction"),
        ] {
            assert_eq!(score_key(name), expected);
        }
    }
}

//! What `--json` prints. `docs/json.md` describes every field.

use super::say_json;
use crate::exit::status;
use crate::fault::Fault;
use crate::{Exit, Outcome};
use misa_report::compare::score_key;
use misa_train::{Report, Scores};
use serde_json::{Map, Value, json};
use std::error::Error;

/// The version of what `--json` prints, in its field `schema`. It is counted up when a field is
/// removed, renamed, or gets another meaning or type; a new field leaves it as it is.
pub(crate) const SCHEMA: u32 = 1;

/// Prints an object with its schema.
pub(crate) fn say_object(object: Value) -> Result<(), Box<dyn Error>> {
    say_json(&with_schema(object))
}

/// The object with the field `schema`.
pub(crate) fn with_schema(mut object: Value) -> Value {
    object["schema"] = json!(SCHEMA);
    object
}

/// Prints the runs that were done, with the error that ended the work: they may have cost an opening
/// of their test split.
///
/// # Errors
///
/// The error, if there is no run.
pub(crate) fn say_runs(runs: Vec<Value>, outcome: Result<(), Box<dyn Error>>) -> Outcome {
    match outcome {
        Ok(()) => {
            say_object(json!({ "runs": runs }))?;
            Ok(Exit::Done)
        }
        Err(error) if runs.is_empty() => Err(error),
        Err(error) => {
            say_object(json!({ "runs": runs, "error": Fault::of(error.as_ref()) }))?;
            eprintln!("misa: {error}");
            Ok(status(error.as_ref()))
        }
    }
}

/// Scores by their keys; null where a score is not defined.
pub(crate) fn scores(named: &[(String, Option<f64>)]) -> Value {
    let scores = named
        .iter()
        .map(|(name, value)| (score_key(name), json!(value)));
    Value::Object(scores.collect())
}

/// What scoring a split gave.
pub(crate) fn scored(split: &Scores) -> Value {
    let reasons = split.undefined.iter();
    let reasons = reasons.map(|(name, reason)| (score_key(name), json!(reason)));
    let constant = split.constant.as_ref().map(
        |constant| json!({ "predictor": constant.predictor, "scores": scores(&constant.scores) }),
    );
    json!({
        "utterances": split.utterances,
        "task_loss": split.task_loss,
        "coverage": split.coverage,
        "scores": scores(&split.scores),
        "undefined": Value::Object(reasons.collect()),
        "constant": constant,
        "confusion": split.confusion,
    })
}

/// The report of a run.
///
/// # Errors
///
/// If it has no JSON form, which is a fault of this program.
pub(crate) fn run(report: &Report) -> Result<Value, Box<dyn Error>> {
    let mut run = serde_json::to_value(report)?;
    let splits = report.scores.iter();
    let splits = splits.map(|(split, found)| (split.to_string(), scored(found)));
    let counts = report.data.utterances.iter();
    let counts: Map<String, Value> = counts
        .map(|(split, count)| (split.to_string(), json!(count)))
        .collect();
    run["scores"] = Value::Object(splits.collect());
    run["data"]["utterances"] = Value::Object(counts);
    run["seed"] = json!(report.config.seed);
    if let Some(bert) = &report.bert {
        let tokens = bert.tokens.iter();
        let tokens = tokens.map(|(split, counts)| (split.to_string(), json!(counts)));
        run["bert"]["tokens"] = Value::Object(tokens.collect());
    }
    for (epoch, record) in report.history.iter().enumerate() {
        let weights = record.weights.iter();
        let weights: Map<String, Value> = weights
            .map(|(name, weight)| (name.clone(), json!(weight)))
            .collect();
        let epoch = &mut run["history"][epoch];
        epoch["valid"] = scores(&record.valid);
        epoch["weights"] = Value::Object(weights);
    }
    Ok(run)
}

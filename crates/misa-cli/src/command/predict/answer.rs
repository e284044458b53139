//! How predictions are written.

use crate::command::json::with_schema;
use misa_core::Task;
use misa_data::Split;
use misa_infer::{Prediction, Predictor};
use serde::Serialize;
use serde_json::{Value, json};
use std::error::Error;

/// The prediction for one clip.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    /// The split of the clip, if its file states one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) split: Option<Split>,
    /// The sentence that was given.
    #[serde(skip)]
    pub(super) said: Option<String>,
    /// The prediction.
    #[serde(flatten)]
    pub(super) prediction: Prediction,
}

/// The form of the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Comma-separated values.
    Table,
    /// Sentences for people.
    Words,
    /// One document.
    Json,
    /// A document per line.
    JsonLines,
}

/// All answers.
///
/// # Errors
///
/// If they have no JSON form, which is a fault of this program.
pub(super) fn text(
    answers: &[Answer],
    layout: Layout,
    predictor: &Predictor,
) -> Result<String, Box<dyn Error>> {
    match layout {
        Layout::Table => Ok(table(answers, predictor)),
        Layout::Words => Ok(answers.iter().map(words).collect()),
        Layout::JsonLines => answers.iter().map(|answer| Ok(line(answer)?)).collect(),
        Layout::Json => {
            let rows: Vec<Value> = answers.iter().map(row).collect();
            let document = json!({ "model": { "id": predictor.id() }, "predictions": rows });
            let text = serde_json::to_string_pretty(&with_schema(document))?;
            Ok(format!("{text}\n"))
        }
    }
}

/// A line of JSON.
///
/// # Errors
///
/// If the value has no JSON form.
pub(super) fn line(value: &impl Serialize) -> Result<String, serde_json::Error> {
    Ok(format!("{}\n", serde_json::to_string(value)?))
}

/// An answer in the document of all of them.
fn row(answer: &Answer) -> Value {
    let Prediction {
        id,
        value,
        probabilities,
        intervals,
        modalities,
        ignored,
        text,
        ..
    } = &answer.prediction;
    json!({
        "split": answer.split,
        "id": id,
        "prediction": value,
        "modalities": modalities,
        "probabilities": probabilities,
        "intervals": intervals,
        "ignored": ignored,
        "text": text,
    })
}

/// The values beyond those of every table: intervals, or probabilities, of a calibrated model.
enum Columns {
    Intervals(Vec<f64>),
    Probabilities(usize),
    None,
}

impl Columns {
    fn of(answers: &[Answer], predictor: &Predictor) -> Self {
        if predictor.checkpoint().calibration.is_none() {
            return Self::None;
        }
        match predictor.config().task {
            Task::Classification { classes } => Self::Probabilities(classes),
            Task::Regression => {
                let intervals = answers.iter().map(|answer| &answer.prediction.intervals);
                let most = intervals.max_by_key(|intervals| intervals.len());
                let levels = most.into_iter().flatten().map(|interval| interval.level);
                Self::Intervals(levels.collect())
            }
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Intervals(levels) => {
                let percent = levels.iter().map(|level| percent(*level));
                percent
                    .flat_map(|p| [format!("low_{p}"), format!("high_{p}")])
                    .collect()
            }
            Self::Probabilities(classes) => (0..*classes)
                .map(|class| format!("probability_{class}"))
                .collect(),
            Self::None => Vec::new(),
        }
    }

    /// The values of an answer; empty where nothing is known.
    fn cells(&self, prediction: &Prediction) -> Vec<String> {
        match self {
            Self::Intervals(levels) => levels
                .iter()
                .flat_map(|level| {
                    let found = prediction.intervals.iter().find(|i| i.level == *level);
                    match found {
                        Some(interval) => [interval.low, interval.high].map(|end| end.to_string()),
                        None => Default::default(),
                    }
                })
                .collect(),
            Self::Probabilities(_) => {
                let probabilities = prediction.probabilities.iter().flatten();
                probabilities.map(f32::to_string).collect()
            }
            Self::None => Vec::new(),
        }
    }
}

fn table(answers: &[Answer], predictor: &Predictor) -> String {
    let columns = Columns::of(answers, predictor);
    let names = ["split", "id", "prediction", "modalities"].map(String::from);
    let mut text = [names.to_vec(), columns.names()].concat().join(",");
    text.push('\n');
    for answer in answers {
        let prediction = &answer.prediction;
        let cells = [
            answer
                .split
                .map_or(String::new(), |split| split.to_string()),
            quoted(&prediction.id),
            prediction.value.to_string(),
            prediction.modalities.to_string().replace(',', "+"),
        ];
        text.push_str(
            &[cells.to_vec(), columns.cells(prediction)]
                .concat()
                .join(","),
        );
        text.push('\n');
    }
    text
}

/// An answer for people, in one line.
fn words(answer: &Answer) -> String {
    let prediction = &answer.prediction;
    let mut text = match &prediction.probabilities {
        None => format!("{:.2}", prediction.value),
        Some(probabilities) => {
            let class = prediction.value;
            let probability = probabilities.iter().copied().fold(0.0, f32::max);
            format!(
                "class {class}, with a probability of {:.0} %",
                100.0 * probability
            )
        }
    };
    for (number, interval) in prediction.intervals.iter().enumerate() {
        let (low, high, percent) = (interval.low, interval.high, percent(interval.level));
        let start = if number == 0 { ", in" } else { " and in" };
        text.push_str(&format!(
            "{start} {percent} % of cases between {low:.2} and {high:.2}"
        ));
    }
    match &answer.said {
        Some(said) => format!("{said:?}: {text}\n"),
        None => format!("{text}\n"),
    }
}

/// A probability in percent, without a fraction where there is none.
fn percent(level: f64) -> String {
    format!("{}", (level * 1e4).round() / 1e2)
}

/// A field of comma-separated values.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_string()
    }
}

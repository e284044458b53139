//! Scores of predictions.

use crate::array::{Numbers, shown};
use crate::error::{detached, unexpected};
use misa_infer::Task;
use misa_infer::score::{decide, scores_on};
use misa_terms::score_key;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Every score of a task, by its key: None where it is not defined, such as the correlation with a constant.
///
/// y: the true numbers or classes, `[utterances]`.
/// y_hat: the predicted ones, `[utterances]`; of a classification also one number per class,
///     `[utterances, classes]`, of which the largest counts.
/// task: "regression" has mae, corr, acc_2_neg_non_neg, f1_neg_non_neg, acc_2_neg_pos, f1_neg_pos, acc_5 and
///     acc_7, or for labels on the scale of CH-SIMS acc_2_sims, f1_sims, acc_3_sims and acc_5_sims instead of these two;
///     "classification" has acc and f1. Shares go from 0 to 1.
///
/// Numbers are rounded to 32 bits before, as in the program.
///
/// Raises MisaError if the shapes differ, or a number is NaN or infinite.
///
/// >>> misa.score([1.0, -2.0, 0.5], [0.8, -1.0, -0.1])["acc_2_neg_pos"]
/// 0.6666666666666666
#[pyfunction]
#[pyo3(signature = (y, y_hat, task = "regression"))]
pub(crate) fn score<'py>(
    py: Python<'py>,
    y: &Bound<'py, PyAny>,
    y_hat: &Bound<'py, PyAny>,
    task: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let (targets, shape) = finite(y, "y")?;
    let (predictions, shape_hat) = finite(y_hat, "y_hat")?;
    let [utterances] = *shape else {
        return Err(unexpected("y", "an array [utterances]", shown(&shape)));
    };
    let (task, predictions) = match (task, shape_hat.as_slice()) {
        ("regression", &[found]) if found == utterances => (Task::Regression, predictions),
        ("classification", &[found]) if found == utterances => {
            (Task::Classification { classes: 2 }, predictions)
        }
        ("classification", &[found, classes]) if found == utterances && classes > 0 => {
            let task = Task::Classification { classes };
            (task, decide(task, &predictions))
        }
        ("regression" | "classification", _) => {
            let expected = format!("a prediction for each of {utterances} labels");
            return Err(unexpected("y_hat", expected, shown(&shape_hat)));
        }
        _ => {
            return Err(unexpected(
                "task",
                "regression or classification",
                format!("{task:?}"),
            ));
        }
    };
    let values = detached(py, || {
        let value = |named: &misa_infer::score::NamedScore| {
            let value = (named.score)(&predictions, &targets);
            (
                score_key(named.name),
                Some(value).filter(|value| value.is_finite()),
            )
        };
        scores_on(task, &targets).map(value).collect::<Vec<_>>()
    })?;
    let found = PyDict::new(py);
    for (key, value) in values {
        found.set_item(key, value)?;
    }
    Ok(found)
}

/// Finite numbers of 32 bits, and their shape.
fn finite(object: &Bound<'_, PyAny>, place: &str) -> PyResult<(Vec<f32>, Vec<usize>)> {
    let numbers = Numbers::of(object, place)?;
    let values: Vec<f32> = numbers.values("float32")?;
    if let Some(number) = values.iter().position(|value| !value.is_finite()) {
        let found = format!("{} at number {number} (from 0)", values[number]);
        return Err(unexpected(place, "finite numbers", found));
    }
    Ok((values, numbers.shape().to_vec()))
}

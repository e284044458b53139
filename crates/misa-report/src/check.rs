//! Checks that the parts of a record agree with each other.

use crate::draw::colour::DISTINCT;
use crate::error::RecordError;
use crate::record::{Attention, Predictions, Representations, RunRecord};

/// Most rows and columns of a heat map with readable cells.
const CELLS: usize = 64;
/// Longest vector, so that the number of values of a split does not overflow.
const LONGEST: usize = 1 << 20;

/// Checks lengths, counts and class indices.
///
/// # Errors
///
/// Returns the first contradiction found.
pub(crate) fn check(record: &RunRecord) -> Result<(), RecordError> {
    let classes = record.classes.len();
    count("classes", "classes", classes, (0, CELLS))?;
    if let Some(epoch) = record.best_epoch {
        let curves = record.curves.iter().filter(|curve| !curve.is_pretraining);
        let epochs = curves.map(|curve| curve.values.len()).max();
        count(
            "curves",
            "best_epoch",
            epoch,
            (1, epochs.unwrap_or(epoch).max(1)),
        )?;
    }
    if let Some(predictions) = &record.predictions {
        check_predictions(predictions, classes)?;
    }
    if let Some(representations) = &record.representations {
        check_representations(representations, classes)?;
    }
    record.attention.as_ref().map_or(Ok(()), check_attention)
}

/// Checks that the runs can be told apart in one chart.
///
/// # Errors
///
/// Returns an error if there is no run, or one too many.
pub(crate) fn check_runs(records: &[RunRecord]) -> Result<(), RecordError> {
    count("runs", "records", records.len(), (1, DISTINCT))
}

fn check_predictions(given: &Predictions, classes: usize) -> Result<(), RecordError> {
    let part = "predictions";
    let expected = given.ids.len();
    length(part, "predictions", expected, given.predictions.len())?;
    length(part, "targets", expected, given.targets.len())?;
    length(part, "lengths", expected, given.lengths.len())?;
    if !given.words.is_empty() {
        length(part, "words", expected, given.words.len())?;
    }
    class_indices(part, "predictions", &given.predictions, classes)?;
    class_indices(part, "targets", &given.targets, classes)
}

fn check_representations(given: &Representations, classes: usize) -> Result<(), RecordError> {
    let part = "representations";
    let modalities = given.modalities.len();
    count(part, "modalities", modalities, (1, 3))?;
    count(part, "d_hidden", given.d_hidden, (1, LONGEST))?;
    length(part, "shared", modalities, given.shared.len())?;
    length(part, "private", modalities, given.private.len())?;
    let expected = given.targets.len().saturating_mul(given.d_hidden);
    for (space, vectors) in [("shared", &given.shared), ("private", &given.private)] {
        for (modality, values) in given.modalities.iter().zip(vectors) {
            length(part, &format!("{space} {modality}"), expected, values.len())?;
        }
    }
    class_indices(part, "targets", &given.targets, classes)
}

fn check_attention(given: &Attention) -> Result<(), RecordError> {
    let tokens = given.tokens.len();
    count("attention", "tokens", tokens, (1, CELLS))?;
    length("attention", "weights", tokens * tokens, given.weights.len())
}

fn length(
    part: &'static str,
    list: &str,
    expected: usize,
    found: usize,
) -> Result<(), RecordError> {
    if expected == found {
        return Ok(());
    }
    Err(RecordError::Length {
        part,
        list: list.to_string(),
        expected,
        found,
    })
}

pub(crate) fn count(
    part: &'static str,
    what: &'static str,
    found: usize,
    (low, high): (usize, usize),
) -> Result<(), RecordError> {
    if (low..=high).contains(&found) {
        return Ok(());
    }
    Err(RecordError::Count {
        part,
        what,
        low,
        high,
        found,
    })
}

/// Values that are not finite are not checked: they are left out later.
fn class_indices(
    part: &'static str,
    list: &'static str,
    values: &[f32],
    classes: usize,
) -> Result<(), RecordError> {
    let Some(high) = classes.checked_sub(1) else {
        return Ok(());
    };
    let wrong = |value: &f32| {
        value.is_finite() && (value.fract() != 0.0 || !(0.0..=high as f32).contains(value))
    };
    match values.iter().position(wrong) {
        Some(utterance) => {
            let found = values[utterance].to_string();
            Err(RecordError::Class {
                part,
                list,
                utterance,
                high,
                found,
            })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_utterances() -> Predictions {
        Predictions {
            split: "test".into(),
            ids: vec!["a".into(), "b".into()],
            words: Vec::new(),
            predictions: vec![0.0, 1.0],
            targets: vec![1.0, 1.0],
            lengths: vec![3, 4],
        }
    }

    #[test]
    fn accepts_an_empty_record() {
        assert_eq!(check(&RunRecord::default()), Ok(()));
    }

    #[test]
    fn names_the_list_that_is_too_short() {
        let mut predictions = two_utterances();
        predictions.targets.pop();
        let record = RunRecord {
            predictions: Some(predictions),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        assert_eq!(message, "predictions: `targets` has 1 values, expected 2");
    }

    #[test]
    fn words_are_those_of_all_utterances_or_of_none() {
        let mut predictions = two_utterances();
        predictions.words = vec!["one".into()];
        let record = RunRecord {
            predictions: Some(predictions),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        assert_eq!(message, "predictions: `words` has 1 values, expected 2");
    }

    #[test]
    fn refuses_a_class_outside_the_names_but_not_a_missing_one() {
        let mut predictions = two_utterances();
        let classes = vec!["no".to_string(), "yes".to_string()];
        predictions.predictions = vec![f32::NAN, 2.0];
        let record = RunRecord {
            classes,
            predictions: Some(predictions),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        let expected =
            "predictions: `predictions` has 2 at utterance 1, expected a class from 0 to 1";
        assert_eq!(message, expected);
    }

    #[test]
    fn counts_the_attention_weights() {
        let attention = Attention {
            tokens: vec!["a".into(); 2],
            weights: vec![0.5; 3],
            ..Default::default()
        };
        let record = RunRecord {
            attention: Some(attention),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        assert_eq!(message, "attention: `weights` has 3 values, expected 4");
    }

    #[test]
    fn refuses_a_best_epoch_after_the_last() {
        let curve = crate::record::Curve {
            values: vec![Some(1.0)],
            ..Default::default()
        };
        let record = RunRecord {
            curves: vec![curve],
            best_epoch: Some(2),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        assert_eq!(message, "curves: `best_epoch` is 2, expected 1 to 1");
        // Epochs of pre-training do not count.
        let mut record = record;
        let mut before = record.curves[0].clone();
        before.is_pretraining = true;
        before.values = vec![Some(1.0); 5];
        record.curves.push(before);
        assert!(check(&record).is_err());
    }

    #[test]
    fn names_the_modality_whose_vectors_are_short() {
        let representations = Representations {
            modalities: vec!["text".into()],
            d_hidden: 2,
            shared: vec![vec![0.0; 4]],
            private: vec![vec![0.0; 3]],
            targets: vec![0.0; 2],
            ..Default::default()
        };
        let record = RunRecord {
            representations: Some(representations),
            ..Default::default()
        };
        let message = check(&record).unwrap_err().to_string();
        assert_eq!(
            message,
            "representations: `private text` has 3 values, expected 4"
        );
    }
}

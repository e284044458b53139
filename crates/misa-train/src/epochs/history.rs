//! Losses and scores of each epoch.

use crate::Phase;
use misa_infer::TermMeans;
use serde::{Deserialize, Serialize};

/// One epoch of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Number, from 1.
    pub epoch: usize,
    /// What the epoch was for. The loss of its phase is stored as that of the task.
    #[serde(default)]
    pub phase: Phase,
    /// Losses of the train split, with dropout.
    pub train: TermMeans,
    /// Losses of the valid split; the task loss chooses the model. Each batch has the same weight,
    /// even if the last one is shorter, as in the official code.
    pub valid_terms: TermMeans,
    /// The weight of each term at the end of the epoch, by its name; empty if weights are fixed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<(String, f64)>,
    /// Scores of the valid split by name; `null` if a score is not defined.
    pub valid: Vec<(String, Option<f64>)>,
    /// Whether the model of this epoch was the best so far.
    pub improved: bool,
    /// Seconds since the start of the run.
    pub seconds: f64,
}

/// The loss terms of batches in the form that a run folder stores: a row of numbers for each batch,
/// the weighted sum last.
pub(crate) mod rows {
    use misa_core::loss::{PerTerm, Term};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        batches: &[PerTerm<f64>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let rows = batches
            .iter()
            .map(|batch| batch.named().map(|(_, value)| *value).collect());
        rows.collect::<Vec<Vec<f64>>>().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<PerTerm<f64>>, D::Error> {
        let rows = Vec::<Vec<f64>>::deserialize(deserializer)?;
        rows.iter()
            .map(|row| read(row).map_err(D::Error::custom))
            .collect()
    }

    /// Earlier versions had fewer terms, so their rows are shorter: the missing terms were off.
    fn read(row: &[f64]) -> Result<PerTerm<f64>, String> {
        match row {
            [values @ .., total] if (1..=Term::COUNT).contains(&values.len()) => {
                let value = |term: Term| values.get(term as usize).copied().unwrap_or(0.0);
                Ok(PerTerm::new(Term::ALL.map(value), *total))
            }
            _ => Err(format!(
                "losses: a row of {} numbers, expected 2 to {}",
                row.len(),
                Term::COUNT + 1
            )),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct File(#[serde(with = "super")] Vec<PerTerm<f64>>);

        #[test]
        fn rows_are_numbers_with_the_sum_last() {
            let terms = PerTerm::new(Term::ALL.map(|term| term as usize as f64), 10.0);
            let file = File(vec![terms]);
            let json = serde_json::to_string(&file).unwrap();
            let expected = "[[0.0,1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,";
            assert!(json.starts_with(expected), "{json}");
            assert!(json.ends_with(",10.0]]"), "{json}");
            assert_eq!(serde_json::from_str::<File>(&json).unwrap(), file);
        }

        #[test]
        fn a_shorter_row_is_of_fewer_terms() {
            let File(found) = serde_json::from_str("[[1.0,2.0,3.0]]").unwrap();
            assert_eq!(found[0][Term::Similarity], 2.0);
            assert_eq!((found[0][Term::Difference], found[0].total), (0.0, 3.0));
            let error = serde_json::from_str::<File>("[[1.0]]").unwrap_err();
            let expected = "losses: a row of 1 numbers, expected 2 to ";
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}

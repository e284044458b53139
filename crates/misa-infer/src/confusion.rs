//! The confusion matrix of a classification.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How many utterances of each class were predicted as each class. [`fmt::Display`] writes Markdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConfusionMatrix {
    /// A row for each true class, a column for each predicted one.
    pub counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// Counts the pairs of classes from 0 to `classes - 1`; other values are ignored.
    ///
    /// # Panics
    ///
    /// Panics if there is not one prediction per target.
    pub fn new(classes: usize, predictions: &[f32], targets: &[f32]) -> Self {
        assert_eq!(
            predictions.len(),
            targets.len(),
            "one prediction per target"
        );
        let mut counts = vec![vec![0; classes]; classes];
        for (&prediction, &target) in predictions.iter().zip(targets) {
            let row = counts.get_mut(target as usize);
            if let Some(count) = row.and_then(|row| row.get_mut(prediction as usize)) {
                *count += 1;
            }
        }
        Self { counts }
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| True class |")?;
        for class in 0..self.counts.len() {
            write!(f, " as {class} |")?;
        }
        writeln!(f, " recall |")?;
        writeln!(f, "| --- |{}", " ---: |".repeat(self.counts.len() + 1))?;
        for (class, row) in self.counts.iter().enumerate() {
            write!(f, "| {class} |")?;
            for count in row {
                write!(f, " {count} |")?;
            }
            match row.iter().sum::<usize>() {
                0 => writeln!(f, " not defined |")?,
                total => writeln!(f, " {:.4} |", row[class] as f64 / total as f64)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_by_true_class() {
        let matrix = ConfusionMatrix::new(2, &[1.0, 0.0, 1.0], &[0.0, 0.0, 1.0]);
        assert_eq!(matrix.counts, [[1, 1], [0, 1]]);
        let expected = "| True class | as 0 | as 1 | recall |\n| --- | ---: | ---: | ---: |\n\
                        | 0 | 1 | 1 | 0.5000 |\n| 1 | 0 | 1 | 1.0000 |\n";
        assert_eq!(matrix.to_string(), expected);
    }

    #[test]
    fn a_class_without_targets_has_no_recall() {
        let matrix = ConfusionMatrix::new(2, &[0.0], &[0.0]);
        assert!(
            matrix
                .to_string()
                .ends_with("| 1 | 0 | 0 | not defined |\n")
        );
    }
}

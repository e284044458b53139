//! Scores as a table.

use crate::Scores;
use crate::score::score_text;
use crate::scores::coverage_text;
use std::fmt;

/// The scores of one or several splits as Markdown, each beside that of the constant predictor, with
/// the reasons of scores that are not defined.
#[derive(Debug)]
pub struct ScoreTable<'a> {
    head: String,
    columns: Vec<(String, &'a Scores)>,
}

impl<'a> ScoreTable<'a> {
    /// A table without columns, whose names are under `head`.
    pub fn new(head: impl Into<String>) -> Self {
        Self {
            head: head.into(),
            columns: Vec::new(),
        }
    }

    /// The same table with scores under `heading`.
    pub fn with(mut self, heading: impl Into<String>, scores: &'a Scores) -> Self {
        self.columns.push((heading.into(), scores));
        self
    }

    fn write_row<'r>(
        f: &mut fmt::Formatter<'_>,
        cells: impl IntoIterator<Item = &'r str>,
    ) -> fmt::Result {
        f.write_str("|")?;
        for cell in cells {
            write!(f, " {cell} |")?;
        }
        writeln!(f)
    }

    /// The heading of each column; constants are beside their scores.
    fn headings(&self) -> Vec<&str> {
        let columns = self.columns.iter();
        columns
            .flat_map(|(heading, scores)| {
                let constant = scores.constant.as_ref().map(|_| "constant");
                [Some(heading.as_str()), constant]
            })
            .flatten()
            .collect()
    }

    fn cells(&self, name: &str) -> Vec<String> {
        let shown = |value: Option<f64>| match value {
            Some(value) => score_text(name, value),
            None => "not defined".to_string(),
        };
        let mut cells = Vec::new();
        for (_, scores) in &self.columns {
            cells.push(shown(scores.get(name)));
            if let Some(constant) = &scores.constant {
                cells.push(shown(constant.get(name)));
            }
        }
        cells
    }

    /// Each reason once, with the scores that it concerns.
    /// The names of the scores of all columns, in their order.
    fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for (name, _) in self.columns.iter().flat_map(|(_, scores)| &scores.scores) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    fn reasons(&self) -> Vec<(&str, Vec<&str>)> {
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        let all = self
            .columns
            .iter()
            .flat_map(|(_, scores)| &scores.undefined);
        for (name, reason) in all {
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, names)) if names.contains(&name.as_str()) => {}
                Some((_, names)) => names.push(name),
                None => reasons.push((reason, vec![name])),
            }
        }
        reasons
    }
}

impl fmt::Display for ScoreTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headings = self.headings();
        Self::write_row(f, [self.head.as_str()].into_iter().chain(headings.clone()))?;
        let rules = vec!["---:"; headings.len()];
        Self::write_row(f, ["---"].into_iter().chain(rules))?;
        for name in self.names() {
            let cells = self.cells(name);
            let cells = cells.iter().map(String::as_str);
            Self::write_row(f, [name].into_iter().chain(cells))?;
        }
        let mut constants = self.columns.iter();
        if let Some(constant) = constants.find_map(|(_, scores)| scores.constant.as_ref()) {
            let predictor = constant.predictor;
            writeln!(
                f,
                "\nconstant: the scores of predicting {predictor}, for every utterance."
            )?;
        }
        for (heading, scores) in &self.columns {
            if let Some(coverage) = coverage_text(&scores.coverage) {
                writeln!(f, "\n{heading}: {coverage}.")?;
            }
        }
        for (reason, names) in self.reasons() {
            writeln!(f, "\nNot defined: {}, because {reason}.", names.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{NamedScore, scores};
    use crate::scores::named_scores;
    use crate::{ConstantScores, Coverage};
    use misa_terms::{ConstantPredictor, LabelScale, Task};

    #[test]
    fn each_score_is_beside_that_of_the_constant() {
        let task = Task::Regression;
        let (predictions, targets) = ([1.0, 2.0, 4.0], [2.0, 3.0, 4.0]);
        let constant = ConstantPredictor::of(task, &[2.0, 4.0]).unwrap();
        let reason = |named: &NamedScore| {
            let reason = named.reason(&predictions, &targets)?;
            Some((named.name.to_string(), reason))
        };
        let scores = Scores {
            utterances: 3,
            task_loss: 0.0,
            scores: named_scores(task, LabelScale::Sentiment, &predictions, &targets),
            confusion: None,
            undefined: scores(task).iter().filter_map(reason).collect(),
            constant: Some(ConstantScores::of(constant, task, &targets)),
            coverage: vec![Coverage {
                level: 0.8,
                half_width: 0.5,
                share: 2.0 / 3.0,
            }],
        };
        let table = ScoreTable::new("Score").with("valid", &scores).to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "| Score | valid | constant |");
        assert_eq!(lines[1], "| --- | ---: | ---: |");
        // Two errors of 1; of 3, the errors are 1, 0 and 1.
        assert_eq!(lines[3], "| MAE | 0.6667 | 0.6667 |");
        assert_eq!(
            lines[4],
            "| Acc-2 (neg/non-neg) | not defined | not defined |"
        );
        assert!(table.contains(
            "constant: the scores of predicting 3.0000, the mean label of the train split, for \
             every utterance."
        ));
        assert!(table.contains("valid: 66.7 % of the labels are in the 80 % interval, ±0.500."));
        assert!(table.contains(
            "Not defined: Acc-2 (neg/non-neg), Acc-2 (neg/pos), F1 (neg/non-neg), F1 (neg/pos), \
             because no label is negative."
        ));
        assert!(table.contains(
            "Not defined: Acc-5, Acc-7, because the labels go from 2 to 4, beyond the scale of -3 \
             to 3."
        ));
    }
}

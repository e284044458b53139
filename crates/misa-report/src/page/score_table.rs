//! The scores of a run, with what each is read beside.

use crate::draw::text::{counted, distinct, escape, fixed};
use crate::record::{ScoreContext, SplitScores};

/// Rows are scores and columns are splits, of which there are few, so the table fits a phone.
pub(super) fn score_table(splits: &[SplitScores]) -> String {
    let scores = splits.iter().flat_map(|split| &split.scores);
    let names = distinct(scores.map(|(name, _)| name));
    if splits.is_empty() {
        return String::new();
    }
    let row = |name: &&str| {
        let cells: String = splits.iter().map(|split| cells(split, name)).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
    };
    format!(
        "<div class=\"box scores\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">score</th>{}\
         </tr></thead>\n<tbody>{}</tbody></table>{}</div>\n",
        splits.iter().map(head).collect::<String>(),
        names.iter().map(row).collect::<String>(),
        caption(splits)
    )
}

fn head(split: &SplitScores) -> String {
    let (name, count) = (escape(&split.split), counted(split.utterances, "utterance"));
    let split_head = format!(
        "<th scope=\"col\" class=\"r\">{name}<br><span class=\"small\">{count}</span></th>"
    );
    if has_constant(split) {
        split_head + "<th scope=\"col\" class=\"r\">constant<br>prediction</th>"
    } else {
        split_head
    }
}

fn cells(split: &SplitScores, name: &str) -> String {
    let value = split.scores.iter().find(|score| score.0 == name);
    let context = context(split, name);
    let is_share = context.is_some_and(|context| context.is_share);
    let value = number(value.and_then(|score| score.1), is_share);
    let interval = context.and_then(|context| context.interval);
    let interval = interval.map_or_else(String::new, |(low, high)| {
        let end = |end: f64| {
            if is_share {
                fixed(100.0 * end, 1)
            } else {
                fixed(end, 3)
            }
        };
        let (low, high) = (end(low), end(high));
        format!(" <span class=\"small interval\">{low} to {high}</span>")
    });
    let cell = format!("<td class=\"r\">{value}{interval}</td>");
    if has_constant(split) {
        let constant = number(context.and_then(|context| context.constant), is_share);
        format!("{cell}<td class=\"r quiet\">{constant}</td>")
    } else {
        cell
    }
}

/// How to read the columns.
fn caption(splits: &[SplitScores]) -> String {
    let contexts = || splits.iter().flat_map(|split| &split.contexts);
    let mut sentences = Vec::new();
    if contexts().any(|context| context.interval.is_some()) {
        sentences.push(
            "Small: 95 % interval of the score for other utterances, by bootstrap; it does not \
             cover other seeds."
                .to_string(),
        );
    }
    let with_constant = splits.iter().filter(|split| has_constant(split));
    let constants = distinct(with_constant.map(|split| &split.constant));
    if let [constant, ..] = constants.as_slice() {
        let constant = escape(constant);
        sentences.push(format!(
            "Constant prediction: the scores if every utterance were predicted as {constant}."
        ));
    }
    let covered = splits.iter().filter(|split| !split.coverage.is_empty());
    sentences.extend(covered.map(|split| {
        let (name, coverage) = (escape(&split.split), escape(&split.coverage));
        format!("Intervals of predictions, measured on the valid split: in {name}, {coverage}.")
    }));
    if sentences.is_empty() {
        return String::new();
    }
    format!("<p class=\"small under\">{}</p>", sentences.join(" "))
}

pub(super) fn number(value: Option<f64>, is_share: bool) -> String {
    let text = |value: f64| {
        if is_share {
            format!("{} %", fixed(100.0 * value, 2))
        } else {
            fixed(value, 4)
        }
    };
    value.map_or_else(|| "–".to_string(), text)
}

pub(super) fn context<'a>(split: &'a SplitScores, name: &str) -> Option<&'a ScoreContext> {
    split.contexts.iter().find(|context| context.name == name)
}

fn has_constant(split: &SplitScores) -> bool {
    split
        .contexts
        .iter()
        .any(|context| context.constant.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(contexts: Vec<ScoreContext>) -> SplitScores {
        SplitScores {
            split: "valid".into(),
            utterances: 40,
            scores: vec![("Corr".into(), Some(0.5)), ("MAE".into(), Some(0.75))],
            contexts,
            constant: "0.12, the mean of the train split".into(),
            coverage: "79.0 % of the labels are in the 80 % interval, ±0.500".into(),
        }
    }

    #[test]
    fn intervals_and_the_constant_prediction_stand_beside_their_score() {
        let mae = ScoreContext {
            name: "MAE".into(),
            interval: Some((0.7, 0.8)),
            constant: Some(1.25),
            ..Default::default()
        };
        let table = score_table(&[split(vec![mae])]);
        let row = "<tr><th scope=\"row\">MAE</th><td class=\"r\">0.7500 \
                   <span class=\"small interval\">0.700 to 0.800</span></td>\
                   <td class=\"r quiet\">1.2500</td></tr>";
        assert!(table.contains(row), "{table}");
        assert!(table.contains("<td class=\"r\">0.5000</td><td class=\"r quiet\">–</td>"));
        assert!(table.contains("predicted as 0.12, the mean of the train split."));
        assert!(table.contains("in valid, 79.0 % of the labels are in the 80 % interval"));
    }

    #[test]
    fn without_contexts_there_are_no_columns_for_them() {
        let split = SplitScores {
            coverage: String::new(),
            ..split(Vec::new())
        };
        let table = score_table(&[split]);
        assert!(
            table.contains("<td class=\"r\">0.7500</td></tr>"),
            "{table}"
        );
        assert!(!table.contains("onstant") && !table.contains("under"));
        assert_eq!(score_table(&[]), "");
    }
}

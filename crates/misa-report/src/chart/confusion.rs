//! Confusion matrices.

use crate::chart::heat::{Cell, Heat};
use crate::draw::text::{counted, fixed, left_out, percent};
use crate::figure::{Figure, Part};
use crate::record::Predictions;
use crate::statistic::{Confusion, seven_classes, two_classes};
use crate::table::Table;

/// One kind of matrix.
struct Kind<'a> {
    name: &'static str,
    title: &'static str,
    score: &'static str,
    explanation: &'static str,
    names: &'a [String],
    class: fn(f32) -> usize,
}

/// The matrices of Acc-7 and Acc-2 for a regression, or the one of `classes`; none without a finite
/// pair.
pub(crate) fn confusions(given: &Predictions, classes: &[String]) -> Vec<Figure> {
    let seven: Vec<String> = (-3..=3).map(|class| fixed(f64::from(class), 0)).collect();
    let two = ["negative", "non-negative"].map(String::from);
    let kinds = if classes.is_empty() {
        vec![
            Kind {
                name: "confusion-7",
                title: "Seven classes of sentiment",
                score: "Acc-7",
                explanation: " Values are clamped to −3 to 3 and rounded, with halves to the even number.",
                names: &seven,
                class: seven_classes,
            },
            Kind {
                name: "confusion-2",
                title: "Negative and non-negative",
                score: "Acc-2 (neg/non-neg)",
                explanation: " Zero counts as non-negative.",
                names: &two,
                class: two_classes,
            },
        ]
    } else {
        vec![Kind {
            name: "confusion",
            title: "Confusion of classes",
            score: "accuracy",
            explanation: "",
            names: classes,
            class: |value| value as usize,
        }]
    };
    kinds
        .iter()
        .filter_map(|kind| figure(given, kind))
        .collect()
}

fn figure(given: &Predictions, kind: &Kind<'_>) -> Option<Figure> {
    let pairs = given.targets.iter().zip(&given.predictions);
    let finite = pairs.filter(|(target, prediction)| target.is_finite() && prediction.is_finite());
    let classes = finite.map(|(t, p)| ((kind.class)(*t), (kind.class)(*p)));
    let confusion = Confusion::new(kind.names.len(), classes);
    let accuracy = confusion.accuracy()?;
    let caption = format!(
        "Which class was predicted (column) for which target (row); the diagonal is right. {}, {} \
         split: {} {}. Counts, shaded by the share of the target's row.{}{}",
        counted(confusion.total(), "utterance"),
        given.split,
        kind.score,
        fixed(accuracy, 4),
        kind.explanation,
        left_out(given.ids.len() - confusion.total(), "utterance"),
    );
    let heat = Heat {
        names: kind.names,
        row_label: "target",
        column_label: "prediction",
        cells: cells(&confusion),
    };
    Some(Figure {
        name: kind.name.to_string(),
        title: kind.title.to_string(),
        caption,
        data: data(&confusion, kind.names),
        part: Part::Predictions,
        drawing: heat.draw(),
    })
}

fn cells(confusion: &Confusion) -> Vec<Cell> {
    let row_cells = |row: &[usize]| {
        let total: usize = row.iter().sum();
        let share = |count: usize| {
            if total > 0 {
                count as f64 / total as f64
            } else {
                0.0
            }
        };
        let cell = |count: &usize| Cell {
            share: share(*count),
            number: count.to_string(),
            remark: if *count > 0 {
                percent(share(*count))
            } else {
                String::new()
            },
        };
        row.iter().map(cell).collect::<Vec<_>>()
    };
    confusion
        .counts
        .chunks_exact(confusion.classes)
        .flat_map(row_cells)
        .collect()
}

fn data(confusion: &Confusion, names: &[String]) -> String {
    let mut header = vec!["target".to_string()];
    header.extend(names.iter().map(|name| format!("predicted {name}")));
    let mut table = Table::new(&header);
    for (name, row) in names
        .iter()
        .zip(confusion.counts.chunks_exact(confusion.classes))
    {
        let mut fields = vec![name.clone()];
        fields.extend(row.iter().map(usize::to_string));
        table.row(&fields);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(targets: &[f32], predictions: &[f32]) -> Predictions {
        Predictions {
            split: "test".into(),
            ids: vec!["u".into(); targets.len()],
            targets: targets.to_vec(),
            predictions: predictions.to_vec(),
            lengths: vec![1; targets.len()],
            ..Default::default()
        }
    }

    #[test]
    fn counts_seven_and_two_classes_of_a_regression() {
        let given = given(&[-0.5, 2.5, -3.0, 1.0], &[0.2, 3.4, f32::NAN, -1.0]);
        let figures = confusions(&given, &[]);
        assert!(
            figures[0]
                .caption
                .contains(" 3 utterances, test split: Acc-7 0.3333.")
        );
        assert!(
            figures[0]
                .caption
                .ends_with("Left out as not finite: 1 utterance.")
        );
        assert!(
            figures[0].data.contains("\n2,0,0,0,0,0,0,1\n"),
            "{}",
            figures[0].data
        );
        assert_eq!(
            figures[1].data,
            "target,predicted negative,predicted non-negative\nnegative,0,1\nnon-negative,1,1\n"
        );
    }

    #[test]
    fn uses_the_names_of_classes() {
        let names = ["plain", "humour"].map(String::from);
        let figures = confusions(&given(&[0.0, 1.0, 1.0], &[0.0, 1.0, 0.0]), &names);
        assert_eq!(figures.len(), 1);
        assert_eq!(
            figures[0].data,
            "target,predicted plain,predicted humour\nplain,1,0\nhumour,1,1\n"
        );
    }

    #[test]
    fn there_are_none_without_utterances() {
        assert!(confusions(&given(&[], &[]), &[]).is_empty());
    }
}

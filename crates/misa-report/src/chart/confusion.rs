//! Confusion matrices.

use crate::chart::heat::{Cell, Heat};
use crate::draw::text::{counted, fixed, left_out, percent};
use crate::figure::{Figure, Part};
use crate::record::Predictions;
use crate::statistic::{Confusion, seven_classes, sims_classes, two_classes};
use crate::table::Table;
use misa_terms::LabelScale;

/// One kind of matrix.
struct Kind {
    name: &'static str,
    title: &'static str,
    /// The share of right predictions.
    score: &'static str,
    explanation: &'static str,
    names: Vec<String>,
    class: fn(f32) -> usize,
}

/// The matrices of Acc-7, or of five classes for labels on the scale of CH-SIMS, and of Acc-2 for a regression; or the
/// one of `classes`. None without a finite pair.
pub(crate) fn confusions(
    given: &Predictions,
    classes: &[String],
    scale: LabelScale,
) -> Vec<Figure> {
    let kinds = if !classes.is_empty() {
        vec![Kind {
            name: "confusion",
            title: "Confusion of classes",
            score: "accuracy",
            explanation: "",
            names: classes.to_vec(),
            class: |value| value as usize,
        }]
    } else if scale == LabelScale::Sims {
        vec![five_of_sims(), negative_or_not()]
    } else {
        vec![seven_of_sentiment(), negative_or_not()]
    };
    kinds
        .iter()
        .filter_map(|kind| figure(given, kind))
        .collect()
}

fn seven_of_sentiment() -> Kind {
    Kind {
        name: "confusion-7",
        title: "Seven classes of sentiment",
        score: "Acc-7",
        explanation: " Values are clamped to −3 to 3 and rounded, with halves to the even number.",
        names: (-3..=3).map(|class| fixed(f64::from(class), 0)).collect(),
        class: seven_classes,
    }
}

fn five_of_sims() -> Kind {
    let names = [
        "negative",
        "weakly negative",
        "neutral",
        "weakly positive",
        "positive",
    ];
    Kind {
        name: "confusion-5",
        title: "Five classes of CH-SIMS",
        score: "Acc-5 (SIMS)",
        explanation: " A class ends at −0.7, −0.1, 0.1 or 0.7.",
        names: names.map(String::from).to_vec(),
        class: sims_classes,
    }
}

fn negative_or_not() -> Kind {
    Kind {
        name: "confusion-2",
        title: "Negative and non-negative",
        score: "Acc-2 (neg/non-neg)",
        explanation: " Zero counts as non-negative.",
        names: ["negative", "non-negative"].map(String::from).to_vec(),
        class: two_classes,
    }
}

fn figure(given: &Predictions, kind: &Kind) -> Option<Figure> {
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
        names: &kind.names,
        row_label: "target",
        column_label: "prediction",
        cells: cells(&confusion),
    };
    Some(Figure {
        name: kind.name.to_string(),
        title: kind.title.to_string(),
        caption,
        data: data(&confusion, &kind.names),
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

    #[test]
    fn labels_of_sims_have_five_classes() {
        let (targets, predictions) = ([-1.0, 0.2, 1.0, 0.0], [-0.8, 0.1, 0.9, 0.05]);
        let given = given(&targets, &predictions);
        let figures = confusions(&given, &[], LabelScale::Sims);
        assert_eq!(figures[0].name, "confusion-5");
        let caption = &figures[0].caption;
        assert!(
            caption.contains("test split: Acc-5 (SIMS) 0.7500."),
            "{caption}"
        );
        let row = "\nweakly positive,0,0,1,0,0\n";
        assert!(figures[0].data.contains(row), "{}", figures[0].data);
    }

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
        let figures = confusions(&given, &[], LabelScale::Sentiment);
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
        let figures = confusions(
            &given(&[0.0, 1.0, 1.0], &[0.0, 1.0, 0.0]),
            &names,
            LabelScale::Sentiment,
        );
        assert_eq!(figures.len(), 1);
        assert_eq!(
            figures[0].data,
            "target,predicted plain,predicted humour\nplain,1,0\nhumour,1,1\n"
        );
    }

    #[test]
    fn there_are_none_without_utterances() {
        assert!(confusions(&given(&[], &[]), &[], LabelScale::Sentiment).is_empty());
    }
}

//! The section about labels.

use super::style::{Style, wrap};
use super::table::Table;
use super::{histogram, number, section};
use crate::doctor::{Content, LabelSplit, Scale};

pub(super) fn write(out: &mut String, content: &Content, style: Style) {
    let labels = &content.labels;
    section(out, "Labels", style);
    let scale = match labels.scale {
        Scale::Classes => format!("{} classes", labels.distinct),
        Scale::MinusThreeToThree => {
            "sentiment from -3 to 3, here in the seven bins of Acc-7".into()
        }
        Scale::MinusOneToOne => "sentiment from -1 to 1 in steps of 0.2".into(),
        Scale::Steps => format!("{} different values", labels.distinct),
        Scale::Range => format!("{} different values, here in eight bins", labels.distinct),
    };
    let classes = if labels.look_like_classes && labels.scale != Scale::Classes {
        "; all are whole numbers, perhaps classes"
    } else {
        ""
    };
    let bars = "the longest bar of each split is its fullest bin";
    wrap(out, "", 2, &format!("{scale}{classes}; {bars}"));
    histogram::write(out, labels, style);
    let head = [
        "split",
        "mean",
        "min",
        "max",
        "negative",
        "zero",
        "positive",
        "not a number",
    ];
    let mut table = Table::new(1, head);
    for split in &labels.splits {
        table.row(cells(split.split.name(), split));
    }
    for alone in &content.modality_labels {
        for split in &alone.splits {
            table.row(cells(
                &format!("{}, {}", split.split, alone.modality),
                split,
            ));
        }
    }
    out.push('\n');
    table.write(out, style);
}

fn cells(name: &str, split: &LabelSplit) -> [String; 8] {
    let optional = |value: Option<f64>| value.map_or("-".to_owned(), number);
    [
        name.to_owned(),
        optional(split.mean),
        optional(split.min.map(f64::from)),
        optional(split.max.map(f64::from)),
        split.negative.to_string(),
        format!("{} ({:.1} %)", split.zero, 100.0 * split.zero_share),
        split.positive.to_string(),
        split.non_finite.to_string(),
    ]
}

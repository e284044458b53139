//! The section about features.

use super::style::{Style, wrap};
use super::table::Table;
use super::{columns, number, section};
use crate::doctor::{Content, FeatureReport, FeatureSplit};

pub(super) fn write(out: &mut String, content: &Content, style: Style) {
    section(out, "Features", style);
    let mut head = vec![
        "",
        "size",
        "split",
        "steps",
        "median",
        "smallest",
        "largest",
        "mean",
        "deviation",
        "NaN",
        "inf",
        "all 0",
    ];
    // The column is there where it tells something.
    let mut splits = content.features.iter().flat_map(|report| &report.splits);
    let has_absent = splits.any(|split| split.absent.steps > 0);
    head.extend(has_absent.then_some("absent"));
    let mut table = Table::new(1, head);
    for report in &content.features {
        for (index, split) in report.splits.iter().enumerate() {
            let mut cells = cells(report, split, index == 0);
            if has_absent && split.values.is_some() {
                cells.push(format!("{:.1} %", 100.0 * split.absent.share));
            }
            table.row(cells);
        }
    }
    table.write(out, style);
    out.push('\n');
    for report in &content.features {
        explain(out, content, report);
    }
    if let Some(text) = &content.comparison {
        wrap(out, "", 2, text);
    }
}

fn cells(report: &FeatureReport, split: &FeatureSplit, is_first: bool) -> Vec<String> {
    let (name, size) = match (is_first, report.d_input) {
        (true, Some(d_input)) => (report.modality.to_string(), d_input.to_string()),
        (true, None) => (report.modality.to_string(), "ids".to_owned()),
        (false, _) => Default::default(),
    };
    let steps = match split.steps {
        steps if steps.min == steps.max => steps.min.to_string(),
        steps => format!("{}-{}", steps.min, steps.max),
    };
    let mut cells = vec![name, size, split.split.to_string(), steps];
    cells.push(split.steps.median.to_string());
    let Some(values) = split.values else {
        return cells;
    };
    let optional = |value: Option<f64>| value.map_or("-".to_owned(), number);
    cells.push(optional(values.min.map(f64::from)));
    cells.push(optional(values.max.map(f64::from)));
    cells.push(optional(values.mean));
    cells.push(optional(values.deviation));
    let infinite = values.positive_infinite + values.negative_infinite;
    let counts = [values.nan, infinite, values.zero_sequences];
    cells.extend(counts.map(|count| count.to_string()));
    cells
}

/// The probable origin of features of this size, and constant columns.
fn explain(out: &mut String, content: &Content, report: &FeatureReport) {
    let text = match (report.d_input, content.vocabulary) {
        (None, Some(vocabulary)) => {
            format!(
                "word ids, {vocabulary} in the vocabulary; {} words",
                content.distinct_words
            )
        }
        (d_input, _) => {
            let size = d_input.unwrap_or(0);
            let origin = report
                .explanation
                .unwrap_or("a size of no common extractor");
            format!("{size} = {origin}")
        }
    };
    wrap(out, &format!("  {}", report.modality), 12, &text);
    if let Some(recipe) = &report.recipe {
        let tool = match &recipe.tool_version {
            Some(version) => format!("{} {version}", recipe.tool),
            None => recipe.tool.clone(),
        };
        let digest: String = recipe.sha256.chars().take(12).collect();
        let (name, version) = (&recipe.name, recipe.version);
        let text = format!("made by the recipe {name} {version} ({tool}), SHA-256 {digest}…");
        wrap(out, "", 12, &text);
    }
    if !report.constant.is_empty() {
        let text = format!("constant columns: {}", columns(&report.constant));
        wrap(out, "", 12, &text);
    }
}

//! The table that compares variants of MISA.

use super::Variant;
use misa_report::compare::{Comparison, Difference, Group};
use misa_train::{Phase, Report};
use std::error::Error;
use std::fmt;
use std::path::Path;

/// The scores in the table, as far as the task has them; differences are of the first one.
const METRICS: [&str; 9] = [
    "MAE",
    "Corr",
    "Acc-2 (neg/pos)",
    "Acc-7",
    "Acc-2 (SIMS)",
    "Acc-3 (SIMS)",
    "Acc-5 (SIMS)",
    "Acc",
    "F1",
];

/// Why a table has no differences.
const NO_BASELINE: &str =
    "No differences: MISA, which the variants are compared with, is not among the runs.";

/// The variants compared, and the notes of the comparison, as Markdown.
#[derive(Debug)]
pub struct AblationTable {
    lines: Vec<String>,
}

/// A score of the comparison that is a column of the table.
struct Column<'a> {
    /// Its index in the comparison.
    index: usize,
    name: &'a str,
    /// Whether it is printed in percent.
    is_share: bool,
}

impl Column<'_> {
    /// A mean or a deviation of the score.
    fn text(&self, value: f64) -> String {
        if self.is_share {
            return format!("{:.2}", 100.0 * value);
        }
        format!("{value:.3}")
    }

    /// A difference of the score.
    fn signed(&self, value: f64) -> String {
        let sign = if value >= 0.0 { "+" } else { "" };
        format!("{sign}{}", self.text(value))
    }
}

impl AblationTable {
    /// The table of `variants` in their order; differences are to MISA, and there are none without it.
    ///
    /// # Errors
    ///
    /// If the report of a run cannot be read.
    pub fn new(comparison: &Comparison, variants: &[&Variant]) -> Result<Self, Box<dyn Error>> {
        let columns = columns(comparison);
        let main = columns.first().map_or("", |column| column.name);
        let mut lines = heading(&columns, main);
        let group_of = |variant: &Variant| {
            let mut groups = comparison.groups.iter();
            groups.find(|group| group.model == variant.name)
        };
        let baseline = variants.iter().find(|variant| variant.is_baseline());
        let baseline = baseline.and_then(|variant| group_of(variant));
        let baseline_seconds = baseline.map(quickest_epoch).transpose()?;
        let mut heading_above = "";
        for variant in variants {
            let Some(group) = group_of(variant) else {
                continue;
            };
            if variant.group != heading_above {
                let empty = " |".repeat(columns.len() + 4);
                lines.push(format!("| **{}** |{empty}", variant.group));
                heading_above = variant.group;
            }
            let difference = baseline.and_then(|baseline| {
                let pair = (variant.name, baseline.model.as_str());
                let mut differences = comparison.differences.iter();
                differences.find(|found| {
                    found.metric == main && (found.model.as_str(), found.baseline.as_str()) == pair
                })
            });
            let cost = cost(quickest_epoch(group)?, baseline_seconds);
            lines.push(row(group, &columns, difference, &cost));
        }
        let no_baseline = baseline.is_none().then(|| NO_BASELINE.to_string());
        for note in no_baseline.iter().chain(&comparison.notes) {
            lines.extend([String::new(), note.clone()]);
        }
        Ok(Self { lines })
    }
}

impl fmt::Display for AblationTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn columns(comparison: &Comparison) -> Vec<Column<'_>> {
    let column = |name: &&str| {
        let index = comparison
            .metrics
            .iter()
            .position(|metric| metric == name)?;
        Some(Column {
            index,
            name: comparison.metrics[index].as_str(),
            is_share: comparison.is_share[index],
        })
    };
    METRICS.iter().filter_map(column).collect()
}

fn heading(columns: &[Column<'_>], main: &str) -> Vec<String> {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let names = names.join(" | ");
    let rules = " ---: |".repeat(columns.len());
    vec![
        format!(
            "| Variant | Seeds | {names} | Δ {main}, 95 % interval over seeds and utterances | p | \
             Quickest epoch, s |"
        ),
        format!("| --- | ---: |{rules} ---: | ---: | ---: |"),
    ]
}

fn row(
    group: &Group,
    columns: &[Column<'_>],
    difference: Option<&Difference>,
    cost: &str,
) -> String {
    let score = |column: &Column<'_>| {
        let summary = &group.summaries[column.index];
        let text = match (summary.mean, summary.deviation) {
            (Some(mean), Some(deviation)) => {
                format!("{} ± {}", column.text(mean), column.text(deviation))
            }
            (Some(mean), None) => column.text(mean),
            (None, _) => "not defined".to_string(),
        };
        if summary.is_partial(group.runs.len()) {
            format!("{text} (n = {})", summary.count)
        } else {
            text
        }
    };
    let scores: Vec<String> = columns.iter().map(score).collect();
    let (interval, p) = match (difference, columns.first()) {
        (Some(difference), Some(main)) => (
            change(difference, main),
            difference.p_holm.map_or_else(String::new, probability),
        ),
        _ => Default::default(),
    };
    format!(
        "| {} | {} | {} | {interval} | {p} | {cost} |",
        group.model,
        group.runs.len(),
        scores.join(" | ")
    )
}

/// The difference to the baseline in the first score of the table, with its interval.
fn change(difference: &Difference, main: &Column<'_>) -> String {
    let mean = main.signed(difference.test.difference);
    match difference.test.interval {
        Some((low, high)) => format!("{mean} ({} to {})", main.signed(low), main.signed(high)),
        None => mean,
    }
}

fn probability(p: f64) -> String {
    if p < 0.001 {
        return "< 0.001".to_string();
    }
    format!("{p:.3}")
}

/// Seconds of the quickest epoch of the objective, validation included, over all seeds: other work
/// on the machine can only make an epoch longer.
fn quickest_epoch(group: &Group) -> Result<f64, Box<dyn Error>> {
    let mut quickest = f64::INFINITY;
    for run in &group.runs {
        let report = Report::read(Path::new(&run.run))?;
        let mut before = 0.0;
        for epoch in &report.history {
            if epoch.phase == Phase::Joint {
                quickest = quickest.min(epoch.seconds - before);
            }
            before = epoch.seconds;
        }
    }
    Ok(quickest)
}

fn cost(seconds: f64, baseline: Option<f64>) -> String {
    match baseline {
        Some(baseline) => {
            let percent = 100.0 * (seconds / baseline - 1.0);
            format!("{seconds:.2} ({percent:+.0} %)")
        }
        None => format!("{seconds:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_core::Task;
    use misa_infer::score::scores;

    #[test]
    fn every_column_is_a_score_of_a_task() {
        let tasks = [Task::Regression, Task::Classification { classes: 2 }];
        let known: Vec<&str> = (tasks.into_iter().flat_map(scores))
            .map(|named| named.name)
            .collect();
        for name in METRICS {
            assert!(known.contains(&name), "{name}");
        }
    }

    #[test]
    fn a_small_probability_is_not_printed_as_0() {
        assert_eq!(probability(0.0002), "< 0.001");
        assert_eq!(probability(0.001), "0.001");
        assert_eq!(probability(1.0), "1.000");
    }

    #[test]
    fn shares_are_in_percent() {
        let column = |is_share| Column {
            index: 0,
            name: "",
            is_share,
        };
        assert_eq!(column(true).text(0.81255), "81.25");
        assert_eq!(column(false).text(0.81255), "0.813");
        assert_eq!(column(true).signed(0.005), "+0.50");
        assert_eq!(column(false).signed(-0.005), "-0.005");
    }

    #[test]
    fn the_cost_is_relative_to_the_baseline() {
        assert_eq!(cost(3.0, Some(2.0)), "3.00 (+50 %)");
        assert_eq!(cost(3.0, None), "3.00");
    }
}

//! The table that compares variants of MISA.

use crate::Variant;
use misa_report::compare::{Comparison, Difference, Group};
use misa_train::{Phase, Report};
use std::{error::Error, fmt, path::Path};

/// The variants compared, as Markdown.
#[derive(Debug)]
pub struct Ablation {
    lines: Vec<String>,
}

impl Ablation {
    /// The table of `variants` in their order; differences are to the baseline of the comparison.
    ///
    /// # Errors
    ///
    /// If the report of a run cannot be read.
    pub fn new(comparison: &Comparison, variants: &[&Variant]) -> Result<Self, Box<dyn Error>> {
        let metrics: Vec<usize> = ["MAE", "Corr", "Acc-2 (neg/pos)", "Acc-7", "Acc-2", "F1"]
            .iter()
            .filter_map(|name| comparison.metrics.iter().position(|metric| metric == name))
            .collect();
        let named = |place: &usize| comparison.metrics[*place].clone();
        let names: Vec<String> = metrics.iter().map(named).collect();
        // The score that differences are given of.
        let main = names.first().cloned().unwrap_or_default();
        let mut lines = vec![
            format!(
                "| Variant | Seeds | {} | Δ {main}, 95 % interval | p | Quickest epoch, s |",
                names.join(" | ")
            ),
            format!(
                "| --- | ---: |{} ---: | ---: | ---: |",
                " ---: |".repeat(names.len())
            ),
        ];
        let groups = &comparison.groups;
        let find = |name: &str| groups.iter().find(|group| group.model == name);
        let baseline = variants.iter().find(|variant| variant.is_baseline());
        let whole = baseline.and_then(|variant| find(variant.name));
        let whole = whole.map(quickest_epoch).transpose()?;
        let mut above = "";
        for variant in variants {
            let Some(group) = find(variant.name) else {
                continue;
            };
            if variant.group != above {
                lines.push(format!(
                    "| **{}** |{}",
                    variant.group,
                    " |".repeat(names.len() + 4)
                ));
                above = variant.group;
            }
            let difference = comparison
                .differences
                .iter()
                .find(|difference| difference.metric == main && difference.model == variant.name);
            let seconds = quickest_epoch(group)?;
            lines.push(row(group, &metrics, difference, cost(seconds, whole)));
        }
        Ok(Self { lines })
    }
}

impl fmt::Display for Ablation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn row(group: &Group, metrics: &[usize], difference: Option<&Difference>, cost: String) -> String {
    let scores = metrics.iter().map(|&place| {
        let summary = &group.summaries[place];
        match (summary.mean, summary.deviation) {
            (Some(mean), Some(deviation)) => format!("{mean:.3} ± {deviation:.3}"),
            (Some(mean), None) => format!("{mean:.3}"),
            (None, _) => "not defined".to_string(),
        }
    });
    let scores: Vec<String> = scores.collect();
    let (apart, p) = match difference {
        Some(Difference {
            bootstrap, p_holm, ..
        }) => {
            let (low, high) = bootstrap.interval;
            let difference = bootstrap.difference;
            (
                format!("{difference:+.3} ({low:+.3} to {high:+.3})"),
                probability(*p_holm),
            )
        }
        None => (String::new(), String::new()),
    };
    let (model, count) = (&group.model, group.runs.len());
    format!(
        "| {model} | {count} | {} | {apart} | {p} | {cost} |",
        scores.join(" | ")
    )
}

fn probability(p: f64) -> String {
    if p < 0.001 {
        return "< 0.001".to_string();
    }
    format!("{p:.3}")
}

/// Seconds of the quickest epoch of the objective, validation included, over all seeds: what else
/// the machine does makes epochs longer and none shorter.
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

fn cost(seconds: f64, whole: Option<f64>) -> String {
    match whole {
        Some(whole) => format!("{seconds:.2} ({:+.0} %)", 100.0 * (seconds / whole - 1.0)),
        None => format!("{seconds:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_probability_is_nothing() {
        assert_eq!(probability(0.0002), "< 0.001");
        assert_eq!(probability(0.001), "0.001");
        assert_eq!(probability(1.0), "1.000");
    }

    #[test]
    fn an_epoch_is_told_beside_that_of_the_whole() {
        assert_eq!(cost(3.0, Some(2.0)), "3.00 (+50 %)");
        assert_eq!(cost(3.0, None), "3.00");
    }
}

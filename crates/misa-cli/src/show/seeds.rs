//! Runs of several seeds, as short texts.

use misa_data::Split;
use misa_infer::score::score_text;
use misa_report::compare::Summary;
use misa_train::{Report, duration_words};
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

/// What one seed came to, in two lines: its epochs, and its scores on the valid split.
pub(crate) fn seed_text(report: &Report) -> String {
    let (seed, all) = (report.config.seed, report.history.len());
    let epoch = match report.best_epoch {
        0 => format!("model after {all} epochs"),
        best => format!("model of epoch {best} of {all}"),
    };
    let end = if report.stopped_early {
        ", patience ran out"
    } else {
        ""
    };
    let time = Duration::try_from_secs_f64(report.seconds).unwrap_or_default();
    let time = duration_words(time);
    let scores = report.scores_of(Split::Valid);
    let scores = scores.map_or(&[][..], |scores| &scores.scores);
    let scores: Vec<String> = scores
        .iter()
        .map(|(name, value)| format!("{name} {}", number(name, *value)))
        .collect();
    format!(
        "\nseed {seed}: {epoch}{end}, {time}\n  valid: {}\n",
        scores.join(", ")
    )
}

/// The mean over the seeds, and what to type next.
pub(crate) fn seeds_text(reports: &[Report], out: &Path, has_test: bool) -> String {
    let mut text = format!(
        "\n{} seeds, valid split: mean ± standard deviation\n",
        reports.len()
    );
    let first = reports
        .first()
        .and_then(|report| report.scores_of(Split::Valid));
    let names: Vec<&str> = first.map_or_else(Vec::new, |scores| {
        scores
            .scores
            .iter()
            .map(|(name, _)| name.as_str())
            .collect()
    });
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    for name in names {
        let values = reports
            .iter()
            .map(|report| report.scores_of(Split::Valid)?.get(name));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  {name:width$}  {}",
            mean(name, &Summary::of(values), reports.len())
        );
    }
    let out = out.display();
    text.push_str("These scores are optimistic: the valid split chose the models.\nNext:\n");
    if has_test {
        let _ = writeln!(
            text,
            "  misa evaluate {out}/seed-* --split test   scores the locked test split, once"
        );
    }
    let _ = writeln!(
        text,
        "  misa table {out}   means with intervals, for papers"
    );
    let _ = writeln!(text, "  misa report {out}   one page with all curves");
    text
}

/// `0.5670 ± 0.0120`, with the number of seeds that have the score if it is not all of them.
fn mean(name: &str, summary: &Summary, seeds: usize) -> String {
    let mean = summary.mean.map_or_else(
        || number(name, None),
        |mean| mean_text(name, mean, summary.deviation),
    );
    if summary.is_partial(seeds) {
        format!("{mean} ({} of {seeds} seeds)", summary.count)
    } else {
        mean
    }
}

/// The mean of a score with its deviation, if there is one.
pub(crate) fn mean_text(name: &str, mean: f64, deviation: Option<f64>) -> String {
    let mean = score_text(name, mean);
    deviation.map_or_else(
        || mean.clone(),
        |deviation| format!("{mean} ± {}", score_text(name, deviation)),
    )
}

fn number(name: &str, value: Option<f64>) -> String {
    value.map_or_else(
        || "not defined".to_string(),
        |value| score_text(name, value),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.5, 0.75 and 1.0: mean 0.75, sample standard deviation 0.25.
    #[test]
    fn means_say_how_many_seeds_have_the_score() {
        let all = Summary::of([0.5, 0.75, 1.0].map(Some));
        assert_eq!(mean("MAE", &all, 3), "0.7500 ± 0.2500");
        let some = Summary::of([Some(0.5), None, Some(1.0)]);
        assert_eq!(mean("MAE", &some, 3), "0.7500 ± 0.3536 (2 of 3 seeds)");
        assert_eq!(
            mean("Acc-7", &Summary::of([Some(0.5), None]), 2),
            "50.00 % (1 of 2 seeds)"
        );
        assert_eq!(mean("MAE", &Summary::of([None, None]), 2), "not defined");
    }
}

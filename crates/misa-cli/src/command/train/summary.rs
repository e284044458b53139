//! The end of a training of several seeds.

use misa_data::Split;
use misa_report::compare::Summary;
use misa_train::Report;
use std::path::Path;

/// Mean and spread of the valid scores of several seeds, and what to type next.
pub(super) fn summary(reports: &[Report], out: &Path, has_test: bool) -> String {
    let scores = |report: &Report, name: &str| report.scores_of(Split::Valid)?.get(name);
    let first = reports
        .first()
        .and_then(|report| report.scores_of(Split::Valid));
    let names = first.map_or(&[][..], |scores| &scores.scores);
    let mut text = format!(
        "\n# {} seeds\n\n| Score on the valid split | mean ± std |\n| --- | ---: |\n",
        reports.len()
    );
    for (name, _) in names {
        let summary = Summary::of(reports.iter().map(|report| scores(report, name)));
        let cell = match (summary.mean, summary.deviation) {
            (Some(mean), Some(deviation)) => format!("{mean:.4} ± {deviation:.4}"),
            (Some(mean), None) => format!("{mean:.4}, of one seed"),
            (None, _) => "not defined".to_string(),
        };
        text.push_str(&format!("| {name} | {cell} |\n"));
    }
    let out = out.display();
    text.push_str(&format!("\nNext: misa table {out}"));
    if has_test {
        text.push_str(&format!(
            "\nTo score the test split of each once: misa evaluate {out} --split test"
        ));
    }
    text + "\n"
}

//! A plan as text.

use super::Question;
use super::source::{PlanSource, SourceKind};
use crate::command::aligned::aligned;
use misa_infer::score::score_text;
use misa_report::power::{MOST_SEEDS, PlannedSize, PlannedTest, TestKind};
use std::fmt::Write;

/// The plan as Markdown.
pub(super) fn text(question: &Question, metric: &str, sources: &[PlanSource]) -> String {
    let [power, level] = [question.demand.power, question.demand.level].map(percent);
    let effect = score_text(metric, question.effect);
    let mut text = format!(
        "To see a difference of {effect} in {metric} in {power} of cases, at a level of {level}, two-sided:\n"
    );
    for source in sources {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{}\n\n{}",
            heading(source, metric),
            table(source, metric)
        );
    }
    let _ = write!(
        text,
        "\n- seeds: of each system, for this difference; in brackets for the ends of the interval of the \
         deviation.\n\
         - with N: the smallest difference that N seeds of each system see as often; in brackets how often \
         they see the one asked for.\n"
    );
    for note in notes(sources) {
        let _ = writeln!(text, "- {note}");
    }
    text
}

/// What the reader of a plan has to know.
pub(super) fn notes(sources: &[PlanSource]) -> Vec<String> {
    let tests = || sources.iter().flat_map(|source| &source.plan.tests);
    let is_of = |kind: SourceKind| sources.iter().any(|source| source.kind == kind);
    let is_valid = sources.iter().any(|source| source.split == "valid");
    let is_assumed = tests().any(|test| test.correlation.is_some());
    let has_combined = tests().any(|test| test.kind == TestKind::Combined);
    let is_open = |suffice: bool| {
        move |test: &PlannedTest| test.seeds_needed.is_none() && test.seeds_suffice == suffice
    };
    let is_beyond = tests().any(is_open(true));
    let is_unreachable = tests().any(is_open(false));
    let notes = [
        (
            is_of(SourceKind::Published),
            "Published deviations are those of other models; runs of your own (--pilot) tell more.",
        ),
        (
            is_valid,
            "Scores of the valid split, which chose the models: on the test split, seeds may spread otherwise.",
        ),
        (
            is_assumed,
            "The correlation between runs of one seed is assumed; two models with three seeds in common \
             (--pilot) show it.",
        ),
        (
            has_combined,
            "The test of `misa table` covers other utterances, too, with the variance found on these.",
        ),
        (
            !has_combined,
            "These tests cover other seeds on the same utterances. That of `misa table` covers other \
             utterances, too, and needs more: runs of two models (--pilot) with three seeds of each show how \
             many.",
        ),
        (
            is_beyond,
            "More seeds than anyone trains: the difference is too small for this deviation.",
        ),
        (
            is_unreachable,
            "No number of seeds suffices: the difference is too small for these utterances.",
        ),
    ];
    let notes = notes.into_iter().filter(|(is, _)| *is);
    notes.map(|(_, note)| note.to_string()).collect()
}

/// Where the deviation is from, and how certain it is.
fn heading(source: &PlanSource, metric: &str) -> String {
    let models = source.models.iter();
    let models = models.map(|model| match model.seeds {
        Some(1) => format!("{}, 1 seed", model.name),
        Some(seeds) => format!("{}, {seeds} seeds", model.name),
        None => format!("{}, number of seeds not stated", model.name),
    });
    let models = models.collect::<Vec<_>>().join("; ");
    let kind = match (source.kind, &source.reference) {
        (SourceKind::Published, Some(reference)) => format!(" ({reference})"),
        _ => String::new(),
    };
    let title = match source.kind {
        SourceKind::Pilot => "Runs",
        SourceKind::Published => "Published",
    };
    let deviation = score_text(metric, source.deviation.value);
    let certainty = match source.deviation.interval {
        Some((low, high)) => format!(
            "95 % interval {} to {}",
            score_text(metric, low),
            score_text(metric, high)
        ),
        None => "how certain it is cannot be told".to_string(),
    };
    let split = &source.split;
    format!(
        "{title}: {models}, {split} split{kind}\nDeviation between seeds: {deviation}; {certainty}"
    )
}

fn table(source: &PlanSource, metric: &str) -> String {
    let sizes = source
        .plan
        .tests
        .first()
        .map_or(&[][..], |test| &test.sizes);
    let sizes = sizes.iter().map(|size| format!("with {}", size.seeds));
    let head: Vec<String> = ["test", "seeds"]
        .map(str::to_string)
        .into_iter()
        .chain(sizes)
        .collect();
    let row = |test: &PlannedTest| {
        let sizes = test.sizes.iter().map(|size| shown(size, metric));
        [name(test), needed(test)]
            .into_iter()
            .chain(sizes)
            .collect()
    };
    let rows: Vec<Vec<String>> = source.plan.tests.iter().map(row).collect();
    aligned(&head, &rows)
}

fn name(test: &PlannedTest) -> String {
    match (test.kind, test.correlation) {
        (TestKind::Paired, Some(correlation)) => {
            format!("paired, correlation {correlation}")
        }
        (TestKind::Paired, None) => "paired, as measured".to_string(),
        (TestKind::Combined, _) => "of misa table".to_string(),
        _ => "unpaired".to_string(),
    }
}

/// `61 (23 to 495)`
fn needed(test: &PlannedTest) -> String {
    let count = |seeds: Option<usize>| match seeds {
        Some(seeds) => seeds.to_string(),
        None if test.seeds_suffice => format!("> {MOST_SEEDS}"),
        None => "no number".to_string(),
    };
    let seeds = count(test.seeds_needed);
    match test.seeds_interval {
        Some([low, high]) => format!("{seeds} ({} to {})", count(low), count(high)),
        None => seeds,
    }
}

/// `0.0790 (12 %)`
fn shown(size: &PlannedSize, metric: &str) -> String {
    match (size.smallest_difference, size.power) {
        (Some(smallest), Some(power)) => {
            format!("{} ({})", score_text(metric, smallest), percent(power))
        }
        _ => "–".to_string(),
    }
}

/// A share in per cent, with as many digits as it needs.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 1.0 || (99.0..100.0).contains(&percent) {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_near_the_ends_have_a_digit_more() {
        for (share, expected) in [
            (0.8, "80 %"),
            (0.004, "0.4 %"),
            (0.995, "99.5 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }
}

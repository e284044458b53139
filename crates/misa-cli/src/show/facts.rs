//! What a reader needs to know about a run: warnings, provenance, settings.

use super::curves::{best_epoch, pretraining};
use super::date::utc;
use super::flat::flat;
use crate::settings::RunSettings;
use misa_data::Split;
use misa_report::Section;
use misa_train::{Manifest, ModalityScore, Report};
use std::fs;
use std::path::Path;

/// What tells a run from every other one: its folder, data, seed and date.
pub(super) fn title(
    folder: &Path,
    settings: &RunSettings,
    report: &Report,
    manifest: &Manifest,
) -> String {
    let (data, seed) = (settings.data.name(), report.config.seed);
    let date = started(manifest).map_or_else(String::new, |date| format!(", {date}"));
    format!("{}: {data}, seed {seed}{date}", short(folder))
}

/// What a reader should see beside the scores.
pub(super) fn highlights(
    folder: &Path,
    settings: &RunSettings,
    report: &Report,
    manifest: &Manifest,
) -> Vec<(String, String)> {
    let counts = report.data.utterances.iter();
    let counts: Vec<String> = counts
        .map(|(split, count)| format!("{split} {count}"))
        .collect();
    let rows = [
        ("run", short(folder)),
        (
            "started",
            started(manifest).unwrap_or_else(|| "unknown".to_string()),
        ),
        (
            "data",
            format!("{}: {} utterances", settings.data.name(), counts.join(", ")),
        ),
        ("seed", report.config.seed.to_string()),
        ("model of epoch", kept(report)),
        ("parameters", report.parameters.to_string()),
        ("device", report.system.device.clone()),
        ("wall time", format!("{:.1} s", report.seconds)),
    ];
    let rows = rows.into_iter();
    let rows = rows.map(|(name, value)| (name.to_string(), value));
    rows.chain(report.modality_scores.iter().map(alone))
        .collect()
}

/// How one modality alone predicts its own labels.
fn alone(score: &ModalityScore) -> (String, String) {
    let (mae, count) = (score.mae, score.utterances);
    let corr = score
        .corr
        .map_or("not defined".to_string(), |corr| format!("{corr:.3}"));
    let value = format!("MAE {mae:.3}, Corr {corr}, against its labels of {count} utterances");
    (format!("{} alone, {}", score.modality, score.split), value)
}

/// When training first began.
fn started(manifest: &Manifest) -> Option<String> {
    manifest
        .sessions
        .first()
        .map(|session| utc(session.started))
}

/// The last two parts of the path of a folder, also where it was given as `.`.
fn short(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let parts: Vec<_> = whole.iter().map(|part| part.to_string_lossy()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}

pub(super) fn notes(report: &Report, manifest: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    if report.scores_of(Split::Test).is_none() {
        notes.push(
            "Scores are of the valid split, which also chose the model, and so are optimistic."
                .to_string(),
        );
    }
    match manifest.test_openings() {
        0 | 1 => {}
        times => notes.push(format!("The test split was opened {times} times.")),
    }
    if manifest.trained_after_opening() {
        notes.push("The run was trained after its test split had been opened.".to_string());
    }
    notes.extend(
        report
            .data
            .notes
            .iter()
            .map(|note| format!("Data: {note}.")),
    );
    let text = report.bert.iter().flat_map(|bert| &bert.notes);
    notes.extend(text.map(|note| format!("Text: {note}.")));
    let findings = report.data.findings.iter();
    notes.extend(
        findings
            .filter(|finding| finding.is_serious())
            .map(|finding| format!("Data, {}: {}.", finding.severity, finding.message)),
    );
    notes
}

pub(super) fn facts(report: &Report, manifest: &Manifest) -> Vec<Section> {
    let row = |name: &str, value: String| (name.to_string(), value);
    let counts: Vec<String> = (report.data.utterances.iter())
        .map(|(split, count)| format!("{split} {count}"))
        .collect();
    let system = &report.system;
    let mut run = vec![
        row(
            "data",
            format!("{}: {}", report.data.format, counts.join(", ")),
        ),
        row("corpus", or_unknown(report.data.corpus.as_ref())),
        row("labels", or_unknown(report.data.labels.as_ref())),
        row("data SHA-256", report.data.checksum.clone()),
        row("settings SHA-256", manifest.config_checksum.clone()),
        row("seed", report.config.seed.to_string()),
        row("model of epoch", kept(report)),
        row("parameters", report.parameters.to_string()),
        row(
            "device",
            format!("{} on {}", system.device, system.platform),
        ),
        row(
            "versions",
            format!("misa {}, burn {}", system.misa, system.burn),
        ),
        row("starts", manifest.sessions.len().to_string()),
        row("wall time", format!("{:.1} s", report.seconds)),
    ];
    if let Some(bytes) = report.peak_memory {
        run.push(row("peak memory", format!("{} MiB", bytes >> 20)));
    }
    run.push(row("command", system.command.join(" ")));
    let settings = flat(&report.config);
    [("Run", run), ("Settings", settings)]
        .into_iter()
        .map(|(name, rows)| Section {
            name: name.to_string(),
            rows,
        })
        .collect()
}

fn or_unknown(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| "unknown".to_string(), ToString::to_string)
}

/// The epoch whose model was kept, in words.
fn kept(report: &Report) -> String {
    let before = pretraining(report);
    let epochs = report.history.len() - before;
    match (best_epoch(report), epochs, before) {
        (Some(best), _, 0) => format!("{best} of {epochs}"),
        (Some(best), ..) => format!("{best} of {epochs}, after {before} of pre-training"),
        (None, 0, before) => format!("{before}, the last of pre-training"),
        (None, ..) => format!("none of {epochs}: no epoch improved the model it started from"),
    }
}

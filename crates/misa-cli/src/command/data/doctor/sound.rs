//! What a sound holds, and what makes its features doubtful.

use crate::command::data::features::channels;
use crate::command::{say, say_object};
use crate::{Exit, Outcome};
use misa_recordings::sounds::{EXTENSIONS, SoundReader, SoundReport};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// Whether a path is a file whose name is that of a sound or a video.
pub(super) fn is_sound(path: &Path) -> bool {
    let is_named = path.extension().is_some_and(|extension| {
        let extension = extension.to_string_lossy().to_ascii_lowercase();
        EXTENSIONS.contains(&extension.as_str())
    });
    is_named && path.is_file()
}

/// Examines a sound, and prints what is found; the exit status is 1 if anything is.
///
/// # Errors
///
/// If the sound cannot be read.
pub(super) fn run(path: &Path, as_json: bool) -> Outcome {
    let (_, report) = SoundReader::default().hear(path)?;
    let status = if report.findings.is_empty() { 0 } else { 1 };
    if as_json {
        say_object(json!({ "path": path, "sound": report, "status": status }))?;
    } else {
        say(&text(path, &report))?;
    }
    Ok(match status {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

fn text(path: &Path, report: &SoundReport) -> String {
    let mut text = format!(
        "{}: {}, {} Hz, {}, {:.2} s, of which {:.2} s are {}\n",
        path.display(),
        report.format,
        report.rate,
        channels(report.channels),
        report.seconds,
        report.speech_seconds,
        report.speech_is()
    );
    for finding in &report.findings {
        let _ = writeln!(text, "warning: {finding}");
    }
    if report.findings.is_empty() {
        text.push_str("nothing is wrong with it\n");
    }
    text
}

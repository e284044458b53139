//! The page that shows what became of every recording.

use super::summary::Summary;
use misa_recordings::assemble::{Picture, PictureTrack, RecordingReport, TrackReport};
use misa_recordings::{WordOrigin, align};
use misa_report::{
    AssemblyRecord, OffsetNumbers, PictureRow, PictureStep, PictureWord, RecordError,
    RecordingRecord, Section, StepKind, StepNumbers, UtterancePicture, WordKind, WordNumbers,
    assembly_page,
};

/// The page as HTML.
pub(super) fn page(summary: &Summary<'_>, picture: Option<Picture>) -> Result<String, RecordError> {
    let name = summary.arguments.out.file_name().unwrap_or_default();
    let record = AssemblyRecord {
        title: name.to_string_lossy().into_owned(),
        notes: summary.notes(),
        facts: vec![settings(summary)],
        recordings: summary.totals.recordings.iter().map(recording).collect(),
        picture: picture.map(drawn),
    };
    Ok(assembly_page(&record)?.html())
}

fn settings(summary: &Summary<'_>) -> Section {
    let recipe = |recipe: &Option<misa_data::RecipeStamp>| {
        recipe.as_ref().map_or_else(
            || "none".to_string(),
            |recipe| format!("{} ({} columns)", recipe.name, recipe.columns.len()),
        )
    };
    let entries = [
        ("mode", summary.arguments.steps.mode.to_string()),
        ("faces", recipe(&summary.recipes.visual)),
        ("voice", recipe(&summary.recipes.acoustic)),
        ("checksum", summary.written.checksum.clone()),
    ];
    let entries = entries.map(|(name, value)| (name.to_string(), value));
    Section {
        name: "Settings".to_string(),
        rows: entries.into(),
    }
}

fn recording(report: &RecordingReport) -> RecordingRecord {
    let words = &report.words;
    let steps = |track: &TrackReport| StepNumbers {
        measured: track.steps.measured,
        borrowed: track.steps.borrowed,
        absent: track.steps.absent,
        gaps: track.survey.gaps,
        invalid_rows: track.survey.invalid,
    };
    RecordingRecord {
        name: report.name.clone(),
        utterances: report.utterances,
        seconds: report.seconds_of_words,
        face_seconds: report.faces.as_ref().map(|faces| faces.seconds),
        voice_seconds: report.voice.as_ref().map(|voice| voice.seconds),
        words: WordNumbers {
            measured: words.measured,
            interpolated: words.interpolated_by_tool,
            placed: words.placed,
            dropped: words.untimed_dropped + words.no_length_dropped + words.punctuation_dropped,
            outside: words.outside,
        },
        faces: report.faces.as_ref().map(steps),
        voice: report.voice.as_ref().map(steps),
        other_faces: report.faces.as_ref().map_or(0, |faces| faces.other_faces),
        offset: report.offset.map(|offset| OffsetNumbers {
            seconds: offset.seconds,
            correlation: offset.correlation,
            is_clear: offset.is_clear(),
        }),
        notes: report.notes.iter().map(ToString::to_string).collect(),
    }
}

fn drawn(picture: Picture) -> UtterancePicture {
    let word = |word: misa_recordings::assemble::PictureWord| PictureWord {
        text: word.text,
        start: word.time.start,
        end: word.time.end,
        kind: match word.origin {
            WordOrigin::Measured => WordKind::Measured,
            WordOrigin::Interpolated => WordKind::Interpolated,
            _ => WordKind::Placed,
        },
    };
    UtterancePicture {
        utterance: picture.id,
        from: picture.stretch.start,
        to: picture.stretch.end,
        words: picture.words.into_iter().map(word).collect(),
        tracks: picture.tracks.into_iter().map(track).collect(),
    }
}

fn track(track: PictureTrack) -> misa_report::PictureTrack {
    let rows = track
        .rows
        .into_iter()
        .map(|(time, value, valid)| PictureRow {
            start: time.start,
            end: time.end,
            value: (!value.is_nan()).then_some(f64::from(value)),
            valid,
        });
    let steps = track
        .steps
        .into_iter()
        .map(|(span, value, kind)| PictureStep {
            start: span.start,
            end: span.end,
            value: f64::from(value),
            kind: match kind {
                align::StepKind::Measured => StepKind::Measured,
                align::StepKind::Borrowed { .. } => StepKind::Borrowed,
                _ => StepKind::Absent,
            },
        });
    misa_report::PictureTrack {
        modality: track.name.to_string(),
        column: track.column,
        rows: rows.collect(),
        steps: steps.collect(),
    }
}

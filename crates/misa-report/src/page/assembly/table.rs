//! The table of recordings, what needs attention first.

use crate::assembly::record::{OffsetNumbers, RecordingRecord, StepNumbers, WordNumbers};
use crate::draw::text::{counted, duration, escape, fixed, grouped, share, shortened};
use std::cmp::Reverse;

/// The recordings with a clear offset, then the others; each by their share of absent steps, the largest
/// first.
pub(super) fn by_attention(recordings: &[RecordingRecord]) -> Vec<&RecordingRecord> {
    let mut ranked: Vec<(bool, f64, &RecordingRecord)> = recordings
        .iter()
        .map(|one| (has_clear_offset(one), absent(one), one))
        .collect();
    // Stable: equal ones stay in the order of the data set.
    ranked.sort_by(|one, other| {
        let clear = Reverse(one.0).cmp(&Reverse(other.0));
        clear.then(other.1.total_cmp(&one.1))
    });
    ranked.into_iter().map(|ranked| ranked.2).collect()
}

/// The table; names have at most `longest` characters.
pub(super) fn recording_table(recordings: &[RecordingRecord], longest: usize) -> String {
    let row = |recording: &RecordingRecord| row(recording, longest);
    let head = ["utterances", "speech", "words", "faces", "voice", "offset"];
    let head = head.map(|name| format!("<th scope=\"col\" class=\"r\">{name}</th>"));
    format!(
        "<div class=\"box recordings\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">recording</th>{}</tr>\
         </thead>\n<tbody>{}</tbody></table></div>\n",
        head.concat(),
        recordings.iter().map(row).collect::<String>()
    )
}

fn has_clear_offset(recording: &RecordingRecord) -> bool {
    recording.offset.is_some_and(|offset| offset.is_clear)
}

/// Mean share of absent steps of faces and voice; without a file, all steps are absent.
fn absent(recording: &RecordingRecord) -> f64 {
    let share = |steps: Option<StepNumbers>, has_file: bool| match steps {
        Some(steps) => steps.absent as f64 / steps.all().max(1) as f64,
        None => f64::from(u8::from(!has_file)),
    };
    let faces = share(recording.faces, recording.face_seconds.is_some());
    let voice = share(recording.voice, recording.voice_seconds.is_some());
    (faces + voice) / 2.0
}

fn row(recording: &RecordingRecord, longest: usize) -> String {
    let faces = modality(
        recording.face_seconds,
        recording.faces,
        recording.other_faces,
    );
    let voice = modality(recording.voice_seconds, recording.voice, 0);
    let utterances = cell(&grouped(recording.utterances), &[]);
    let class = if has_clear_offset(recording) {
        " class=\"off\""
    } else {
        ""
    };
    format!(
        "<tr{class}><th scope=\"row\">{}</th>{utterances}{}{}{faces}{voice}{}</tr>\n",
        escape(&shortened(&recording.name, longest)),
        cell(&duration(recording.seconds), &[]),
        words(&recording.words),
        offset(recording.offset)
    )
}

fn words(words: &WordNumbers) -> String {
    let parts = [
        (words.interpolated, "interpolated"),
        (words.placed, "placed"),
        (words.dropped, "dropped"),
        (words.outside, "outside"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, name)| format!("{} {name}", grouped(count)))
        .collect();
    cell(&grouped(words.all()), &parts)
}

fn modality(seconds: Option<f64>, steps: Option<StepNumbers>, others: usize) -> String {
    let Some(steps) = steps else {
        return match seconds {
            Some(seconds) => cell("no steps", &[duration(seconds)]),
            None => cell("no file", &[]),
        };
    };
    let mut parts: Vec<String> = seconds.map(duration).into_iter().collect();
    if steps.borrowed > 0 {
        parts.push(format!("{} borrowed", share(steps.borrowed, steps.all())));
    }
    let faults = [
        (steps.gaps, "gap", ""),
        (steps.invalid_rows, "row", " failed"),
        (others, "row", " of others"),
    ];
    let faults = faults.into_iter().filter(|(count, ..)| *count > 0);
    parts.extend(faults.map(|(count, noun, what)| format!("{}{what}", counted(count, noun))));
    let main = match steps.all() {
        0 => "no steps".to_string(),
        all => format!("{} absent", share(steps.absent, all)),
    };
    cell(&main, &parts)
}

fn offset(offset: Option<OffsetNumbers>) -> String {
    let Some(offset) = offset else {
        return cell("–", &[]);
    };
    let sign = if offset.seconds > 0.0 { "+" } else { "" };
    let mut parts = vec![format!("correlation {}", fixed(offset.correlation, 2))];
    if offset.is_clear {
        parts.insert(0, "clear: check".to_string());
    }
    cell(&format!("{sign}{} s", fixed(offset.seconds, 2)), &parts)
}

/// A cell with smaller text below its first line.
fn cell(main: &str, parts: &[String]) -> String {
    let main = escape(main);
    if parts.is_empty() {
        return format!("<td class=\"r\">{main}</td>");
    }
    let parts = escape(&parts.join(", "));
    format!("<td class=\"r\">{main}<span class=\"small\">{parts}</span></td>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(name: &str, absent: usize, is_clear: bool) -> RecordingRecord {
        let steps = StepNumbers {
            measured: 100 - absent,
            absent,
            ..Default::default()
        };
        RecordingRecord {
            name: name.into(),
            face_seconds: Some(9.0),
            voice_seconds: Some(9.0),
            faces: Some(steps),
            voice: Some(steps),
            offset: Some(OffsetNumbers {
                seconds: 0.5,
                correlation: 0.8,
                is_clear,
            }),
            ..Default::default()
        }
    }

    #[test]
    fn clear_offsets_come_first_then_absent_steps() {
        let mut given = vec![
            recording("few", 1, false),
            recording("cut", 0, true),
            recording("many", 40, false),
            recording("worse cut", 3, true),
            recording("few too", 1, false),
        ];
        // No file of faces: half of all is absent.
        let mut none = recording("no faces", 0, false);
        (none.faces, none.face_seconds) = (None, None);
        given.push(none);
        let names: Vec<&str> = by_attention(&given)
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["worse cut", "cut", "no faces", "many", "few", "few too"]
        );
    }

    #[test]
    fn a_row_has_every_number_of_its_recording() {
        let given = RecordingRecord {
            name: "<one>".into(),
            utterances: 3,
            seconds: 12.34,
            face_seconds: Some(13.0),
            words: WordNumbers {
                measured: 40,
                placed: 2,
                ..Default::default()
            },
            faces: Some(StepNumbers {
                measured: 90,
                borrowed: 8,
                absent: 2,
                gaps: 1,
                invalid_rows: 7,
            }),
            other_faces: 4,
            ..recording("", 0, true)
        };
        let given = RecordingRecord {
            voice: None,
            voice_seconds: None,
            ..given
        };
        let table = recording_table(&[given], 10);
        let row = table.lines().nth(1).unwrap();
        assert_eq!(
            row,
            "<tbody><tr class=\"off\"><th scope=\"row\">&lt;one&gt;</th><td class=\"r\">3</td>\
             <td class=\"r\">12.3 s</td><td class=\"r\">42<span class=\"small\">2 placed</span></td>\
             <td class=\"r\">2 % absent<span class=\"small\">13.0 s, 8 % borrowed, 1 gap, 7 rows failed, 4 rows of \
             others</span></td>\
             <td class=\"r\">no file</td>\
             <td class=\"r\">+0.50 s<span class=\"small\">clear: check, correlation 0.80</span></td></tr>"
        );
    }

    #[test]
    fn a_long_name_is_cut() {
        let table = recording_table(&[recording(&"n".repeat(500), 0, false)], 10);
        assert!(table.contains("<th scope=\"row\">nnnnnnnnn…</th>"));
    }
}

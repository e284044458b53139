//! The page as a whole.

use super::*;
use crate::assembly::record::{
    OffsetNumbers, PictureWord, StepNumbers, UtterancePicture, WordKind, WordNumbers,
};

fn recording(name: &str) -> RecordingRecord {
    let steps = Some(StepNumbers {
        measured: 90,
        borrowed: 6,
        absent: 4,
        gaps: 1,
        invalid_rows: 5,
    });
    RecordingRecord {
        name: name.into(),
        utterances: 2,
        seconds: 30.0,
        face_seconds: Some(31.0),
        voice_seconds: Some(32.0),
        words: WordNumbers {
            measured: 95,
            placed: 5,
            ..Default::default()
        },
        faces: steps,
        voice: steps,
        offset: Some(OffsetNumbers {
            seconds: 0.02,
            correlation: 0.7,
            is_clear: false,
        }),
        ..Default::default()
    }
}

fn record(count: usize) -> AssemblyRecord {
    AssemblyRecord {
        title: "interviews".into(),
        notes: vec!["Be careful.".into()],
        facts: vec![Section {
            name: "rules".into(),
            rows: vec![("reach".into(), "0.1 s".into())],
        }],
        recordings: (0..count).map(|k| recording(&format!("r{k}"))).collect(),
        picture: Some(UtterancePicture {
            utterance: "r0[1]".into(),
            from: 1.0,
            to: 3.0,
            words: vec![PictureWord {
                text: "love".into(),
                start: 1.0,
                end: 2.0,
                kind: WordKind::Placed,
            }],
            ..Default::default()
        }),
    }
}

fn html(record: &AssemblyRecord) -> String {
    assembly_page(record).unwrap().html()
}

#[test]
fn the_page_has_every_part_and_its_figures() {
    let page = assembly_page(&record(3)).unwrap();
    let html = page.html();
    for part in [
        "<title>interviews</title>",
        "<p>Be careful.</p>",
        "3 recordings with 6 utterances: 90.0 s of speech.",
        "15 of 300 words had no times and were placed between their neighbours.",
        "<h3>How r0[1] became steps</h3>",
        "<th scope=\"row\">r2</th>",
        "<summary>rules</summary>",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let names: Vec<&str> = page
        .figures()
        .iter()
        .map(|figure| figure.name.as_str())
        .collect();
    assert_eq!(names, ["origins", "utterance", "offsets"]);
    assert!(!html.contains("<script"));
}

#[test]
fn its_words_are_explained() {
    let html = html(&record(2));
    for word in [
        "utterance",
        "recording",
        "step",
        "placed",
        "borrowed",
        "absent",
        "offset",
    ] {
        assert!(html.contains(&format!("<dt>{word}</dt>")), "{word}");
    }
    assert!(!html.contains("<dt>valid</dt>") && !html.contains("<dt>seed</dt>"));
}

#[test]
fn equal_records_give_equal_pages() {
    let one = assembly_page(&record(50)).unwrap();
    let other = assembly_page(&record(50)).unwrap();
    assert_eq!(one.html(), other.html());
    for (one, other) in one.figures().iter().zip(other.figures()) {
        assert_eq!((one.svg(), &one.data), (other.svg(), &other.data));
    }
}

#[test]
fn light_and_dark_are_on_the_page_and_in_its_figures() {
    let page = assembly_page(&record(2)).unwrap();
    for text in [page.html(), page.figures()[2].svg()] {
        let (light, dark) = text
            .split_once("@media (prefers-color-scheme:dark)")
            .unwrap();
        assert!(light.contains("#f6f7f9") || light.contains(".w{fill:#ffffff}"));
        assert!(dark.contains("#0f1115") || dark.contains(".w{fill:#171a20}"));
    }
    let svg = page.figures()[2].svg();
    assert!(svg.contains(".z{stroke:#1c2026}") && svg.contains(".z{stroke:#e6e9ee}"));
}

#[test]
fn texts_are_escaped_wherever_they_are() {
    let evil = "<script>alert(1)</script>";
    let mut record = record(2);
    record.title = evil.into();
    record.notes = vec![evil.into(), evil.into()];
    record.facts[0].name = evil.into();
    record.facts[0].rows[0] = (evil.into(), evil.into());
    record.recordings[0].name = evil.into();
    record.recordings[0].notes = vec![evil.into()];
    let picture = record.picture.as_mut().unwrap();
    picture.utterance = evil.into();
    picture.words[0].text = evil.into();
    let page = assembly_page(&record).unwrap();
    assert!(!page.html().contains("<script"));
    assert!(
        page.figures()
            .iter()
            .all(|figure| !figure.svg().contains("<script"))
    );
}

#[test]
fn two_hundred_of_many_recordings_are_in_the_table() {
    let mut many = record(10_000);
    many.recordings[9_000].offset = Some(OffsetNumbers {
        seconds: 1.0,
        correlation: 0.9,
        is_clear: true,
    });
    let html = html(&many);
    let (_, table) = html.split_once("<div class=\"box recordings\"").unwrap();
    let (table, rest) = table.split_once("</table>").unwrap();
    assert_eq!(table.matches("<th scope=\"row\">").count(), 200);
    assert!(
        table
            .split_once("<tbody>")
            .unwrap()
            .1
            .contains("<th scope=\"row\">r9000</th>")
    );
    assert!(rest.contains("9,800 of 10,000 recordings are not in this table; the JSON has all."));
    assert!(html.len() < 1_500_000, "{}", html.len());
    // All of them are in the sums.
    assert!(html.contains("10,000 recordings with 20,000 utterances: 83.3 h of speech."));
}

#[test]
fn at_most_two_hundred_notes_on_recordings_are_shown() {
    let mut record = record(3);
    record.recordings[1].notes = (0..250).map(|k| format!("note {k} of it")).collect();
    let html = html(&record);
    assert!(html.contains("<summary>Notes on recordings: 250</summary>"));
    assert_eq!(html.matches(" of it</td>").count(), 200);
    assert!(html.contains("50 more are not shown; the JSON has all."));
}

#[test]
fn a_name_of_any_length_is_cut() {
    let mut long = record(2);
    long.recordings[0].name = "long ".repeat(100_000);
    long.picture.as_mut().unwrap().utterance = "long ".repeat(100_000);
    assert!(html(&long).len() < 100_000);
}

#[test]
fn one_recording_without_anything_is_a_page() {
    let record = AssemblyRecord {
        recordings: vec![RecordingRecord::default()],
        ..Default::default()
    };
    let page = assembly_page(&record).unwrap();
    assert!(page.figures().is_empty());
    let html = page.html();
    assert!(html.contains("<title>Recordings as a data set</title>"));
    assert!(html.contains("There are no words.") && html.contains("There are no files of faces."));
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let message = |record: &AssemblyRecord| assembly_page(record).unwrap_err().to_string();
    assert_eq!(
        message(&record(0)),
        "recordings: `recordings` is 0, expected 1 to 100000"
    );
    let mut wrong = record(2);
    wrong.recordings[1].offset.as_mut().unwrap().correlation = f64::NAN;
    assert_eq!(
        message(&wrong),
        "recording 1 `r1`: `offset.correlation` is NaN, expected -1 to 1"
    );
    let mut wrong = record(1);
    wrong.picture.as_mut().unwrap().words[0].start = f64::INFINITY;
    assert_eq!(
        message(&wrong),
        "picture: word 0 `love`: `start` is inf, expected -1000000000 to 1000000000"
    );
}

#[test]
fn every_figure_has_pixels() {
    for figure in assembly_page(&record(2)).unwrap().figures() {
        assert!(
            figure.png().unwrap().starts_with(b"\x89PNG"),
            "{}",
            figure.name
        );
    }
}

#[test]
fn a_record_is_the_same_as_json() {
    let record = record(2);
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(
        serde_json::from_str::<AssemblyRecord>(&json).unwrap(),
        record
    );
    assert!(json.contains("\"kind\":\"placed\""));
}

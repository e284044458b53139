//! Recordings of the kit, made into utterances.

mod matching;
mod modes;
mod segments;

use crate::kit::kit;
use crate::tables::table;
use misa_recordings::align::{PauseRule, StepKind};
use misa_recordings::assemble::{
    AssembleOptions, Assembled, Assembler, Inputs, Mode, RecordingReport, Steps,
};
use misa_recordings::segments::SegmentTable;
use std::fs;
use tempfile::TempDir;

/// A folder with copies of files of the kit.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(kit(from), path).unwrap();
    }
    folder
}

fn options(mode: Mode, pauses: PauseRule) -> AssembleOptions {
    let mut options = AssembleOptions::default();
    (options.mode, options.pauses) = (mode, pauses);
    options
}

type Done = Vec<(String, Result<(RecordingReport, Vec<Assembled>), String>)>;

/// What becomes of the recordings below `folder`.
fn run(folder: &TempDir, table: &SegmentTable, options: AssembleOptions) -> Done {
    let path = |name: &str| Some(folder.path().join(name)).filter(|path| path.exists());
    let [words, faces, voice] = ["words", "faces", "voice"].map(path);
    let inputs = Inputs {
        words: words.as_deref(),
        faces: faces.as_deref(),
        voice: voice.as_deref(),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, options).unwrap();
    let mut done = Done::new();
    let taken: Result<(), ()> = assembler.run(|outcome| {
        done.push((
            outcome.name,
            outcome.result.map_err(|error| error.to_string()),
        ));
        Ok(())
    });
    taken.unwrap();
    done
}

fn one(done: &Done) -> (&RecordingReport, &Assembled) {
    let (report, utterances) = done[0].1.as_ref().unwrap();
    (report, &utterances[0])
}

/// Column `column` of each step.
fn column(steps: &Option<Steps>, column: usize, width: usize) -> Vec<f32> {
    let values = &steps.as_ref().unwrap().values;
    values
        .chunks(width)
        .map(|step| (step[column] * 1e4).round() / 1e4)
        .collect()
}

const WORDS: [&str; 13] = [
    "whisperx.json",
    "whisper.json",
    "whispercpp_full.json",
    "vosk.json",
    "gentle.json",
    "mfa_long.TextGrid",
    "mfa_short.TextGrid",
    "mfa_utf16.TextGrid",
    "mfa.json",
    "mfa.csv",
    "clip.ctm",
    "clip.mlf",
    "p2fa.TextGrid",
];

#[test]
fn every_file_of_words_gives_the_same_utterance() {
    let table = table("id,label\nclip,1.5\n");
    for words in WORDS {
        let extension = words.rsplit('.').next().unwrap();
        let name = format!("words/clip.{extension}");
        let folder = folder(&[
            (&name, words),
            ("faces/clip.csv", "openface_au_only.csv"),
            ("voice/clip.csv", "smile_lld.csv"),
        ]);
        let done = run(&folder, &table, options(Mode::Words, PauseRule::WordsOnly));
        let (report, utterance) = one(&done);
        assert_eq!(utterance.words, ["i", "love", "this", "movie"], "{words}");
        assert_eq!(report.words.measured, 4, "{words}");
        // AU12 (column 8) is 3 in rows that start inside "love", 0.32 to 0.60 s: of its 0.32 s they cover 0.3 s,
        // and the last of them covers 0.02 of the 0.18 s of "this".
        assert_eq!(
            column(&utterance.faces, 8, 35),
            [0.0, 2.8125, 0.3333, 0.0],
            "{words}"
        );
        assert_eq!(column(&utterance.voice, 0, 3), [1.0; 4], "{words}");
    }
}

#[test]
fn every_file_of_faces_and_voices_gives_the_same_steps() {
    let table = table("id,label\nclip,1.5\n");
    // The column of AU12 and the number of columns; py-feat has its own scale.
    for (faces, place, width) in [
        ("openface_au_only.csv", 8, 35),
        ("openface_714.csv", 8, 40),
        ("openface_old_heads.csv", 8, 35),
    ] {
        for (voice, name) in [
            ("smile_lld.csv", "clip.csv"),
            ("smile.arff", "clip.arff"),
            ("smile.htk", "clip.htk"),
            ("opensmile_python.csv", "clip.csv"),
        ] {
            let voice_name = format!("voice/{name}");
            let folder = folder(&[
                ("words/clip.json", "whisperx.json"),
                ("faces/clip.csv", faces),
                (&voice_name, voice),
            ]);
            let done = run(&folder, &table, options(Mode::Words, PauseRule::Extend));
            let (_, utterance) = one(&done);
            let spans: Vec<[f64; 2]> = utterance
                .spans
                .iter()
                .map(|span| [span.start, span.end])
                .collect();
            assert_eq!(
                spans,
                [[0.1, 0.275], [0.275, 0.62], [0.62, 0.875], [0.875, 1.5]]
            );
            let smile = column(&utterance.faces, place, width);
            assert_eq!(
                smile[1],
                (3.0_f32 * 0.3 / 0.345 * 1e4).round() / 1e4,
                "{faces}"
            );
            let loud = column(&utterance.voice, 0, 3);
            // Two and a half rows of silence of seventeen and a half.
            assert_eq!(loud[0], 0.8929, "{voice}");
        }
    }
}

#[test]
fn failed_and_missing_rows_are_borrowed_or_absent() {
    // Rows 20 to 22 (0.80 to 0.92 s) are missing, rows 40 and 41 (1.60 to 1.68 s) failed.
    let folder = folder(&[("faces/clip.csv", "openface_au_only.csv")]);
    let words = [
        ("a", 0.84, 0.88),
        ("b", 1.61, 1.67),
        ("c", 2.0, 2.05),
        ("d", 2.2, 2.3),
    ];
    let words: Vec<String> = words
        .iter()
        .map(|(word, start, end)| {
            format!("{{\"conf\": 1.0, \"word\": \"{word}\", \"start\": {start}, \"end\": {end}}}")
        })
        .collect();
    let json = format!(
        "{{\"result\": [{}], \"text\": \"a b c d\"}}",
        words.join(", ")
    );
    fs::create_dir(folder.path().join("words")).unwrap();
    fs::write(folder.path().join("words/clip.json"), json).unwrap();
    let table = table("id,label\nclip,1.5\n");
    let done = run(&folder, &table, options(Mode::Words, PauseRule::WordsOnly));
    let (report, utterance) = one(&done);
    let kinds = &utterance.faces.as_ref().unwrap().kinds;
    assert!(
        matches!(
            kinds[..],
            [
                StepKind::Borrowed { row: 19 },
                StepKind::Borrowed { row: 36 },
                StepKind::Borrowed { row: 46 },
                StepKind::Absent
            ]
        ),
        "{kinds:?}"
    );
    assert_eq!(
        utterance.faces.as_ref().unwrap().absent(),
        Some(vec![false, false, false, true])
    );
    let steps = report.faces.as_ref().unwrap().steps;
    assert_eq!((steps.measured, steps.borrowed, steps.absent), (0, 3, 1));
    let done = run(&folder, &table, options(Mode::Sdk, PauseRule::WordsOnly));
    let kinds = &one(&done).1.faces.as_ref().unwrap().kinds;
    // The SDK knows no failed rows and borrows none.
    assert_eq!(
        kinds[..],
        [
            StepKind::Absent,
            StepKind::Measured,
            StepKind::Absent,
            StepKind::Absent
        ]
    );
}

#[test]
fn a_picture_shows_rows_and_steps() {
    let folder = folder(&[
        ("words/clip.json", "whisperx_word_without_times.json"),
        ("faces/clip.csv", "openface_au_only.csv"),
        ("voice/clip.csv", "smile_lld.csv"),
    ]);
    let table = table("id,label\nclip,1.5\n");
    let [words, faces, voice] = ["words", "faces", "voice"].map(|name| folder.path().join(name));
    let inputs = Inputs {
        words: Some(&words),
        faces: Some(&faces),
        voice: Some(&voice),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap();
    let picture = assembler.picture("clip").unwrap().unwrap();
    let kinds: Vec<String> = picture
        .words
        .iter()
        .map(|word| format!("{:?}", word.origin))
        .collect();
    assert_eq!(kinds, ["Measured", "Measured", "Placed", "Measured"]);
    let columns: Vec<&str> = picture
        .tracks
        .iter()
        .map(|track| track.column.as_str())
        .collect();
    assert_eq!(columns, ["AU12_r", "Loudness_sma3"]);
    assert_eq!(
        (picture.tracks[0].rows.len(), picture.tracks[0].steps.len()),
        (47, 4)
    );
    assert_eq!(assembler.picture("other").unwrap(), None);
}

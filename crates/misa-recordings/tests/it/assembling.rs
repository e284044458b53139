//! Recordings of the kit, made into utterances.

use crate::array_tracks::{f4, npy};
use misa_recordings::align::{PauseRule, StepKind};
use misa_recordings::assemble::{
    AssembleOptions, Assembled, Assembler, Inputs, Mode, RecordingReport, Steps,
};
use misa_recordings::segments::{self, SegmentTable, SegmentsOptions};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn kit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/kit")
        .join(name)
}

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

fn table(text: &str) -> SegmentTable {
    segments::parse("table.csv", text.as_bytes(), &SegmentsOptions::default()).unwrap()
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
fn words_are_divided_among_segments() {
    let folder = folder(&[
        ("words/v.json", "whisperx.json"),
        ("voice/v.csv", "smile_lld.csv"),
    ]);
    let table = table("video,clip,start,end,label\nv,0,0,0.5,1\nv,1,0.5,0.9,2\nv,2,1.6,2.0,3\n");
    let done = run(&folder, &table, options(Mode::Words, PauseRule::Extend));
    let (report, utterances) = done[0].1.as_ref().unwrap();
    let words: Vec<_> = utterances
        .iter()
        .map(|utterance| (utterance.id.as_str(), utterance.words.join(" ")))
        .collect();
    assert_eq!(
        words,
        [("v[0]", "i love".to_string()), ("v[1]", "this".to_string())]
    );
    assert_eq!((report.name.as_str(), report.words.outside), ("v", 1));
    assert_eq!(report.without_words, ["v[2]"]);
}

#[test]
fn files_of_clips_lie_in_the_time_of_their_video() {
    // The words are those of the video, whose clip starts 0.1 s after it; the voice is that of the clip.
    let folder = folder(&[
        ("words/v.json", "whisperx.json"),
        ("voice/v_7.csv", "smile_lld.csv"),
    ]);
    let table = table("video,clip,start,end,label\nv,7,0.1,1.6,1\n");
    let done = run(&folder, &table, options(Mode::Words, PauseRule::WordsOnly));
    let (report, utterance) = one(&done);
    assert_eq!(
        report.voice.as_ref().unwrap().survey.span.unwrap().start,
        0.1
    );
    // "I" at 0.10 to 0.25 s of the video is 0.00 to 0.15 s of the clip, of which five rows are loud.
    assert_eq!(column(&utterance.voice, 0, 3)[0], 0.5);
}

#[test]
fn times_apply_where_the_ids_are_those_of_recordings() {
    let folder = folder(&[
        ("words/v.json", "whisperx.json"),
        ("voice/v.csv", "smile_lld.csv"),
    ]);
    for table in [
        "id,start,end,label\nv,0,0.5,1\n",
        "id,video,start,end,label\nv,v,0,0.5,1\n",
    ] {
        let done = run(&folder, &self::table(table), AssembleOptions::default());
        let (report, utterance) = one(&done);
        assert_eq!(utterance.words, ["i", "love"], "{table}");
        assert_eq!(utterance.stretch, misa_recordings::Interval::new(0.0, 0.5));
        assert_eq!(report.words.outside, 2);
    }
    let mut options = SegmentsOptions::default();
    options.is_cut = true;
    let text = "id,start,end,label\nv,0,0.5,1\n";
    let cut = segments::parse("table.csv", text.as_bytes(), &options).unwrap();
    let done = run(&folder, &cut, AssembleOptions::default());
    assert_eq!(one(&done).1.words, ["i", "love", "this", "movie"]);
}

#[test]
fn times_that_files_of_clips_make_useless_are_told() {
    let folder = folder(&[
        ("words/seg1.json", "whisperx.json"),
        ("words/v.json", "whisperx.json"),
    ]);
    let words = folder.path().join("words");
    let notes = |table: &str| {
        let inputs = Inputs {
            words: Some(&words),
            ..Inputs::default()
        };
        let table = self::table(table);
        let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default());
        let notes = assembler.unwrap().matching().notes;
        notes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    // Of these four, the first has a file of its own; the last has none at all.
    let all =
        "id,video,start,end,label\nseg1,v,0,0.5,1\nseg2,v,0.5,0.9,2\nv,v,0,0.5,1\nx,x,0,1,1\n";
    assert_eq!(notes(all), ["1 times left out, since the clips are cut"]);
    assert!(notes("id,video,label\nseg1,v,1\n").is_empty());
}

#[test]
fn one_file_may_hold_all_recordings() {
    let folder = folder(&[]);
    fs::write(
        folder.path().join("words"),
        "a 1 0.0 0.5 so\na 1 0.5 0.5 it\nb.wav 1 0.0 1.0 goes\n",
    )
    .unwrap();
    let table = table("id,label\na,1\nb,2\nc,3\n");
    let done = run(&folder, &table, options(Mode::Words, PauseRule::WordsOnly));
    let words = |place: usize| {
        done[place]
            .1
            .as_ref()
            .unwrap()
            .1
            .iter()
            .map(|utterance| utterance.words.join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (words(0), words(1), words(2)),
        (vec!["so it".to_string()], vec!["goes".to_string()], vec![])
    );
}

#[test]
fn other_modes_need_no_times_of_words() {
    let folder = folder(&[
        ("faces/clip.csv", "openface_au_only.csv"),
        ("voice/clip.csv", "smile_lld.csv"),
    ]);
    let table = table("id,text,label\nclip,\"I love this movie.\",1.5\n");
    let done = run(&folder, &table, options(Mode::Utterance, PauseRule::Extend));
    let (_, utterance) = one(&done);
    assert_eq!(utterance.words, ["i", "love", "this", "movie"]);
    let faces = utterance.faces.as_ref().unwrap();
    assert_eq!((faces.kinds.len(), faces.values.len()), (1, 4 * 35));
    let done = run(&folder, &table, options(Mode::Unaligned, PauseRule::Extend));
    let (_, utterance) = one(&done);
    let steps =
        [&utterance.faces, &utterance.voice].map(|steps| steps.as_ref().unwrap().kinds.len());
    // Two seconds of faces at ten steps a second and 1.96 of voice at twenty lie in one stretch of 2 s.
    assert_eq!(steps, [20, 40]);
}

#[test]
fn a_row_without_times_says_nothing_of_the_length() {
    let row = |folder: &TempDir, name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, npy("<f4", false, "(2,)", &f4(&[3.0, 4.0]))).unwrap();
    };
    let text = table("id,text,label\nclip,\"I love this movie.\",1.5\n");
    let alone = folder(&[]);
    row(&alone, "faces/clip.npy");
    row(&alone, "voice/clip.npy");
    for mode in [Mode::Unaligned, Mode::Utterance] {
        let done = run(&alone, &text, options(mode, PauseRule::Extend));
        let (report, utterance) = one(&done);
        for steps in [&utterance.faces, &utterance.voice] {
            let steps = steps.as_ref().unwrap();
            assert_eq!(steps.kinds, [StepKind::Measured], "{mode}");
            assert_eq!(steps.values[0], 3.0, "{mode}");
        }
        // The shorter of both steps is that of voices, at twenty a second.
        assert_eq!(
            (utterance.stretch.start, utterance.stretch.end),
            (0.0, 0.05)
        );
        assert_eq!(report.faces.as_ref().unwrap().seconds, 0.0);
    }
    let beside = folder(&[("words/clip.json", "whisperx.json")]);
    row(&beside, "faces/clip.npy");
    let done = run(&beside, &text, options(Mode::Unaligned, PauseRule::Extend));
    let (report, utterance) = one(&done);
    // The last word ends at 1.5 s, and there are ten steps of faces a second.
    assert_eq!(utterance.stretch.end, 1.5_f64.next_up());
    assert_eq!(
        utterance.faces.as_ref().unwrap().kinds,
        [StepKind::Measured; 15]
    );
    assert_eq!(report.faces.as_ref().unwrap().survey.span, None);
}

#[test]
fn the_first_file_that_is_wanted_and_can_be_read_decides() {
    let folder = folder(&[
        ("faces/clip.csv", "openface_au_only.csv"),
        ("words/clip.json", "whisperx.json"),
    ]);
    // In the order of the alphabet: nobody asks for the first two, and the third has no rows.
    fs::write(folder.path().join("faces/a.csv"), "no table").unwrap();
    fs::copy(kit("libreface.csv"), folder.path().join("faces/b.csv")).unwrap();
    fs::write(folder.path().join("faces/c.csv"), "frame,timestamp\n").unwrap();
    let table = table("id,text,label\nc,x,1\nclip,x,1.5\n");
    let faces = folder.path().join("faces");
    let inputs = Inputs {
        faces: Some(&faces),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap();
    let columns = assembler.recipes().visual.unwrap().columns;
    assert!(columns.contains(&"AU12_r".to_string()), "{columns:?}");
    fs::remove_file(folder.path().join("faces/clip.csv")).unwrap();
    let inputs = Inputs {
        faces: Some(&faces),
        ..Inputs::default()
    };
    let error = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap_err();
    assert!(error.to_string().contains("c.csv: "), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_matters_where_it_is_asked_for() {
    let folder = folder(&[("words/clip.json", "whisperx.json")]);
    let words = folder.path().join("words");
    std::os::unix::fs::symlink("nowhere.json", words.join("gone.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", words.join("old")).unwrap();
    let done = run(
        &folder,
        &table("id,label\nclip,1\ngone,2\n"),
        AssembleOptions::default(),
    );
    assert_eq!(one(&done).1.words.len(), 4);
    let error = done[1].1.as_ref().unwrap_err();
    assert!(
        error.ends_with("gone.json: no such file or folder"),
        "{error}"
    );
}

#[test]
fn segments_of_one_file_need_times() {
    let folder = folder(&[("words/v.json", "whisperx.json")]);
    let table = table("video,clip,label\nv,0,1\nv,1,2\n");
    let words = folder.path().join("words");
    let inputs = Inputs {
        words: Some(&words),
        ..Inputs::default()
    };
    let error = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table, line 2: segment \"v[0]\" is one of 2 of the recording \"v\"; expected start and end for each, found \
         none here; give them as columns, or files of each clip named as its id"
    );
}

#[test]
fn a_file_at_fault_names_itself_and_stops_no_other() {
    let folder = folder(&[
        ("words/a.json", "whisperx.json"),
        ("faces/a.csv", "openface_au_only.csv"),
        ("faces/b.csv", "openface_fdir_times_zero.csv"),
    ]);
    fs::copy(kit("whisperx.json"), folder.path().join("words/b.json")).unwrap();
    let done = run(
        &folder,
        &table("id,label\na,1\nb,2\n"),
        AssembleOptions::default(),
    );
    assert!(done[0].1.is_ok());
    let error = done[1].1.as_ref().unwrap_err();
    assert!(
        error.contains("b.csv: ") && error.contains("--fps"),
        "{error}"
    );
}

#[test]
fn what_has_no_counterpart_is_named() {
    let folder = folder(&[
        ("words/a.json", "whisperx.json"),
        ("words/x.json", "whisperx.json"),
        ("words/a.srt", "clip.srt"),
    ]);
    let table = table("id,label\na,1\nb,2\n");
    let words = folder.path().join("words");
    let inputs = Inputs {
        words: Some(&words),
        ..Inputs::default()
    };
    let assembler = Assembler::new(&table.segments, inputs, AssembleOptions::default()).unwrap();
    let matching = assembler.matching();
    let (kind, found) = matching.iter().next().unwrap();
    assert_eq!((kind, found.recordings, found.others), ("words", 1, 1));
    assert_eq!(
        (&found.without[..], &found.left[..]),
        (&["b".to_string()][..], &["x".to_string()][..])
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

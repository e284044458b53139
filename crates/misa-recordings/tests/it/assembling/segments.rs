//! Segments of a recording: what lies in each, and which times apply.

use super::{column, folder, one, options, run};
use crate::tables::table;
use misa_recordings::align::PauseRule;
use misa_recordings::assemble::{AssembleOptions, Assembler, Inputs, Mode};
use misa_recordings::segments::{self, SegmentsOptions};

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
    assert_eq!(notes(all), ["1 time left out, since the clips are cut"]);
    assert!(notes("id,video,label\nseg1,v,1\n").is_empty());
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

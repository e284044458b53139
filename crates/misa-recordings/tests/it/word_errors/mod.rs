//! What is said about files of words that are not read.

mod json;
mod lines;
mod subtitles;
mod text_grids;

use misa_recordings::FaultKind;
use misa_recordings::words::{WordsOptions, parse, read};
use std::path::Path;

fn message(name: &str, bytes: &[u8]) -> String {
    let parsed = parse(name, bytes, &WordsOptions::default());
    match parsed {
        Ok(file) => format!("read as {}", file.format),
        Err(fault) => fault.to_string(),
    }
}

/// Compares all messages, and shows all that differ.
fn compare(cases: &[(&str, &str, &str)]) {
    let differ = |(name, text, expected): &&(&str, &str, &str)| {
        let found = message(name, text.as_bytes());
        if found != *expected {
            println!("{name}: {text:?}\n  expected: {expected}\n  found:    {found}");
        }
        found != *expected
    };
    assert_eq!(cases.iter().filter(differ).count(), 0);
}

#[test]
fn files_of_no_known_format_are_refused() {
    compare(&[
        ("a.json", "", "expected words, found an empty file"),
        ("a.ctm", ";; x\n", "expected words, found only comments"),
        (
            "a.txt",
            "\nit is so\n",
            "line 2: expected words of Whisper, WhisperX, whisper.cpp, Vosk, Gentle, Montreal Forced Aligner, P2FA, Praat, HTK, CTM, STM, SubRip, WebVTT or Audacity, found \"it is so\"",
        ),
        (
            "a.txt",
            "[{\"start\": 0}]",
            "line 1: expected an object in JSON, found a list; give the file that the tool wrote",
        ),
        (
            "a.rttm",
            "SPEAKER clip 1 0.1 1.4 <NA> <NA> anna <NA> <NA>\n",
            "line 1: expected words, found RTTM, which has speakers but no words; give it as speakers",
        ),
        (
            "a.json",
            "{\"faces\": []}",
            "line 1: expected a key `segments`, `transcription`, `result`, `words` or `tiers`, found none of them; give the JSON of Whisper, WhisperX, whisper.cpp, Vosk, Gentle or Montreal Forced Aligner",
        ),
        (
            "a.TextGrid",
            "\"Praat chronological TextGrid text file\"\n0 1\n",
            "line 1: expected a TextGrid as text, long or short, found a binary or chronological one; save it in Praat with \"Save as text file\"",
        ),
    ]);
}

#[test]
fn bytes_and_limits_are_refused() {
    assert_eq!(
        message("a.srt", b"1\n00:00:00,000 --> 00:00:01,000\n\xe9\n"),
        "line 3: expected UTF-8, found bytes of another encoding; save the file as UTF-8"
    );
    assert_eq!(
        message("a.json", b"{\"text\": \"\xe9\"}"),
        "line 1: expected UTF-8, found bytes of another encoding; save the file as UTF-8"
    );
    let mut options = WordsOptions::default();
    options.limits.words = 2;
    options.limits.word_bytes = 8;
    let limited = |text: &str| {
        parse("a.lab", text.as_bytes(), &options)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        limited("a b c"),
        "line 1: expected at most 2 words, found more"
    );
    assert_eq!(
        limited("a incomprehensible"),
        "line 1: expected at most 8 bytes of a word or name, found 16 bytes: \"incomprehensible\""
    );
    options.limits.text_bytes = 4;
    let limited = parse("a.lab", b"a b c", &options).unwrap_err();
    assert_eq!(
        limited.to_string(),
        "expected at most 4 bytes, found more; divide the file, or raise the limit"
    );
    assert_eq!(limited.kind, FaultKind::TooLarge);
}

#[test]
fn files_are_named_by_their_path() {
    let error = read(Path::new("no/such.json"), &WordsOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "no/such.json: no such file or folder");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.srt");
    std::fs::write(&path, "").unwrap();
    let error = read(&path, &WordsOptions::default()).unwrap_err();
    let expected = format!("{}: expected words, found an empty file", path.display());
    assert_eq!(error.to_string(), expected);
}

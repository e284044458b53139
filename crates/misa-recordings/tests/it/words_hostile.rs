//! Files that want time or memory.

use misa_recordings::words::{WordsOptions, parse};
use misa_recordings::{FaultKind, Limits};
use std::time::Duration;

fn kind(name: &str, bytes: &[u8]) -> FaultKind {
    let parsed = parse(name, bytes, &WordsOptions::default());
    parsed.expect_err("a hostile file").kind
}

/// A name, a text, and what it is refused as.
type Case = (&'static str, String, FaultKind);

fn json() -> Vec<Case> {
    let deep = "[".repeat(1 << 20);
    vec![
        (
            "a.json",
            format!("{{\"segments\": {deep}"),
            FaultKind::TooLarge,
        ),
        ("a.json", format!("{{\"x\": {deep}"), FaultKind::TooLarge),
        ("a.json", "{\"text\":".repeat(1 << 17), FaultKind::TooLarge),
        (
            "a.json",
            format!("{{\"segments\": [{}", "{},".repeat(1 << 18)),
            FaultKind::Malformed,
        ),
        (
            "a.json",
            format!("{{\"text\": \"{}", "\\u0061".repeat(1 << 17)),
            FaultKind::Malformed,
        ),
    ]
}

fn text_grids() -> Vec<Case> {
    vec![
        (
            "a.TextGrid",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 9000000000".to_string(),
            FaultKind::TooLarge,
        ),
        (
            "a.TextGrid",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"IntervalTier\" \"words\" 0 1 2000000"
                .to_string(),
            FaultKind::Malformed,
        ),
        (
            "a.TextGrid",
            format!("\"ooTextFile\" {}", "\"\"".repeat(1 << 18)),
            FaultKind::Unsupported,
        ),
    ]
}

fn subtitles() -> Vec<Case> {
    vec![
        (
            "a.vtt",
            format!(
                "WEBVTT\n\n{}",
                "00:00.000 --> 00:00.000\n\n".repeat(1 << 13)
            ),
            FaultKind::Empty,
        ),
        (
            "a.srt",
            format!("00:00:00,000 --> 00:00:01,000\n{}", "<".repeat(1 << 16)),
            FaultKind::Empty,
        ),
        (
            "a.srt",
            format!("00:00:00,000 --> 00:00:01,000\n{}", "<a".repeat(1 << 16)),
            FaultKind::TooLarge,
        ),
        (
            "a.vtt",
            format!(
                "WEBVTT\n\n00:00.000 --> 00:01.000\n{}",
                "[ ".repeat(1 << 16)
            ),
            FaultKind::Empty,
        ),
        (
            "a.vtt",
            format!(
                "WEBVTT\n\n00:00.000 --> 00:01.000\n<v {}>{}",
                "s".repeat(500),
                "a ".repeat(1 << 16)
            ),
            FaultKind::TooLarge,
        ),
    ]
}

fn lines() -> Vec<Case> {
    vec![
        ("a.ctm", "a".repeat((1 << 20) + 1), FaultKind::TooLarge),
        (
            "a.csv",
            format!("a,b,1,2\n\"{}", "x\n".repeat(1 << 18)),
            FaultKind::Malformed,
        ),
        (
            "a.mlf",
            format!("#!MLF!#\n{}", "\"a\"\n.\n".repeat(1 << 15)),
            FaultKind::Empty,
        ),
    ]
}

#[test]
fn hostile_files_are_refused() {
    let cases = [json(), text_grids(), subtitles(), lines()];
    for (name, text, expected) in cases.into_iter().flatten() {
        let start: String = text.chars().take(50).collect();
        assert_eq!(kind(name, text.as_bytes()), expected, "{name}: {start}");
        let is_soon = misa_testing::takes_less_than(Duration::from_millis(100), || {
            kind(name, text.as_bytes());
        });
        assert!(is_soon, "{name}: {start}");
    }
}

#[test]
fn limits_hold_in_every_format() {
    let files = [
        (
            "a.json",
            "{\"segments\": [{\"start\": 0, \"end\": 1, \"text\": \"a b c\"}]}",
        ),
        ("a.json", "{\"text\": \"a b c\"}"),
        ("a.ctm", "a 1 0 1 b\na 1 0 1 b\na 1 0 1 b\n"),
        ("a.stm", "a 1 c 0 1 a b c\n"),
        ("a.csv", "a,a,0,1\nb,b,1,2\nc,c,2,3\n"),
        ("a.lab", "a b c\n"),
        ("a.mlf", "#!MLF!#\n\"a.rec\"\n0 1 a\n0 1 a\n0 1 a\n.\n"),
        ("a.srt", "1\n00:00:00,000 --> 00:00:01,000\na b c\n"),
        ("a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\n<v x>a b c\n"),
        ("a.tsv", "start\tend\ttext\n0\t1\ta b c\n"),
    ];
    for (name, text) in files {
        let mut options = WordsOptions::default();
        let count = |options: &WordsOptions| {
            parse(name, text.as_bytes(), options).map(|file| file.recordings[0].words.len())
        };
        assert_eq!(count(&options).unwrap(), 3, "{name}: {text}");
        options.limits.words = 2;
        assert_eq!(
            count(&options).unwrap_err().kind,
            FaultKind::TooLarge,
            "{name}"
        );
        options.limits = Limits::default();
        options.limits.text_bytes = 4;
        assert_eq!(
            count(&options).unwrap_err().kind,
            FaultKind::TooLarge,
            "{name}"
        );
    }
}

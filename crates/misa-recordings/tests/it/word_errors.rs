//! What is said about files of words that are not read.

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
fn damaged_json_is_refused_with_its_line() {
    compare(&[
        (
            "a.json",
            "{",
            "line 1: expected a key in quotes, found the end of the file",
        ),
        (
            "a.json",
            "{\"segments\": [",
            "line 1: expected a value, found the end of the file",
        ),
        (
            "a.json",
            "{\"segments\": [}",
            "line 1: expected a value, found \"}\"",
        ),
        (
            "a.json",
            "{\"text\": \"a",
            "line 1: expected the end of a text in quotes, found the end of the file",
        ),
        (
            "a.json",
            "{\n\"text\" 1}",
            "line 2: expected `:` after a key, found \"1}\"",
        ),
        (
            "a.json",
            "{\"text\": 1-}",
            "line 1: expected a number, found \"1-}\"",
        ),
        (
            "a.json",
            "{\"text\": \"\\x\"}",
            "line 1: expected known escapes in a text, found \"\\\"\\\\x\\\"}\"",
        ),
        (
            "a.json",
            "{\"text\": \"\\u00g0\"}",
            "line 1: expected four hexadecimal digits after `\\u`, found \"\\\"\\\\u00g0\\\"}\"",
        ),
        (
            "a.json",
            "{\"segments\": [{\"text\": \"a\"}]}\n{}",
            "line 2: expected the end of the file, found \"{}\"",
        ),
        (
            "a.json",
            "{\"segments\": [{\"text\": \"a\"} 1]}",
            "line 1: expected `,` or `]`, found \"1]}\"",
        ),
    ]);
}

const VALUES: &[(&str, &str, &str)] = &[
    (
        "a.json",
        "{\"segments\": {}}",
        "segments: expected a list, found an object",
    ),
    (
        "a.json",
        "{\"segments\": [1]}",
        "segments[0]: expected an object, found 1",
    ),
    (
        "a.json",
        "{\"segments\": [], \"segments\": []}",
        "segments: expected one value, found two",
    ),
    ("a.json", "{\"segments\": []}", "expected words, found none"),
    (
        "a.json",
        "{\"segments\": [{\"text\": 1}]}",
        "segments[0].text: expected a text, found 1",
    ),
    (
        "a.json",
        "{\"segments\": [{\"start\": 0}, {\"start\": \"soon\"}]}",
        "segments[1].start: expected a number of seconds, found \"soon\"",
    ),
    (
        "a.json",
        "{\"segments\": [{\"words\": [{\"start\": 0}]}]}",
        "segments[0].words[0]: expected a key `word`, found none",
    ),
    (
        "a.json",
        "{\"segments\": [{\"words\": [{\"word\": \"a\", \"start\": 1, \"end\": 0.5}]}]}",
        "segments[0].words[0]: expected an end from 1 seconds on, found 0.5",
    ),
    (
        "a.json",
        "{\"segments\": [{\"words\": [{\"word\": \"a\", \"start\": -1, \"end\": 0.5}]}]}",
        "segments[0].words[0]: expected a time from 0 to 360000 seconds, found -1",
    ),
    (
        "a.json",
        "{\"segments\": [{\"start\": 0, \"end\": 1e9, \"text\": \"a\"}]}",
        "segments[0]: expected a time from 0 to 360000 seconds, found 1000000000",
    ),
    (
        "a.json",
        "{\"transcription\": [{\"tokens\": [{\"p\": 1}]}]}",
        "transcription[0].tokens[0]: expected a key `text`, found none",
    ),
    (
        "a.json",
        "{\"transcription\": [{\"offsets\": {\"from\": true}}]}",
        "transcription[0].offsets.from: expected a number of milliseconds, found true",
    ),
    (
        "a.json",
        "{\"result\": [{\"conf\": 1}], \"text\": \"\"}",
        "utterance[0].result[0]: expected a key `word`, found none",
    ),
    (
        "a.json",
        "{\"text\": \"\"}\n{\"alternatives\": []}",
        "utterance[1].alternatives: expected one result, found alternatives; recognise with `SetMaxAlternatives(0)`",
    ),
    (
        "a.json",
        "{\"words\": [{\"case\": \"lost\"}]}",
        "words[0]: expected `success`, `not-found-in-audio` or `not-found-in-transcript` as `case`, found \"lost\"",
    ),
    (
        "a.json",
        "{\"words\": [{\"word\": \"a\"}]}",
        "words[0]: expected a key `case`, found none",
    ),
    (
        "a.json",
        "{\"words\": [{\"case\": \"success\"}]}",
        "words[0]: expected a key `word`, found none",
    ),
    (
        "a.json",
        "{\"tiers\": {\"words\": {\"entries\": [[0, 1]]}}}",
        "tiers.\"words\".entries[0]: expected three values: start, end, label, found fewer",
    ),
    (
        "a.json",
        "{\"tiers\": {\"words\": {\"entries\": [[0, 1, \"a\", 2]]}}}",
        "tiers.\"words\".entries[0][3]: expected three values: start, end, label, found more",
    ),
    (
        "a.json",
        "{\"tiers\": {\"words\": {\"entries\": [[0, 1, 2]]}}}",
        "tiers.\"words\".entries[0]: expected start, end and a label in quotes, found other values",
    ),
    (
        "a.json",
        "{\"tiers\": {\"words\": {\"entries\": [[0, \"1\", \"a\"]]}}}",
        "tiers.\"words\".entries[0]: expected start and end as numbers, and a label, found other values",
    ),
    (
        "a.json",
        "{\"tiers\": {}}",
        "expected a tier `words`, found no tier; say which tier has the words: --tier NAME",
    ),
];

#[test]
fn values_of_json_are_refused_with_their_path() {
    compare(VALUES);
}

#[test]
fn text_grids_are_refused_with_their_line() {
    compare(&[
        (
            "a",
            "\"ooTextFile\"\n\"Sound\"",
            "line 2: expected \"TextGrid\", found \"Sound\"",
        ),
        (
            "a",
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\nxmin = soon\n",
            "line 4: expected the start of the file in seconds, found the end of the file",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <absent>",
            "expected a tier `words`, found no tier; say which tier has the words: --tier NAME",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 2",
            "line 1: expected `<exists>`, found 2",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1.5",
            "line 1: expected the number of tiers, found 1.5",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"Tier\"",
            "line 1: expected \"IntervalTier\" or \"TextTier\", found \"Tier\"",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1\n\"IntervalTier\" \"words\" 0 1 1 0 1 \"a",
            "line 2: expected the end of a text in quotes, found the end of the file",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1\n\"IntervalTier\" \"words\" 0 1 1\n0.5 0.25 \"a\"",
            "line 3: expected an end from 0.5 seconds on, found 0.25",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"IntervalTier\" \"words\" 0 1 1 0 1 \"sp\"",
            "expected words, found none, but 1 labels of silence left out",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 1 \"IntervalTier\" \"MAU\" 0 1 0",
            "expected a tier `words`, found \"MAU\"; say which tier has the words: --tier NAME",
        ),
        (
            "a",
            "\"ooTextFile\" \"TextGrid\" 0 1 <exists> 2 \"IntervalTier\" \"a - words\" 0 1 0 \
             \"IntervalTier\" \"b - words\" 0 1 0",
            "expected one tier of words, found \"a - words\", \"b - words\"; say which one to read: --tier NAME",
        ),
    ]);
}

const LINES: &[(&str, &str, &str)] = &[
    (
        "a.ctm",
        "a 1 0 1 b\na 1 0\n",
        "line 2: expected file, channel, start, duration and word, found 3 fields",
    ),
    (
        "a.ctm",
        "a 1 0 1 b 1 lex c d\n",
        "line 1: expected at most 8 fields, found 9 fields",
    ),
    (
        "a.ctm",
        "a 1 0 1 b\na 1 x 1 b\n",
        "line 2, column start: expected a number, found \"x\"",
    ),
    (
        "a.ctm",
        "a 1 0 1 b\na 1 0 -1 b\n",
        "line 2: expected a time from 0 to 360000 seconds, found -1",
    ),
    (
        "a.ctm",
        "a 1 0 1 b high\n",
        "line 1, column confidence: expected a number, found \"high\"",
    ),
    (
        "a.ctm",
        "a 1 * * <ALT_BEGIN>\n",
        "line 1: expected one word at a time, found alternatives",
    ),
    (
        "a.stm",
        "a 1 b 0 1 { um / uh } c\n",
        "line 1: expected a text without alternatives in `{ / }`, found \"{ um / uh } c\"",
    ),
    (
        "a.stm",
        "a 1 b 0 1 c\na 1 b\n",
        "line 2: expected file, channel, speaker, start, end and text, found 3 fields",
    ),
    (
        "a.mlf",
        "#!MLF!#\nclip\n",
        "line 2: expected the path of a recording in quotes, found \"clip\"",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"a/x.lab\"\n0 1 a\n.\n\"a/x.lab\"\n0 1 b\n.\n",
        "line 6: expected another recording than before, found \"a/x.lab\" again; leave out one of the two, or name \
         each by its folder",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"\"\n0 1 a\n.\n",
        "line 2: expected the path of a recording in quotes, found \"\\\"\\\"\"",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 1 a\n",
        "expected `.` behind the labels of a recording, found the end of the file",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 a\n.\n",
        "line 3: expected start, end and label, found 2 fields",
    ),
    (
        "a.mlf",
        "#!MLF!#\n\"clip.rec\"\n0 1 a\n///\n.\n",
        "line 4: expected at most start, end, label, score and word, found \"///\"",
    ),
    (
        "a.lab",
        "0 1 AH0\n1 2 sil\n2 3 b\n3 4 t\n4 5 ah1\n",
        "expected words, found phones only; write the words too, such as with `HVite -o` and a network of words",
    ),
    (
        "a.lab",
        "0 1 a\nb\n",
        "line 2: expected start, end and label, found 1 field",
    ),
    (
        "a.csv",
        "Begin,End,Label\n0,1,a\n",
        "line 1: expected one column `Type`, found none",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type,Type\n",
        "line 1: expected one column `Type`, found two",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type\n0,1,a\n",
        "line 2: expected 4 fields, found 3",
    ),
    (
        "a.csv",
        "Begin,End,Label,Type\n0,one,a,words\n",
        "line 2, column End: expected a number, found \"one\"",
    ),
    (
        "a.csv",
        "a,a,0,1\nb,b,,2\n",
        "line 2, column start: expected a number, found \"\"",
    ),
    (
        "a.csv",
        "a,b,c,0,1\n",
        "line 1: expected word, aligned word, start and end, found 5 fields",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t1\n",
        "line 2: expected 3 fields with tabs between, found 2",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t100\ta\n0.10\t0.50\tb\n",
        "line 3, column start: expected whole milliseconds, found \"0.10\"; write them as Whisper does, such as 1250 for \
         1.25 seconds",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t1e3\ta\n",
        "line 2, column end: expected whole milliseconds, found \"1e3\"; write them as Whisper does, such as 1250 for \
         1.25 seconds",
    ),
    (
        "a.tsv",
        "start\tend\ttext\n0\t\ta\n",
        "line 2, column end: expected a number, found \"\"",
    ),
    (
        "a.tsv",
        "start\tend\ttext\tend\n",
        "line 1: expected one column `end`, found two",
    ),
    (
        "a.txt",
        "0\t1\ta\n2\n",
        "line 2: expected start, end and label with tabs between, found 1 field",
    ),
];

#[test]
fn lines_are_refused_with_their_number() {
    compare(LINES);
}

#[test]
fn subtitles_are_refused_with_their_line() {
    compare(&[
        (
            "a.srt",
            "hello\n00:00:00,000 --> 00:00:01,000\na\n",
            "line 1: expected the number or the times of a cue, found \"hello\"",
        ),
        (
            "a.srt",
            "1\n00:00:00,000 --> 00:61:01,000\na\n",
            "line 2: expected times such as 00:00:01,000 --> 00:00:02,500, found \"00:00:00,000 --> 00:61:01,000\"",
        ),
        (
            "a.srt",
            "1\n00:00:00,000 -->\na\n",
            "line 2: expected times such as 00:00:01,000 --> 00:00:02,500, found \"00:00:00,000 -->\"",
        ),
        (
            "a.srt",
            "1\n00:00:02,000 --> 00:00:01,000\na\n",
            "line 2: expected an end from 2 seconds on, found 1",
        ),
        (
            "a.vtt",
            "WEBVTT\n00:00.000 --> 00:01.000\na\n",
            "line 2: expected a blank line between header and cues, found times",
        ),
        (
            "a.vtt",
            "WEBVTT\n\nhello\n",
            "line 3: expected a cue with times, NOTE, STYLE or REGION, found \"hello\"",
        ),
        (
            "a.vtt",
            "WEBVTT\n\n00:00.000 --> 00:01.000\n[Music]\n",
            "expected words, found none, but 1 labels of what was not recognised left out",
        ),
        (
            "a.vtt",
            "WEBVTT\n\n00:00.000 --> 00:01.000\na<00:02.000>b\n",
            "line 3: expected times of words that rise from 0 to 1 seconds, found 2 to 1 seconds",
        ),
        (
            "a.vtt",
            "WEBVTT\n\n00:00.000 --> 00:01.000\na<00:00.500>b<00:00.250>c\n",
            "line 3: expected times of words that rise from 0 to 1 seconds, found 0.5 to 0.25 seconds",
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
fn tiers_that_are_named_must_be_there() {
    let mut options = WordsOptions::default();
    options.tier = Some("b".to_string());
    let text = "{\"tiers\": {\"a\": {}, \"words\": {}}}";
    let fault = parse("a.json", text.as_bytes(), &options).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "expected a tier \"b\", found \"a\", \"words\""
    );
    let text = text.replace("words", "b").replace("\"a\"", "\"b\"");
    let fault = parse("a.json", text.as_bytes(), &options).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "expected one tier \"b\", found several; give each tier a name of its own"
    );
}

#[test]
fn p2fa_without_its_factor_is_unclear() {
    let mut options = WordsOptions::default();
    options.sound_rate_11025 = true;
    let text = "\"ooTextFile\" \"TextGrid\" 0 9 <exists> 1 \"IntervalTier\" \"word\" 0 9 2 \
        0 5.0125 \"sp\" 5.0125 8.0125 \"A\"";
    let fault = parse("a.TextGrid", text.as_bytes(), &options).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "expected times multiplied by 11000/11025, found times in steps of 10 ms; read it as of another sound rate than 11,025 Hz"
    );
    assert_eq!(fault.kind, FaultKind::Unclear);
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

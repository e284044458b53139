//! What is said about JSON of recognisers and aligners.

use super::compare;
use misa_recordings::words::{WordsOptions, parse};

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

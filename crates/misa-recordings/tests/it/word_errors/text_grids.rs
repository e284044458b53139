//! What is said about TextGrids of Praat.

use super::compare;
use misa_recordings::FaultKind;
use misa_recordings::words::{WordsOptions, parse};

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
            "expected words, found none, but 1 label of silence left out",
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

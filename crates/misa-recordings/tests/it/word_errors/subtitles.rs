//! What is said about subtitles and captions.

use super::compare;

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
            "expected words, found none, but 1 label of what was not recognised left out",
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

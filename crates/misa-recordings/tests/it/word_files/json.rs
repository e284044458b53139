//! Words in JSON of recognisers and aligners.

use super::{file, notes, table};
use misa_recordings::words::{WordsFormat, WordsNoteKind, WordsOptions, parse};
use misa_recordings::{Interval, WordOrigin};

#[test]
fn whisper_without_word_times_keeps_every_word() {
    let text = r#"{"text": " a b", "segments": [{"start": 1, "end": 2, "text": " a b",
        "no_speech_prob": 0.7}], "language": "en"}"#;
    let file = file("a.json", text);
    assert_eq!(table(&file.recordings[0]), [("a", -1, -1), ("b", -1, -1)]);
    assert_eq!(
        file.recordings[0].words[0].phrase,
        Some(Interval::new(1.0, 2.0))
    );
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::MissingTime, 2),
            (WordsNoteKind::ProbablySilence, 2)
        ]
    );
}

#[test]
fn a_segment_of_chinese_is_divided_into_characters() {
    let text = r#"{"segments": [{"start": 0, "end": 1, "text": "算了。", "words": []}],
        "word_segments": [], "language": "zh"}"#;
    let file = file("a.json", text);
    assert_eq!(
        table(&file.recordings[0]),
        [("算", -1, -1), ("了。", -1, -1)]
    );
}

#[test]
fn old_whisperx_without_scores_is_measured() {
    let text = r#"{"segments": [{"start": 0, "end": 1, "text": "a",
        "words": [{"word": "a", "start": 0, "end": 1}]}], "word_segments": []}"#;
    let file = file("a.json", text);
    assert_eq!(file.recordings[0].words[0].origin, WordOrigin::Measured);
    assert_eq!(notes(&file), []);
}

#[test]
fn no_numbers_of_python_are_unknown_and_counted() {
    let text = r#"{"segments": [{"start": 0, "end": 1, "text": "NaN", "avg_logprob": NaN, "words": [
        {"word": "NaN", "start": NaN, "end": Infinity, "score": NaN}]}], "word_segments": []}"#;
    let file = file("a.json", text);
    assert_eq!(table(&file.recordings[0]), [("NaN", -1, -1)]);
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::MissingTime, 1),
            (WordsNoteKind::NoNumber, 3)
        ]
    );
}

#[test]
fn words_out_of_order_are_kept_and_counted() {
    let text = r#"{"segments": [
        {"start": 1, "end": 2, "text": "a", "words": [{"word": "a", "start": 1, "end": 2, "score": 1}]},
        {"start": 0, "end": 1, "text": "b", "words": [{"word": "b", "start": 0.5, "end": 0.5, "score": 2}]}
        ], "word_segments": []}"#;
    let file = file("a.json", text);
    assert_eq!(
        table(&file.recordings[0]),
        [("a", 1000, 2000), ("b", 500, 500)]
    );
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::OddConfidence, 1),
            (WordsNoteKind::OutOfOrder, 1),
            (WordsNoteKind::ZeroLength, 1)
        ]
    );
}

#[test]
fn characters_that_whisper_cpp_divides_are_joined() {
    let mut bytes =
        br#"{"result": {"language": "zh"}, "transcription": [{"offsets": {"from": 0, "to": 900},
        "text": "x", "tokens": ["#
            .to_vec();
    // The three bytes of one character in two tokens, then a full stop, then a damaged character.
    let tokens: [(&[u8], u32, u32); 4] = [
        (b"\xe7\xae", 0, 100),
        (b"\x97", 100, 200),
        ("。".as_bytes(), 200, 300),
        (b"\xe4\xba", 300, 400),
    ];
    for (index, (text, from, to)) in tokens.into_iter().enumerate() {
        bytes.extend_from_slice(if index == 0 { b"" } else { b"," });
        bytes.extend_from_slice(b"{\"text\": \"");
        bytes.extend_from_slice(text);
        bytes.extend_from_slice(
            format!("\", \"offsets\": {{\"from\": {from}, \"to\": {to}}}}}").as_bytes(),
        );
    }
    bytes.extend_from_slice(b"]}]}");
    let file = parse("a.json", &bytes, &WordsOptions::default()).unwrap();
    assert_eq!(
        table(&file.recordings[0]),
        [("算。", 0, 300), ("\u{fffd}", 300, 400)]
    );
    assert_eq!(notes(&file), [(WordsNoteKind::DamagedText, 1)]);
    assert_eq!(file.language.as_deref(), Some("zh"));
}

#[test]
fn whisper_cpp_without_tokens_has_no_word_times() {
    let text = r#"{"transcription": [{"offsets": {"from": 0, "to": 900}, "text": " a b"}]}"#;
    let file = file("a.json", text);
    assert_eq!(file.format, WordsFormat::WhisperCpp);
    assert_eq!(table(&file.recordings[0]), [("a", -1, -1), ("b", -1, -1)]);
    assert_eq!(
        file.recordings[0].words[1].phrase,
        Some(Interval::new(0.0, 0.9))
    );
}

#[test]
fn vosk_writes_one_object_or_many() {
    let one = r#"{"result": [{"conf": 0.5, "start": 0, "end": 1, "word": "a"}], "text": "a"}"#;
    let other = r#"{"result": [{"conf": 1, "start": 2, "end": 3, "word": "b"}], "text": "b"}"#;
    for between in ["", "\n", "\r\n{\"partial\": \"b\"}\n{\"text\": \"\"}"] {
        let file = file("a.json", &format!("{one}{between}{other}\n"));
        assert_eq!(
            table(&file.recordings[0]),
            [("a", 0, 1000), ("b", 2000, 3000)]
        );
    }
    let file = file("a.json", r#"{"text": "a b"}"#);
    assert_eq!(table(&file.recordings[0]), [("a", -1, -1), ("b", -1, -1)]);
}

#[test]
fn gentle_leaves_out_what_is_not_in_the_transcript() {
    let text = r#"{"transcript": "b", "words": [
        {"case": "not-found-in-transcript", "alignedWord": "a", "start": 0, "end": 1},
        {"case": "success", "word": "b", "alignedWord": "<unk>", "start": 1, "end": 2}]}"#;
    let file = file("a.json", text);
    assert_eq!(table(&file.recordings[0]), [("b", 1000, 2000)]);
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::NotInTranscript, 1),
            (WordsNoteKind::OutOfVocabulary, 1)
        ]
    );
}

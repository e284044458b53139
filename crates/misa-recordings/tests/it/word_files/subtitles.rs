//! Words in subtitles and captions.

use super::{file, notes, table};
use misa_recordings::words::{WordsFormat, WordsNoteKind};

#[test]
fn broken_subtitles_are_read() {
    let text = "00:00:00.000 --> 00:00:01,000 X1:1 X2:2\r\n{\\an8}a\r\n\r\nb\r\n\r\n2\r\n\
        00:00:01,000 --> 00:00:02,000\r\n1984\r\n\r\n00:00:02,000 --> 00:00:03,000\r\n- c <b>d</b>\r\n";
    let file = file("a.txt", text);
    assert_eq!(file.format, WordsFormat::Srt);
    assert_eq!(
        table(&file.recordings[0]),
        [
            ("a", 0, 500),
            ("b", 500, 1000),
            ("1984", 1000, 2000),
            ("c", 2000, 2500),
            ("d", 2500, 3000)
        ]
    );
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::Punctuation, 1),
            (WordsNoteKind::Interpolated, 5)
        ]
    );
}

#[test]
fn captions_of_youtube_are_read_once() {
    let text = "WEBVTT\nKind: captions\nLanguage: en\n\n\
        00:00:00.000 --> 00:00:01.000 align:start\n \nokay<00:00:00.500><c> okay</c>\n\n\
        00:00:01.000 --> 00:00:01.010\nokay okay\n \n\n\
        00:00:01.010 --> 00:00:02.000\nokay okay\nokay<00:00:01.500><c> yes</c>\n\n\
        00:00:02.000 --> 00:00:02.010\nokay yes\n\n\
        00:00:09.000 --> 00:00:10.000\nokay yes\n";
    let file = file("a.vtt", text);
    assert_eq!(file.language.as_deref(), Some("en"));
    assert_eq!(
        table(&file.recordings[0]),
        [
            ("okay", 0, 500),
            ("okay", 500, 1000),
            ("okay", 1010, 1500),
            ("yes", 1500, 2000),
            ("okay", 9000, 9571),
            ("yes", 9571, 10000)
        ]
    );
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::Interpolated, 2),
            (WordsNoteKind::Repeated, 6)
        ]
    );
}

#[test]
fn captions_name_speakers() {
    let text = "WEBVTT - x\n\nSTYLE\n::cue {}\n\nREGION\nid:x\n\nname\n00:01.000 --> 00:03.000\n\
        <v Ann>a</v><v Bo>b\n";
    let file = file("a.vtt", text);
    assert_eq!(
        table(&file.recordings[0]),
        [("a", 1000, 2000), ("b", 2000, 3000)]
    );
    let words = &file.recordings[0].words;
    assert_eq!(words[0].speaker.as_deref(), Some("Ann"));
    assert_eq!(words[1].speaker.as_deref(), Some("Bo"));
}

#[test]
fn subtitles_that_roll_without_times_are_read_once() {
    let cue = |index: usize, text: &str| {
        format!(
            "{}\n00:00:0{}.000 --> 00:00:0{}.000\n{text}\n\n",
            index,
            index,
            index + 1
        )
    };
    let text = ["a", "a\nb", "b\nc", "c\nd"];
    let text: String = (1..)
        .zip(text)
        .map(|(index, text)| cue(index, text))
        .collect();
    let file = file("a.srt", &text);
    let rows = table(&file.recordings[0]);
    assert_eq!(
        rows,
        [
            ("a", 1000, 2000),
            ("b", 2000, 3000),
            ("c", 3000, 4000),
            ("d", 4000, 5000)
        ]
    );
    assert_eq!(notes(&file)[1], (WordsNoteKind::Repeated, 3));
}

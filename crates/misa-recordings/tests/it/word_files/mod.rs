//! Words of small files of each tool.

mod json;
mod lines;
mod subtitles;
mod text_grids;

use misa_recordings::Word;
use misa_recordings::words::{
    RecordingWords, WordsFile, WordsFormat, WordsNoteKind, WordsOptions, parse,
};

pub fn file(name: &str, text: &str) -> WordsFile {
    let parsed = parse(name, text.as_bytes(), &WordsOptions::default());
    parsed.unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

/// Texts and times in milliseconds; -1 for a word without.
fn table(recording: &RecordingWords) -> Vec<(&str, i64, i64)> {
    let milliseconds = |moment: f64| (moment * 1000.0).round() as i64;
    fn row(word: &Word, milliseconds: impl Fn(f64) -> i64) -> (&str, i64, i64) {
        let Word { text, time, .. } = word;
        let time = time.map_or((-1, -1), |time| {
            (milliseconds(time.start), milliseconds(time.end))
        });
        (text.as_str(), time.0, time.1)
    }
    let words = recording.words.iter();
    words.map(|word| row(word, milliseconds)).collect()
}

fn notes(file: &WordsFile) -> Vec<(WordsNoteKind, usize)> {
    let notes = file.notes.iter();
    notes.map(|note| (note.kind, note.count)).collect()
}

#[test]
fn lines_may_end_in_any_way() {
    let lines = [
        ("a.ctm", "a 1 0.0 0.5 so|a 1 0.5 0.5 it|"),
        ("a.lab", "0.0 0.5 so|0.5 1.0 it|"),
        (
            "a.srt",
            "1|00:00:00,000 --> 00:00:00,500|so||2|00:00:00,500 --> 00:00:01,000|it|",
        ),
        ("a.tsv", "start\tend\ttext|0\t500\tso|500\t1000\tit|"),
        (
            "a.vtt",
            "WEBVTT||00:00.000 --> 00:00.500|so||00:00.500 --> 00:01.000|it|",
        ),
    ];
    for (name, text) in lines {
        for end in ["\n", "\r\n", "\r", "\r\r\n"] {
            let file = file(name, &text.replace('|', end));
            let words = table(&file.recordings[0]);
            assert_eq!(words, [("so", 0, 500), ("it", 500, 1000)], "{name} {end:?}");
        }
    }
}

#[test]
fn silence_may_be_a_word() {
    let file = file("a.ctm", "a 1 0 1 the\na 1 1 1 silence\na 1 2 1 fell\n");
    assert_eq!(table(&file.recordings[0])[1], ("silence", 1000, 2000));
    let notes: Vec<String> = file.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        ["1 word \"silence\" or \"pau\", which may be the label of a pause"]
    );
    // A file that has another label for pauses leaves no doubt.
    let file = self::file("a.ctm", "a 1 0 1 sil\na 1 1 1 silence\n");
    assert_eq!(table(&file.recordings[0]), [("silence", 1000, 2000)]);
    assert_eq!(self::notes(&file), [(WordsNoteKind::Silence, 1)]);
    // People and recognisers have no labels of pauses.
    let file = self::file("a.tsv", "start\tend\ttext\n0\t1000\tsilence\n");
    assert!(
        file.notes
            .iter()
            .all(|note| note.kind == WordsNoteKind::Interpolated)
    );
}

#[test]
fn labels_that_are_no_words_are_counted() {
    let text = "Begin,End,Label,Type,Speaker\n0,1,,words,a\n1,2,spn,words,a\n2,3,<cutoff>,words,a\n\
        3,4,sil,words,a\n4,5,[x],words,a\n5,6,{NS},words,a\n6,7,b,words,a\n";
    let file = file("a.csv", text);
    assert_eq!(table(&file.recordings[0]), [("b", 6000, 7000)]);
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::Silence, 1),
            (WordsNoteKind::Noise, 1),
            (WordsNoteKind::Unrecognised, 3)
        ]
    );
}

#[test]
fn pau_is_a_pause_in_labels_with_times_and_elsewhere_a_word() {
    use WordsNoteKind::{SaidSilence, Silence};
    // Festival and HTS.
    let lab = file("a.lab", "0 1 pau\n1 2 boa\n2 3 pau\n");
    assert_eq!(table(&lab.recordings[0]), [("boa", 1000, 2000)]);
    assert_eq!(notes(&lab), [(Silence, 2)]);
    let mlf = file(
        "a.mlf",
        "#!MLF!#\n\"a\"\n0 10000000 boa\n10000000 20000000 pau\n.\n",
    );
    assert_eq!(table(&mlf.recordings[0]), [("boa", 0, 1000)]);
    assert_eq!(notes(&mlf), [(Silence, 1)]);
    // The word of phones that are none, and a phone that belongs to no word.
    let phones = "#!MLF!#\n\"a\"\n0 10000000 pau -1 pau\n10000000 20000000 p -1 pau\n20000000 30000000 a -1\n\
        30000000 40000000 pau -1\n40000000 50000000 sil -1 sil\n.\n";
    let phones = file("a.mlf", phones);
    assert_eq!(table(&phones.recordings[0]), [("pau", 1000, 3000)]);
    assert_eq!(notes(&phones), [(Silence, 2)]);
    // Portuguese.
    let grid = "File type = \"ooTextFile\"\n\"TextGrid\"\n0\n2\n<exists>\n1\n\"IntervalTier\"\n\"words\"\n0\n2\n2\n\
        0\n1\n\"pau\"\n1\n2\n\"seco\"\n";
    for (name, text) in [
        ("a.ctm", "a 1 0 1 pau\na 1 1 1 seco\n"),
        ("a.TextGrid", grid),
        (
            "a.csv",
            "Begin,End,Label,Type,Speaker\n0,1,pau,words,a\n1,2,seco,words,a\n",
        ),
    ] {
        let file = file(name, text);
        let words = table(&file.recordings[0]);
        assert_eq!(words, [("pau", 0, 1000), ("seco", 1000, 2000)], "{name}");
        assert_eq!(notes(&file), [(SaidSilence, 1)], "{name}");
    }
    assert_eq!(file("a.lab", "pau seco\n").recordings[0].words.len(), 2);
}

#[test]
fn formats_have_names_for_people_and_files() {
    let json = |format: WordsFormat| serde_json::to_string(&format).unwrap();
    assert_eq!(WordsFormat::WhisperX.to_string(), "WhisperX");
    assert_eq!(json(WordsFormat::WhisperX), "\"whisperx\"");
    assert_eq!(json(WordsFormat::WhisperCpp), "\"whisper-cpp\"");
    assert_eq!(json(WordsFormat::WebVtt), "\"webvtt\"");
}

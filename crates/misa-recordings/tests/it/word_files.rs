//! Words of small files of each tool.

use misa_recordings::words::{
    RecordingWords, WordsFile, WordsFormat, WordsNoteKind, WordsOptions, parse,
};
use misa_recordings::{Interval, Word, WordOrigin};

fn file(name: &str, text: &str) -> WordsFile {
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
        ["1 words \"silence\" or \"pau\", which may be the label of a pause"]
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

fn textgrid(tiers: &[(&str, &str)]) -> String {
    let mut text = format!(
        "File type = \"ooTextFile\"\n\"TextGrid\"\n0 9\n<exists>\n{}\n",
        tiers.len()
    );
    for (name, contents) in tiers {
        text += &format!("\"IntervalTier\" \"{name}\" 0 9 {contents}\n");
    }
    text
}

#[test]
fn points_and_other_tiers_are_passed_over() {
    let text = textgrid(&[("phones", "1 0 1 \"AH\""), ("notes", "1 1 2 \"b\"")]).replace(
        "\"IntervalTier\" \"phones\" 0 9 1 0 1",
        "\"TextTier\" \"phones\" 0 9 1 0.5",
    );
    let mut options = WordsOptions::default();
    options.tier = Some("notes".to_string());
    let file = parse("a.TextGrid", text.as_bytes(), &options).unwrap();
    assert_eq!(table(&file.recordings[0]), [("b", 1000, 2000)]);
    assert_eq!(notes(&file), [(WordsNoteKind::OtherTier, 1)]);
}

#[test]
fn p2fa_is_recognised_by_its_grid() {
    let word = |start: f64, end: f64| {
        textgrid(&[("word", &format!("2 0 {start} \"sp\" {start} {end} \"A\""))])
    };
    let times = |text: &str, sound_rate_11025| {
        let mut options = WordsOptions::default();
        options.sound_rate_11025 = sound_rate_11025;
        let file = parse("a.TextGrid", text.as_bytes(), &options).unwrap();
        (
            file.format,
            table(&file.recordings[0])[0].1,
            table(&file.recordings[0])[0].2,
        )
    };
    assert_eq!(
        times(&word(1.0125, 2.0125), false),
        (WordsFormat::P2fa, 1000, 2000)
    );
    // Of another aligner: nothing is taken off.
    assert_eq!(
        times(&word(1.01, 2.01), false),
        (WordsFormat::TextGrid, 1010, 2010)
    );
    let factor = 11000.0 / 11025.0;
    let multiplied = word(4.0125 * factor, 8.0125 * factor);
    assert_eq!(times(&multiplied, true), (WordsFormat::P2fa, 4000, 8000));
    // 4 and 8 times the factor.
    assert_eq!(times(&multiplied, false), (WordsFormat::P2fa, 3991, 7982));
}

#[test]
fn ctm_and_stm_have_several_recordings() {
    let text = ";; x\na 1 0 1 b\nc A 1.5 0.5 d 0.5 lex e\na 2 2 1 f\n\nc A 3 1 <eps>\n";
    let file = file("x.ctm", text);
    let names: Vec<_> = file
        .recordings
        .iter()
        .map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, [Some("a"), Some("c")]);
    assert_eq!(
        table(&file.recordings[0]),
        [("b", 0, 1000), ("f", 2000, 3000)]
    );
    assert_eq!(table(&file.recordings[1]), [("d", 1500, 2000)]);
    let words = file.recordings.iter().flat_map(|one| &one.words);
    let speakers: Vec<_> = words.map(|word| word.speaker.as_deref()).collect();
    assert_eq!(speakers, [Some("1"), Some("2"), Some("e")]);

    let text = "a 1 bob 0 2 <o,f0,male> b ccc\na 1 bob 2 3 <o> ignore_time_segment_in_scoring\n";
    let file = parse("x.stm", text.as_bytes(), &WordsOptions::default()).unwrap();
    assert_eq!(file.format, WordsFormat::Stm);
    assert_eq!(
        table(&file.recordings[0]),
        [("b", 0, 500), ("ccc", 500, 2000)]
    );
    assert_eq!(file.recordings[0].words[0].speaker.as_deref(), Some("bob"));
    assert_eq!(
        notes(&file),
        [
            (WordsNoteKind::Interpolated, 2),
            (WordsNoteKind::IgnoredStretch, 1)
        ]
    );
}

#[test]
fn words_of_a_label_file_last_until_the_next() {
    let text = "#!MLF!#\n\"*/a.b.rec\"\n0 1000000 sil -1 sil\n1000000 2000000 l -1 love\n\
        2000000 3000000 v -1\n3000000 4000000 sp -1\n4000000 5000000 dh -1 this\n.\n\
        \"x/c.lab\"\n0 10000000 ay -1 I\n.\n";
    let file = file("x.mlf", text);
    let names: Vec<_> = file
        .recordings
        .iter()
        .map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, [Some("*/a.b.rec"), Some("x/c.lab")]);
    assert_eq!(
        table(&file.recordings[0]),
        [("love", 100, 300), ("this", 400, 500)]
    );
    assert_eq!(table(&file.recordings[1]), [("I", 0, 1000)]);
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
fn the_unit_of_labels_is_told_by_their_size() {
    let in_units = file("a.lab", "0 5000000 a\n5000000 9000000 sil\n");
    assert_eq!(table(&in_units.recordings[0]), [("a", 0, 500)]);
    let in_seconds = file("a.lab", "0\t5\ta\n5\t9\tb\n");
    assert_eq!(in_seconds.format, WordsFormat::Lab);
    assert_eq!(
        table(&in_seconds.recordings[0]),
        [("a", 0, 5000), ("b", 5000, 9000)]
    );
    let alone = file("a.lab", "it is so\n");
    assert_eq!(table(&alone.recordings[0]).len(), 3);
    assert_eq!(alone.recordings[0].words[0].origin, WordOrigin::Missing);
}

#[test]
fn phrases_share_their_time() {
    let table_of = file("a.tsv", "start\tend\ttext\n0\t2000\ta bcd [x]\n");
    assert_eq!(table_of.format, WordsFormat::WhisperTsv);
    assert_eq!(
        table(&table_of.recordings[0]),
        [("a", 0, 500), ("bcd", 500, 2000)]
    );
    let labels = file(
        "a.aud",
        "0.0\t2.0\t[[SPEAKER_00]]a bcd\n\\\t100\t200\n3\t4\te\n",
    );
    assert_eq!(labels.format, WordsFormat::Audacity);
    assert_eq!(
        table(&labels.recordings[0]),
        [("a", 0, 500), ("bcd", 500, 2000), ("e", 3000, 4000)]
    );
    assert_eq!(
        labels.recordings[0].words[0].speaker.as_deref(),
        Some("SPEAKER_00")
    );
}

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

#[test]
fn formats_have_names_for_people_and_files() {
    let json = |format: WordsFormat| serde_json::to_string(&format).unwrap();
    assert_eq!(WordsFormat::WhisperX.to_string(), "WhisperX");
    assert_eq!(json(WordsFormat::WhisperX), "\"whisperx\"");
    assert_eq!(json(WordsFormat::WhisperCpp), "\"whisper-cpp\"");
    assert_eq!(json(WordsFormat::WebVtt), "\"webvtt\"");
}

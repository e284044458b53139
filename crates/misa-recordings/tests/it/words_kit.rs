//! One clip in every format of words gives one table.

use misa_recordings::words::{WordsFile, WordsFormat, WordsNoteKind, WordsOptions, parse, read};
use misa_recordings::{Interval, Word, WordOrigin};

/// The words of the clip, with start and end in seconds.
const TABLE: [(&str, f64, f64); 4] = [
    ("i", 0.10, 0.25),
    ("love", 0.30, 0.62),
    ("this", 0.62, 0.80),
    ("movie", 0.95, 1.50),
];

fn kit(name: &str) -> WordsFile {
    read(&crate::kit::kit(name), &WordsOptions::default()).expect("a file of the kit")
}

fn words(file: &WordsFile) -> &[Word] {
    assert_eq!(file.recordings.len(), 1);
    &file.recordings[0].words
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.collect::<String>().to_lowercase()
}

fn count(file: &WordsFile, kind: WordsNoteKind) -> usize {
    let note = file.notes.iter().find(|note| note.kind == kind);
    note.map_or(0, |note| note.count)
}

#[test]
fn every_file_gives_the_same_table() {
    let files = [
        ("whisperx.json", WordsFormat::WhisperX),
        ("whisper.json", WordsFormat::Whisper),
        ("whispercpp_full.json", WordsFormat::WhisperCpp),
        ("vosk.json", WordsFormat::Vosk),
        ("gentle.json", WordsFormat::Gentle),
        ("mfa_long.TextGrid", WordsFormat::TextGrid),
        ("mfa_short.TextGrid", WordsFormat::TextGrid),
        ("mfa_utf16.TextGrid", WordsFormat::TextGrid),
        ("p2fa.TextGrid", WordsFormat::P2fa),
        ("mfa.json", WordsFormat::Mfa),
        ("mfa.csv", WordsFormat::MfaCsv),
        ("clip.ctm", WordsFormat::Ctm),
        ("clip.mlf", WordsFormat::Mlf),
    ];
    for (name, format) in files {
        let file = kit(name);
        assert_eq!(file.format, format, "{name}");
        let words = words(&file);
        assert_eq!(words.len(), TABLE.len(), "{name}");
        for (word, (text, start, end)) in words.iter().zip(TABLE) {
            let time = word.time.unwrap();
            assert_eq!(plain(&word.text), text, "{name}");
            assert_eq!(word.origin, WordOrigin::Measured, "{name}");
            assert!((time.start - start).abs() < 1e-9, "{name}: {time:?}");
            assert!((time.end - end).abs() < 1e-9, "{name}: {time:?}");
        }
    }
}

#[test]
fn captions_have_starts_alone_and_lines_that_roll() {
    let file = kit("clip.vtt");
    assert_eq!(file.format, WordsFormat::WebVtt);
    assert_eq!(count(&file, WordsNoteKind::Repeated), 3);
    let cue = Some(Interval::new(0.1, 0.8));
    let measured = |text, start, end| {
        let mut word = Word::measured(text, start, end);
        word.phrase = cue;
        word
    };
    let said = words(&file);
    // A word lasts until the next one.
    assert_eq!(
        said[..3],
        [
            measured("I", 0.1, 0.3),
            measured("love", 0.3, 0.62),
            measured("this", 0.62, 0.8)
        ]
    );
    // 0.55 seconds for 5 + 1 + 4 characters.
    let texts: Vec<_> = said[3..].iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["movie", "&", "more"]);
    let movie = said[3].time.unwrap();
    assert_eq!(
        (movie.start, said[3].origin),
        (0.95, WordOrigin::Interpolated)
    );
    assert!((movie.end - 1.225).abs() < 1e-9);
    assert_eq!(said[5].time.unwrap().end, 1.5);
}

#[test]
fn subtitles_share_a_cue_by_characters() {
    let file = kit("clip.srt");
    let said = words(&file);
    let texts: Vec<_> = said.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["I", "love", "this", "movie."]);
    assert!(
        said.iter()
            .all(|word| word.origin == WordOrigin::Interpolated)
    );
    // 1.4 seconds for 15 characters.
    assert!((said[0].time.unwrap().end - (0.1 + 1.4 / 15.0)).abs() < 1e-9);
    assert_eq!(count(&file, WordsNoteKind::Interpolated), 4);
}

#[test]
fn words_without_times_are_missing_within_their_segment() {
    let segment = Some(Interval::new(0.1, 1.5));
    let file = kit("whisperx_word_without_times.json");
    let word = &words(&file)[2];
    assert_eq!(
        (word.text.as_str(), word.origin),
        ("2", WordOrigin::Missing)
    );
    assert_eq!((word.time, word.phrase), (None, segment));
    assert_eq!(count(&file, WordsNoteKind::MissingTime), 1);

    let file = kit("whisperx_unaligned_segment.json");
    let mut expected = Word::missing("1984");
    expected.phrase = segment;
    assert_eq!(words(&file), [expected]);

    for name in ["gentle_not_found.json", "gentle_not_found.csv"] {
        let file = kit(name);
        let said = words(&file);
        assert_eq!(said[2], Word::missing("this"), "{name}");
        assert_eq!(said[3].time, Some(Interval::new(0.95, 1.5)), "{name}");
    }
}

#[test]
fn words_without_score_are_interpolated() {
    let file = kit("whisperx_interpolated.json");
    let word = &words(&file)[2];
    assert_eq!(word.origin, WordOrigin::Interpolated);
    assert_eq!(word.time, Some(Interval::new(0.3, 0.62)));
    assert_eq!(words(&file)[1].confidence, Some(0.88));
    assert_eq!(file.language.as_deref(), Some("en"));
}

#[test]
fn quotes_are_doubled_and_labels_have_line_breaks() {
    let file = kit("quotes.TextGrid");
    assert_eq!(words(&file), [Word::measured("say \"hi\" you", 0.0, 1.0)]);
}

#[test]
fn the_shift_of_p2fa_is_told() {
    let file = kit("p2fa.TextGrid");
    let notes: Vec<_> = file.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "4 labels of silence left out",
            "4 words moved back by the 12.5 ms of P2FA"
        ]
    );
}

#[test]
fn names_and_speakers_are_kept() {
    for (name, recording) in [("clip.ctm", "clip"), ("clip.mlf", "*/clip.rec")] {
        assert_eq!(kit(name).recordings[0].name.as_deref(), Some(recording));
    }
    for name in ["mfa_utf16.TextGrid", "mfa.csv"] {
        let file = kit(name);
        assert!(
            words(&file)
                .iter()
                .all(|word| word.speaker.as_deref() == Some("anna"))
        );
    }
}

#[test]
fn every_beginning_of_every_file_is_read_or_refused() {
    for entry in std::fs::read_dir(crate::kit::kit("")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        // The kit has larger files, of other things.
        if bytes.len() > 4096 {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        for end in 0..bytes.len() {
            if let Err(fault) = parse(&name, &bytes[..end], &WordsOptions::default()) {
                assert!(fault.to_string().contains("expected "), "{name}: {fault}");
            }
        }
    }
}

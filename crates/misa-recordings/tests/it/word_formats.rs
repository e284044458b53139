//! Formats of lines are told apart, also where names of recordings and words are numbers.

use crate::word_files::file;
use misa_recordings::words::{WordsFile, WordsFormat};
use proptest::prelude::*;

fn texts(file: &WordsFile) -> Vec<&str> {
    let words = file.recordings.iter().flat_map(|one| &one.words);
    words.map(|word| word.text.as_str()).collect()
}

fn names(file: &WordsFile) -> Vec<Option<&str>> {
    let recordings = file.recordings.iter();
    recordings.map(|one| one.name.as_deref()).collect()
}

#[test]
fn recordings_of_stm_may_have_numbers_for_names() {
    for name in ["w2.stm", "w2.txt", "w2"] {
        for blank in [" ", "\t"] {
            let text = "1 2 spkA 0.00 1.00 hello good\n".replace(' ', blank);
            let file = file(name, &text);
            assert_eq!(file.format, WordsFormat::Stm, "{name} {text:?}");
            assert_eq!(names(&file), [Some("1")]);
            assert_eq!(texts(&file), ["hello", "good"]);
            let word = &file.recordings[0].words[0];
            assert_eq!(word.speaker.as_deref(), Some("spkA"));
        }
    }
    // Nobody says anything in the first line.
    let file = file("w2.stm", "1 2 spkA 0.00 1.00\n1 2 spkA 1.00 2.00 hello\n");
    assert_eq!(file.format, WordsFormat::Stm);
    assert_eq!(texts(&file), ["hello"]);
}

#[test]
fn speakers_of_stm_may_have_numbers_for_names() {
    for name in ["w.stm", "w.txt", "w"] {
        for blank in [" ", "\t"] {
            let text = "talk A 12 0.50 3.25 hello good\n".replace(' ', blank);
            let file = file(name, &text);
            assert_eq!(file.format, WordsFormat::Stm, "{name} {text:?}");
            let words = &file.recordings[0].words;
            assert_eq!(words[0].speaker.as_deref(), Some("12"));
            assert_eq!(texts(&file), ["hello", "good"]);
        }
    }
    // In CTM, the word may be a number, and a confidence or none follows.
    for confidence in ["", " 0.75", " NA", " -"] {
        let file = file("w.txt", &format!("talk A 12 0.50 3.25{confidence}\n"));
        assert_eq!(file.format, WordsFormat::Ctm, "{confidence:?}");
        assert_eq!(texts(&file), ["3.25"]);
    }
}

#[test]
fn recordings_of_ctm_may_have_numbers_for_names() {
    for name in ["w.ctm", "w.txt", "w"] {
        for blank in [" ", "\t"] {
            let text = "7 1 0.5 0.25 hello\n7 1 0.75 0.25 good\n".replace(' ', blank);
            let file = file(name, &text);
            assert_eq!(file.format, WordsFormat::Ctm, "{name} {text:?}");
            assert_eq!(names(&file), [Some("7")]);
            assert_eq!(texts(&file), ["hello", "good"]);
        }
    }
}

#[test]
fn a_label_may_be_a_number() {
    let text = "0 5000000 7 -50.5 seven\n5000000 9000000 up -3.5 up\n";
    let labels = file("a.lab", text);
    assert_eq!(labels.format, WordsFormat::Lab);
    assert_eq!(texts(&labels), ["seven", "up"]);
    // A text without times.
    let text = file("a.lab", "he was then 5 6 years old\n");
    assert_eq!(text.format, WordsFormat::Lab);
    assert_eq!(texts(&text).len(), 7);
}

#[test]
fn labels_of_audacity_may_begin_with_numbers() {
    let labels = file("a.txt", "0.5\t1.5\t5 6 and 7\n1.5\t2.0\t3 4\n");
    assert_eq!(labels.format, WordsFormat::Audacity);
    assert_eq!(texts(&labels), ["5", "6", "and", "7", "3", "4"]);
}

/// A name, or a number for a name.
fn name() -> impl Strategy<Value = String> {
    "[a-z]{1,3}[0-9]?|[1-9][0-9]{0,3}|[1-9]\\.[1-9]"
}

/// A word that is no label of silence or noise, or a number for one.
fn word() -> impl Strategy<Value = String> {
    "w[a-z]{2,4}|[1-9][0-9]{0,2}"
}

fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![" ", "\t", "   "])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn ctm_is_told_by_its_extension_or_its_words(
        (name, channel, blank) in (name(), "[1-2AB]", blank()),
        words in prop::collection::vec(word(), 1..5),
        has_confidence in any::<bool>(),
    ) {
        let more = if has_confidence { " 0.5" } else { "" };
        let lines = words.iter().enumerate();
        let text: String = lines
            .map(|(at, word)| format!("{name} {channel} {at}.25 0.50 {word}{more}\n"))
            .collect();
        let text = text.replace(' ', blank);
        for path in ["x.ctm", "x.txt"] {
            let file = file(path, &text);
            prop_assert_eq!(file.format, WordsFormat::Ctm, "{} {}", path, text);
            prop_assert_eq!(names(&file), [Some(name.as_str())]);
            prop_assert_eq!(texts(&file), words.clone());
        }
    }

    #[test]
    fn stm_is_told_by_its_extension_or_its_speakers(
        (name, channel, speaker, blank) in (name(), "[1-2AB]", name(), blank()),
        phrases in prop::collection::vec(prop::collection::vec(word(), 1..4), 1..4),
    ) {
        let lines = phrases.iter().enumerate();
        let text: String = lines
            .map(|(at, words)| {
                let (end, words) = (at + 1, words.join(" "));
                format!("{name} {channel} {speaker} {at}.00 {end}.00 {words}\n")
            })
            .collect();
        let text = text.replace(' ', blank);
        let is_named = speaker.parse::<f64>().is_err();
        for path in ["x.stm", "x.txt"].into_iter().take(1 + usize::from(is_named)) {
            let file = file(path, &text);
            prop_assert_eq!(file.format, WordsFormat::Stm, "{} {}", path, text);
            prop_assert_eq!(names(&file), [Some(name.as_str())]);
            prop_assert_eq!(texts(&file), phrases.concat());
        }
    }

    #[test]
    fn lab_is_told_by_its_extension_or_its_labels(
        labels in prop::collection::vec((word(), word()), 1..5),
        (has_score, blank) in (any::<bool>(), blank()),
    ) {
        let lines = labels.iter().enumerate();
        let text: String = lines
            .map(|(at, (label, word))| {
                let more = if has_score { format!(" -50.5 {word}") } else { String::new() };
                format!("{at}0000000 {}0000000 {label}{more}\n", at + 1)
            })
            .collect();
        let text = text.replace(' ', blank);
        let expected: Vec<&str> = labels
            .iter()
            .map(|(label, word)| if has_score { word } else { label }.as_str())
            .collect();
        let is_named = labels[0].0.parse::<f64>().is_err() && blank != "\t";
        for path in ["x.lab", "x.txt"].into_iter().take(1 + usize::from(is_named)) {
            let file = file(path, &text);
            prop_assert_eq!(file.format, WordsFormat::Lab, "{} {}", path, text);
            prop_assert_eq!(texts(&file), expected.clone());
        }
    }
}

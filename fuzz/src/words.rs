//! Words with times. What is read must be within the limits, and times must be times.

use misa_recordings::words::{WordsFile, WordsOptions, parse};
use misa_recordings::{Interval, Word, WordOrigin};

/// The extension decides only where the content does not.
const NAMES: [&str; 4] = ["a.txt", "a.lab", "a.ctm", "a.stm"];
/// Little enough to be met.
const WORDS: usize = 512;
const WORD_BYTES: usize = 128;
/// Characters of the longest message.
const MESSAGE: usize = 2000;

/// `data` as a file of each of some names, with and without what a user may tell.
pub fn read(data: &[u8]) {
    let mut options = WordsOptions::default();
    options.limits.words = WORDS;
    options.limits.word_bytes = WORD_BYTES;
    for name in NAMES {
        check(name, data, &options);
    }
    options.tier = Some("word".to_string());
    options.sound_rate_11025 = true;
    check(NAMES[0], data, &options);
}

fn check(name: &str, data: &[u8], options: &WordsOptions) {
    match parse(name, data, options) {
        Ok(file) => check_file(&file, options),
        Err(fault) => {
            let message = fault.to_string();
            assert!(message.contains("expected "), "{message}");
            assert!(message.chars().count() < MESSAGE, "{message}");
        }
    }
}

fn check_file(file: &WordsFile, options: &WordsOptions) {
    let words = || file.recordings.iter().flat_map(|one| &one.words);
    let count = words().count();
    assert!((1..=WORDS).contains(&count), "{count} words");
    assert!(file.notes.iter().all(|note| note.count > 0));
    for word in words() {
        check_word(word, options.limits.seconds);
    }
}

fn check_word(word: &Word, latest: f64) {
    let is_time =
        |time: Interval| 0.0 <= time.start && time.start <= time.end && time.end <= latest;
    let text = &word.text;
    assert!(!text.is_empty() && text.trim() == text && text.len() <= WORD_BYTES);
    assert_eq!(word.time.is_none(), word.origin == WordOrigin::Missing);
    assert!(word.time.is_none_or(is_time) && word.phrase.is_none_or(is_time));
    assert!(
        word.confidence
            .is_none_or(|sure| (0.0..=1.0).contains(&sure))
    );
}

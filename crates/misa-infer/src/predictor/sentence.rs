//! The words of a sentence as a vocabulary knows them.

use crate::predictor::TextRead;
use misa_terms::Vocabulary;

/// The ids of the words of a sentence, and what was changed on the way.
///
/// A part between white space is one word if the vocabulary knows it. Otherwise, it is cut around
/// punctuation, of which marks that the vocabulary lacks are left out. A word that the vocabulary
/// lacks is looked up in lower case.
pub(super) fn ids(sentence: &str, vocabulary: &Vocabulary) -> (Vec<u32>, TextRead) {
    let mut read = TextRead::default();
    let mut ids = Vec::new();
    for part in sentence.split_whitespace() {
        if let Some(id) = look_up(part, vocabulary, &mut read) {
            ids.push(id);
            continue;
        }
        for piece in pieces(part) {
            let is_word = piece.chars().any(char::is_alphanumeric);
            match look_up(piece, vocabulary, &mut read) {
                Some(id) => ids.push(id),
                None if is_word => {
                    read.unknown += 1;
                    ids.push(Vocabulary::UNKNOWN);
                }
                None => read.left_out += 1,
            }
        }
    }
    read.words = ids.len();
    (ids, read)
}

fn look_up(word: &str, vocabulary: &Vocabulary, read: &mut TextRead) -> Option<u32> {
    let known = |word: &str| Some(vocabulary.id(word)).filter(|&id| id > Vocabulary::PADDING);
    known(word).or_else(|| {
        let id = known(&word.to_lowercase())?;
        read.lowered += 1;
        Some(id)
    })
}

/// Words and punctuation marks of a part without white space. An apostrophe or a hyphen between
/// letters belongs to the word.
fn pieces(part: &str) -> Vec<&str> {
    let letters: Vec<(usize, char)> = part.char_indices().collect();
    let is_letter = |place: usize| {
        letters
            .get(place)
            .is_some_and(|(_, letter)| letter.is_alphanumeric())
    };
    let mut pieces = Vec::new();
    let mut start = 0;
    for (place, &(byte, letter)) in letters.iter().enumerate() {
        let joins = matches!(letter, '\'' | '\u{2019}' | '-')
            && place > 0
            && is_letter(place - 1)
            && is_letter(place + 1);
        if letter.is_alphanumeric() || joins {
            continue;
        }
        if start < byte {
            pieces.push(&part[start..byte]);
        }
        let end = byte + letter.len_utf8();
        pieces.push(&part[byte..end]);
        start = end;
    }
    if start < part.len() {
        pieces.push(&part[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(words: &[&str]) -> Vocabulary {
        let mut vocabulary = Vocabulary::new();
        for word in words {
            vocabulary.add(word);
        }
        vocabulary
    }

    #[test]
    fn a_sentence_of_people_finds_the_words_of_a_corpus() {
        let vocabulary = vocabulary(&["what", "fun", "don't", "(umm)", "well-made", "!"]);
        let words = |sentence| {
            let (ids, read) = ids(sentence, &vocabulary);
            let words = ids
                .iter()
                .map(|&id| vocabulary.word(id).unwrap().to_owned());
            (words.collect::<Vec<_>>().join(" "), read)
        };
        let read = |words, unknown, lowered, left_out| TextRead {
            words,
            unknown,
            lowered,
            left_out,
            cut: 0,
        };
        assert_eq!(words("What  fun!"), ("what fun !".into(), read(3, 0, 1, 0)));
        assert_eq!(
            words("(umm) Don't,"),
            ("(umm) don't".into(), read(2, 0, 1, 1))
        );
        assert_eq!(
            words("\"WHAT\" zebra"),
            ("what <unk>".into(), read(2, 1, 1, 2))
        );
        assert_eq!(words("well-made"), ("well-made".into(), read(1, 0, 0, 0)));
        assert_eq!(words("... ?"), (String::new(), read(0, 0, 0, 4)));
    }

    /// Their ids exist, but nobody who writes them means padding.
    #[test]
    fn the_words_of_special_ids_are_unknown() {
        let (ids, read) = ids("<pad> <unk>", &vocabulary(&[]));
        assert_eq!(ids, [Vocabulary::UNKNOWN; 2]);
        assert_eq!((read.unknown, read.left_out), (2, 4));
    }

    #[test]
    fn pieces_are_words_and_marks() {
        assert_eq!(pieces("a,b"), ["a", ",", "b"]);
        assert_eq!(pieces("'tis'"), ["'", "tis", "'"]);
        assert_eq!(pieces("élan\u{2019}s…"), ["élan\u{2019}s", "…"]);
        assert!(pieces("").is_empty());
    }
}

//! Labels that are no words.

use crate::words::WordsNoteKind;

/// Who wrote the labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Labels {
    /// An aligner, which has names for silence.
    Aligner,
    /// A recogniser or a person: `sp` may be a word.
    Speech,
}

/// Names of silence: P2FA, HTK, Kaldi, WebMAUS.
const SILENCES: [&str; 9] = [
    "sp", "sil", "SIL", "<sil>", "<SIL>", "<eps>", "<p:>", "<s>", "</s>",
];
/// The phone of a pause in labels of Festival and HTS. In Portuguese, it is a word.
pub(super) const PAUSE_PHONE: &str = "pau";
/// Words that people say, and that some aligners write for a pause.
pub(super) const SAID_SILENCES: [&str; 2] = ["silence", PAUSE_PHONE];
/// What Montreal Forced Aligner writes for sounds that are no known word.
const SPOKEN_NOISE: &str = "spn";
/// What Gentle aligned for a word of the transcript that is not in its dictionary.
pub(super) const OUT_OF_VOCABULARY: &str = "<unk>";
/// Characters that nobody says where they stand alone. Others, such as `&` and `%`, are spoken.
const SILENT: &str = "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}.\u{2026},;:!?\"'()[]<>{}*_~|/\\\
    \u{ab}\u{bb}\u{bf}\u{a1}\u{2018}\u{2019}\u{201c}\u{201d}\u{266a}\u{266b}\u{266c}\
    \u{3001}\u{3002}\u{300c}\u{300d}\u{ff0c}\u{ff01}\u{ff1f}\u{ff1a}\u{ff1b}";

/// Phones of English in the alphabet of CMU's dictionary, without stress.
const PHONES: [&str; 39] = [
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH",
    "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH",
    "UW", "V", "W", "Y", "Z", "ZH",
];

/// What `text` is if it is no word. `text` is trimmed and not empty.
pub(super) fn no_word(text: &str, labels: Labels) -> Option<WordsNoteKind> {
    let within = |open, close| text.len() > 1 && text.starts_with(open) && text.ends_with(close);
    if labels == Labels::Aligner && SILENCES.contains(&text) {
        Some(WordsNoteKind::Silence)
    } else if within('{', '}') {
        Some(WordsNoteKind::Noise)
    } else if within('<', '>')
        || within('[', ']')
        || labels == Labels::Aligner && text == SPOKEN_NOISE
    {
        Some(WordsNoteKind::Unrecognised)
    } else if text.split_whitespace().all(is_silent) {
        Some(WordsNoteKind::Punctuation)
    } else {
        None
    }
}

/// Whether `text` consists of punctuation that nobody says.
pub(super) fn is_silent(text: &str) -> bool {
    let is_one = |c: char| !c.is_alphanumeric() && SILENT.contains(c);
    text.chars().all(is_one)
}

/// Whether `label` is a phone of English.
pub(super) fn is_phone(label: &str) -> bool {
    let name = label.trim_end_matches(['0', '1', '2']).to_ascii_uppercase();
    PHONES.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aligners_call_silence_by_a_name() {
        use WordsNoteKind::{Noise, Punctuation, Silence, Unrecognised};
        let cases = [
            ("sp", Some(Silence), None),
            ("spn", Some(Unrecognised), None),
            ("{NS}", Some(Noise), Some(Noise)),
            ("<unk>", Some(Unrecognised), Some(Unrecognised)),
            ("[laughter]", Some(Unrecognised), Some(Unrecognised)),
            ("\u{2014}", Some(Punctuation), Some(Punctuation)),
            ("[", Some(Punctuation), Some(Punctuation)),
            ("&", None, None),
            ("SP", None, None),
            ("silence", None, None),
            ("pau", None, None),
            ("don't", None, None),
        ];
        for (text, aligner, speech) in cases {
            assert_eq!(no_word(text, Labels::Aligner), aligner, "{text}");
            assert_eq!(no_word(text, Labels::Speech), speech, "{text}");
        }
    }

    #[test]
    fn phones_have_marks_of_stress() {
        assert!(is_phone("AH0") && is_phone("ah") && is_phone("NG"));
        assert!(!is_phone("love") && !is_phone("I"));
    }
}

//! Characters of MELD, whose tables were saved on Windows.

use crate::{Fault, FaultKind, Place};
use std::fmt::Write as _;

/// The characters of the bytes 0x80 to 0x9f; those without a character are control characters.
const UPPER: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// Whether the first line has the columns of MELD.
pub(super) fn is_meld(bytes: &[u8]) -> bool {
    let end = bytes.iter().take(1 << 12).position(|&byte| byte == b'\n');
    let line = &bytes[..end.unwrap_or(0)];
    let has = |name: &[u8]| line.windows(name.len()).any(|part| part == name);
    has(b"Dialogue_ID") && has(b"Utterance_ID")
}

/// The text, and the number of characters beyond ASCII.
///
/// # Errors
///
/// [`FaultKind::Malformed`] with the line of a byte that has no character.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, usize), Fault> {
    let mut text = String::with_capacity(bytes.len());
    let (mut line, mut count) = (1, 0);
    for &byte in bytes {
        line += u64::from(byte == b'\n');
        let character = character(char::from(byte));
        if character.is_ascii() || !character.is_control() {
            text.push(character);
            count += usize::from(!byte.is_ascii());
        } else {
            let mut found = String::from("byte 0x");
            // Writing to a text cannot fail.
            let _ = write!(found, "{byte:02x}");
            let place = Place::Line(line);
            let fault = Fault::new(FaultKind::Malformed, place, "UTF-8 or cp1252", found);
            return Err(fault.advised("save the file as UTF-8"));
        }
    }
    Ok((text, count))
}

/// The text with control characters replaced by those that Windows means, and their number: bytes of
/// Windows that another program took for Latin letters.
pub(super) fn without_controls(text: String) -> (String, usize) {
    let is_control = |letter: &char| ('\u{80}'..='\u{9f}').contains(letter);
    match text.chars().filter(is_control).count() {
        0 => (text, 0),
        count => (text.chars().map(character).collect(), count),
    }
}

fn character(letter: char) -> char {
    let index = (letter as usize).checked_sub(0x80);
    index
        .and_then(|index| UPPER.get(index))
        .copied()
        .unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_windows_become_its_characters() {
        // "It’s “é” – €"
        let (text, count) = decode(b"It\x92s \x93\xe9\x94 \x96 \x80").unwrap();
        assert_eq!(
            (&*text, count),
            ("It\u{2019}s \u{201c}\u{e9}\u{201d} \u{2013} \u{20ac}", 6)
        );
        let fault = decode(b"a\nb\x81").unwrap_err().to_string();
        let expected = "line 2: expected UTF-8 or cp1252, found byte 0x81; save the file as UTF-8";
        assert_eq!(fault, expected);
        let (text, count) = without_controls("It\u{92}s".to_string());
        assert_eq!((&*text, count), ("It\u{2019}s", 1));
    }
}

//! Scripts that are written without spaces between words.

use std::ops::RangeInclusive;

/// Blocks of Unicode with letters of such scripts.
const UNSPACED: [RangeInclusive<char>; 13] = [
    '\u{0e00}'..='\u{0eff}',   // Thai, Lao
    '\u{0f00}'..='\u{0fff}',   // Tibetan
    '\u{1000}'..='\u{109f}',   // Burmese
    '\u{1780}'..='\u{17ff}',   // Khmer
    '\u{1950}'..='\u{19df}',   // Tai Le, New Tai Lue
    '\u{1a20}'..='\u{1aaf}',   // Tai Tham
    '\u{2e80}'..='\u{2fdf}',   // Chinese radicals
    '\u{3005}'..='\u{3007}',   // Japanese iteration marks
    '\u{3040}'..='\u{312f}',   // Hiragana, Katakana, Bopomofo
    '\u{31f0}'..='\u{31ff}',   // Katakana
    '\u{3400}'..='\u{9fff}',   // Chinese characters
    '\u{f900}'..='\u{faff}',   // Chinese characters
    '\u{20000}'..='\u{3ffff}', // Chinese characters
];
/// Katakana of half width.
const HALF_WIDTH: RangeInclusive<char> = '\u{ff66}'..='\u{ff9f}';

/// Whether a text between two spaces may hold several words.
pub(super) fn is_unspaced(text: &str) -> bool {
    let is_letter = |letter: char| {
        let mut blocks = UNSPACED.iter().chain([&HALF_WIDTH]);
        blocks.any(|block| block.contains(&letter))
    };
    // Most texts are ASCII.
    !text.is_ascii() && text.chars().any(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_spaces_are_known() {
        for text in [
            "我不想",
            "そうです",
            "ｶﾀｶﾅ",
            "ขอบคุณ",
            "ຂອບໃຈ",
            "អរគុណ",
            "iPhone手机",
        ] {
            assert!(is_unspaced(text), "{text}");
        }
        for text in ["word", "naïve", "слово", "한국어", "שלום", "नमस्ते", "，"]
        {
            assert!(!is_unspaced(text), "{text}");
        }
    }
}

//! Names as keys for programs.

/// A name of a score or a loss as a key in JSON: in lower case, with `_` for everything but letters
/// and digits. `acc_2_neg_pos` is the key of `Acc-2 (neg/pos)`.
pub fn score_key(name: &str) -> String {
    let letters = name.to_ascii_lowercase();
    let parts = letters.split(|letter: char| !letter.is_ascii_alphanumeric());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_letters_digits_and_underscores() {
        for (name, key) in [
            ("MAE", "mae"),
            ("Acc-7", "acc_7"),
            ("Acc-2 (neg/non-neg)", "acc_2_neg_non_neg"),
            ("F1 (neg/pos)", "f1_neg_pos"),
        ] {
            assert_eq!(score_key(name), key);
        }
    }
}

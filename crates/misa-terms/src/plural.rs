//! Words that fit a number.

/// The form of a word for a number: `one` for 1, otherwise `many`.
pub fn form<'t>(count: usize, one: &'t str, many: &'t str) -> &'t str {
    if count == 1 { one } else { many }
}

/// A number with its noun, such as `1 segment` and `2 segments`.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", form(count, one, many))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_is_singular() {
        let counted = [0, 1, 2].map(|count| plural(count, "entry has", "entries have"));
        assert_eq!(counted, ["0 entries have", "1 entry has", "2 entries have"]);
        assert_eq!([1, 21].map(|count| form(count, "", "s")), ["", "s"]);
    }
}

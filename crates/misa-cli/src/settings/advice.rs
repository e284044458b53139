//! Suggestions for a misspelt name.

/// Typing errors that a suggestion allows for.
const SLIPS: usize = 3;

/// The name that was probably meant, or all names.
pub(super) fn advice<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    let candidates = known.clone().map(|known| (distance(name, known), known));
    match candidates.min() {
        Some((slips, nearest)) if slips <= SLIPS => format!("did you mean `{nearest}`?"),
        _ => {
            let names: Vec<&str> = known.map(String::as_str).collect();
            format!("expected one of {}", names.join(", "))
        }
    }
}

/// Letters to insert, remove or replace to turn `a` into `b` (Levenshtein distance).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, &y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_counts_edits() {
        assert_eq!(distance("dropout", "dropout"), 0);
        assert_eq!(distance("droput", "dropout"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}

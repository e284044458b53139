//! What was probably meant.

/// Slips of the finger that a suggestion forgives.
const SLIPS: usize = 3;

/// What was probably meant, or everything there is.
pub(super) fn advice<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    let near = known.clone().map(|known| (distance(name, known), known));
    match near.min().filter(|(slips, _)| *slips <= SLIPS) {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known.map(String::as_str).collect();
            format!("expected one of {}", known.join(", "))
        }
    }
}

/// Letters to insert, remove or replace between two words.
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
    fn a_distance_counts_slips() {
        assert_eq!(distance("dropout", "dropout"), 0);
        assert_eq!(distance("droput", "dropout"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}

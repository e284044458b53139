//! Suggestions for a misspelt name.

/// Typing errors that a suggestion allows for.
const SLIPS: usize = 3;
/// Settings of the same name that a suggestion lists.
const MOST: usize = 4;

/// The name that was probably meant, or all names.
pub(super) fn advice<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> String {
    match nearest(name, known.clone().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => {
            let names: Vec<&str> = known.map(String::as_str).collect();
            format!("expected one of {}", names.join(", "))
        }
    }
}

/// The name that differs from `name` by few typing errors.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // In a short name, few letters remain beside three errors.
    let slips = SLIPS.min(name.chars().count().div_ceil(2));
    let (found, nearest) = known.map(|known| (distance(name, known), known)).min()?;
    (found <= slips).then_some(nearest)
}

/// The settings whose key ends with `name`, whatever tables they are in: `epochs` is a short name of
/// `training.epochs`.
pub(crate) fn settings_named<'a>(name: &str, keys: &'a [String]) -> Vec<&'a str> {
    let ending = format!(".{name}");
    let is_named = |key: &&str| *key == name || key.ends_with(&ending);
    keys.iter().map(String::as_str).filter(is_named).collect()
}

/// The question whether these settings were meant: those of that name, or else those whose last name
/// is almost that of `name`; `None` if there are none.
pub(crate) fn settings_meant(name: &str, keys: &[String]) -> Option<String> {
    let named = settings_named(name, keys);
    if !named.is_empty() {
        return question(&named);
    }
    let last = |key: &str| key.rsplit('.').next().map(str::to_string);
    let names: Vec<String> = keys.iter().filter_map(|key| last(key)).collect();
    let nearest = nearest(&last(name)?, names.iter().map(String::as_str))?;
    question(&settings_named(nearest, keys))
}

/// A question that names these settings; `None` without any.
fn question(keys: &[&str]) -> Option<String> {
    let quoted: Vec<String> = keys
        .iter()
        .take(MOST)
        .map(|key| format!("`{key}`"))
        .collect();
    let (last, others) = quoted.split_last()?;
    Some(if others.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", others.join(", "))
    })
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

    #[test]
    fn a_short_name_finds_its_settings() {
        let keys = ["device", "data.seed", "training.seed", "training.epochs"];
        let keys = keys.map(str::to_string);
        assert_eq!(settings_named("epochs", &keys), ["training.epochs"]);
        assert_eq!(settings_named("device", &keys), ["device"]);
        assert!(settings_named("epoch", &keys).is_empty());
        let meant = |name| settings_meant(name, &keys);
        let expected = Some("did you mean `training.epochs`?".to_string());
        assert_eq!(
            (meant("epochs"), meant("train.epoch")),
            (expected.clone(), expected)
        );
        let expected = Some("did you mean `data.seed` or `training.seed`?".to_string());
        assert_eq!(meant("sead"), expected);
        assert_eq!(meant("unheard_of"), None);
        assert_eq!(nearest("a", ["lstm", "gru"].into_iter()), None);
    }
}

//! How much of the spread of a score each setting of a sweep accounts for.

use crate::sweep::Cell;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Parts of equal size into which the values of a number are divided, if it has more values than these.
const PARTS: usize = 4;
/// Fewest runs from which anything is said.
const FEWEST_RUNS: usize = 8;
/// A deviation that is no larger, as a share of the mean, is rounding of the mean.
const ROUNDING: f64 = 1e-12;

/// What a setting accounts for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Importance {
    /// The setting.
    pub setting: String,
    /// Epsilon squared, see [`importance`]; from 0 to 1.
    pub share: f64,
}

/// What each setting that varies accounts for, the largest share first; nothing for fewer than eight runs.
///
/// Epsilon squared of a one-way analysis of variance: the share of the variance of the score that lies between the values
/// of the setting, less what chance puts there. Numbers of more than four values are divided into four parts of
/// about equal size, with equal numbers in one part. Settings are looked at one by one: what two of them do together
/// counts for neither.
pub(super) fn importance(scored: &[(&Cell, f64)]) -> Vec<Importance> {
    if scored.len() < FEWEST_RUNS {
        return Vec::new();
    }
    let mut by_setting: BTreeMap<&str, Vec<(&Value, f64)>> = BTreeMap::new();
    for (cell, score) in scored {
        for (key, value) in &cell.settings {
            by_setting.entry(key).or_default().push((value, *score));
        }
    }
    let all = by_setting.into_iter();
    let mut found: Vec<Importance> = all
        .filter_map(|(setting, scored)| {
            let share = epsilon_squared(&groups(&scored))?;
            let setting = setting.to_string();
            Some(Importance { setting, share })
        })
        .collect();
    found.sort_by(|one, other| other.share.total_cmp(&one.share));
    found
}

/// The scores of each value, or of each part of the numbers.
fn groups(scored: &[(&Value, f64)]) -> Vec<Vec<f64>> {
    let mut by_value: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (value, score) in scored {
        by_value.entry(value.to_string()).or_default().push(*score);
    }
    let numbers: Option<Vec<(f64, f64)>> = (scored.iter())
        .map(|(value, score)| Some((value.as_f64()?, *score)))
        .collect();
    match numbers {
        Some(mut numbers) if by_value.len() > PARTS => {
            numbers.sort_by(|one, other| one.0.total_cmp(&other.0));
            let size = numbers.len().div_ceil(PARTS);
            let mut parts = vec![Vec::new(); PARTS];
            let mut before = 0;
            // Equal numbers are in the part that has the middle one.
            for equal in numbers.chunk_by(|one, other| one.0 == other.0) {
                let middle = before + (equal.len() - 1) / 2;
                parts[middle / size].extend(equal.iter().map(|(_, score)| *score));
                before += equal.len();
            }
            parts.retain(|part| !part.is_empty());
            parts
        }
        _ => by_value.into_values().collect(),
    }
}

/// `None` for a single group, for groups of one, and where the score does not vary.
fn epsilon_squared(groups: &[Vec<f64>]) -> Option<f64> {
    let count: usize = groups.iter().map(Vec::len).sum();
    if groups.len() < 2 || count <= groups.len() {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let all: Vec<f64> = groups.concat();
    let whole = mean(&all);
    let total: f64 = all.iter().map(|x| (x - whole).powi(2)).sum();
    let within: f64 = groups
        .iter()
        .map(|group| {
            let mean = mean(group);
            group.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
        })
        .sum();
    let by_chance = (groups.len() - 1) as f64 * within / (count - groups.len()) as f64;
    let varies = total > count as f64 * (ROUNDING * whole).powi(2);
    varies.then(|| ((total - within - by_chance) / total).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(dropout: f64, cell: &str) -> Cell {
        let settings = [
            ("training.dropout", json!(dropout)),
            ("training.cell", json!(cell)),
        ];
        Cell {
            name: String::new(),
            group: String::new(),
            settings: settings
                .map(|(key, value)| (key.to_string(), value))
                .to_vec(),
        }
    }

    /// Scores 1, 2, 3 and 5, 6, 7: total 28, within 2 + 2 = 4, by chance 1 · 4 / 4 = 1, so (28 - 4 - 1) / 28.
    #[test]
    fn the_share_between_groups_is_less_what_chance_puts_there() {
        let groups = [vec![1.0, 2.0, 3.0], vec![5.0, 6.0, 7.0]];
        let share = epsilon_squared(&groups).unwrap();
        assert!((share - 23.0 / 28.0).abs() < 1e-12, "{share}");
        assert_eq!(epsilon_squared(&groups[..1]), None);
        assert_eq!(epsilon_squared(&[vec![1.0], vec![2.0]]), None);
        assert_eq!(epsilon_squared(&[vec![1.0, 1.0], vec![1.0]]), None);
    }

    /// Eight times 0.1 is a little less than 0.8, and their mean less than 0.1; the mean of four is 0.1.
    #[test]
    fn equal_scores_are_accounted_for_by_nothing() {
        assert_ne!([0.1; 8].iter().sum::<f64>() / 8.0, 0.1);
        assert_eq!(epsilon_squared(&[vec![0.1; 4], vec![0.1; 4]]), None);
        assert_eq!(epsilon_squared(&[vec![0.0; 4], vec![0.0; 4]]), None);
        let close = [vec![0.1; 4], vec![0.1 + 1e-9; 4]];
        assert!(epsilon_squared(&close).unwrap() > 0.99);
    }

    /// The mean of each number is 3: scores vary within the first one alone, whose runs are half of all.
    #[test]
    fn equal_numbers_are_in_one_part() {
        let numbers = [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4];
        let scores = [1.0, 1.0, 5.0, 5.0, 3.0, 3.0, 3.0, 3.0];
        let cells = numbers.map(|dropout| cell(dropout, "lstm"));
        let scored: Vec<(&Cell, f64)> = cells.iter().zip(scores).collect();
        let expected = Importance {
            setting: "training.dropout".to_string(),
            share: 0.0,
        };
        assert_eq!(importance(&scored), [expected]);
        let values = numbers.map(Value::from);
        let scored: Vec<(&Value, f64)> = values.iter().zip(scores).collect();
        let parts = [vec![1.0, 1.0, 5.0, 5.0], vec![3.0; 2], vec![3.0; 2]];
        assert_eq!(groups(&scored), parts);
    }

    #[test]
    fn what_decides_comes_first() {
        let runs: Vec<(Cell, f64)> = (0..16)
            .map(|index| {
                let dropout = f64::from(index) / 20.0;
                let kind = if index % 2 == 0 { "lstm" } else { "gru" };
                (cell(dropout, kind), dropout + 0.001 * f64::from(index % 2))
            })
            .collect();
        let scored: Vec<(&Cell, f64)> = runs.iter().map(|(cell, score)| (cell, *score)).collect();
        let found = importance(&scored);
        assert_eq!(found[0].setting, "training.dropout");
        assert!(found[0].share > 0.9, "{found:?}");
        assert_eq!(found[1].setting, "training.cell");
        assert_eq!(found[1].share, 0.0);
        assert_eq!(importance(&scored[..7]), []);
    }
}

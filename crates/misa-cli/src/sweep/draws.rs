//! Settings drawn at random.

use super::{Draw, SweepError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Attempts at one draw: of a thousand different settings, the last one is found with a
/// probability of 0.99995.
const ATTEMPTS: u64 = 10_000;

/// Settings drawn at random, all different.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomDraws {
    /// Number of draws.
    pub count: usize,
    /// Seed of the draws.
    #[serde(default)]
    pub seed: u64,
    /// What each setting is drawn from, by its key with its tables.
    pub keys: BTreeMap<String, Draw>,
}

impl RandomDraws {
    /// The draws in their order; `path` names the file in errors. A draw that repeats an earlier one
    /// is drawn again.
    ///
    /// # Errors
    ///
    /// [`SweepError::Draws`] if there are fewer different settings.
    pub(super) fn settings(&self, path: &Path) -> Result<Vec<Vec<(String, Value)>>, SweepError> {
        let few = |settings: u128, attempts| SweepError::Draws {
            path: path.to_path_buf(),
            count: self.count,
            settings,
            attempts,
        };
        let mut sizes = self.keys.values().map(Draw::values);
        let different = sizes.try_fold(1u128, |all, size| Some(all.saturating_mul(size?)));
        if let Some(different) = different.filter(|&count| count < self.count as u128) {
            return Err(few(different, 0));
        }
        let mut known = BTreeSet::new();
        let mut settings = Vec::new();
        for index in 0..self.count {
            let mut attempts = (0..ATTEMPTS).map(|attempt| self.draw(index, attempt));
            let new = attempts.find(|draw| known.insert(text(draw)));
            settings.push(new.ok_or_else(|| few(index as u128, ATTEMPTS))?);
        }
        Ok(settings)
    }

    fn draw(&self, index: usize, attempt: u64) -> Vec<(String, Value)> {
        let keys = self.keys.iter();
        keys.map(|(key, draw)| (key.clone(), draw.value(self.seed, index, attempt, key)))
            .collect()
    }
}

fn text(draw: &[(String, Value)]) -> String {
    let values: Vec<String> = draw.iter().map(|(_, value)| value.to_string()).collect();
    values.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(count: usize, keys: &[(&str, Draw)]) -> RandomDraws {
        let keys = keys
            .iter()
            .map(|(key, draw)| (key.to_string(), draw.clone()));
        RandomDraws {
            count,
            seed: 3,
            keys: keys.collect(),
        }
    }

    fn message(random: &RandomDraws) -> String {
        random
            .settings(Path::new("s.toml"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_draw_that_repeats_another_is_drawn_again() {
        let random = random(
            6,
            &[("a", Draw::Integer([1, 3])), ("b", Draw::Integer([1, 2]))],
        );
        let draws = random.settings(Path::new("")).unwrap();
        let different: BTreeSet<String> = draws.iter().map(|draw| text(draw)).collect();
        assert_eq!((draws.len(), different.len()), (6, 6));
        assert_eq!(draws, random.settings(Path::new("")).unwrap());
        // A draw that does not repeat another is the first attempt.
        assert_eq!(draws[0], random.draw(0, 0));
    }

    #[test]
    fn fewer_settings_than_draws_are_counted() {
        let choice = Draw::Choice(["x", "y", "x"].map(Value::from).into());
        let random = random(5, &[("a", choice), ("b", Draw::Integer([1, 2]))]);
        assert_eq!(
            message(&random),
            "s.toml: `random.count` is 5, expected at most 4, the number of different settings"
        );
    }

    #[test]
    fn a_range_of_very_few_numbers_is_refused() {
        let range = Draw::Uniform([1.0, 1.0 + f64::EPSILON]);
        let message = message(&random(9, &[("a", range)]));
        assert!(
            message.ends_with("no other settings were drawn in 10000 attempts"),
            "{message}"
        );
    }
}

//! Values drawn at random.

use misa_data::{Random, mix};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use std::collections::BTreeSet;

/// What a setting is drawn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Draw {
    /// Any number of the range, uniformly.
    Uniform([f64; 2]),
    /// Any number of the range, uniformly in its logarithm; both ends above 0.
    LogUniform([f64; 2]),
    /// Any whole number of the range, uniformly, both ends included.
    Integer([i64; 2]),
    /// One of these.
    Choice(Vec<Value>),
}

impl Draw {
    /// The value of draw number `index` of the setting `key`; every `attempt` has another one.
    pub fn value(&self, seed: u64, index: usize, attempt: u64, key: &str) -> Value {
        let mut random = Random::new(mix(seed, index as u64, attempt, key));
        let share = random.uniform();
        let number = |value: f64| Number::from_f64(value).map_or(Value::Null, Value::Number);
        match self {
            Self::Uniform([low, high]) => number(low + share * (high - low)),
            Self::LogUniform([low, high]) => number(low * (high / low).powf(share)),
            Self::Integer([low, high]) => {
                let count = high.abs_diff(*low).saturating_add(1);
                let offset = random.below(usize::try_from(count).unwrap_or(usize::MAX));
                Value::from(low + offset as i64)
            }
            Self::Choice(values) => values[random.below(values.len())].clone(),
        }
    }

    /// The number of different values; `None` for a range of real numbers.
    pub(super) fn values(&self) -> Option<u128> {
        match self {
            Self::Uniform(_) | Self::LogUniform(_) => None,
            Self::Integer([low, high]) => Some(u128::from(high.abs_diff(*low)) + 1),
            Self::Choice(values) => {
                let different: BTreeSet<String> = values.iter().map(Value::to_string).collect();
                Some(different.len() as u128)
            }
        }
    }

    /// The problem of a range that cannot be drawn from.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let holds = match self {
            Self::Uniform([low, high]) => low < high,
            Self::LogUniform([low, high]) => 0.0 < *low && low < high,
            Self::Integer([low, high]) => low < high,
            Self::Choice(values) => !values.is_empty(),
        };
        match (holds, self) {
            (true, _) => None,
            (false, Self::LogUniform(_)) => Some("expected [low, high] with 0 < low < high"),
            (false, Self::Choice(_)) => Some("expected at least one value"),
            (false, _) => Some("expected [low, high] with low < high"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(draw: &Draw) -> Vec<f64> {
        (0..2_000)
            .map(|index| draw.value(7, index, 0, "x").as_f64().unwrap())
            .collect()
    }

    #[test]
    fn numbers_are_in_their_range_and_fill_it() {
        let uniform = draws(&Draw::Uniform([2.0, 4.0]));
        assert!(uniform.iter().all(|x| (2.0..4.0).contains(x)));
        let mean = uniform.iter().sum::<f64>() / 2_000.0;
        // Five standard errors of 2,000 draws.
        assert!((mean - 3.0).abs() < 0.065, "{mean}");
        let magnitudes = draws(&Draw::LogUniform([1e-5, 1e-1]));
        let small = magnitudes.iter().filter(|&&x| x < 1e-3).count();
        assert!((890..1_110).contains(&small), "{small}");
        let whole = draws(&Draw::Integer([-1, 1]));
        for expected in [-1.0, 0.0, 1.0] {
            let count = whole.iter().filter(|&&x| x == expected).count();
            assert!((560..780).contains(&count), "{count}");
        }
    }

    #[test]
    fn a_draw_is_a_function_of_seed_index_attempt_and_key() {
        let draw = Draw::Uniform([0.0, 1.0]);
        assert_eq!(draw.value(1, 2, 0, "a"), draw.value(1, 2, 0, "a"));
        for other in [
            draw.value(2, 2, 0, "a"),
            draw.value(1, 3, 0, "a"),
            draw.value(1, 2, 1, "a"),
            draw.value(1, 2, 0, "b"),
        ] {
            assert_ne!(draw.value(1, 2, 0, "a"), other);
        }
    }

    #[test]
    fn values_are_counted_where_they_can_be() {
        assert_eq!(Draw::Uniform([0.0, 1.0]).values(), None);
        assert_eq!(Draw::Integer([-1, 1]).values(), Some(3));
        assert_eq!(Draw::Integer([i64::MIN, i64::MAX]).values(), Some(1 << 64));
        let choice = [1, 2, 1].map(Value::from).into();
        assert_eq!(Draw::Choice(choice).values(), Some(2));
    }
}

//! What each setting of a sweep may be, in the words of Optuna.

use super::{Cell, Draw, RandomDraws};
use misa_studies::{Distribution, DistributionKind, Json, Param, ParamError};
use serde_json::Value;
use std::collections::BTreeMap;

/// What each setting of a sweep may be.
#[derive(Clone, Debug, Default)]
pub struct Space(BTreeMap<String, Distribution>);

impl Space {
    /// That of all runs of a sweep: ranges that are drawn from stay ranges, every other setting is one of the values
    /// that it has in some run.
    ///
    /// # Errors
    ///
    /// [`ParamError`] if Optuna has no such range.
    pub fn new(cells: &[Cell], random: Option<&RandomDraws>) -> Result<Self, ParamError> {
        let mut values: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for (key, value) in cells.iter().flat_map(|cell| &cell.settings) {
            let known = values.entry(key).or_default();
            let value = json(value);
            if !known.contains(&value) {
                known.push(value);
            }
        }
        let drawn = |key: &str| random.and_then(|random| random.keys.get(key));
        let distribution = |(key, values): (&str, Vec<Json>)| {
            let kind = drawn(key).and_then(range);
            let kind = kind.unwrap_or(DistributionKind::Categorical { choices: values });
            Ok((key.to_string(), Distribution::new(kind)?))
        };
        let all = values.into_iter().map(distribution);
        all.collect::<Result<_, _>>().map(Self)
    }

    /// What a setting may be; `None` if the sweep does not say.
    pub fn get(&self, key: &str) -> Option<&Distribution> {
        self.0.get(key)
    }

    /// The settings of a run.
    ///
    /// # Errors
    ///
    /// [`ParamError`] if a setting has a value that no run of the sweep has.
    pub fn params(&self, cell: &Cell) -> Result<BTreeMap<String, Param>, ParamError> {
        let settings = cell.settings.iter();
        let param = |(key, value): &(String, Value)| {
            let distribution = self.0.get(key)?.clone();
            let param = Param::new(distribution, &json(value));
            Some(param.map(|param| (key.clone(), param)))
        };
        settings.filter_map(param).collect()
    }
}

/// The range that numbers are drawn from; `None` for choices.
fn range(draw: &Draw) -> Option<DistributionKind> {
    let float = |[low, high]: [f64; 2], log| DistributionKind::Float {
        low,
        high,
        log,
        step: None,
    };
    match draw {
        Draw::Uniform(ends) => Some(float(*ends, false)),
        Draw::LogUniform(ends) => Some(float(*ends, true)),
        Draw::Integer([low, high]) => Some(DistributionKind::Int {
            low: *low,
            high: *high,
            log: false,
            step: 1,
        }),
        Draw::Choice(_) => None,
    }
}

/// A value of a setting; Optuna's choices are no lists or tables, so these become text.
fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Json::Integer(number),
            None => Json::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Json::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => Json::Text(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cell(rate: f64, clip: Value, seed: u64) -> Cell {
        let settings = [
            ("training.learning_rate", json!(rate)),
            ("training.gradient_clip", clip),
            ("training.seed", json!(seed)),
        ];
        Cell {
            name: String::new(),
            group: String::new(),
            settings: settings
                .map(|(key, value)| (key.to_string(), value))
                .to_vec(),
        }
    }

    #[test]
    fn ranges_stay_ranges_and_other_settings_are_choices() {
        let cells = [
            cell(1e-4, json!("off"), 1),
            cell(1e-3, json!({ "norm": 5.0 }), 2),
        ];
        let draw = Draw::LogUniform([1e-5, 1e-2]);
        let random = RandomDraws {
            count: 2,
            seed: 0,
            keys: BTreeMap::from([("training.learning_rate".to_string(), draw)]),
        };
        let space = Space::new(&cells, Some(&random)).unwrap();
        let params = space.params(&cells[1]).unwrap();
        let kind = |key: &str| params[key].distribution().kind().clone();
        let expected = DistributionKind::Float {
            low: 1e-5,
            high: 1e-2,
            log: true,
            step: None,
        };
        assert_eq!(kind("training.learning_rate"), expected);
        let texts = ["off", "{\"norm\":5.0}"].map(|text| Json::Text(text.to_string()));
        let choices = texts.to_vec();
        assert_eq!(
            kind("training.gradient_clip"),
            DistributionKind::Categorical { choices }
        );
        assert_eq!(params["training.seed"].value(), Json::Integer(2));

        let other = cell(1e-3, json!("off"), 3);
        assert!(space.params(&other).is_err());
    }
}

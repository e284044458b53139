//! The value of a parameter in a trial.

use super::distribution::{Distribution, DistributionKind, is_on_grid};
use super::param_error::ParamError;
use crate::json::Json;

/// A value, and the distribution that it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    distribution: Distribution,
    /// What a journal holds: of categories the index, of numbers themselves.
    internal: f64,
}

impl Param {
    /// A value of a distribution.
    ///
    /// # Errors
    ///
    /// If the distribution does not have this value.
    pub fn new(distribution: Distribution, value: &Json) -> Result<Self, ParamError> {
        let number = value.as_f64();
        let internal = match distribution.kind() {
            DistributionKind::Float {
                low, high, step, ..
            } => number.filter(|&number| {
                let is_on_grid = |step: f64| is_on_grid(number, *low, step);
                (*low..=*high).contains(&number) && step.is_none_or(is_on_grid)
            }),
            DistributionKind::Int {
                low, high, step, ..
            } => number.filter(|&number| {
                let steps = (number - *low as f64) / *step as f64;
                (*low as f64..=*high as f64).contains(&number) && steps.fract() == 0.0
            }),
            DistributionKind::Categorical { choices } => choices
                .iter()
                .position(|choice| choice.is_choice(value))
                .map(|index| index as f64),
        };
        match internal {
            Some(internal) => Ok(Self {
                distribution,
                internal,
            }),
            None => Err(ParamError::Value {
                value: value.to_string(),
                distribution: distribution.to_json(),
            }),
        }
    }

    /// What a journal holds, or `None` if a category has no such index or an integer is not finite. Bounds may have
    /// changed since, so they do not count.
    pub(super) fn from_internal(distribution: Distribution, internal: f64) -> Option<Self> {
        let is_value = match distribution.kind() {
            DistributionKind::Float { .. } => true,
            DistributionKind::Int { .. } => internal.is_finite(),
            DistributionKind::Categorical { choices } => {
                (0.0..choices.len() as f64).contains(&internal)
            }
        };
        is_value.then_some(Self {
            distribution,
            internal,
        })
    }

    /// What a journal holds: the index of a category as an integer, numbers with a point.
    pub(super) fn internal(&self) -> Json {
        match self.distribution.kind() {
            DistributionKind::Categorical { .. } => Json::Integer(self.internal as i64),
            _ => Json::Float(self.internal),
        }
    }

    /// The value itself.
    pub fn value(&self) -> Json {
        match self.distribution.kind() {
            DistributionKind::Float { .. } => Json::Float(self.internal),
            DistributionKind::Int { .. } => Json::Integer(self.internal as i64),
            // `internal` is an index by construction.
            DistributionKind::Categorical { choices } => choices[self.internal as usize].clone(),
        }
    }

    /// Where the value comes from.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(kind: DistributionKind) -> Distribution {
        Distribution::new(kind).expect("a distribution")
    }

    fn float(low: f64, high: f64, log: bool, step: Option<f64>) -> DistributionKind {
        DistributionKind::Float {
            low,
            high,
            log,
            step,
        }
    }

    fn int(low: i64, high: i64, log: bool, step: i64) -> DistributionKind {
        DistributionKind::Int {
            low,
            high,
            log,
            step,
        }
    }

    fn choices(choices: &[Json]) -> DistributionKind {
        DistributionKind::Categorical {
            choices: choices.to_vec(),
        }
    }

    /// From a journal of Optuna 5.0.0.
    #[test]
    fn distributions_are_written_as_optuna_does() {
        let cases = [
            (
                float(1e-5, 1e-2, true, None),
                r#"{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.01, "log": true}}"#,
            ),
            (
                float(0.0, 1.0, false, Some(0.1)),
                r#"{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 1.0, "log": false}}"#,
            ),
            (
                int(1, 9, false, 2),
                r#"{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}"#,
            ),
            (
                choices(&["lstm".into(), Json::Null, true.into(), 1.into(), 0.5.into()]),
                r#"{"name": "CategoricalDistribution", "attributes": {"choices": ["lstm", null, true, 1, 0.5]}}"#,
            ),
        ];
        for (kind, text) in cases {
            let distribution = distribution(kind);
            assert_eq!(distribution.to_json(), text);
            assert_eq!(Distribution::from_json(text), Ok(distribution));
        }
    }

    #[test]
    fn what_optuna_refuses_is_refused() {
        let cases = [
            (float(2.0, 1.0, false, None), ParamError::Reversed),
            (float(f64::NAN, 1.0, false, None), ParamError::NotFinite),
            (
                float(0.0, f64::INFINITY, false, None),
                ParamError::NotFinite,
            ),
            (float(0.0, 1.0, false, Some(0.3)), ParamError::Steps),
            (float(0.0, 1.0, false, Some(0.0)), ParamError::Steps),
            (float(0.0, 1.0, false, Some(-1.0)), ParamError::Steps),
            (float(0.0, 1.0, true, None), ParamError::LogOfZero),
            (float(1.0, 2.0, true, Some(1.0)), ParamError::LogWithStep),
            (int(2, 1, false, 1), ParamError::Reversed),
            (int(0, 9, false, 2), ParamError::Steps),
            (int(0, 9, false, 0), ParamError::Steps),
            (int(i64::MIN, i64::MAX, false, -1), ParamError::Steps),
            (int(0, 9, true, 1), ParamError::LogOfZero),
            (int(1, 9, true, 2), ParamError::LogWithStep),
            (choices(&[]), ParamError::Choices),
            (choices(&[Json::List(vec![])]), ParamError::Choices),
        ];
        for (kind, error) in cases {
            assert_eq!(Distribution::new(kind), Err(error));
        }
    }

    #[test]
    fn values_are_those_of_the_distribution() {
        let grid = distribution(float(0.0, 1.0, false, Some(0.1)));
        let param = Param::new(grid.clone(), &0.3.into()).expect("on the grid");
        assert_eq!((param.value(), param.internal()), (0.3.into(), 0.3.into()));
        let odd = distribution(int(1, 9, false, 2));
        let param = Param::new(odd.clone(), &7.into()).expect("odd");
        assert_eq!((param.value(), param.internal()), (7.into(), 7.0.into()));
        let cells = distribution(choices(&["lstm".into(), "gru".into()]));
        let param = Param::new(cells.clone(), &"gru".into()).expect("a choice");
        assert_eq!((param.value(), param.internal()), ("gru".into(), 1.into()));
        for (distribution, value) in [
            (&grid, Json::from(0.25)),
            (&grid, 1.1.into()),
            (&grid, f64::NAN.into()),
            (&grid, "0.3".into()),
            (&odd, 8.into()),
            (&odd, 11.into()),
            (&odd, 7.5.into()),
            (&cells, "rnn".into()),
            (&cells, 0.into()),
        ] {
            assert!(Param::new(distribution.clone(), &value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_category_has_an_index() {
        let cells = distribution(choices(&["lstm".into(), "gru".into()]));
        for internal in [-1.0, 2.0, f64::NAN] {
            assert_eq!(Param::from_internal(cells.clone(), internal), None);
        }
    }

    #[test]
    fn other_texts_are_no_distributions() {
        for text in [
            "",
            "{}",
            r#"{"name": "UniformDistribution", "attributes": {"low": 0.0, "high": 1.0}}"#,
            r#"{"name": "FloatDistribution"}"#,
            r#"{"name": "FloatDistribution", "attributes": {"low": 0.0}}"#,
            r#"{"name": "FloatDistribution", "attributes": {"low": 1.0, "high": 0.0}}"#,
            r#"{"name": "IntDistribution", "attributes": {"low": 1, "high": 2, "log": 1}}"#,
            r#"{"name": "CategoricalDistribution", "attributes": {"choices": []}}"#,
        ] {
            assert!(Distribution::from_json(text).is_err(), "{text}");
        }
    }

    /// From `check_distribution_compatibility` of Optuna 5.0.0.
    #[test]
    fn bounds_may_differ_in_a_study_and_nothing_else() {
        let compatible = |one, two| distribution(one).is_compatible(&distribution(two));
        assert!(compatible(
            float(0.0, 1.0, false, None),
            float(2.0, 3.0, false, Some(1.0))
        ));
        assert!(!compatible(
            float(1.0, 2.0, false, None),
            float(1.0, 2.0, true, None)
        ));
        assert!(!compatible(
            float(1.0, 2.0, false, None),
            int(1, 2, false, 1)
        ));
        assert!(!compatible(
            choices(&[1.into()]),
            choices(&[1.into(), 2.into()])
        ));
        assert!(compatible(choices(&[1.into()]), choices(&[1.0.into()])));
    }
}

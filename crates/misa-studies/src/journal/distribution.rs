//! Where the values of a parameter come from.

use super::param_error::ParamError;
use crate::json::{Json, parse, spaced};

/// What values a parameter may have, before it is checked.
#[derive(Clone, Debug, PartialEq)]
pub enum DistributionKind {
    /// Numbers from `low` to `high`.
    Float {
        /// The smallest value.
        low: f64,
        /// The largest value.
        high: f64,
        /// Whether it is the logarithm that is spread evenly.
        log: bool,
        /// What values are apart, counted from `low`; none where `log` is set.
        step: Option<f64>,
    },
    /// Integers from `low` to `high`.
    Int {
        /// The smallest value.
        low: i64,
        /// The largest value.
        high: i64,
        /// Whether it is the logarithm that is spread evenly.
        log: bool,
        /// What values are apart, counted from `low`; 1 where `log` is set.
        step: i64,
    },
    /// One of some values without order.
    Categorical {
        /// `null`, truth values, numbers and texts.
        choices: Vec<Json>,
    },
}

/// What values a parameter may have, such that Optuna accepts it.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution(DistributionKind);

impl Distribution {
    /// A distribution of this kind.
    ///
    /// # Errors
    ///
    /// If `low` is above `high` or not finite, if `high` is not a whole number of steps above `low`, if `log` is set
    /// beside a step or a `low` of 0 or less, or if there are no choices or others than `null`, truth values, numbers
    /// and texts.
    pub fn new(kind: DistributionKind) -> Result<Self, ParamError> {
        match &kind {
            DistributionKind::Float {
                low, high, step, ..
            } => {
                if !low.is_finite() || !high.is_finite() {
                    return Err(ParamError::NotFinite);
                }
                if step.is_some_and(|step| !is_on_grid(*high, *low, step)) {
                    return Err(ParamError::Steps);
                }
            }
            DistributionKind::Int {
                low, high, step, ..
            } => {
                let span = i128::from(*high) - i128::from(*low);
                if *step > 0 && span % i128::from(*step) != 0 {
                    return Err(ParamError::Steps);
                }
            }
            DistributionKind::Categorical { choices } => {
                let is_plain = |choice: &Json| !matches!(choice, Json::List(_) | Json::Object(_));
                if !choices.iter().all(is_plain) {
                    return Err(ParamError::Choices);
                }
            }
        }
        Self::read(kind)
    }

    /// What it is.
    pub fn kind(&self) -> &DistributionKind {
        &self.0
    }

    /// What Optuna accepts when it reads, which is more than [`Distribution::new`] does.
    fn read(kind: DistributionKind) -> Result<Self, ParamError> {
        let (is_reversed, has_step, is_positive, is_log, is_step_positive) = match &kind {
            DistributionKind::Float {
                low,
                high,
                log,
                step,
            } => {
                let is_step_positive = step.is_none_or(|step| step > 0.0);
                (
                    low > high,
                    step.is_some(),
                    *low > 0.0,
                    *log,
                    is_step_positive,
                )
            }
            DistributionKind::Int {
                low,
                high,
                log,
                step,
            } => (low > high, *step != 1, *low >= 1, *log, *step > 0),
            DistributionKind::Categorical { choices } => {
                return if choices.is_empty() {
                    Err(ParamError::Choices)
                } else {
                    Ok(Self(kind))
                };
            }
        };
        if is_reversed {
            Err(ParamError::Reversed)
        } else if is_log && has_step {
            Err(ParamError::LogWithStep)
        } else if is_log && !is_positive {
            Err(ParamError::LogOfZero)
        } else if !is_step_positive {
            Err(ParamError::Steps)
        } else {
            Ok(Self(kind))
        }
    }

    /// As Optuna writes it: its keys in their order, with spaces.
    pub fn to_json(&self) -> String {
        let (name, attributes) = match &self.0 {
            DistributionKind::Float {
                low,
                high,
                log,
                step,
            } => {
                let step = step.map_or(Json::Null, Json::Float);
                let bounds = [("step", step), ("low", (*low).into())];
                let rest = [("high", (*high).into()), ("log", (*log).into())];
                (
                    "FloatDistribution",
                    bounds.into_iter().chain(rest).collect(),
                )
            }
            DistributionKind::Int {
                low,
                high,
                log,
                step,
            } => {
                let scale = [("log", (*log).into()), ("step", (*step).into())];
                let bounds = [("low", (*low).into()), ("high", (*high).into())];
                ("IntDistribution", scale.into_iter().chain(bounds).collect())
            }
            DistributionKind::Categorical { choices } => {
                let choices = Json::List(choices.clone());
                ("CategoricalDistribution", vec![("choices", choices)])
            }
        };
        spaced(&object(vec![
            ("name", name.into()),
            ("attributes", object(attributes)),
        ]))
    }

    /// The distribution that a text of Optuna describes, or what is wrong with it.
    pub(super) fn from_json(text: &str) -> Result<Self, String> {
        let value = parse(text).map_err(|fault| {
            let (byte, expected) = (fault.byte, fault.expected);
            format!("{} instead of {expected} at its byte {byte}", fault.found)
        })?;
        let name = value.get("name").and_then(Json::as_str);
        let attributes = value.get("attributes").unwrap_or(&Json::Null);
        let kind = match name {
            Some("FloatDistribution") => float(attributes),
            Some("IntDistribution") => int(attributes),
            Some("CategoricalDistribution") => match attributes.get("choices") {
                Some(Json::List(choices)) => Some(DistributionKind::Categorical {
                    choices: choices.clone(),
                }),
                _ => None,
            },
            name => return Err(format!("the kind `{}`", name.unwrap_or_default())),
        };
        let kind = kind.ok_or_else(|| format!("other attributes: `{attributes}`"))?;
        Self::read(kind).map_err(|error| error.to_string())
    }

    /// Whether parameters of this name in one study may have both: Optuna ignores the others.
    pub(super) fn is_compatible(&self, other: &Distribution) -> bool {
        match (&self.0, &other.0) {
            (
                DistributionKind::Float { log: one, .. },
                DistributionKind::Float { log: two, .. },
            )
            | (DistributionKind::Int { log: one, .. }, DistributionKind::Int { log: two, .. }) => {
                one == two
            }
            (
                DistributionKind::Categorical { choices: one },
                DistributionKind::Categorical { choices: two },
            ) => one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.is_choice(two)),
            _ => false,
        }
    }
}

/// Whether a value is a whole number of steps above `low`, as closely as Optuna asks.
pub(super) fn is_on_grid(value: f64, low: f64, step: f64) -> bool {
    let steps = (value - low) / step;
    (steps - steps.round()).abs() < 1e-8
}

fn object(fields: Vec<(&str, Json)>) -> Json {
    let named = |(key, value): (&str, Json)| (key.to_string(), value);
    Json::Object(fields.into_iter().map(named).collect())
}

fn float(attributes: &Json) -> Option<DistributionKind> {
    Some(DistributionKind::Float {
        low: attributes.get("low")?.as_f64()?,
        high: attributes.get("high")?.as_f64()?,
        log: truth(attributes.get("log"))?,
        step: match attributes.get("step") {
            None | Some(Json::Null) => None,
            Some(step) => Some(step.as_f64()?),
        },
    })
}

fn int(attributes: &Json) -> Option<DistributionKind> {
    Some(DistributionKind::Int {
        low: attributes.get("low")?.as_i64()?,
        high: attributes.get("high")?.as_i64()?,
        log: truth(attributes.get("log"))?,
        step: attributes.get("step").map_or(Some(1), Json::as_i64)?,
    })
}

/// `log`, which is false where it is not said.
fn truth(value: Option<&Json>) -> Option<bool> {
    match value {
        None => Some(false),
        Some(Json::Bool(value)) => Some(*value),
        Some(_) => None,
    }
}

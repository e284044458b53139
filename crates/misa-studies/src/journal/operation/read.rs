//! Lines to operations.

use super::fields::{Fields, Wrong};
use super::{AttrKind, Entry, Operation};
use crate::journal::distribution::Distribution;
use crate::journal::param::Param;
use crate::journal::study::Direction;
use crate::journal::trial::{NewTrial, TrialState};
use crate::json::{Json, parse};
use std::collections::BTreeMap;

impl Entry {
    /// What a line says, or `None` for what Optuna itself ignores.
    pub(in crate::journal) fn read(line: &str) -> Result<Option<Self>, Wrong> {
        let value = parse(line).map_err(|fault| {
            let found = format!("{} at its byte {}", fault.found, fault.byte);
            Wrong::new(found, format!("{} in JSON", fault.expected))
        })?;
        if !matches!(value, Json::Object(_)) {
            return Err(Wrong::new(value.kind(), "an object"));
        }
        let fields = Fields(&value);
        let worker_id = fields.text("worker_id")?.to_string();
        let operation = Operation::read(fields)?;
        Ok(operation.map(|operation| Self {
            worker_id,
            operation,
        }))
    }
}

impl Operation {
    fn read(fields: Fields<'_>) -> Result<Option<Self>, Wrong> {
        let operation = match fields.integer("op_code")? {
            0 => create_study(fields)?,
            1 => Self::DeleteStudy {
                study: fields.study()?,
            },
            2 => study_attr(fields, AttrKind::User, "user_attr")?,
            3 => study_attr(fields, AttrKind::System, "system_attr")?,
            4 => Self::CreateTrial(Box::new(new_trial(fields)?)),
            5 => {
                let distribution = fields.text("distribution")?;
                Self::SetParam {
                    trial: fields.trial()?,
                    name: fields.text("param_name")?.to_string(),
                    param: param(distribution, fields.number("param_value_internal")?)?,
                }
            }
            6 => set_state(fields)?,
            7 => Self::Report {
                trial: fields.trial()?,
                step: fields.integer("step")?,
                value: fields.number("intermediate_value")?,
            },
            8 => trial_attr(fields, AttrKind::User, "user_attr")?,
            9 => trial_attr(fields, AttrKind::System, "system_attr")?,
            10 => return Ok(None),
            code => {
                return Err(Wrong::new(
                    format!("the operation {code}"),
                    "one from 0 to 10",
                ));
            }
        };
        Ok(Some(operation))
    }
}

fn create_study(fields: Fields<'_>) -> Result<Operation, Wrong> {
    let codes = fields.required("directions")?;
    let directions = match codes {
        Json::List(codes) => codes
            .iter()
            .map(|code| code.as_i64().and_then(Direction::of))
            .collect(),
        _ => None,
    };
    let directions = directions.ok_or_else(|| {
        let found = format!("`{codes}` as `directions`");
        Wrong::new(found, "a list of 1 (minimise) and 2 (maximise)")
    })?;
    Ok(Operation::CreateStudy {
        name: fields.text("study_name")?.to_string(),
        directions,
    })
}

fn study_attr(fields: Fields<'_>, kind: AttrKind, field: &str) -> Result<Operation, Wrong> {
    let (key, value) = fields.single(field)?;
    Ok(Operation::SetStudyAttr {
        study: fields.study()?,
        kind,
        key,
        value,
    })
}

fn trial_attr(fields: Fields<'_>, kind: AttrKind, field: &str) -> Result<Operation, Wrong> {
    let (key, value) = fields.single(field)?;
    Ok(Operation::SetTrialAttr {
        trial: fields.trial()?,
        kind,
        key,
        value,
    })
}

fn new_trial(fields: Fields<'_>) -> Result<NewTrial, Wrong> {
    let is_given = fields.optional("state").is_some();
    let value = fields.optional("value").is_some();
    let values = if value {
        Some(vec![fields.number("value")?])
    } else {
        fields.numbers("values")?
    };
    // Optuna asks for the key, even where it is null.
    fields.required("datetime_start")?;
    Ok(NewTrial {
        study: fields.study()?,
        state: if is_given {
            state(fields)?
        } else {
            TrialState::Running
        },
        started: fields.time("datetime_start")?,
        completed: fields.time("datetime_complete")?,
        values,
        params: params(fields)?,
        user_attrs: fields.attrs("user_attrs")?,
        system_attrs: fields.attrs("system_attrs")?,
        intermediate_values: intermediate_values(fields)?,
    })
}

fn params(fields: Fields<'_>) -> Result<BTreeMap<String, Param>, Wrong> {
    let distributions = fields.attrs("distributions")?;
    let read = |(name, value): &(String, Json)| {
        let distribution = distributions
            .get(name)
            .and_then(Json::as_str)
            .ok_or_else(|| Wrong::new(format!("no distribution of `{name}`"), "one"))?;
        let internal = value.as_f64().ok_or_else(|| {
            let found = format!("{} as parameter `{name}`", value.kind());
            Wrong::new(found, "a number")
        })?;
        Ok((name.clone(), param(distribution, internal)?))
    };
    fields.object("params")?.iter().map(read).collect()
}

fn intermediate_values(fields: Fields<'_>) -> Result<BTreeMap<i64, f64>, Wrong> {
    let read = |(step, value): &(String, Json)| {
        step.parse().ok().zip(value.as_f64()).ok_or_else(|| {
            let found = format!("{} at step `{step}`", value.kind());
            Wrong::new(found, "a number at an integer")
        })
    };
    let values = fields.object("intermediate_values")?;
    values.iter().map(read).collect()
}

fn param(distribution: &str, internal: f64) -> Result<Param, Wrong> {
    let distribution = Distribution::from_json(distribution).map_err(|found| {
        let found = format!("a distribution with {found}");
        Wrong::new(
            found,
            "one of FloatDistribution, IntDistribution and CategoricalDistribution",
        )
    })?;
    let described = distribution.to_json();
    Param::from_internal(distribution, internal).ok_or_else(|| {
        Wrong::new(
            format!("the internal value {internal}"),
            format!("one of {described}"),
        )
    })
}

fn state(fields: Fields<'_>) -> Result<TrialState, Wrong> {
    let code = fields.integer("state")?;
    TrialState::of(code).ok_or_else(|| Wrong::new(format!("the state {code}"), "one from 0 to 4"))
}

fn set_state(fields: Fields<'_>) -> Result<Operation, Wrong> {
    let state = state(fields)?;
    let time = if state == TrialState::Waiting {
        None
    } else {
        let key = time_key(state);
        let time = fields.time(key)?;
        Some(time.ok_or_else(|| Wrong::new(format!("no `{key}`"), "a date and time"))?)
    };
    // Optuna asks for the key, even where it is null.
    fields.required("values")?;
    Ok(Operation::SetState {
        trial: fields.trial()?,
        state,
        values: fields.numbers("values")?,
        time,
    })
}

/// Which time a change to this state has.
pub(super) fn time_key(state: TrialState) -> &'static str {
    if state.is_finished() {
        "datetime_complete"
    } else {
        "datetime_start"
    }
}

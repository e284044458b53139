//! Operations to lines.

use super::read::time_key;
use super::{AttrKind, Entry, Operation};
use crate::journal::timestamp::Timestamp;
use crate::journal::trial::{NewTrial, TrialId, TrialState};
use crate::json::{Json, compact};
use std::collections::BTreeMap;

/// Keys and values of a line in their order.
type Fields = Vec<(&'static str, Json)>;

impl Entry {
    /// The line, with its end.
    pub(in crate::journal) fn line(&self) -> String {
        let (code, fields) = self.operation.fields();
        let head = [
            ("op_code", Json::Integer(code)),
            ("worker_id", self.worker_id.as_str().into()),
        ];
        let mut line = compact(&object(head.into_iter().chain(fields)));
        line.push('\n');
        line
    }
}

impl Operation {
    fn fields(&self) -> (i64, Fields) {
        match self {
            Self::CreateStudy { name, directions } => {
                let codes = directions.iter().map(|it| it.code().into());
                let directions = Json::List(codes.collect());
                let name = name.as_str().into();
                (0, vec![("study_name", name), ("directions", directions)])
            }
            Self::DeleteStudy { study } => (1, vec![("study_id", id(study.0))]),
            Self::SetStudyAttr {
                study,
                kind,
                key,
                value,
            } => {
                let (offset, attr) = attr(*kind, key, value);
                (2 + offset, vec![("study_id", id(study.0)), attr])
            }
            Self::CreateTrial(trial) => (4, create_trial(trial)),
            Self::SetParam { trial, name, param } => {
                let fields = vec![
                    ("trial_id", id(trial.0)),
                    ("param_name", name.as_str().into()),
                    ("param_value_internal", param.internal()),
                    (
                        "distribution",
                        param.distribution().to_json().as_str().into(),
                    ),
                ];
                (5, fields)
            }
            Self::SetState {
                trial,
                state,
                values,
                time: moment,
            } => (6, set_state(*trial, *state, values.as_deref(), *moment)),
            Self::Report { trial, step, value } => {
                let fields = vec![
                    ("trial_id", id(trial.0)),
                    ("step", (*step).into()),
                    ("intermediate_value", (*value).into()),
                ];
                (7, fields)
            }
            Self::SetTrialAttr {
                trial,
                kind,
                key,
                value,
            } => {
                let (offset, attr) = attr(*kind, key, value);
                (8 + offset, vec![("trial_id", id(trial.0)), attr])
            }
        }
    }
}

fn set_state(
    trial: TrialId,
    state: TrialState,
    values: Option<&[f64]>,
    moment: Option<Timestamp>,
) -> Fields {
    let mut fields = vec![
        ("trial_id", id(trial.0)),
        ("state", state.code().into()),
        ("values", numbers(values)),
    ];
    if state != TrialState::Waiting {
        fields.push((time_key(state), time(moment)));
    }
    fields
}

fn create_trial(trial: &NewTrial) -> Fields {
    let values = trial.values.as_deref();
    let (value, values) = match values {
        Some([value]) => (Json::Float(*value), Json::Null),
        values => (Json::Null, numbers(values)),
    };
    let mut fields = vec![
        ("study_id", id(trial.study.0)),
        ("datetime_start", time(trial.started)),
        ("state", trial.state.code().into()),
        ("value", value),
        ("values", values),
    ];
    if trial.completed.is_some() {
        fields.push(("datetime_complete", time(trial.completed)));
    }
    let params = || trial.params.iter();
    let steps = trial.intermediate_values.iter();
    fields.extend([
        (
            "distributions",
            object(params().map(|(name, it)| (name, it.distribution().to_json().as_str().into()))),
        ),
        (
            "params",
            object(params().map(|(name, it)| (name, it.internal()))),
        ),
        ("user_attrs", attrs(&trial.user_attrs)),
        ("system_attrs", attrs(&trial.system_attrs)),
        (
            "intermediate_values",
            object(steps.map(|(step, value)| (step, (*value).into()))),
        ),
    ]);
    fields
}

fn object<K: ToString>(fields: impl IntoIterator<Item = (K, Json)>) -> Json {
    let named = |(key, value): (K, Json)| (key.to_string(), value);
    Json::Object(fields.into_iter().map(named).collect())
}

fn attrs(attrs: &BTreeMap<String, Json>) -> Json {
    object(attrs.iter().map(|(key, value)| (key, value.clone())))
}

/// What is added to the code of a user's attribute, and the field.
fn attr(kind: AttrKind, key: &str, value: &Json) -> (i64, (&'static str, Json)) {
    let value = object([(key, value.clone())]);
    match kind {
        AttrKind::User => (0, ("user_attr", value)),
        AttrKind::System => (1, ("system_attr", value)),
    }
}

fn id(number: u64) -> Json {
    // Numbers of lines of a file, which has fewer.
    Json::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn numbers(values: Option<&[f64]>) -> Json {
    values.map_or(Json::Null, |values| {
        Json::List(values.iter().map(|&value| value.into()).collect())
    })
}

fn time(time: Option<Timestamp>) -> Json {
    time.map_or(Json::Null, |time| time.to_string().as_str().into())
}

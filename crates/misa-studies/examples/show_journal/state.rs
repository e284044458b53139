//! Studies and trials as text, of which each line is JSON behind its kind.

use misa_studies::{Json, Param, Studies, Study, Timestamp, Trial};
use std::collections::BTreeMap;

/// A line for each study and each of its trials.
pub fn lines(studies: &Studies) -> Vec<String> {
    let with_trials = |study: &Study| {
        let trials = studies.trials(study.id).map(trial);
        [self::study(study)]
            .into_iter()
            .chain(trials)
            .collect::<Vec<String>>()
    };
    studies.iter().flat_map(with_trials).collect()
}

fn study(study: &Study) -> String {
    let fields = Json::List(vec![
        integer(study.id.0),
        study.name.as_str().into(),
        Json::List(
            study
                .directions
                .iter()
                .map(|it| integer(it.code()))
                .collect(),
        ),
        attrs(&study.user_attrs),
        attrs(&study.system_attrs),
    ]);
    format!("study {fields}")
}

fn trial(trial: &Trial) -> String {
    let params = |value: fn(&Param) -> Json| {
        let fields = trial.params.iter();
        Json::Object(fields.map(|(name, it)| (name.clone(), value(it))).collect())
    };
    let step = |(&step, &value): (&i64, &f64)| Json::List(vec![step.into(), value.into()]);
    let values = |values: &Vec<f64>| Json::List(values.iter().map(|&it| it.into()).collect());
    let fields = Json::List(vec![
        integer(trial.id.0),
        integer(trial.number),
        integer(trial.state.code()),
        trial.values.as_ref().map_or(Json::Null, values),
        params(Param::value),
        params(|param| param.distribution().to_json().as_str().into()),
        Json::List(trial.intermediate_values.iter().map(step).collect()),
        attrs(&trial.user_attrs),
        attrs(&trial.system_attrs),
        time(trial.started),
        time(trial.completed),
    ]);
    format!("trial {fields}")
}

fn integer(number: impl TryInto<i64>) -> Json {
    number.try_into().map_or(Json::Null, Json::Integer)
}

fn time(time: Option<Timestamp>) -> Json {
    time.map_or(Json::Null, |time| time.to_string().as_str().into())
}

fn attrs(attrs: &BTreeMap<String, Json>) -> Json {
    sorted(&Json::Object(attrs.clone().into_iter().collect()))
}

/// With the keys of all objects in order.
fn sorted(value: &Json) -> Json {
    match value {
        Json::List(values) => Json::List(values.iter().map(sorted).collect()),
        Json::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| (key.clone(), sorted(value)));
            Json::Object(fields.collect::<BTreeMap<_, _>>().into_iter().collect())
        }
        value => value.clone(),
    }
}

//! Trials of a journal that somebody else has enqueued, such as a sampler in Python.

use super::main_score::MainScore;
use super::study::{RUN, fail};
use crate::settings::read_value;
use crate::sweep::{Cell, Space, SweepFile};
use misa_studies::{
    Distribution, DistributionKind, Journal, Json, Outcome, Param, StudyId, Trial, TrialId,
    TrialState,
};
use misa_train::{Claim, Report};
use serde_json::{Number, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// The trials of a study that this process may do.
pub(super) struct WaitingTrials<'a> {
    journal: Journal,
    id: StudyId,
    score: MainScore,
    file: &'a SweepFile,
    /// The text of the shared settings.
    base: &'a str,
    /// What settings may be, as far as the sweep file says so.
    space: &'a Space,
    /// Trials that another process does.
    elsewhere: BTreeSet<TrialId>,
}

/// A trial to do, one run for each seed.
pub(super) struct WaitingTrial {
    pub id: TrialId,
    pub cells: Vec<Cell>,
}

/// What a journal has to do.
pub(super) enum Next {
    /// A trial to do.
    Trial(WaitingTrial),
    /// A trial with settings that cannot be, which has been told.
    Refused { id: TrialId, error: String },
}

impl<'a> WaitingTrials<'a> {
    /// The trials of the study `name`.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read or has no such study, or the study has another direction.
    pub(super) fn open(
        path: &Path,
        name: &str,
        (file, base): (&'a SweepFile, &'a str),
        space: &'a Space,
        score: MainScore,
    ) -> Result<Self, Box<dyn Error>> {
        let mut journal = Journal::open(path)?;
        if journal.refresh()?.find(name).is_none() {
            let names: Vec<&str> = journal
                .studies()
                .iter()
                .map(|it| it.name.as_str())
                .collect();
            let (path, names) = (path.display(), names.join(", "));
            return Err(format!(
                "{path}: no study `{name}`, expected one of: {names}; --study names it"
            )
            .into());
        }
        let id = journal.study(name, &[score.direction()])?;
        Ok(Self {
            journal,
            id,
            score,
            file,
            base,
            space,
            elsewhere: BTreeSet::new(),
        })
    }

    /// The next trial: one whose process was killed, or one that waits; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read or written.
    pub(super) fn next(&mut self, out: &Path) -> Result<Option<Next>, Box<dyn Error>> {
        if let Some(trial) = self.abandoned(out)? {
            return Ok(Some(Next::Trial(trial)));
        }
        let Some(id) = self.journal.claim(self.id)? else {
            return Ok(None);
        };
        match self.begin(id) {
            Ok(trial) => Ok(Some(Next::Trial(trial))),
            Err(error) => {
                let error = error.to_string();
                self.fail(id, &error)?;
                Ok(Some(Next::Refused { id, error }))
            }
        }
    }

    /// A trial that misa began and no process is at work on.
    fn abandoned(&mut self, out: &Path) -> Result<Option<WaitingTrial>, Box<dyn Error>> {
        let trials = self.journal.refresh()?.trials(self.id);
        let is_ours = |trial: &&Trial| {
            trial.state == TrialState::Running
                && trial.user_attrs.contains_key(RUN)
                && !self.elsewhere.contains(&trial.id)
        };
        for trial in trials.filter(is_ours) {
            let cells = self.file.asked(&settings(trial), self.base);
            let is_free = |cell: &Cell| !Claim::is_taken(&out.join(&cell.name));
            if cells.iter().all(is_free) {
                return Ok(Some(WaitingTrial {
                    id: trial.id,
                    cells,
                }));
            }
        }
        Ok(None)
    }

    /// Notes parameters and runs of a trial that this process has claimed.
    fn begin(&mut self, id: TrialId) -> Result<WaitingTrial, Box<dyn Error>> {
        let trial = self.journal.studies().trial(id).cloned();
        let trial = trial.ok_or("the trial is not in the journal any more")?;
        if trial.params.is_empty() {
            let params = trial.fixed_params().iter();
            let params = params.map(|(key, value)| Ok((key.clone(), self.param(key, value)?)));
            let params: BTreeMap<String, Param> = params.collect::<Result<_, Box<dyn Error>>>()?;
            self.journal.set_params(id, params)?;
        }
        let trial = self.journal.refresh()?.trial(id);
        let given = trial.map(settings).unwrap_or_default();
        let cells = self.file.asked(&given, self.base);
        let group = cells.first().map_or("", |cell| cell.group.as_str());
        let name = Json::Text(group.to_string());
        self.journal.set_user_attr(id, RUN, name)?;
        Ok(WaitingTrial { id, cells })
    }

    /// A parameter with the range of the sweep file, or else of the study; a setting that neither knows has this value alone.
    fn param(&self, key: &str, value: &Json) -> Result<Param, Box<dyn Error>> {
        let mut known = self.journal.studies().trials(self.id);
        let of_study = known.find_map(|trial| trial.params.get(key));
        let distribution = match (self.space.get(key), of_study) {
            (Some(distribution), _) => distribution.clone(),
            (None, Some(param)) => param.distribution().clone(),
            (None, None) => Distribution::new(alone(value))?,
        };
        Ok(Param::new(distribution, value).map_err(|error| format!("{key}: {error}"))?)
    }

    /// Tells what the runs of a trial came to: the mean over the seeds, also after each epoch that all of them have.
    pub(super) fn tell(
        &mut self,
        trial: TrialId,
        reports: &[Report],
    ) -> Result<(), Box<dyn Error>> {
        if !self.is_running(trial)? {
            return Ok(());
        }
        let epochs = reports
            .iter()
            .map(|report| self.score.by_epoch(&report.history));
        let mut by_epoch: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
        for (epoch, value) in epochs.flatten() {
            by_epoch.entry(epoch).or_default().push(value);
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        for (epoch, values) in by_epoch.iter().filter(|(_, it)| it.len() == reports.len()) {
            self.journal.report(trial, *epoch, mean(values))?;
        }
        let values = reports.iter().map(|report| self.score.of_run(report));
        let values: Option<Vec<f64>> = values.collect();
        let outcome = match values {
            Some(values) => Outcome::Complete(vec![mean(&values)]),
            None => Outcome::Failed,
        };
        Ok(self.journal.finish(trial, outcome)?)
    }

    /// Tells that a trial has failed.
    pub(super) fn fail(&mut self, trial: TrialId, why: &str) -> Result<(), Box<dyn Error>> {
        if !self.is_running(trial)? {
            return Ok(());
        }
        Ok(fail(&mut self.journal, trial, why)?)
    }

    /// Leaves a trial to the process that does one of its runs.
    pub(super) fn leave(&mut self, trial: TrialId) {
        self.elsewhere.insert(trial);
    }

    fn is_running(&mut self, trial: TrialId) -> Result<bool, Box<dyn Error>> {
        let trial = self.journal.refresh()?.trial(trial);
        Ok(trial.is_some_and(|trial| trial.state == TrialState::Running))
    }
}

/// The settings that a trial gives, by their keys.
fn settings(trial: &Trial) -> Vec<(String, Value)> {
    let params = trial.params.iter();
    params
        .map(|(key, param)| (key.clone(), value(&param.value())))
        .collect()
}

/// A setting as a sweep file has it; a text may be a table in JSON, as [`Space`] writes it, or TOML, as on the command
/// line.
fn value(json: &Json) -> Value {
    let table = |text: &str| serde_json::from_str(text).ok().filter(Value::is_object);
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Integer(number) => Value::from(*number),
        Json::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Json::Text(text) => table(text).unwrap_or_else(|| read_value(text)),
        Json::Null | Json::List(_) | Json::Object(_) => Value::Null,
    }
}

/// A distribution of one value.
fn alone(value: &Json) -> DistributionKind {
    match value {
        Json::Integer(number) => DistributionKind::Int {
            low: *number,
            high: *number,
            log: false,
            step: 1,
        },
        Json::Float(number) => DistributionKind::Float {
            low: *number,
            high: *number,
            log: false,
            step: None,
        },
        other => DistributionKind::Categorical {
            choices: vec![other.clone()],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_setting_is_read_as_a_journal_has_it() {
        for setting in [
            json!({ "norm": 5.0 }),
            json!({ "classification": { "classes": 2 } }),
            json!(["text", "visual"]),
            json!("off"),
            json!(0.5),
            json!(3),
            json!(true),
        ] {
            let cell = Cell {
                name: String::new(),
                group: String::new(),
                settings: vec![("key".to_string(), setting.clone())],
            };
            let space = Space::new(std::slice::from_ref(&cell), None).unwrap();
            let params = space.params(&cell).unwrap();
            assert_eq!(value(&params["key"].value()), setting);
        }
        // As somebody types them.
        let typed = Json::Text("{ norm = 5.0 }".to_string());
        assert_eq!(value(&typed), json!({ "norm": 5.0 }));
    }
}

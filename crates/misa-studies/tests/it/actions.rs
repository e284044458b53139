//! What a sweep does with a journal.

use misa_studies::{
    Direction, Distribution, DistributionKind, Journal, JournalError, Json, NewTrial, Operation,
    Outcome, Param, StudyId, TrialId, TrialState,
};
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

fn journal() -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::create(folder.path().join("study.log")).unwrap();
    (folder, journal)
}

fn rate(value: f64, log: bool) -> BTreeMap<String, Param> {
    let distribution = Distribution::new(DistributionKind::Float {
        low: 1e-5,
        high: 1e-2,
        log,
        step: None,
    });
    let param = Param::new(distribution.unwrap(), &value.into()).unwrap();
    BTreeMap::from([("lr".to_string(), param)])
}

fn enqueue(journal: &mut Journal, study: StudyId) {
    let mut trial = NewTrial::running(study);
    trial.state = TrialState::Waiting;
    trial.started = None;
    let fixed = Json::Object(vec![("lr".to_string(), 1e-3.into())]);
    trial.system_attrs.insert("fixed_params".to_string(), fixed);
    journal
        .append(vec![Operation::CreateTrial(Box::new(trial))])
        .unwrap();
}

#[test]
fn a_trial_is_followed_by_others() {
    let (_folder, mut journal) = journal();
    let mut other = Journal::open(journal.path()).unwrap();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    let trial = journal.create_trial(study, rate(1e-3, true)).unwrap();
    journal.report(trial, 1, 0.75).unwrap();
    journal.report(trial, 2, f64::NAN).unwrap();
    journal
        .set_user_attr(trial, "run", "runs/a".into())
        .unwrap();
    let running = other.refresh().unwrap().trial(trial).unwrap();
    assert_eq!(running.state, TrialState::Running);
    assert_eq!(running.owner.as_deref(), Some(journal.worker_id()));
    journal
        .finish(trial, Outcome::Complete(vec![f64::INFINITY]))
        .unwrap();
    other.refresh().unwrap();
    let trial = other.studies().trial(trial).unwrap();
    assert_eq!(trial.state, TrialState::Complete);
    assert_eq!(trial.values, Some(vec![f64::INFINITY]));
    assert_eq!(trial.params, rate(1e-3, true));
    assert_eq!(trial.intermediate_values[&1], 0.75);
    assert!(trial.intermediate_values[&2].is_nan());
    assert_eq!(trial.user_attrs["run"], "runs/a".into());
    assert!(trial.started.unwrap() <= trial.completed.unwrap());
    let text = fs::read_to_string(journal.path()).unwrap();
    assert!(text.contains(r#""step":2,"intermediate_value":NaN}"#));
    assert!(text.contains(r#""state":1,"values":[Infinity],"datetime_complete":"#));
}

#[test]
fn a_study_is_created_once() {
    let (_folder, mut journal) = journal();
    let mut other = Journal::open(journal.path()).unwrap();
    assert_eq!(
        journal.study("a", &[Direction::Minimise]).unwrap(),
        StudyId(0)
    );
    assert_eq!(
        other.study("a", &[Direction::Minimise]).unwrap(),
        StudyId(0)
    );
    assert_eq!(
        other.study("b", &[Direction::Maximise]).unwrap(),
        StudyId(1)
    );
    assert_eq!(
        fs::read_to_string(journal.path()).unwrap().lines().count(),
        2
    );
    for directions in [&[Direction::Maximise][..], &[]] {
        let error = journal.study("a", directions).unwrap_err();
        assert!(matches!(error, JournalError::Directions { .. }), "{error}");
    }
    assert!(journal.study("c", &[]).is_err());
}

#[test]
fn pruned_trials_have_their_last_value() {
    let (_folder, mut journal) = journal();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    for (values, expected) in [
        (vec![(10, 0.5), (9, 0.75)], Some(vec![0.5])),
        (vec![(1, f64::NAN)], None),
        (vec![], None),
    ] {
        let trial = journal.create_trial(study, BTreeMap::new()).unwrap();
        for (step, value) in values {
            journal.report(trial, step, value).unwrap();
        }
        journal.finish(trial, Outcome::Pruned).unwrap();
        let trial = journal.studies().trial(trial).unwrap();
        assert_eq!(
            (trial.state, &trial.values),
            (TrialState::Pruned, &expected)
        );
    }
}

#[test]
fn a_waiting_trial_is_claimed_once() {
    let (_folder, mut journal) = journal();
    let mut other = Journal::open(journal.path()).unwrap();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    assert_eq!(journal.claim(study).unwrap(), None);
    enqueue(&mut other, study);
    enqueue(&mut other, study);
    assert_eq!(journal.claim(study).unwrap(), Some(TrialId(0)));
    assert_eq!(other.claim(study).unwrap(), Some(TrialId(1)));
    assert_eq!(journal.claim(study).unwrap(), None);
    let trial = journal.studies().trial(TrialId(0)).unwrap();
    assert_eq!(trial.owner.as_deref(), Some(journal.worker_id()));
    assert_eq!(trial.fixed_params(), [("lr".to_string(), 1e-3.into())]);
    journal.set_params(TrialId(0), rate(1e-3, true)).unwrap();
    let trial = journal.studies().trial(TrialId(0)).unwrap();
    assert_eq!(trial.params, rate(1e-3, true));
}

#[test]
fn what_would_be_ignored_is_refused() {
    let (_folder, mut journal) = journal();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    let trial = journal.create_trial(study, rate(1e-3, true)).unwrap();
    let before = fs::read(journal.path()).unwrap();
    let none = TrialId(7);
    let errors = [
        journal
            .create_trial(StudyId(7), BTreeMap::new())
            .unwrap_err(),
        journal.create_trial(study, rate(1e-3, false)).unwrap_err(),
        journal.claim(StudyId(7)).unwrap_err(),
        journal.report(none, 1, 0.5).unwrap_err(),
        journal.set_params(none, BTreeMap::new()).unwrap_err(),
        journal.set_params(trial, rate(1e-3, false)).unwrap_err(),
        journal
            .finish(trial, Outcome::Complete(vec![]))
            .unwrap_err(),
        journal
            .finish(trial, Outcome::Complete(vec![f64::NAN]))
            .unwrap_err(),
        journal
            .finish(trial, Outcome::Complete(vec![0.0, 0.0]))
            .unwrap_err(),
    ];
    let kinds: String = errors
        .iter()
        .map(|error| match error {
            JournalError::NoStudy { .. } => 's',
            JournalError::NoTrial { .. } => 't',
            JournalError::Incompatible { .. } => 'i',
            JournalError::Values { .. } => 'v',
            _ => '?',
        })
        .collect();
    assert_eq!(kinds, "sisttivvv");
    assert_eq!(fs::read(journal.path()).unwrap(), before);
    journal.finish(trial, Outcome::Failed).unwrap();
    let error = journal.report(trial, 1, 0.5).unwrap_err();
    let path = journal.path().display();
    assert_eq!(
        error.to_string(),
        format!("{path}: found trial 0 failed, expected it unfinished, create another trial")
    );
}

//! Several who write to one journal.

use misa_studies::{Direction, Journal, NewTrial, Operation, Outcome, TrialState};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::thread;

const WORKERS: usize = 4;
const TRIALS: usize = 25;

/// A trial of each number, with one value of its own.
fn work(path: &Path, worker: usize) -> Vec<(u64, f64)> {
    let mut journal = Journal::create(path).unwrap();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    let trial = |index| {
        let value = (worker * TRIALS + index) as f64;
        let trial = journal.create_trial(study, BTreeMap::new()).unwrap();
        journal.report(trial, 1, value).unwrap();
        journal
            .finish(trial, Outcome::Complete(vec![value]))
            .unwrap();
        (trial.0, value)
    };
    (0..TRIALS).map(trial).collect()
}

#[test]
fn nothing_of_several_writers_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = &folder.path().join("study.log");
    let written: Vec<(u64, f64)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| scope.spawn(move || work(path, worker)))
            .collect();
        workers
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    let journal = Journal::open(path).unwrap();
    let study = journal.studies().find("misa").unwrap();
    let trials: Vec<_> = journal.studies().trials(study.id).collect();
    assert_eq!(trials.len(), WORKERS * TRIALS);
    for (id, value) in written {
        let trial = trials[id as usize];
        assert_eq!((trial.id.0, trial.state), (id, TrialState::Complete));
        assert_eq!(trial.values, Some(vec![value]));
    }
    // No lock, and nothing that it was renamed to.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn no_trial_is_claimed_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.log");
    let mut journal = Journal::create(&path).unwrap();
    let study = journal.study("misa", &[Direction::Minimise]).unwrap();
    let waiting = || {
        let mut trial = NewTrial::running(study);
        trial.state = TrialState::Waiting;
        Operation::CreateTrial(Box::new(trial))
    };
    journal
        .append((0..TRIALS).map(|_| waiting()).collect())
        .unwrap();
    let claim = || {
        let mut journal = Journal::open(&path).unwrap();
        let claimed = std::iter::from_fn(move || journal.claim(study).unwrap());
        claimed.collect::<Vec<_>>()
    };
    let claimed: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(claim)).collect();
        workers
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    assert_eq!(claimed.len(), TRIALS);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), TRIALS);
}

//! Journals that Optuna has written.

use crate::state;
use misa_studies::{Direction, Journal, TrialState};
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/data")
        .join(name)
}

/// Both files by `scripts/studies/optuna_fixtures.py` and Optuna 5.0.0: studies of one name, a deleted one, trials in
/// every state, NaN, changes that are ignored, two who compete for a waiting trial.
#[test]
fn what_optuna_reads_is_read() {
    let journal = Journal::open(data("optuna_5.log")).unwrap();
    let expected = include_str!("data/optuna_5.txt");
    let lines = state::lines(journal.studies());
    for (line, expected) in lines.iter().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(lines.len(), expected.lines().count());
}

#[test]
fn the_first_owns_a_waiting_trial() {
    let journal = Journal::open(data("optuna_5.log")).unwrap();
    let study = journal.studies().find("é misa").unwrap();
    let trial = journal.studies().trials(study.id).nth(4).unwrap();
    assert_eq!(trial.owner.as_deref(), Some("first-1"));
    let waiting = journal.studies().trials(study.id).nth(6).unwrap();
    assert_eq!(waiting.owner, None);
    assert_eq!(waiting.fixed_params(), [("lr".to_string(), 2e-3.into())]);
}

/// Written by hand after the description of the format, and read by Optuna 5.0.0.
#[test]
fn a_journal_by_hand_is_read() {
    for name in ["optuna_journal.log", "optuna_journal_unfinished_tail.log"] {
        let journal = Journal::open(data(name)).unwrap();
        let study = journal.studies().find("misa").unwrap();
        assert_eq!(study.directions, [Direction::Minimise]);
        let trials: Vec<_> = journal.studies().trials(study.id).collect();
        assert_eq!(trials.len(), 1);
        assert_eq!(trials[0].state, TrialState::Complete);
        assert_eq!(trials[0].values, Some(vec![0.8]));
        assert_eq!(trials[0].params["training.lr"].value(), 1e-4.into());
        assert_eq!(trials[0].intermediate_values[&1], 0.9);
        let completed = trials[0].completed.unwrap();
        assert_eq!(completed.to_string(), "2026-11-28T12:01:00.000000+00:00");
    }
}

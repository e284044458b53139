//! Journals that are cut or wrong.

use misa_studies::{Cursor, Direction, Journal, JournalError, LINE_BYTES, TrialState};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

const OPTUNA: &[u8] = include_bytes!("data/optuna_5.log");

fn message(content: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.log");
    fs::write(&path, content).unwrap();
    let error = Journal::open(&path).unwrap_err().to_string();
    error.replace(path.to_str().unwrap(), "study.log")
}

#[test]
fn a_wrong_line_is_named() {
    let cases = [
        (
            "{\"op_code\":0",
            "the end of the line at its byte 12, expected `,` or `}` in JSON",
        ),
        (
            "",
            "the end of the line at its byte 0, expected a value in JSON",
        ),
        ("[]", "a list, expected an object"),
        (
            r#"{"op_code":0}"#,
            "no `worker_id`, expected all fields of its operation",
        ),
        (
            r#"{"op_code":11,"worker_id":"a"}"#,
            "the operation 11, expected one from 0 to 10",
        ),
        (
            r#"{"op_code":"0","worker_id":"a"}"#,
            "a text as `op_code`, expected an integer",
        ),
        (
            r#"{"op_code":0,"worker_id":"a","study_name":"b","directions":[0]}"#,
            "`[0]` as `directions`, expected a list of 1 (minimise) and 2 (maximise)",
        ),
        (
            r#"{"op_code":1,"worker_id":"a","study_id":-1}"#,
            "-1 as `study_id`, expected a number from 0",
        ),
        (
            r#"{"op_code":8,"worker_id":"a","trial_id":0,"user_attr":{}}"#,
            "0 keys in `user_attr`, expected exactly one",
        ),
        (
            r#"{"op_code":6,"worker_id":"a","trial_id":0,"state":5,"values":null}"#,
            "the state 5, expected one from 0 to 4",
        ),
        (
            r#"{"op_code":6,"worker_id":"a","trial_id":0,"state":1,"values":[1.0]}"#,
            "no `datetime_complete`, expected a date and time",
        ),
    ];
    for (line, expected) in cases {
        let message = message(&[OPTUNA, line.as_bytes(), b"\n", OPTUNA].concat());
        let lines = OPTUNA.iter().filter(|&&byte| byte == b'\n').count();
        let expected = format!(
            "study.log:{}: found {expected}, remove or mend this line",
            lines + 1
        );
        assert_eq!(message, expected, "{line}");
    }
}

#[test]
fn wrong_parameters_are_named() {
    let line = |internal, distribution: &str| {
        let distribution = distribution.replace('"', "\\\"");
        format!(
            r#"{{"op_code":5,"worker_id":"a","trial_id":0,"param_name":"p","param_value_internal":{internal},"distribution":"{distribution}"}}"#
        )
    };
    let choices = r#"{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2]}}"#;
    let cases = [
        (line("2", choices), format!("the internal value 2, expected one of {choices}")),
        (
            line("0", "{"),
            "a distribution with the end of the line instead of `\"` at its byte 1, expected one of \
             FloatDistribution, IntDistribution and CategoricalDistribution"
                .to_string(),
        ),
    ];
    for (line, expected) in cases {
        let expected = format!("study.log:1: found {expected}, remove or mend this line");
        assert_eq!(message(format!("{line}\n").as_bytes()), expected);
    }
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let expected = "study.log:1: found a byte outside UTF-8 at its byte 2, expected UTF-8, \
                    remove or mend this line";
    assert_eq!(message(b"{\"\xff\":0}\n"), expected);
}

#[test]
fn a_long_line_is_refused() {
    let line = vec![b' '; LINE_BYTES as usize + 1];
    let expected = "study.log:1: found more than 4194304 bytes, expected a line of fewer, \
                    remove or mend this line";
    assert_eq!(message(&line), expected);
    let line = [&vec![b' '; LINE_BYTES as usize - 1][..], b"\n"].concat();
    assert!(message(&line).contains("found the end of the line"));
}

#[test]
fn a_huge_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.log");
    // A hole, which takes no space.
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let error = Journal::open(&path).unwrap_err();
    assert!(matches!(error, JournalError::TooLarge { .. }), "{error}");
}

#[test]
fn a_line_that_nobody_could_read_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path().join("study.log")).unwrap();
    let name = "a".repeat(LINE_BYTES as usize);
    let error = journal.study(&name, &[Direction::Minimise]).unwrap_err();
    assert!(matches!(error, JournalError::TooLarge { .. }), "{error}");
    assert_eq!(fs::read(journal.path()).unwrap(), b"");
}

#[test]
fn a_shorter_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.log");
    fs::write(&path, OPTUNA).unwrap();
    let mut journal = Journal::open(&path).unwrap();
    fs::write(&path, b"").unwrap();
    let error = journal.refresh().unwrap_err();
    assert!(matches!(error, JournalError::Shorter { .. }), "{error}");
}

/// What a kill leaves at any moment, as far as the file goes.
#[test]
fn a_journal_cut_anywhere_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("study.log");
    for end in 0..=OPTUNA.len() {
        // Near the ends of lines every byte, elsewhere some.
        if end % 37 != 0 && !OPTUNA[end.saturating_sub(2)..end].contains(&b'\n') {
            continue;
        }
        fs::write(&path, &OPTUNA[..end]).unwrap();
        let complete = OPTUNA[..end].iter().rposition(|&byte| byte == b'\n');
        let complete = complete.map_or(0, |end| end + 1);
        let mut journal = Journal::open(&path).unwrap();
        let study = journal.study("after", &[Direction::Minimise]).unwrap();
        let trial = journal.create_trial(study, BTreeMap::new()).unwrap();
        let content = fs::read(&path).unwrap();
        assert_eq!(content[..complete], OPTUNA[..complete]);
        assert_eq!(content.last(), Some(&b'\n'));
        let read = Journal::open(&path).unwrap();
        assert_eq!(
            read.studies().trial(trial).unwrap().state,
            TrialState::Running
        );
    }
}

fn read(path: &Path) -> usize {
    let mut entries = 0;
    let _ = Cursor::default().read(path, |_| entries += 1);
    entries
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A changed byte is an error or another value, and what stands before it is read.
    #[test]
    fn no_damage_panics(position in 0..OPTUNA.len(), byte in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.log");
        let mut content = OPTUNA.to_vec();
        content[position] = byte;
        fs::write(&path, &content).unwrap();
        let _ = Journal::open(&path);
        // The operation that Optuna ignores is no entry.
        let before = OPTUNA[..position].iter().filter(|&&byte| byte == b'\n').count();
        prop_assert!(read(&path) + 1 >= before);
    }
}

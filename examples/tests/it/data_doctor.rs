//! What `data_doctor` prints and how it ends.

use crate::common::program;
use misa_testing::golden;
use std::fs;
use std::process::{Command, Output};
use tempfile::tempdir;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(program("data_doctor"));
    command.args(arguments).output().unwrap()
}

/// The exit status and what is printed; nothing else may be said.
fn doctor(arguments: &[&str]) -> (i32, String) {
    let output = run(arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn the_synthetic_set_is_fine() {
    let (status, text) = doctor(&[]);
    assert_eq!(status, 0, "{text}");
    assert!(!text.contains('\x1b'), "{text}");
    assert!(text.contains("Fine: "), "{text}");
}

#[test]
fn findings_end_with_one() {
    let folder = tempdir().unwrap();
    let train = golden("data/misa_mosi_f32/pkl").join("train.np1_p3.pkl");
    fs::copy(train, folder.path().join("train.pkl")).unwrap();
    let path = folder.path().to_str().unwrap();
    let (status, text) = doctor(&[path]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("there is no valid split"), "{text}");

    let (status, text) = doctor(&[path, "--json", "--policy", "compat"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &json["status"]), (1, &1.into()));
    assert_eq!(json["content"]["format"], "misa");
    assert_eq!(json["content"]["policy"], "compat");
    assert_eq!(json["findings"][0]["where"], "valid");
}

#[test]
fn what_cannot_be_read_ends_with_two() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("x.pkl");
    fs::write(&path, "no pickle").unwrap();
    let (status, text) = doctor(&[path.to_str().unwrap()]);
    assert_eq!(status, 2, "{text}");
    assert!(
        text.contains("Not readable") && text.contains("->"),
        "{text}"
    );

    let (status, text) = doctor(&["no/such/place", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &json["status"]), (2, &2.into()));
    assert!(json["content"].is_null());

    let output = run(&[path.to_str().unwrap(), "--policy", "lenient"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("expected strict or compat"), "{message}");
}

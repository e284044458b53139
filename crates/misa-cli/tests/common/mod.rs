//! The program as a user calls it.

use std::{
    path::Path,
    process::{Command, Output},
};

/// Settings of runs that take a second.
pub const SMALL: &[&str] = &[
    "--set",
    "data.synthetic.train=48",
    "--set",
    "data.synthetic.valid=12",
    "--set",
    "data.synthetic.test=12",
    "--set",
    "training.epochs=2",
    "--set",
    "training.d_hidden=16",
    "--set",
    "training.d_embedding=8",
];

pub fn misa(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_misa"))
        .args(arguments)
        .output()
        .unwrap()
}

/// What the program says when it does what it is asked to.
pub fn said(arguments: &[&str]) -> String {
    let output = misa(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// The exit status and the message of the program when it does not.
pub fn refused(arguments: &[&str]) -> (i32, String) {
    let output = misa(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!message.contains("panicked"), "{message}");
    (
        output.status.code().unwrap(),
        message.trim_end().to_string(),
    )
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Trains a small model into `out`.
#[allow(dead_code)]
pub fn train(out: &Path, more: &[&str]) -> String {
    said(&[&["train", "--plain", "--out", text(out)], SMALL, more].concat())
}

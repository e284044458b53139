//! The program as a user calls it.

pub mod own;

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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
pub fn train(out: &Path, more: &[&str]) -> String {
    said(&[&["train", "--plain", "--out", text(out)], SMALL, more].concat())
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A copy of a run folder whose `file` is changed by `edit`.
pub fn copy(run: &Path, to: &Path, file: &str, edit: impl FnOnce(&mut Value)) {
    copy_folder(run, to);
    let path = to.join(file);
    let mut value = json(&fs::read_to_string(&path).unwrap());
    edit(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, place).unwrap();
        }
    }
}

/// Number of openings of the test split in the manifest.
pub fn openings(run: &Path) -> usize {
    let manifest = json(&fs::read_to_string(run.join("manifest.json")).unwrap());
    manifest["openings"].as_array().unwrap().len()
}

/// The weights of a finished run, as they are written.
pub fn weights(run: &Path) -> Vec<u8> {
    fs::read(run.join("checkpoint/model.safetensors")).unwrap()
}

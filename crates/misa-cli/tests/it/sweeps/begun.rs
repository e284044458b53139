//! A sweep that began with a setting which a new one is refused for by now.

use super::BASE;
use crate::common::{copy, json, misa, refused, said, text};
use misa_cli::sweep::SweepFile;
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// The names of the runs.
fn names(file: &Path, base: &str) -> Vec<String> {
    let cells = SweepFile::read(file).unwrap().cells(file, base).unwrap();
    cells.into_iter().map(|cell| cell.name).collect()
}

/// As of a release that took a rate of an adversary which the runs have not. One of three has begun.
#[test]
fn a_setting_without_effect_is_told_once_and_refused_in_a_new_sweep() {
    let dir = tempdir().unwrap();
    let [base, file, out, other] =
        ["base.toml", "sweep.toml", "out", "other"].map(|name| dir.path().join(name));
    fs::write(&base, BASE).unwrap();
    fs::write(&file, "base = \"base.toml\"\nseeds = [1, 2, 3]\n").unwrap();
    let sweep = ["sweep", text(&file), "--out", text(&out)];
    said(&[&sweep[..], &["--shard", "0/3"]].concat());
    let earlier = format!("{BASE}adversary_learning_rate = 0.01\n");
    fs::write(&base, &earlier).unwrap();
    let runs = names(&file, &earlier);
    let [valid, begun] = [&names(&file, BASE)[0], &runs[0]].map(|name| out.join(name));
    copy(&valid, &begun, "manifest.json", |manifest| {
        for place in ["/config", "/settings/training"] {
            let settings = manifest.pointer_mut(place).unwrap();
            settings["adversary_learning_rate"] = json!(0.01);
        }
    });

    let (status, message) = refused(&["sweep", text(&file), "--out", text(&other)]);
    assert_eq!(status, 1);
    let expected = "misa: adversary_learning_rate cannot be used without an adversary";
    assert!(message.starts_with(expected), "{message}");
    assert!(!other.exists());

    let output = misa(&[&sweep[..], &["--processes", "2"]].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let note = "note: the sweep goes on with a setting without effect, which no new one may have: \
                adversary_learning_rate";
    assert_eq!(told.matches(note).count(), 1, "{told}");
    for run in runs {
        let manifest = fs::read_to_string(out.join(run).join("manifest.json")).unwrap();
        let manifest = json(&manifest);
        assert_eq!(manifest["status"], "finished");
        assert_eq!(manifest["config"]["adversary_learning_rate"], 0.01);
    }
}

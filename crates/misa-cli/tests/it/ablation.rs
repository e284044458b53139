//! Variants compared from the command line.

use crate::common::{SMALL, json, misa, openings, refused, said, text};
use std::fs;
use tempfile::tempdir;

#[test]
fn an_ablation_leaves_the_test_split_shut_unless_it_is_asked_for() {
    let dir = tempdir().unwrap();
    let out = dir.path().join("ablation");
    let arguments = ["ablation", "--out", text(&out), "--seeds", "1,2"];
    let arguments = [&arguments[..], &["--variants", "MISA,base,context"], SMALL].concat();
    let printed = said(&arguments);
    // Utterances of the synthetic set are in no videos.
    assert!(printed.contains("context seed 1: left out"), "{printed}");
    let table = fs::read_to_string(out.join("ablation.md")).unwrap();
    assert!(printed.ends_with(&table), "{printed}");
    for row in ["| MISA | 2 |", "| base | 2 |"] {
        assert!(table.contains(row), "{table}");
    }
    let runs = ["MISA/seed-1", "MISA/seed-2", "base/seed-1", "base/seed-2"];
    let runs = runs.map(|run| out.join(run));
    for run in &runs {
        assert_eq!(openings(run), 0);
        assert!(!run.join("predictions-test.csv").exists());
    }
    let trained = fs::metadata(runs[0].join("checkpoint/model.safetensors"));
    let trained = trained.unwrap().modified().unwrap();

    for _ in 0..2 {
        let compared = said(&[&arguments[..], &["--split", "test", "--json"]].concat());
        let compared = json(&compared);
        assert_eq!(compared["groups"].as_array().unwrap().len(), 2);
        for run in &runs {
            assert_eq!(openings(run), 1);
        }
    }
    let kept = fs::metadata(runs[0].join("checkpoint/model.safetensors"));
    assert_eq!(kept.unwrap().modified().unwrap(), trained);
}

#[test]
fn without_misa_there_is_nothing_to_differ_from() {
    let dir = tempdir().unwrap();
    let arguments = ["ablation", "--out", text(dir.path()), "--seeds", "1"];
    let printed = said(&[&arguments[..], &["--variants", "base,inv"], SMALL].concat());
    for variant in ["base", "inv"] {
        let row = format!("| {variant} | 1 |");
        let row = printed.lines().find(|line| line.starts_with(&row));
        let cells: Vec<&str> = row.unwrap().split('|').map(str::trim).collect();
        // The difference and its p stand before the cost.
        assert_eq!(cells[cells.len() - 4..][..2], ["", ""], "{printed}");
    }
    let note =
        "\nNo differences: MISA, which the variants are compared with, is not among the runs.\n";
    assert!(printed.contains(note), "{printed}");
}

#[test]
fn what_all_variants_have_is_told_and_keeps_its_values() {
    let dir = tempdir().unwrap();
    let shared = "training.loss.prototype.bound=1";
    let arguments = [
        "ablation",
        "--out",
        text(dir.path()),
        "--seeds",
        "1",
        "--variants",
        "MISA,prototype,contrast",
        "--set",
        shared,
    ];
    let output = misa(&[&arguments[..], SMALL].concat());
    let (printed, notes) = (output.stdout, String::from_utf8(output.stderr).unwrap());
    let printed = String::from_utf8(printed).unwrap();
    let note =
        "note: training.loss.prototype is on in every variant, MISA too, as the settings say\n";
    assert!(notes.contains(note), "{notes}");
    let left_out =
        "prototype seed 1: left out, MISA has what it sets, by the settings of all variants";
    assert!(printed.contains(left_out), "{printed}");
    for variant in ["MISA", "contrast"] {
        let settings =
            fs::read_to_string(dir.path().join(variant).join("seed-1/run.toml")).unwrap();
        let table = settings.split("[training.loss.prototype]").nth(1).unwrap();
        assert!(table.contains("bound = 1.0\n"), "{variant}: {settings}");
    }
}

#[test]
fn variants_are_listed_and_asked_for_by_name() {
    let printed = said(&["ablation", "--list", "--variants", "TFN,misa+"]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("training.fusion=tensor"), "{printed}");
    assert!(lines[1].ends_with("preset=misa+"), "{printed}");
    let (status, message) = refused(&["ablation", "--variants", "TNF"]);
    let expected = "misa: unknown variant `TNF`, --list shows all of them";
    assert_eq!((status, message.as_str()), (1, expected));
}

#[test]
fn a_test_split_that_is_asked_for_and_empty_is_refused() {
    let dir = tempdir().unwrap();
    let arguments = ["ablation", "--out", text(dir.path()), "--variants", "MISA"];
    let test = ["--split", "test", "--seed", "3", "--set"];
    let small = &SMALL[6..];
    let without = ["data.synthetic.test=0"];
    let output = misa(&[&arguments[..], &test, &without, small].concat());
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("MISA seed 3: split `test` has no utterances"),
        "{message}"
    );
}

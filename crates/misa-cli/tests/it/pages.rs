//! Pages of one run and of several, and what is said about several seeds.

use crate::common::{SMALL, copy, json, misa, refused, said, text, train};
use serde_json::json;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// Trains seeds 1 and 2; returns what is said.
fn two_seeds(out: &Path) -> String {
    let start = ["train", "--plain", "--seeds", "1,2", "--out", text(out)];
    said(&[&start, SMALL].concat())
}

#[test]
fn a_page_says_which_run_it_is_and_what_its_scores_have_to_beat() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("first");
    train(&run, &["--set", "data.synthetic.valid=40"]);
    said(&["report", text(&run)]);
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    let above = dir.path().file_name().unwrap().to_str().unwrap();
    assert!(page.contains(&format!("<title>{above}/first: synthetic, seed ")));
    assert!(page.contains(" UTC</title>"));
    assert!(page.contains("the mean label of the train split."));
    assert!(page.contains("class=\"small interval\""));
    assert!(page.contains("<h2>Worst errors</h2>"));
    assert!(page.contains("<td class=\"words\">"));
    assert!(page.contains("<h2>Words on this page</h2>"));
    assert!(!page.contains("<script"));
}

#[test]
fn several_runs_share_a_page_without_a_look_at_the_test_split() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    two_seeds(&runs);
    let found = json(&said(&["report", text(&runs), "--json"]));
    assert_eq!(found["runs"].as_array().unwrap().len(), 2);
    assert_eq!(found["left_out"].as_array().unwrap().len(), 0);
    let page = fs::read_to_string(runs.join("report.html")).unwrap();
    assert!(page.contains("mean ± std, 2 runs"));
    for seed in ["seed-1", "seed-2"] {
        assert!(page.contains(&format!("<th scope=\"row\">{seed}</th>")));
        let manifest = json(&fs::read_to_string(runs.join(seed).join("manifest.json")).unwrap());
        assert_eq!(manifest["openings"].as_array().unwrap().len(), 0);
    }
    let curve = fs::read_to_string(runs.join("figures/curve-mae-valid.csv")).unwrap();
    assert!(curve.starts_with("epoch,seed-1,seed-2\n1,"), "{curve}");

    let (one, other) = (runs.join("seed-1"), runs.join("seed-2"));
    let (one, other) = (text(&one), text(&other));
    let (status, message) = refused(&["report", one, other]);
    assert_eq!(status, 1);
    assert!(message.ends_with("2 folders, and no place for their page, expected -o FILE"));
    let (status, message) = refused(&["report", text(&runs), "--split", "test"]);
    assert_eq!(status, 1);
    assert!(
        message.contains("misa evaluate RUN... --split test"),
        "{message}"
    );
    let both = dir.path().join("both.html");
    said(&["report", one, other, "-o", text(&both)]);
    assert!(
        dir.path()
            .join("both-figures/curve-task-loss-train.svg")
            .is_file()
    );
    let (_, message) = refused(&["report", text(dir.path().join("missing").as_path())]);
    assert!(message.contains("missing"), "{message}");
}

#[test]
fn a_mean_on_a_page_is_over_the_seeds_of_one_model_on_one_data_set() {
    let dir = tempdir().unwrap();
    let [runs, other, page] = ["runs", "other", "page.html"].map(|name| dir.path().join(name));
    two_seeds(&runs);
    train(&other, &["--set", "training.dropout=0.4"]);
    let moved = dir.path().join("moved/runs/seed-3");
    copy(&runs.join("seed-2"), &moved, "manifest.json", |manifest| {
        manifest["data"]["checksum"] = json!("another");
    });
    let means = |paths: &[&Path]| -> Vec<String> {
        let paths = paths.iter().map(|path| text(path));
        let arguments = ["report", "-o", text(&page)].into_iter().chain(paths);
        said(&arguments.collect::<Vec<_>>());
        let html = fs::read_to_string(&page).unwrap();
        let rows = html.lines().filter(|line| line.contains("mean ± std"));
        rows.map(str::to_string).collect()
    };
    let found = means(&[runs.as_path(), other.as_path()]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains(">runs: mean ± std, 2 runs</th>"),
        "{found:?}"
    );
    let found = means(&[runs.as_path(), moved.as_path()]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(">runs, data "), "{found:?}");
    assert!(found[0].contains(": mean ± std, 2 runs</th>"), "{found:?}");
}

#[test]
fn a_page_of_several_runs_in_the_place_of_that_of_one_is_recorded_there() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    two_seeds(&runs);
    let [one, other] = ["seed-1", "seed-2"].map(|seed| runs.join(seed));
    let page = one.join("report.html");
    said(&["report", text(&one)]);
    let of_one = fs::read_dir(one.join("figures")).unwrap().count();
    let several = ["report", text(&one), text(&other), "-o", text(&page)];
    // While another process writes to the run, its page and figures stay as they are.
    let before = fs::read(&page).unwrap();
    let lock = fs::File::create(one.join("run.lock")).unwrap();
    lock.try_lock().unwrap();
    let (status, message) = refused(&several);
    assert_eq!(status, 1);
    assert!(
        message.ends_with("run.lock: another process is using this folder"),
        "{message}"
    );
    assert_eq!(fs::read(&page).unwrap(), before);
    drop(lock);
    said(&several);
    assert!(fs::read_dir(one.join("figures")).unwrap().count() < of_one);
    said(&["verify", text(&one)]);
}

#[test]
fn figures_that_a_page_has_no_more_go_with_the_page_that_had_them() {
    let dir = tempdir().unwrap();
    let [one, other, page] = ["a", "b", "page.html"].map(|name| dir.path().join(name));
    train(&one, &[]);
    // One modality has no similarity.
    train(&other, &["--modalities", "text"]);
    said(&["report", text(&one), "-o", text(&page)]);
    let files = [
        "curve-similarity-loss.svg",
        "curve-similarity-loss.csv",
        "mine.svg",
    ];
    let [gone, changed, mine] = files.map(|name| dir.path().join("page-figures").join(name));
    assert!(gone.exists());
    fs::write(&changed, "my own numbers").unwrap();
    fs::write(&mine, "my own figure").unwrap();
    let output = misa(&["report", text(&other), "-o", text(&page)]);
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{notes}");
    assert!(!gone.exists() && changed.exists() && mine.exists());
    let note = format!("note: removed {}, a figure that", text(&gone));
    assert!(notes.contains(&note), "{notes}");
    assert!(dir.path().join("page-figures/curve-task-loss.svg").exists());
}

#[test]
fn a_run_that_is_not_finished_is_left_out_by_name() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    two_seeds(&runs);
    let path = runs.join("seed-2/manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(&path, manifest.replace("\"finished\"", "\"stopped\"")).unwrap();
    let output = misa(&["report", text(&runs)]);
    assert!(output.status.success());
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(notes.contains("seed-2: not finished"), "{notes}");
    // It was named itself.
    let (status, message) = refused(&["report", text(&runs.join("seed-2"))]);
    assert_eq!(status, 1);
    assert!(message.contains("the run is not finished"), "{message}");
}

#[test]
fn seeds_end_with_their_mean_and_the_next_command() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    let printed = two_seeds(&runs);
    for expected in [
        "\nseed 1: model ",
        "1 of 2 seeds done",
        "2 seeds, valid split: mean ± standard deviation\n  Corr ",
        "seed-* --split test   scores the locked test split, once",
    ] {
        assert!(printed.contains(expected), "{expected} in {printed}");
    }
    assert!(!printed.contains("| --- |"), "{printed}");
    // One run has its whole report, as before.
    let run = dir.path().join("run");
    assert!(train(&run, &[]).contains("| --- |"));
}

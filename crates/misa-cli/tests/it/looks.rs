//! Commands that read a finished run, and that open its test split.

use crate::common::{copy, json, misa, openings, refused, said, text, train};
use misa_files::Source;
use misa_files::npy::Npz;
use misa_files::zip::Limits;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const MANIFEST: &str = "manifest.json";

/// The command on a run, about its test split.
fn on_test<'a>(command: &'a str, run: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&[command, text(run), "--split", "test"], more].concat()
}

#[test]
fn no_mistake_costs_a_look_at_the_test_split() {
    let dir = tempdir().unwrap();
    let (run, broken) = (dir.path().join("run"), dir.path().join("broken"));
    train(&run, &[]);
    let [figure, missing, archive] =
        ["a.svg", "missing/a.svg", "a.npz"].map(|name| dir.path().join(name));
    let (figure, missing, archive) = (text(&figure), text(&missing), text(&archive));
    let file = run.join("run.toml/figures");
    let mistakes = [
        on_test("plot", &run, &["attentoin", "-o", figure]),
        on_test("plot", &run, &["attention", "-o", "a.bmp"]),
        on_test("plot", &run, &["attention", "-o", missing]),
        on_test("plot", &run, &["attention", "-o", text(dir.path())]),
        on_test("embed", &run, &["-o", missing]),
        on_test("degrade", &run, &["--out", text(&file)]),
        on_test("report", &run, &["-o", text(&file)]),
    ];
    for arguments in mistakes {
        assert_eq!(refused(&arguments).0, 1, "{arguments:?}");
        assert_eq!(openings(&run), 0, "{arguments:?}");
    }
    let names = json(&said(&on_test("plot", &run, &["--list", "--json"])));
    let names = names["figures"].as_array().unwrap().iter();
    assert!(names.clone().any(|figure| figure["name"] == "attention"));
    assert_eq!(
        said(&on_test("plot", &run, &["--list"])).lines().count(),
        names.count()
    );
    assert_eq!(openings(&run), 0);

    copy(&run, &broken, MANIFEST, |_| {});
    fs::remove_file(broken.join("checkpoint/model.safetensors")).unwrap();
    let commands = [
        on_test("plot", &broken, &["attention", "-o", figure]),
        on_test("embed", &broken, &["-o", archive]),
        on_test("degrade", &broken, &[]),
        on_test("report", &broken, &[]),
        on_test("evaluate", &broken, &[]),
    ];
    for arguments in commands {
        assert_eq!(refused(&arguments).0, 1, "{arguments:?}");
        assert_eq!(openings(&broken), 0, "{arguments:?}");
    }
    // Nor does a run of another one that cannot be used.
    let both = on_test("degrade", &run, &[text(&broken)]);
    assert_eq!(refused(&both).0, 1);
    assert_eq!(openings(&run), 0);

    let plotted = said(&on_test(
        "plot",
        &run,
        &["attention", "-o", figure, "--json"],
    ));
    let plotted = json(&plotted);
    assert_eq!(
        (&plotted["figure"], &plotted["split"]),
        (&json!("attention"), &json!("test"))
    );
    assert_eq!(openings(&run), 1);
}

#[test]
fn what_a_manifest_does_not_vouch_for_is_not_shown() {
    let dir = tempdir().unwrap();
    let (run, unfinished) = (dir.path().join("run"), dir.path().join("unfinished"));
    train(&run, &[]);
    copy(&run, &unfinished, MANIFEST, |manifest| {
        manifest["status"] = json!("running")
    });
    let (archive, model) = (dir.path().join("a.npz"), unfinished.join("checkpoint"));
    let path = text(&unfinished);
    let commands: [&[&str]; 8] = [
        &["evaluate", path],
        &["report", path],
        &["plot", path, "--list"],
        &["embed", path, "-o", text(&archive)],
        &["degrade", path],
        &["table", path],
        &["predict", path, "--data", "data"],
        &["predict", text(&model), "--data", "data"],
    ];
    for arguments in commands {
        let (status, message) = refused(arguments);
        assert_eq!(status, 1, "{arguments:?}");
        let expected = format!("{path}: the run is not finished");
        assert!(message.contains(&expected), "{arguments:?}: {message}");
    }
    assert!(!unfinished.join("report.html").exists());
}

#[test]
fn looks_after_the_scores_leave_them_unmarked() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    said(&on_test("evaluate", &run, &[]));
    said(&on_test("degrade", &run, &["--rates", "0", "--draws", "1"]));
    let page = dir.path().join("page.html");
    said(&on_test("report", &run, &["-o", text(&page)]));
    assert_eq!(openings(&run), 3);
    // The look of the page itself counts among those it tells of.
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("The test split was opened 3 times."));
    let table = on_test("table", &run, &["--resamples", "0"]);
    let first = said(&table);
    assert!(!first.contains('†'), "{first}");
    // These scores were made when it had been seen.
    said(&on_test("evaluate", &run, &[]));
    let second = said(&table);
    assert!(second.contains('†'), "{second}");
}

#[test]
fn scores_found_before_a_run_fails_are_printed() {
    let dir = tempdir().unwrap();
    let [run, other, unfinished] = ["run", "other", "unfinished"].map(|name| dir.path().join(name));
    train(&run, &[]);
    copy(&run, &other, MANIFEST, |manifest| {
        manifest["data"]["checksum"] = json!("another")
    });
    copy(&run, &unfinished, MANIFEST, |manifest| {
        manifest["status"] = json!("stopped")
    });
    // An error that is known beforehand must not open the split.
    refused(&on_test("evaluate", &run, &[text(&unfinished)]));
    assert_eq!(openings(&run), 0);
    for command in ["evaluate", "degrade"] {
        let output = misa(&on_test(command, &run, &[text(&other), "--json"]));
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(
            message.contains("data changed since the run began"),
            "{message}"
        );
        let found = json(&String::from_utf8(output.stdout).unwrap());
        assert_eq!(found["runs"].as_array().unwrap().len(), 1);
        let error = found["error"]["message"].as_str().unwrap();
        assert!(message.contains(error), "{found}");
        assert_eq!(found["runs"][0]["run"], text(&run));
    }
    assert_eq!((openings(&run), openings(&other)), (2, 0));
}

#[test]
fn runs_of_several_tasks_are_not_degraded_together() {
    let dir = tempdir().unwrap();
    let (run, other) = (dir.path().join("run"), dir.path().join("other"));
    train(&run, &[]);
    copy(&run, &other, MANIFEST, |manifest| {
        manifest["config"]["loss"]["task"] = json!({ "classification": { "classes": 2 } });
    });
    let (status, message) = refused(&on_test("degrade", &run, &[text(&other)]));
    assert_eq!(status, 1);
    let expected = "its task is a classification of 2 classes, expected a regression as in";
    assert!(message.contains(expected), "{message}");
    assert_eq!(openings(&run), 0);
}

#[test]
fn a_rate_that_stands_twice_is_refused() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let more = ["--frames", "--rates", "0.1,0.5,0.10"];
    let (status, message) = refused(&on_test("degrade", &run, &more));
    assert_eq!(status, 1);
    let expected = "--rates: 0.1 stands twice, expected each rate once";
    assert!(message.ends_with(expected), "{message}");
    assert_eq!(openings(&run), 0);
}

#[test]
fn pages_of_pre_trained_runs_count_epochs_of_the_objective() {
    let dir = tempdir().unwrap();
    let (run, only) = (dir.path().join("run"), dir.path().join("only"));
    let before = [
        "--preset",
        "misa+",
        "--set",
        "training.pretraining.unimodal_epochs=3",
    ];
    train(&run, &before);
    said(&["report", text(&run)]);
    let page = fs::read_to_string(run.join("report.html")).unwrap();
    let best = json(&fs::read_to_string(run.join("report.json")).unwrap())["best_epoch"]
        .as_u64()
        .unwrap()
        - 3;
    assert!(page.contains(&format!("{best} of 2, after 3 of pre-training")));
    assert!(page.contains(&format!("At epoch {best}: train ")));
    let curve = dir.path().join("curve.svg");
    said(&["plot", text(&run), "curve-pre-training", "-o", text(&curve)]);
    assert!(!fs::read_to_string(&curve).unwrap().contains("best: "));
    said(&["plot", text(&run), "curve-task-loss", "-o", text(&curve)]);
    assert!(
        fs::read_to_string(&curve)
            .unwrap()
            .contains(&format!("best: {best}"))
    );

    train(
        &only,
        &[&before[..], &["--set", "training.epochs=0"]].concat(),
    );
    let found = json(&said(&["report", text(&only), "--json"]));
    assert_eq!(found["omitted"], json!([]));
    let page = fs::read_to_string(only.join("report.html")).unwrap();
    assert!(page.contains("3, the last of pre-training"));
}

#[test]
fn what_is_written_is_said_in_words_and_as_json() {
    let dir = tempdir().unwrap();
    let run = dir.path().join("run");
    train(&run, &[]);
    let archive = dir.path().join("a.npz");
    let found = json(&said(&[
        "embed",
        text(&run),
        "-o",
        text(&archive),
        "--json",
    ]));
    assert_eq!(found["file"], text(&archive));
    assert_eq!(
        (&found["utterances"], &found["d_hidden"]),
        (&json!(12), &json!(16))
    );
    let bytes = fs::read(&archive).unwrap();
    let archive = Npz::open(Source::from(bytes.as_slice()), &Limits::default()).unwrap();
    let tokens = archive.array("tokens").unwrap().to_texts().unwrap();
    assert_eq!(found["tokens"], json!(tokens));

    let pages = ["a.html", "b.html"].map(|name| dir.path().join(name));
    let words = said(&["report", text(&run), "-o", text(&pages[0])]);
    let numbers = json(&said(&[
        "report",
        text(&run),
        "-o",
        text(&pages[1]),
        "--json",
    ]));
    let mean = numbers["cmd_of_shared"].as_f64().unwrap();
    assert!(
        words.contains("CMD between shared vectors: text and visual "),
        "{words}"
    );
    assert!(words.contains(&format!("mean {mean:.4}\n")), "{words}");
    for folder in ["a-figures", "b-figures"] {
        assert!(dir.path().join(folder).join("attention.png").is_file());
    }
}

#[test]
fn a_conversion_is_said_as_json() {
    let dir = tempdir().unwrap();
    let [data, copy] = ["data.safetensors", "copy.safetensors"].map(|name| dir.path().join(name));
    let config = misa_data::SyntheticConfig::new()
        .with_train(9)
        .with_valid(5)
        .with_test(3);
    let dataset = config.generate().dataset;
    dataset.save(&data).unwrap();
    let converted = json(&said(&[
        "data",
        "convert",
        text(&data),
        text(&copy),
        "--json",
    ]));
    assert_eq!(
        converted["utterances"],
        json!({ "train": 9, "valid": 5, "test": 3 })
    );
    assert_eq!(converted["checksum"], dataset.checksum());
    assert_eq!(converted["bytes"], fs::metadata(copy).unwrap().len());
    let converted: Value = json(&said(&["data", "convert", "--json"]));
    assert!(converted["utterances"]["train"].as_u64().unwrap() > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn paths_that_are_no_text_are_shown_as_well_as_can_be() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;
    let dir = tempdir().unwrap();
    let (run, odd) = (
        dir.path().join("run"),
        dir.path().join(OsStr::from_bytes(b"run-\xff")),
    );
    train(&run, &[]);
    fs::rename(run, &odd).unwrap();
    for command in ["evaluate", "report", "degrade", "verify"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_misa"));
        let output = program
            .arg(command)
            .arg(&odd)
            .arg("--json")
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {message}");
        let found = String::from_utf8(output.stdout).unwrap();
        assert!(found.contains("run-\u{fffd}"), "{command}: {found}");
    }
}

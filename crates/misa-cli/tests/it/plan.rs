//! How many seeds show a difference.

use crate::common::{json, refused, said, text, train};
use serde_json::{Value, json};
use std::fs;
use tempfile::tempdir;

fn plan(more: &[&str]) -> Value {
    json(&said(&[&["plan"], more, &["--json"]].concat()))
}

/// Half of the published deviation of 0.039: 64 seeds of each, and 34 pairs with a correlation of 0.5.
#[test]
fn published_deviations_are_used_without_runs() {
    let found = plan(&["--effect", "0.0195", "--corpus", "mosi", "--seeds", "7"]);
    assert_eq!(
        (&found["metric"], &found["power"]),
        (&json!("mae"), &json!(0.8))
    );
    let sources = found["sources"].as_array().unwrap();
    let values: Vec<&Value> = sources
        .iter()
        .map(|source| &source["deviation"]["value"])
        .collect();
    assert_eq!(values, [&json!(0.039), &json!(0.021)]);
    let first = &sources[0];
    assert_eq!(
        (&first["kind"], &first["models"][0]["seeds"]),
        (&json!("published"), &json!(5))
    );
    assert_eq!(sources[1]["deviation"]["interval"], Value::Null);
    let seeds: Vec<&Value> = (0..3)
        .map(|test| &first["tests"][test]["seeds_needed"])
        .collect();
    assert_eq!(seeds[0], 64);
    assert_eq!(seeds[2], 34);
    let sizes = first["tests"][0]["sizes"].as_array().unwrap().iter();
    let sizes: Vec<&Value> = sizes.map(|size| &size["seeds"]).collect();
    assert_eq!(sizes, [3, 5, 7, 10, 20]);

    let printed = said(&["plan", "--effect", "0.0195", "--corpus", "mosi"]);
    let beginning = "To see a difference of 0.0195 in MAE in 80 % of cases, at a level of 5 %, two-sided:\n\n\
                     Published: LF-LSTM on mosi, 5 seeds, test split (a public laboratory notebook";
    assert!(printed.starts_with(beginning), "{printed}");
    let row = printed.lines().find(|line| line.starts_with("| unpaired "));
    assert!(row.unwrap().contains(" 64 ("), "{printed}");
    assert!(
        printed.contains("95 % interval 0.0234 to 0.1121"),
        "{printed}"
    );
}

#[test]
fn what_cannot_be_planned_is_refused() {
    for (arguments, status, expected) in [
        (&["--effect", "0.02"][..], 2, "--corpus <NAME>"),
        (
            &["--effect", "0", "--corpus", "mosi"],
            2,
            "`0`: expected a number above 0",
        ),
        (
            &["--effect", "0.02", "--corpus", "ur_funny"],
            1,
            "no published deviation of MAE on ur_funny, expected MAE on mosi or mosei, or runs",
        ),
        (
            &["--effect", "0.02", "--corpus", "mosi", "--metric", "mea"],
            1,
            "--metric: no score `mea`, expected one of corr, mae, ",
        ),
        (
            &["--effect", "0.02", "--corpus", "mosi", "--power", "0.03"],
            1,
            "power 0.03, expected a share above the level 0.05 and below 1",
        ),
    ] {
        let (found, message) = refused(&[&["plan"], arguments].concat());
        assert_eq!(found, status, "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn runs_show_how_far_their_seeds_spread() {
    let dir = tempdir().unwrap();
    let [whole, ablated] = ["whole", "ablated"].map(|name| dir.path().join(name));
    train(&whole, &["--seeds", "1..3"]);
    let one = text(&whole).to_string() + "/seed-1";
    let (status, message) = refused(&["plan", "--effect", "0.02", "--pilot", &one]);
    assert_eq!(status, 1);
    assert!(
        message.contains("expected at least 2 seeds of a model"),
        "{message}"
    );

    let found = plan(&["--effect", "0.02", "--pilot", text(&whole)]);
    let source = &found["sources"][0];
    assert_eq!(
        (&source["kind"], &source["split"]),
        (&json!("pilot"), &json!("valid"))
    );
    let summary = json(&said(&["table", text(&whole), "--json"]));
    let summary = &summary["groups"][0]["summaries"]["mae"];
    let deviation = |value: &Value| value.as_f64().unwrap();
    let expected = deviation(&summary["deviation"]);
    assert!((deviation(&source["deviation"]["value"]) - expected).abs() < 1e-12);
    assert_eq!(source["deviation"]["degrees"], 2);
    let kinds = |source: &Value| -> Vec<Value> {
        let tests = source["tests"].as_array().unwrap().iter();
        tests.map(|test| test["kind"].clone()).collect()
    };
    assert_eq!(kinds(source), ["unpaired", "paired", "paired"]);

    train(
        &ablated,
        &["--seeds", "1..3", "--set", "training.dropout=0.3"],
    );
    let both = [
        "--effect",
        "0.02",
        "--corpus",
        "mosi",
        "--pilot",
        text(&whole),
        text(&ablated),
    ];
    let found = plan(&both);
    let source = &found["sources"][0];
    assert_eq!(kinds(source), ["unpaired", "paired", "combined"]);
    assert_eq!(source["deviation"]["degrees"], 4);
    assert_eq!(source["tests"][1]["correlation"], Value::Null);
    assert_eq!(source["tests"][1]["deviation"]["degrees"], 2);
    // Published ones stand below.
    assert_eq!(found["sources"].as_array().unwrap().len(), 3);
    // Nothing was opened for it.
    for run in [&whole, &ablated] {
        let manifest = fs::read_to_string(run.join("seed-1/manifest.json")).unwrap();
        assert_eq!(json(&manifest)["openings"], json!([]));
    }
}

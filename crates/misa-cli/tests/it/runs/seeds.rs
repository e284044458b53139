//! Runs of several seeds.

use super::*;

#[test]
fn training_several_seeds_ends_with_their_mean_and_what_to_do_next() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    let printed = train(&runs, &["--seeds", "1..2"]);
    let next = format!("  misa table {}   means with intervals", text(&runs));
    assert!(printed.contains(&next), "{printed}");
    // The numbers of the table.
    let found = json(&said(&["table", text(&runs), "--resamples", "0", "--json"]));
    let mae = &found["groups"][0]["summaries"]["mae"];
    let [mean, deviation] = ["mean", "deviation"].map(|key| mae[key].as_f64().unwrap());
    let row = format!("  {mean:.4} ± {deviation:.4}\n");
    assert!(printed.contains(&row), "{row}: {printed}");
}

#[test]
fn seeds_are_compared() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    train(&runs, &["--seeds", "1..3"]);
    let dropout = dir.path().join("dropout");
    train(
        &dropout,
        &["--seeds", "1..3", "--set", "training.dropout=0.1"],
    );
    let arguments = [
        "table",
        text(&runs),
        text(&dropout),
        "--resamples",
        "300",
        "--width",
        "0",
    ];
    let table = said(&arguments);
    assert!(table.contains("valid split\n"), "{table}");
    assert_eq!(table.matches("mean ± std, n = 3").count(), 2, "{table}");
    // Models are named by their folders.
    assert!(table.contains("| dropout | runs  |"), "{table}");
    assert!(
        table.contains("Scores of the valid split are optimistic"),
        "{table}"
    );
    let [one, other] = [&runs, &dropout].map(|path| text(path));
    let (one, other) = (format!("more={one}"), format!("less={other}"));
    let options = ["--baseline", "more", "--resamples", "50"];
    let named = said(&[&["table", &one[..], &other[..]][..], &options[..]].concat());
    assert!(named.contains("| less  | more  |"), "{named}");
    let found = json(&said(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(found["groups"][0]["runs"].as_array().unwrap().len(), 3);
    let test = &found["differences"][0]["bootstrap"];
    assert_eq!(test["seeds"], serde_json::json!([3, 3]));
    assert!(test["p"].is_number(), "{test}");
    let (_, message) = refused(&[&arguments[..], &["--against", "paper"]].concat());
    assert!(
        message.contains("no published figures of the synthetic set"),
        "{message}"
    );
    let against = "--against paper,mmsa --corpus mosi --format latex";
    let against: Vec<&str> = against.split(' ').collect();
    let latex = [&arguments[..], &against];
    assert!(said(&latex.concat()).contains("\\bottomrule"));
    let (status, message) = refused(&[&arguments[..], &["--json", "--format", "csv"]].concat());
    assert_eq!(status, 2);
    assert!(message.contains("cannot be used with"), "{message}");
    let csv = said(&[&arguments[..], &["--format", "csv"]].concat());
    let differences = csv.lines().filter(|row| row.starts_with("difference,"));
    assert!(differences.count() > 5, "{csv}");
    assert!(
        table.contains("## Provenance") && table.contains("burn 0.22"),
        "{table}"
    );
}

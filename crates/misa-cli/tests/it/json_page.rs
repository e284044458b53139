//! The page `docs/json.md` has every field that commands print as JSON, and no other.

use crate::assemble::Recordings;
use crate::common::{SMALL, json, misa, said, text, train};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// The path of a field, part by part; `[]` for the items of a list.
type Field = Vec<String>;

/// The fields of each section of the page.
fn page() -> BTreeMap<String, Vec<Field>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md");
    let page = fs::read_to_string(path).unwrap();
    let mut sections: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    let mut title = String::new();
    for line in page.lines() {
        if let Some(found) = line.strip_prefix("## ") {
            title = found.to_string();
        } else if let Some((field, _)) =
            line.strip_prefix("| `").and_then(|row| row.split_once('`'))
        {
            sections
                .entry(title.clone())
                .or_default()
                .push(parts(field));
        }
    }
    sections
}

fn parts(field: &str) -> Field {
    let spaced = field.replace("[]", ".[]");
    spaced.split('.').map(str::to_string).collect()
}

/// Every field of a value, the last ones of each path alone.
fn fields(value: &Value, above: &Field, found: &mut BTreeSet<Field>) {
    let below = |name: &str| [above.as_slice(), &[name.to_string()]].concat();
    match value {
        Value::Object(values) if !values.is_empty() => {
            for (name, value) in values {
                fields(value, &below(name), found);
            }
        }
        Value::Array(values) if values.is_empty() => drop(found.insert(below("[]"))),
        Value::Array(values) => {
            for value in values {
                fields(value, &below("[]"), found);
            }
        }
        _ => drop(found.insert(above.clone())),
    }
}

/// Whether a printed field is one that the page has.
fn is_of(printed: &[String], page: &[String]) -> bool {
    match (printed, page) {
        (_, [last]) if last == "*" => true,
        ([], []) => true,
        ([printed, rest @ ..], [page, more @ ..]) => {
            let is_name = page.starts_with('{') && printed != "[]";
            (is_name || printed == page) && is_of(rest, more)
        }
        _ => false,
    }
}

/// Whether the page goes on below a printed field: null or an empty list, or one of whose items there
/// are more fields.
fn is_above(printed: &[String], page: &[String]) -> bool {
    (0..page.len()).any(|end| is_of(printed, &page[..end]))
}

fn check(title: &str, printed: &Value) {
    assert_eq!(printed["schema"], 1, "{title}: {printed}");
    let page = page();
    let known = page
        .get(title)
        .unwrap_or_else(|| panic!("no section {title}"));
    let known: Vec<&Field> = known.iter().chain(&page["Every command"]).collect();
    let mut found = BTreeSet::new();
    fields(printed, &Vec::new(), &mut found);
    for field in &found {
        let is_known = known
            .iter()
            .any(|known| is_of(field, known) || is_above(field, known));
        assert!(
            is_known,
            "{title}: `{}` is not on the page",
            field.join(".")
        );
    }
    for field in known {
        let is_printed = found
            .iter()
            .any(|found| is_of(found, field) || is_above(found, field));
        assert!(is_printed, "{title}: `{}` is not printed", field.join("."));
    }
}

/// Commands about two runs, by their section of the page.
fn commands<'a>(
    [run, other]: [&'a str; 2],
    [file, svg, page]: [&'a str; 3],
    data: &'a str,
    [one, two, model, completed]: [&'a str; 4],
) -> Vec<(&'static str, Vec<&'a str>)> {
    vec![
        ("misa evaluate", vec!["evaluate", run, other]),
        (
            "misa degrade",
            vec!["degrade", run, "--rates", "0.5", "--draws", "1"],
        ),
        (
            "misa degrade --frames",
            vec![
                "degrade", run, "--frames", "--rates", "0.5", "--padded", "99,99,99",
            ],
        ),
        (
            "misa complete",
            vec!["complete", run, "--out", completed, "--epochs", "2"],
        ),
        ("misa predict", vec!["predict", run, "--data", data]),
        ("misa embed", vec!["embed", run, "-o", file]),
        ("misa plot", vec!["plot", run, "attention", "-o", svg]),
        ("misa plot --list", vec!["plot", run, "--list"]),
        ("misa report", vec!["report", run, "-o", page]),
        ("misa verify", vec!["verify", run]),
        ("misa verify", vec!["verify", model]),
        (
            "misa table",
            vec![
                "table",
                one,
                two,
                "--against",
                "paper",
                "--corpus",
                "mosi",
                "--resamples",
                "50",
            ],
        ),
        (
            "misa plan",
            vec![
                "plan", "--effect", "0.1", "--corpus", "mosi", "--pilot", run, other,
            ],
        ),
        ("misa protocol", vec!["protocol", run, other, "--unlock"]),
        ("misa settings", vec!["settings"]),
        ("misa ablation --list", vec!["ablation", "--list"]),
        (
            "misa train --dry-run",
            vec!["train", "--dry-run", "--seeds", "1,2"],
        ),
    ]
}

/// Exports a run, with files that stand for what a browser runs.
#[cfg(feature = "serve")]
fn check_export(dir: &Path, run: &str) {
    let (wasm, site) = (crate::export::built(dir), dir.join("site"));
    let export = [
        "export",
        run,
        "--web",
        text(&site),
        "--wasm",
        text(&wasm),
        "--json",
    ];
    check("misa export", &json(&said(&export)));
}

#[test]
fn the_page_has_what_commands_print_about_runs() {
    let dir = tempdir().unwrap();
    let runs = dir.path().join("runs");
    let trained = [
        &[
            "train",
            "--json",
            "--out",
            text(&runs),
            "--seeds",
            "1,2",
            "--keep-epochs",
        ],
        SMALL,
    ]
    .concat();
    check("misa train", &json(&said(&trained)));
    let [run, other] = ["seed-1", "seed-2"].map(|name| runs.join(name));
    let (run, other) = (text(&run), text(&other));
    let [file, svg, page] = ["a.npz", "a.svg", "a.html"].map(|name| dir.path().join(name));
    let data = dir.path().join("data.safetensors");
    let config = misa_data::SyntheticConfig::new().with_train(30);
    config.generate().dataset.save(&data).unwrap();
    let model = format!("{run}/checkpoint");
    let model = model.as_str();
    let one = format!("one={run}");
    let two = format!("two={other}");
    let small = dir.path().join("other");
    train(&small, &["--set", "training.dropout=0.1"]);
    let completed = dir.path().join("completed");
    let [file, svg, page, data] = [&file, &svg, &page, &data].map(|path| text(path));
    let models = [one.as_str(), &two, model, text(&completed)];
    #[cfg(feature = "serve")]
    check_export(dir.path(), run);
    for (title, arguments) in commands([run, other], [file, svg, page], data, models) {
        check(title, &json(&said(&[&arguments[..], &["--json"]].concat())));
    }
    let out = dir.path().join("ablation");
    let ablation = [
        "ablation",
        "--variants",
        "MISA,base",
        "--seeds",
        "1..2",
        "--json",
        "--out",
    ];
    let small = [&ablation[..], &[text(&out)], SMALL].concat();
    check("misa ablation", &json(&said(&small)));
}

#[test]
fn the_page_has_what_other_commands_print() {
    let dir = tempdir().unwrap();
    let [data, sweep, out] =
        ["a.safetensors", "sweep.toml", "out"].map(|name| dir.path().join(name));
    let own = Recordings::new(9);
    let arguments = own.arguments("table.csv", "mine.safetensors");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let assembled = said(&[arguments.as_slice(), &["--json"]].concat());
    check("misa data assemble", &json(&assembled));
    check(
        "misa data convert",
        &json(&said(&["data", "convert", "--json"])),
    );
    // With 1,284 utterances of train, the corpus looks like CMU-MOSI.
    let config = misa_data::SyntheticConfig::new()
        .with_train(1284)
        .with_valid(229)
        .with_test(686);
    config.generate().dataset.save(&data).unwrap();
    let doctor = misa(&["data", "doctor", text(&data), "--json"]);
    check(
        "misa data doctor",
        &json(&String::from_utf8(doctor.stdout).unwrap()),
    );
    let base: Vec<String> = SMALL
        .iter()
        .filter(|word| word.contains('='))
        .map(|word| word.to_string())
        .collect();
    fs::write(dir.path().join("base.toml"), base.join("\n")).unwrap();
    let text_of = "base = \"base.toml\"\nseeds = [1, 2]\n[grid]\n\"training.dropout\" = [0.1]\n";
    fs::write(&sweep, text_of).unwrap();
    check(
        "misa sweep --dry-run",
        &json(&said(&["sweep", text(&sweep), "--dry-run", "--json"])),
    );
    check(
        "misa sweep",
        &json(&said(&[
            "sweep",
            text(&sweep),
            "--out",
            text(&out),
            "--json",
        ])),
    );
}

#[test]
fn errors_are_objects_with_the_usual_exit_status() {
    for (arguments, status, kind, found) in [
        (
            &["train", "--dry-run", "--set", "training.cell=lstn"][..],
            1,
            "settings",
            "\"lstn\"",
        ),
        (&["evaluate", "nowhere"], 1, "run", ""),
        (&["train", "--epochs", "x"], 2, "usage", ""),
        (
            &["evaluate", "--device", "abacus", "nowhere"],
            1,
            "device",
            "",
        ),
    ] {
        let output = misa(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        let printed = json(&String::from_utf8(output.stdout).unwrap());
        check("Errors", &printed);
        let error = &printed["error"];
        assert_eq!(error["kind"], kind, "{printed}");
        assert_eq!(error["found"].as_str().unwrap_or(""), found, "{printed}");
        let message = String::from_utf8(output.stderr).unwrap();
        let first = error["message"].as_str().unwrap().lines().next().unwrap();
        assert!(message.contains(first), "{message}");
    }
    let output = misa(&[
        "train",
        "--dry-run",
        "--json",
        "--set",
        "training.cell=lstn",
    ]);
    let printed = json(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(printed["error"]["expected"], "lstm or gru");
    assert_eq!(printed["error"]["hint"], "did you mean `lstm`?");
    assert_eq!(printed["error"]["where"], "--set training.cell=lstn");
    // What was asked for is no error.
    assert!(said(&["train", "--json", "--help"]).contains("Usage: misa train"));
}

#[test]
fn the_page_has_what_is_printed_of_sounds() {
    let dir = tempdir().unwrap();
    let broken = dir.path().join("broken.wav");
    fs::write(&broken, "RIFF").unwrap();
    let sounds =
        ["say_de.flac", "clipped.wav"].map(|name| misa_testing::golden("voice").join(name));
    let [clear, clipped] = sounds.each_ref().map(|path| text(path));
    let features = [
        "data",
        "features",
        clear,
        clipped,
        text(&broken),
        "--skip-faulty",
    ];
    let features = said(
        &[
            &features[..],
            &["--json", "--out", text(&dir.path().join("voice"))],
        ]
        .concat(),
    );
    check("misa data features", &json(&features));
    let examined = misa(&["data", "doctor", clipped, "--json"]);
    let examined = String::from_utf8(examined.stdout).unwrap();
    check("misa data doctor SOUND", &json(&examined));
}

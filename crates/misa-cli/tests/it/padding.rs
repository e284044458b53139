//! The setting of the padding, in every command that reads data.

use crate::common::own::{STEPS, doctor, finding, own};
use crate::common::{json, said, text, train};
use std::fs;
use tempfile::tempdir;

/// Half of the utterances have three real steps, so the padding is found; the setting overrides it.
#[test]
fn padding_can_be_set_wherever_data_is_read() {
    let dir = tempdir().unwrap();
    let data = own(
        &dir.path().join("data"),
        &["a", "b", "a", "b", "a", "b"],
        2,
        |index| {
            if index % 2 == 0 { 3 } else { STEPS }
        },
    );
    let convert = |padding: &str| {
        let out = dir.path().join(format!("{padding}.safetensors"));
        let arguments = [
            "data",
            "convert",
            text(&data),
            text(&out),
            "--padding",
            padding,
            "--json",
        ];
        json(&said(&arguments))
    };
    let [found, right, none] = ["auto", "right", "none"].map(convert);
    assert_eq!(found["checksum"], right["checksum"]);
    assert_ne!(found["checksum"], none["checksum"]);
    let note = "train: 2 visual sequences end with rows of zeros, as do their other modalities: \
                padding, removed";
    assert!(found["notes"].to_string().contains(note), "{found}");
    assert_eq!(none["notes"].as_array().unwrap().len(), 0, "{none}");
    let examination = doctor(&data, &[]);
    assert_eq!(finding(&examination, "padded_end").unwrap()["count"], 2);
    assert_eq!(
        finding(&doctor(&data, &["--padding", "none"]), "padded_end"),
        None
    );

    let out = dir.path().join("run");
    train(&out, &["--data", text(&data), "--padding", "none"]);
    let manifest = json(&fs::read_to_string(out.join("manifest.json")).unwrap());
    assert_eq!(manifest["data"]["checksum"], none["checksum"]);
    said(&["evaluate", text(&out)]);
    let predict =
        |more: &[&str]| said(&[&["predict", text(&out), "--data", text(&data)], more].concat());
    // Without the option, the padding is that of the run.
    assert_eq!(predict(&[]), predict(&["--padding", "none"]));
    assert_ne!(predict(&[]), predict(&["--padding", "right"]));
}

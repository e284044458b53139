//! Shared vectors of missing modalities, predicted after training.

use crate::common::{json, refused, said, text, train, weights};
use std::fs;
use std::path::Path;
use tempfile::tempdir;

#[test]
fn a_completed_model_changes_what_lacks_a_modality_and_nothing_else() {
    let dir = tempdir().unwrap();
    let [run, model, again] = ["run", "model", "again"].map(|name| dir.path().join(name));
    train(&run, &[]);
    let before = weights(&run);
    let complete = |out| said(&["complete", text(&run), "--out", out, "--json"]);
    let found = json(&complete(text(&model)));
    complete(text(&again));
    assert_eq!(weights(&run), before);

    let subsets = found["subsets"].as_array().unwrap();
    assert_eq!(subsets.len(), 7);
    let differs = |index: usize| subsets[index]["left_out"] != subsets[index]["predicted"];
    // The whole set comes first, and its predictions are those of the run.
    assert!(!differs(0) && (1..7).all(differs), "{found}");
    for modality in ["text", "visual", "acoustic"] {
        let error = found["fit"]["errors"][modality].as_f64().unwrap();
        assert!((0.0..2.0).contains(&error), "{modality}: {error}");
    }
    assert_eq!(found["fit"]["train"], 48);

    // Intervals are those of the new predictions: equal only where nothing is missing.
    let sets = |folder: &Path| {
        let calibration = json(&fs::read_to_string(folder.join("calibration.json")).unwrap());
        calibration["sets"].as_array().unwrap().clone()
    };
    let (old, new) = (sets(&run.join("checkpoint")), sets(&model));
    assert_eq!((old.len(), new.len()), (7, 7));
    assert_eq!(old[0], new[0]);
    assert!((1..7).all(|set| old[set] != new[set]), "{new:?}");

    let name = "model.safetensors";
    let [one, other] = [&model, &again].map(|folder| fs::read(folder.join(name)).unwrap());
    assert!(one == other, "one seed, one model");

    let words = ["--text", "poca wifa tufa"];
    let predict = |folder: &str| {
        let printed = json(&said(
            &[&["predict", folder, "--json"], &words[..]].concat(),
        ));
        printed["predictions"][0]["prediction"].as_f64().unwrap()
    };
    assert_ne!(predict(text(&run)), predict(text(&model)));
    assert!(said(&["verify", text(&model)]).contains("unchanged"));
}

#[test]
fn what_cannot_be_completed_is_refused_before_anything_is_written() {
    let dir = tempdir().unwrap();
    let [late, alone, out] = ["late", "alone", "out"].map(|name| dir.path().join(name));
    let no_subspaces = [
        "--set",
        "training.fusion=late",
        "--set",
        "training.representations=projected",
        "--set",
        "training.loss.similarity_weight=0",
        "--set",
        "training.loss.difference_weight=0",
        "--set",
        "training.loss.reconstruction_weight=0",
    ];
    train(&late, &no_subspaces);
    train(&alone, &["--modalities", "text"]);
    let message = |run| refused(&["complete", text(run), "--out", text(&out)]);
    let expected = "misa: completion cannot be used without shared vectors in the fusion";
    assert_eq!(message(&late), (1, expected.to_string()));
    let expected = "misa: completion cannot be used with one modality";
    assert_eq!(message(&alone), (1, expected.to_string()));
    assert!(!out.exists());

    fs::create_dir(&out).unwrap();
    fs::write(out.join("mine"), "mine").unwrap();
    let (status, told) = message(&alone);
    assert_eq!(status, 1);
    assert!(
        told.ends_with("out: holds files, expected an empty folder, or none"),
        "{told}"
    );
    assert_eq!(fs::read(out.join("mine")).unwrap(), b"mine");
}

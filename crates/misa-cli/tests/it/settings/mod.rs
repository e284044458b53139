//! Settings: where they come from, and what is refused.

mod written;

use crate::common::{refused, said, text};
use misa_cli::settings::{Layers, RunSettings};
use misa_core::MutualAttentionConfig;
use misa_core::loss::TripletLossConfig;
use misa_train::{Corpus, GradientClip, Preset, Schedule};
use std::fs;
use tempfile::tempdir;

/// The line of a key in what a dry run prints, as value and origin.
fn line(printed: &str, key: &str) -> Vec<String> {
    let line = printed
        .lines()
        .find(|line| line.split_whitespace().next() == Some(key));
    let line = line.unwrap_or_else(|| panic!("no {key} in {printed}"));
    let parts = line
        .split("  ")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.skip(1).map(str::to_string).collect()
}

#[test]
fn every_value_says_where_it_came_from() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("mosi.toml");
    fs::write(
        &file,
        "corpus = \"mosi\"\npreset = \"mmsa\"\n\n[training]\ndropout = 0.25\nseed = 5\n\
         gradient_clip = { norm = 5.0 }\nschedule = { cosine = { floor = 0.1 } }\n\n\
         [data]\npath = \"mosi.pkl\"\n",
    )
    .unwrap();
    let arguments = ["train", "--config", text(&file), "--dry-run", "--seed", "7"];
    let more = [
        "--set",
        "training.epochs=3",
        "--set",
        "training.order={bucketed={batches=4}}",
    ];
    let printed = said(&[&arguments[..], &more].concat());
    let at = |line: usize| format!("{}:{line}", text(&file));
    assert_eq!(line(&printed, "training.dropout"), ["0.25", &at(5)]);
    assert_eq!(
        line(&printed, "training.gradient_clip.norm"),
        ["5.0", &at(7)]
    );
    assert_eq!(line(&printed, "training.seed"), ["7", "--seed"]);
    let order = line(&printed, "training.order.bucketed.batches");
    assert_eq!(order, ["4", "--set training.order={bucketed={batches=4}}"]);
    assert_eq!(line(&printed, "data.path"), ["mosi.pkl", &at(11)]);
    // MMSA's numbers for MOSI.
    assert_eq!(
        line(&printed, "training.batch_size"),
        ["16", "preset mmsa for mosi"]
    );
    assert_eq!(
        line(&printed, "training.glove"),
        ["none", "preset mmsa for mosi"]
    );
}

/// As W&B (`${args_no_hyphens}`), Hydra and SkyPilot pass them.
#[test]
fn settings_without_set_are_the_same() {
    let arguments = [
        "train",
        "training.dropout=0.25",
        "--dry-run",
        "training.modalities=text,acoustic",
        "training.freeze_embedding=True",
        "training.glove=None",
        "training.mutual_attention=null",
        "corpus=mosi",
    ];
    let printed = said(&arguments);
    assert_eq!(
        line(&printed, "training.dropout"),
        ["0.25", "training.dropout=0.25"]
    );
    assert_eq!(
        line(&printed, "training.freeze_embedding"),
        ["true", "training.freeze_embedding=True"]
    );
    assert_eq!(
        line(&printed, "training.glove"),
        ["none", "training.glove=None"]
    );
    assert_eq!(line(&printed, "corpus"), ["mosi", "corpus=mosi"]);

    let message = |more: &[&str]| refused(&[&["train", "--dry-run"], more].concat()).1;
    assert_eq!(
        message(&["training"]),
        "misa: `training`: expected KEY=VALUE"
    );
    assert_eq!(
        message(&["lr=0.1"]),
        message(&["--set", "lr=0.1"]).replace("--set ", "")
    );
    let twice = message(&["--set", "training.dropout=0.1", "training.dropout=0.2"]);
    let expected = "misa: --set training.dropout=0.1 and training.dropout=0.2: both set \
                    `training.dropout`, expected one of them";
    assert_eq!(twice, expected);
    let twice = message(&["--epochs", "3", "training.epochs=4"]);
    let expected =
        "misa: training.epochs=4 and --epochs: both set `training.epochs`, expected one of them";
    assert_eq!(twice, expected);
}

#[test]
fn what_does_not_exist_is_refused_with_what_was_meant() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    let message = |content: &str| {
        fs::write(&file, content).unwrap();
        let (status, message) = refused(&["train", "--dry-run", "--config", text(&file)]);
        assert_eq!(status, 1);
        let message = message.strip_prefix("misa: ").unwrap().to_string();
        message.replace(text(&file), "FILE")
    };
    assert_eq!(
        message("[training]\n\nlearning_ratee = 0.1\n"),
        "FILE:3: unknown setting `training.learning_ratee`, did you mean `learning_rate`?"
    );
    assert_eq!(
        message("[data]\nsource = \"x\"\n"),
        "FILE:2: unknown setting `data.source`, expected one of acoustic, format, padding, path, policy, synthetic, text, visual"
    );
    assert_eq!(
        message("[training.bert]\nfolder = \"b\"\npoolling = \"plain_mean\"\n"),
        "FILE:3: unknown setting `training.bert.poolling`, did you mean `pooling`?"
    );
    assert_eq!(
        message("training.dropout = \"much\"\n"),
        "FILE:1: `training.dropout` is \"much\", expected a number in [0, 1)"
    );
    assert_eq!(
        message("training.learning_rate = inf\n"),
        "FILE:1: `training.learning_rate` is inf, expected a finite number below 2^63"
    );
    assert_eq!(
        message("[training.schedule.plateau]\nfactor = 0.5\npatience = 2\nfloor = 1\n"),
        "FILE:1: unknown setting `training.schedule.plateau.floor`, did you mean `factor`?"
    );
    assert!(message("a = = 1\n").starts_with("FILE:1: "));
    assert_eq!(
        message("training.dropout = 1.5\n"),
        "FILE:1: `training.dropout` is 1.5, expected a number in [0, 1)"
    );
    assert_eq!(
        message("data.synthetic.train = 0\n"),
        "FILE:1: `data.synthetic.train` is 0, expected a whole number in [1, 1000000]"
    );
    assert_eq!(
        message("save_every = 0\n"),
        "FILE:1: `save_every` is 0, expected a whole number in [1, inf)"
    );
    let program = env!("CARGO_PKG_VERSION");
    assert_eq!(
        message("\nversion = 2\nunheard_of = 1\n"),
        format!(
            "FILE:2: written by a newer misa (version 2 of settings); this is misa {program}, \
             which reads up to version 1"
        )
    );
}

#[test]
fn what_a_preset_or_a_file_sets_can_be_unset() {
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    fs::write(
        &file,
        "preset = \"fine-tuned\"\n[training]\nnormalisation = \"none\"\n[training.loss]\n\
         triplet = \"on\"\ncontrast = \"on\"\n",
    )
    .unwrap();
    let mut arguments = vec!["train", "--dry-run", "--config", text(&file)];
    let keys = ["training.loss.triplet", "training.loss.contrast"];
    let options = keys.map(|key| format!("{key}=none"));
    for option in &options {
        arguments.extend(["--set", option]);
    }
    let printed = said(&arguments);
    for (key, option) in keys.iter().zip(&options) {
        assert_eq!(line(&printed, key), ["none", &format!("--set {option}")]);
    }
    let place = format!("{}:3", text(&file));
    assert_eq!(line(&printed, "training.normalisation"), ["none", &place]);
    // What is none may be opened again.
    let printed = said(&[&arguments[..], &["--set", "training.loss.triplet=on"]].concat());
    assert_eq!(line(&printed, "training.loss.triplet.margin").len(), 2);
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;
    for (option, status, expected) in [
        (
            "--data",
            2,
            "'mosi-\u{fffd}' for '--data <PATH>': not valid UTF-8",
        ),
        (
            "--out",
            1,
            "folder of the run: mosi-\u{fffd} is not valid UTF-8",
        ),
    ] {
        let dir = tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_misa"))
            .current_dir(dir.path())
            .args(["train", option])
            .arg(OsStr::from_bytes(b"mosi-\xff"))
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{message}");
        let expected = format!("{expected}, expected a path that settings can hold");
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn an_option_is_a_short_name_of_one_setting() {
    let arguments: Vec<&str> =
        "train --dry-run --preset misa+ --corpus mosi --data mosi.pkl --policy compat \
        --normalise train --modalities acoustic,text --bert bert --freeze layers:9 \
        --truncation 50 --no-frozen-dropout --cache cache --epochs 3 --batch-size 8 \
        --learning-rate 2e-4 --seed 5 --keep-epochs --tensorboard"
            .split(' ')
            .collect();
    let printed = said(&arguments);
    for (key, value, option) in [
        ("preset", "misa+", "--preset"),
        ("data.path", "mosi.pkl", "--data"),
        ("data.policy", "compat", "--policy"),
        ("training.normalisation", "train", "--normalise"),
        (
            "training.modalities",
            "[\"text\",\"acoustic\"]",
            "--modalities",
        ),
        ("training.bert.folder", "bert", "--bert"),
        ("training.bert.freezing.layers", "9", "--freeze"),
        ("training.bert.truncation.tokens", "50", "--truncation"),
        (
            "training.bert.frozen_dropout",
            "false",
            "--no-frozen-dropout",
        ),
        ("training.bert.cache", "cache", "--cache"),
        ("training.epochs", "3", "--epochs"),
        ("training.batch_size", "8", "--batch-size"),
        ("training.learning_rate", "0.0002", "--learning-rate"),
        ("training.seed", "5", "--seed"),
        ("keep_epochs", "true", "--keep-epochs"),
        ("tensorboard", "true", "--tensorboard"),
    ] {
        assert_eq!(line(&printed, key), [value, option], "{key}");
    }
    // What is not typed stays as the preset has it.
    let preset = "preset misa+ for mosi";
    assert_eq!(line(&printed, "training.warm_up"), ["0", preset]);
    assert_eq!(line(&printed, "training.loss.similarity"), ["mmd", preset]);
}

#[test]
fn a_setting_that_undoes_one_before_it_is_refused() {
    for (first, second, key) in [
        (
            "training.loss.unimodal.labels=generated",
            "training.loss.unimodal=on",
            "training.loss.unimodal.labels",
        ),
        (
            "training.context=none",
            "training.context.dropout=0.5",
            "training.context",
        ),
    ] {
        let set = ["train", "--dry-run", "--set", first, "--set", second];
        let expected =
            format!("--set {first} and --set {second}: both set `{key}`, expected one of them");
        assert_eq!(refused(&set), (1, format!("misa: {expected}")));
        let bare = refused(&["train", "--dry-run", first, second]);
        assert_eq!(bare, (1, format!("misa: {expected}").replace("--set ", "")));
    }
    // A table is switched on, and then a part of it is set.
    said(&[
        "train",
        "--dry-run",
        "--set",
        "training.loss.unimodal=on",
        "--set",
        "training.loss.unimodal.labels=generated",
    ]);
}

#[test]
fn the_synthetic_set_has_the_task_of_the_model() {
    let task = "data.synthetic.task={classification={classes=3}}";
    let (status, message) = refused(&["train", "--dry-run", "--set", task]);
    let expected = "misa: --set data.synthetic.task={classification={classes=3}}: `data.synthetic.task` is \
         {\"classification\":{\"classes\":3}}, expected that of `training.loss.task`, which is \"regression\"";
    assert_eq!((status, message.as_str()), (1, expected));
    let model = "training.loss.task={classification={classes=3}}";
    said(&["train", "--dry-run", "--set", task, "--set", model]);
}

#[test]
fn an_option_and_set_of_the_same_setting_are_refused() {
    for (arguments, expected) in [
        (
            ["--epochs", "2", "--set", "training.epochs=3"],
            "--set training.epochs=3 and --epochs: both set `training.epochs`",
        ),
        (
            ["--bert", "a", "--set", "training.bert=none"],
            "--set training.bert=none and --bert: both set `training.bert.folder`",
        ),
        (
            ["--seeds", "1,2", "--set", "training.seed=3"],
            "--set training.seed=3 and --seeds: both set `training.seed`",
        ),
    ] {
        let (status, message) = refused(&[&["train", "--dry-run"], &arguments[..]].concat());
        let expected = format!("misa: {expected}, expected one of them");
        assert_eq!((status, message), (1, expected));
    }
    // A file is another layer.
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    fs::write(&file, "training.epochs = 3\n").unwrap();
    let printed = said(&[
        "train",
        "--dry-run",
        "--config",
        text(&file),
        "--epochs",
        "2",
    ]);
    assert_eq!(line(&printed, "training.epochs"), ["2", "--epochs"]);
}

#[test]
fn an_option_that_nothing_would_read_is_refused() {
    for (arguments, expected) in [
        (
            ["--freeze", "all"],
            "--freeze: `training.bert.folder` is not set, expected --bert too",
        ),
        (
            ["--policy", "compat"],
            "--policy: `data.path` is not set, expected --data too",
        ),
    ] {
        let (status, message) = refused(&[&["train", "--dry-run"], &arguments[..]].concat());
        assert_eq!((status, message), (1, format!("misa: {expected}")));
    }
    // A file may have the setting that is needed.
    let dir = tempdir().unwrap();
    let file = dir.path().join("run.toml");
    fs::write(&file, "training.bert.folder = \"bert\"\n").unwrap();
    let arguments = ["train", "--dry-run", "--config", text(&file)];
    let printed = said(&[&arguments[..], &["--freeze", "all"]].concat());
    assert_eq!(
        line(&printed, "training.bert.freezing"),
        ["all", "--freeze"]
    );
}

#[test]
fn a_dry_run_of_seeds_shows_in_what_they_differ() {
    let arguments = ["train", "--dry-run", "--seeds", "4..6", "--out", "m"];
    let printed = said(&arguments);
    assert_eq!(line(&printed, "training.seed"), ["4", "--seeds"]);
    let runs = "Folders of 3 runs, and the settings in which they differ:\n\
                m/seed-4  training.seed = 4\nm/seed-5  training.seed = 5\n\
                m/seed-6  training.seed = 6\n";
    assert!(printed.ends_with(runs), "{printed}");
    let printed = said(&[&arguments[..], &["--json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(found["schema"], 1);
    assert!(found["settings"].as_array().unwrap().len() > 20);
    let last = serde_json::json!({
        "folder": "m/seed-6",
        "differs": [{ "key": "training.seed", "value": 6, "origin": "--seeds" }],
    });
    assert_eq!(found["runs"][2], last);
    let (status, message) = refused(&["train", "--dry-run", "--seeds", "0..10000"]);
    assert_eq!(status, 2);
    assert!(
        message.contains("10001 seeds, expected at most 10000"),
        "{message}"
    );
}

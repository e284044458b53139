//! What `convert` writes, says and refuses.

use crate::common::program;
use misa_data::{OpenOptions, Split, SyntheticConfig, UtteranceDataset};
use misa_testing::golden;
use std::ffi::OsStr;
use std::fs;
use std::process::Command;
use tempfile::tempdir;

/// Whether it went well, and what was said, errors and notes included.
fn convert(arguments: &[&OsStr]) -> (bool, String) {
    let output = Command::new(program("convert"))
        .args(arguments)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[test]
fn the_synthetic_set_is_converted_without_arguments() {
    let (is_fine, text) = convert(&[]);
    assert!(is_fine, "{text}");
    let counts = "600 train, 150 valid, 150 test utterances";
    assert!(
        text.contains(counts) && text.contains("temporary folder"),
        "{text}"
    );
    assert!(!text.contains('\x1b'), "{text}");
}

#[test]
fn a_converted_file_is_the_same_data() {
    let folder = tempdir().unwrap();
    for (from, to) in [("train", "train"), ("dev", "dev"), ("test", "test")] {
        let from = golden("data/misa_mosi_f32/pkl").join(format!("{from}.np1_p3.pkl"));
        fs::copy(from, folder.path().join(format!("{to}.pkl"))).unwrap();
    }
    let output = folder.path().join("out.safetensors");
    let (is_fine, text) = convert(&[folder.path().as_os_str(), output.as_os_str()]);
    assert!(is_fine, "{text}");
    let data = UtteranceDataset::open(folder.path()).unwrap();
    let again = UtteranceDataset::open(&output).unwrap();
    assert_eq!(again.checksum(), data.checksum());
    assert!(text.contains(data.checksum()), "{text}");
    let saved = folder.path().join("saved.safetensors");
    data.save(&saved).unwrap();
    assert!(fs::read(saved).unwrap() == fs::read(output).unwrap());
}

#[test]
fn nothing_is_overwritten_without_force() {
    let folder = tempdir().unwrap();
    let [input, output] = ["in", "out"].map(|name| folder.path().join(name));
    let config = SyntheticConfig::new().with_train(4).with_valid(2);
    config.with_test(0).generate().dataset.save(&input).unwrap();
    fs::write(&output, "precious").unwrap();
    let [from, to] = [&input, &output].map(|path| path.as_os_str());
    let (is_fine, text) = convert(&[from, to]);
    assert!(!is_fine && text.contains("--force overwrites it"), "{text}");
    assert_eq!(fs::read(&output).unwrap(), b"precious");

    let (is_fine, text) = convert(&[from, to, "--force".as_ref()]);
    assert!(
        is_fine && text.contains("4 train, 2 valid utterances"),
        "{text}"
    );
    assert!(fs::read(&input).unwrap() == fs::read(&output).unwrap());
}

#[test]
fn what_cannot_be_read_leaves_nothing() {
    let folder = tempdir().unwrap();
    let [input, output] = ["in", "out"].map(|name| folder.path().join(name));
    fs::write(&input, "no pickle").unwrap();
    let (is_fine, text) = convert(&[input.as_os_str(), output.as_os_str()]);
    assert!(!is_fine && text.starts_with("convert: "), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let (is_fine, text) = convert(&[input.as_os_str()]);
    assert!(!is_fine && text.contains("<OUT>"), "{text}");
}

#[test]
fn a_modality_comes_from_another_file() {
    let folder = tempdir().unwrap();
    let [input, other, output] = ["in", "other", "out"].map(|name| folder.path().join(name));
    let config = SyntheticConfig::new()
        .with_train(4)
        .with_valid(2)
        .with_test(0);
    config.generate().dataset.save(&input).unwrap();
    let wide = config.with_d_visual(7).with_seed(3).generate().dataset;
    wide.save(&other).unwrap();
    let arguments = [
        input.as_os_str(),
        output.as_os_str(),
        "--visual".as_ref(),
        other.as_os_str(),
    ];
    let (is_fine, text) = convert(&arguments);
    assert!(is_fine, "{text}");
    let data = OpenOptions::new().open(&output).unwrap();
    let [found, expected] = [&data, &wide].map(|data| &data.split(Split::Train)[2].visual);
    assert_eq!(found, expected);
    assert_eq!(data.feature_sizes().acoustic, 74);
}

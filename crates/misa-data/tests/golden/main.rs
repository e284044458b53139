//! Agreement with files and arrays that the official code and NumPy wrote.
//!
//! Every case is a test of its own. Cases are found by listing the folder, so that a new case needs
//! no new code, and a case that these tests cannot run fails.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "flex")]
mod collate;
mod embeddings;
mod hostile;
mod padded;
mod pickles;

use embeddings::{embeddings_of_pytorch, glove_rows};
use hostile::hostile_case;
use misa_data::format::misa;
use misa_data::{
    Format, NonFinite, OpenOptions, Policy, RawUtterance, Split, TextSequence, Utterance,
    UtteranceDataset, prepare, read_embedding, read_glove,
};
use misa_files::pickle::{Limits, Pickle, Value};
use misa_terms::{FeatureSizes, Modality, TextSize};
use misa_testing::{
    Tensors, Trial, case, cpu_time, entries, extension, golden, json, name, run, stem, unknown,
};
use padded::mmsa_case;
use pickles::pickle_case;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Every folder of the golden data, and the learning set.
fn main() -> ExitCode {
    let folders = entries(&golden("data"));
    let mut cases: Vec<Trial> = folders.iter().flat_map(|path| folder_cases(path)).collect();
    cases.push(case("data::learning_set_opens", learning_set_opens));
    run(cases)
}

fn folder_cases(folder: &Path) -> Vec<Trial> {
    let folder_name = name(folder);
    match folder_name.split('_').next() {
        Some("misa") => misa_cases(folder),
        #[cfg(feature = "flex")]
        Some("collate") => collate::cases(folder),
        // Batches are made by what the feature brings.
        #[cfg(not(feature = "flex"))]
        Some("collate") => vec![],
        Some("mmsa") => file_cases(&folder_name, folder, mmsa_case),
        Some("pickle") => file_cases(&folder_name, folder, pickle_case),
        Some("hostile") => file_cases(&folder_name, folder, hostile_case),
        Some("ur") => ur_funny_cases(folder),
        _ => vec![unknown(&format!("data::{folder_name}"))],
    }
}

/// A case for every file that is not an expectation.
fn file_cases(group: &str, folder: &Path, check: fn(&Path)) -> Vec<Trial> {
    let files = entries(folder).into_iter();
    let files = files.filter(|path| extension(path) == "pkl");
    let of_file = |path: PathBuf| {
        let place = format!("data::{group}::{}", stem(&path));
        case(&place, move || check(&path))
    };
    files.map(of_file).collect()
}

/// A case of the folder itself.
fn folder_case(folder: &Path, what: &str, check: fn(&Path)) -> Trial {
    let place = format!("data::{}::{what}", name(folder));
    let folder = folder.to_path_buf();
    case(&place, move || check(&folder))
}

fn misa_cases(folder: &Path) -> Vec<Trial> {
    type Check = (&'static str, fn(&Path));
    let checks: [Check; 4] = [
        ("vocabulary_is_rebuilt", vocabulary_is_rebuilt),
        ("official_build", official_build),
        ("glove_rows", glove_rows),
        ("embeddings_of_pytorch", embeddings_of_pytorch),
    ];
    let checks = checks.map(|(what, check)| folder_case(folder, what, check));
    let pickles = file_cases(&name(folder), &folder.join("pkl"), official_pickle);
    checks.into_iter().chain(pickles).collect()
}

fn ur_funny_cases(folder: &Path) -> Vec<Trial> {
    let mut cases = file_cases(&name(folder), folder, ur_funny_pickle);
    cases.push(folder_case(folder, "folder_of_the_kit", ur_funny_folder));
    cases
}

/// Absolute tolerance of scaled features; NumPy sums in single precision.
const TOLERANCE: f32 = 1e-5;

fn assert_close(found: &[f32], expected: &[f64], place: &str) {
    assert_eq!(found.len(), expected.len(), "{place}");
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected as f32).abs();
        assert!(
            difference <= TOLERANCE,
            "{place}[{i}]: {found}, expected {expected}"
        );
    }
}

/// The files' name of a split.
fn foreign(split: Split) -> &'static str {
    match split {
        Split::Valid => "dev",
        other => other.name(),
    }
}

fn texts(value: &Json) -> Vec<String> {
    let items = value.as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

fn check_split(utterances: &[Utterance], golden: &Tensors, info: &Json, split: &str) {
    let expected = info["expected"][split].as_array().unwrap();
    assert_eq!(utterances.len(), expected.len(), "{split}");
    for (i, (utterance, expected)) in utterances.iter().zip(expected).enumerate() {
        let place = format!("{split}.{i}");
        assert_eq!(
            utterance.id,
            expected["segment"].as_str().unwrap(),
            "{place}"
        );
        assert_eq!(utterance.words, texts(&expected["actual_words"]), "{place}");
        check_parts(utterance, golden, &place);
    }
}

fn check_parts(utterance: &Utterance, golden: &Tensors, place: &str) {
    let ids = golden.ints(&format!("{place}.words"));
    let ids = ids
        .into_iter()
        .map(|id| u32::try_from(id).unwrap())
        .collect();
    assert_eq!(utterance.text, TextSequence::Words(ids), "{place}");
    let column = |part: &str| golden.floats(&format!("{place}.{part}"));
    assert_close(utterance.visual.values(), &column("visual"), place);
    assert_close(utterance.acoustic.values(), &column("acoustic"), place);
    assert_close(&[utterance.label], &column("label"), place);
}

/// `SPLIT.DIALECT.pkl` below a folder with what it must give.
fn official_pickle(path: &Path) {
    let folder = path.parent().and_then(Path::parent).unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let utterances = misa::read_split(path).unwrap();
    check_split(&utterances, &golden, &info, split_of(path));
}

/// The split that begins the name of a file.
fn split_of(path: &Path) -> &'static str {
    let file = name(path);
    let mut splits = Split::ALL.into_iter().map(foreign);
    let split = splits.find(|split| file.starts_with(&format!("{split}.")));
    split.unwrap_or_else(|| panic!("{file}: expected train, dev or test"))
}

/// `SPLIT.DIALECT.pkl`
fn ur_funny_pickle(path: &Path) {
    let folder = path.parent().unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let split = split_of(path);
    let utterances = misa::read_split(path).unwrap();
    let expected = info["expected"][split].as_array().unwrap();
    assert_eq!(utterances.len(), expected.len(), "{split}");
    for (i, (utterance, words)) in utterances.iter().zip(expected).enumerate() {
        assert_eq!(utterance.id, format!("{}[{i}]", stem(path)));
        assert_eq!(utterance.words, texts(words));
        check_parts(utterance, &golden, &format!("{split}.{i}"));
    }
}

fn ur_funny_folder(folder: &Path) {
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    let options = OpenOptions::new().with_policy(Policy::Compat);
    let data = options.open(folder.join("sdk")).unwrap();
    assert_eq!(data.format(), Format::UrFunny);
    for split in Split::ALL {
        let utterances = data.split(split);
        let split = foreign(split);
        let expected = info["expected"][split].as_array().unwrap();
        assert_eq!(utterances.len(), expected.len(), "{split}");
        for (i, (utterance, words)) in utterances.iter().zip(expected).enumerate() {
            assert_eq!(utterance.words, texts(words));
            check_parts(utterance, &golden, &format!("{split}.{i}"));
        }
    }
    let notes: Vec<String> = data.notes().iter().map(ToString::to_string).collect();
    let dropped = [
        "train: 1 misaligned utterance dropped",
        "no split: 1 utterance without a split dropped",
    ];
    for note in dropped {
        assert!(notes.iter().any(|found| found == note), "{notes:?}");
    }
}

fn vocabulary_is_rebuilt(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let copy = tempfile::tempdir().unwrap();
    for split in ["train", "dev", "test"] {
        let from = folder.join(format!("pkl/{split}.np1_p3.pkl"));
        fs::copy(from, copy.path().join(format!("{split}.pkl"))).unwrap();
    }
    let data = UtteranceDataset::open(copy.path()).unwrap();
    let vocabulary = data.vocabulary().unwrap();
    let expected = info["word2id"].as_object().unwrap();
    for (id, word) in vocabulary.iter() {
        assert_eq!(expected[word], id, "{word}");
    }
    // Words that only dropped utterances hold are gaps.
    for (word, id) in expected {
        let id = id.as_u64().unwrap() as u32;
        assert!(
            [Some(word.as_str()), None].contains(&vocabulary.word(id)),
            "{word}"
        );
    }
}

fn official_build(folder: &Path) {
    let info = json(&folder.join("info.json"));
    let raw = Tensors::read(&folder.join("raw.safetensors"));
    let order = texts(&info["order"]);
    let utterances: Vec<RawUtterance> = order
        .iter()
        .enumerate()
        .map(|(k, id)| raw_utterance(&raw, &info, k, id))
        .collect();
    let prepared = prepare(&utterances, NonFinite::Official).unwrap();
    let golden = Tensors::read(&folder.join("expected.safetensors"));
    for (split, utterances) in [
        (Split::Train, &prepared.train),
        (Split::Valid, &prepared.valid),
        (Split::Test, &prepared.test),
    ] {
        check_split(utterances, &golden, &info, foreign(split));
    }
    let expected = info["word2id"].as_object().unwrap();
    assert_eq!(prepared.vocabulary.len(), expected.len());
    assert!(
        prepared
            .vocabulary
            .iter()
            .all(|(id, word)| expected[word] == id)
    );
}

fn raw_utterance(raw: &Tensors, info: &Json, k: usize, id: &str) -> RawUtterance {
    let (video, _) = id.rsplit_once('[').unwrap();
    let is_in = |split: &Split| texts(&info["splits"][foreign(*split)]).contains(&video.to_owned());
    RawUtterance {
        id: id.to_owned(),
        split: Split::ALL.into_iter().find(is_in),
        words: texts(&info["words"][id]),
        visual: raw.rows(&format!("raw.{k}.visual")),
        acoustic: raw.rows(&format!("raw.{k}.acoustic")),
        label: raw.floats(&format!("raw.{k}.label"))[0],
        is_single: raw.get(&format!("raw.{k}.visual")).is_single,
    }
}

fn learning_set_opens() {
    let folder = golden("learning");
    let data = UtteranceDataset::open(&folder).unwrap();
    let info = json(&folder.join("curves.json"));
    let size = |key: &str| info["hyper"][key].as_u64().unwrap() as usize;
    let sizes = data.feature_sizes();
    assert_eq!(
        (sizes.visual, sizes.acoustic),
        (size("visual"), size("acoustic"))
    );
    let TextSize::Words { vocabulary } = sizes.text else {
        panic!("word ids went in");
    };
    // The official table counts the words of dropped utterances too.
    assert!(vocabulary <= size("vocab"), "{vocabulary}");
    for split in Split::ALL {
        let expected = info["sizes"][foreign(split)].as_u64().unwrap();
        assert_eq!(data.split(split).len() as u64, expected, "{split}");
    }
    // A large file that not every copy of the golden data has.
    let values = folder.join("data.safetensors");
    if values.is_file() {
        check_learning(&data, &Tensors::read(&values));
    }
}

fn check_learning(data: &UtteranceDataset, golden: &Tensors) {
    for split in Split::ALL {
        let utterances = data.split(split);
        let column = |part: &str| golden.floats(&format!("{}.{part}", foreign(split)));
        let all = |part: fn(&Utterance) -> &[f32]| -> Vec<f32> {
            utterances.iter().flat_map(part).copied().collect()
        };
        assert_close(
            &all(|utterance| utterance.visual.values()),
            &column("visual"),
            split.name(),
        );
        assert_close(
            &all(|utterance| utterance.acoustic.values()),
            &column("acoustic"),
            split.name(),
        );
        let labels: Vec<f32> = utterances.iter().map(|utterance| utterance.label).collect();
        assert_close(&labels, &column("labels"), split.name());
    }
}

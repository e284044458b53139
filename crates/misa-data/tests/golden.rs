//! Agreement with files and arrays that the official code and NumPy wrote.
//!
//! The cases are discovered: a folder or file that no test here knows is a failure.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

mod support;

#[cfg(feature = "flex")]
use burn::prelude::*;
#[cfg(feature = "flex")]
use misa_core::TextInput;
use misa_data::format::misa;
#[cfg(feature = "flex")]
use misa_data::{BertText, Sequence, Tokeniser, Truncation, UtteranceBatcher};
use misa_data::{
    Format, NonFinite, OpenOptions, Policy, RawUtterance, Split, TextSequence, Utterance,
    UtteranceDataset, prepare, read_embedding, read_glove,
};
use misa_files::pickle::{Limits, Pickle, Value};
#[cfg(feature = "flex")]
use misa_terms::BertConfig;
use misa_terms::{FeatureSizes, TextSize};
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
#[cfg(feature = "flex")]
use std::sync::Arc;
use support::{Golden, entries, golden_folder, golden_root, name};

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

fn json(path: &Path) -> Json {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn texts(value: &Json) -> Vec<String> {
    let items = value.as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

fn check_split(utterances: &[Utterance], golden: &Golden, info: &Json, split: &str) {
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

fn check_parts(utterance: &Utterance, golden: &Golden, place: &str) {
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

fn misa_folders() -> Vec<PathBuf> {
    let Some(folder) = golden_folder() else {
        return Vec::new();
    };
    let folders: Vec<PathBuf> = entries(&folder)
        .into_iter()
        .filter(|path| name(path).starts_with("misa_"))
        .collect();
    assert!(!folders.is_empty(), "no case in {}", folder.display());
    folders
}

#[test]
fn golden_every_folder_is_known() {
    let Some(folder) = golden_folder() else {
        return;
    };
    const KNOWN: [&str; 5] = [
        "collate_mosi",
        "mmsa",
        "pickle_dtypes",
        "hostile",
        "ur_funny",
    ];
    for path in entries(&folder) {
        let name = name(&path);
        assert!(
            name.starts_with("misa_") || KNOWN.contains(&&*name),
            "unknown case {name}"
        );
    }
}

#[test]
fn golden_official_pickles_in_every_dialect() {
    for folder in misa_folders() {
        let golden = Golden::open(&folder.join("expected.safetensors"));
        let info = json(&folder.join("info.json"));
        let mut count = 0;
        for path in entries(&folder.join("pkl")) {
            let name = name(&path);
            if name.starts_with("embedding_and_mapping.") {
                continue;
            }
            let split = name.split('.').next().unwrap();
            assert!(
                ["train", "dev", "test"].contains(&split) && name.ends_with(".pkl"),
                "{name}"
            );
            check_split(&misa::read_split(&path).unwrap(), &golden, &info, split);
            count += 1;
        }
        assert!(count > 0, "no pickle in {}", folder.display());
    }
}

#[test]
fn golden_ur_funny_pickles() {
    let Some(folder) = golden_folder() else {
        return;
    };
    let folder = folder.join("ur_funny");
    let golden = Golden::open(&folder.join("expected.safetensors"));
    let info = json(&folder.join("info.json"));
    for split in Split::ALL {
        let split = foreign(split);
        let utterances = misa::read_split(folder.join(format!("{split}.np1_p3.pkl"))).unwrap();
        let expected = info["expected"][split].as_array().unwrap();
        assert_eq!(utterances.len(), expected.len(), "{split}");
        for (i, (utterance, words)) in utterances.iter().zip(expected).enumerate() {
            assert_eq!(utterance.id, format!("{split}.np1_p3[{i}]"));
            assert_eq!(utterance.words, texts(words));
            check_parts(utterance, &golden, &format!("{split}.{i}"));
        }
    }
}

#[test]
fn golden_ur_funny_folder() {
    let Some(folder) = golden_folder().map(|folder| folder.join("ur_funny")) else {
        return;
    };
    let golden = Golden::open(&folder.join("expected.safetensors"));
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
        "train: 1 misaligned utterances dropped",
        "no split: 1 utterances of no split dropped",
    ];
    for note in dropped {
        assert!(notes.iter().any(|found| found == note), "{notes:?}");
    }
}

#[test]
fn golden_vocabulary_is_rebuilt() {
    for folder in misa_folders() {
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
}

#[test]
fn golden_official_build() {
    for folder in misa_folders() {
        let info = json(&folder.join("info.json"));
        let raw = Golden::open(&folder.join("raw.safetensors"));
        let order = texts(&info["order"]);
        let utterances: Vec<RawUtterance> = order
            .iter()
            .enumerate()
            .map(|(k, id)| raw_utterance(&raw, &info, k, id))
            .collect();
        let prepared = prepare(&utterances, NonFinite::Official).unwrap();
        let golden = Golden::open(&folder.join("expected.safetensors"));
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
}

fn raw_utterance(raw: &Golden, info: &Json, k: usize, id: &str) -> RawUtterance {
    let (video, _) = id.rsplit_once('[').unwrap();
    let is_in = |split: &Split| texts(&info["splits"][foreign(*split)]).contains(&video.to_owned());
    RawUtterance {
        id: id.to_owned(),
        split: Split::ALL.into_iter().find(is_in),
        words: texts(&info["words"][id]),
        visual: raw.rows(&format!("raw.{k}.visual")),
        acoustic: raw.rows(&format!("raw.{k}.acoustic")),
        label: raw.floats(&format!("raw.{k}.label"))[0],
        is_single: raw.is_single(&format!("raw.{k}.visual")),
    }
}

#[test]
fn golden_glove_rows() {
    for folder in misa_folders() {
        let info = json(&folder.join("info.json"));
        let golden = Golden::open(&folder.join("expected.safetensors"));
        let embedding = golden.rows("pretrained_emb");
        let mut vocabulary = misa_data::Vocabulary::new();
        let mut words: Vec<(&String, u64)> = info["word2id"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(word, id)| (word, id.as_u64().unwrap()))
            .collect();
        words.sort_by_key(|&(_, id)| id);
        for (word, id) in words {
            assert_eq!(u64::from(vocabulary.add(word)), id);
        }
        let glove = read_glove(folder.join("glove_mini.txt"), &vocabulary, 300).unwrap();
        let stdout = info["stdout"].as_str().unwrap();
        let found = format!("Found {} words in the embedding file", glove.found());
        assert!(stdout.contains(&found), "{found}");
        assert_eq!(glove.found() + glove.missing, vocabulary.len() - 2);
        assert_eq!(glove.skipped, 0);
        for (id, row) in &glove.rows {
            assert_close(row, &embedding[*id as usize], &format!("row {id}"));
        }
    }
}

#[test]
fn golden_embeddings_of_pytorch() {
    for folder in misa_folders() {
        let golden = Golden::open(&folder.join("expected.safetensors"));
        let embedding = golden.rows("pretrained_emb");
        let mut vocabulary = misa_data::Vocabulary::new();
        let info = json(&folder.join("info.json"));
        for word in info["word2id"].as_object().unwrap().keys() {
            vocabulary.add(word);
        }
        let glove = read_glove(folder.join("glove_mini.txt"), &vocabulary, 300).unwrap();
        for kind in ["zip", "legacy"] {
            let path = folder.join(format!("pkl/embedding_and_mapping.{kind}.pt"));
            let found = read_embedding(&path, &vocabulary, 300).unwrap();
            assert_eq!((found.missing, found.skipped), (0, 0));
            assert_eq!(found.found(), vocabulary.len() - 2);
            for (id, row) in &found.rows {
                let word = vocabulary.word(*id).unwrap();
                let place = info["word2id"][word].as_u64().unwrap() as usize;
                // Rows of words that GloVe lacks are random, in each file others.
                if glove.rows.iter().any(|(known, _)| known == id) {
                    assert_close(row, &embedding[place], word);
                }
            }
            let error = read_embedding(&path, &vocabulary, 50)
                .unwrap_err()
                .to_string();
            assert!(error.contains("expected a matrix [words, 50]"), "{error}");
        }
    }
}

#[cfg(feature = "flex")]
#[test]
fn golden_collate_word_path() {
    let Some(folder) = golden_folder() else {
        return;
    };
    let folder = folder.join("collate_mosi");
    for path in entries(&folder) {
        let known = ["collate.safetensors", "tokenizer.json", "vocab.txt"];
        assert!(known.contains(&name(&path).as_str()), "{}", path.display());
    }
    let bert = BertConfig {
        vocabulary: 100,
        ..BertConfig::BASE
    };
    let tokeniser = Tokeniser::open(vocabulary_folder(&folder)).unwrap();
    let text = BertText::new(tokeniser, &bert, Truncation::Batch).unwrap();
    let batcher = UtteranceBatcher::new(Some(Arc::new(text)));
    let golden = Golden::open(&folder.join("collate.safetensors"));
    let mut count = 0;
    for tensor in golden.names() {
        let Some(case) = tensor.strip_suffix(".lengths") else {
            continue;
        };
        let parts: Vec<&str> = case.split('.').collect();
        let [mode, size, batch] = parts[..] else {
            panic!("unknown case {case}");
        };
        let size: usize = size.strip_prefix("bs").unwrap().parse().unwrap();
        let batch: usize = batch.parse().unwrap();
        let path = folder.join(format!("../misa_mosi_f32/pkl/{mode}.np1_p3.pkl"));
        let utterances = misa::read_split(path).unwrap();
        let chosen = utterances.chunks(size).nth(batch).unwrap();
        check_batch(chosen, &golden, case);
        check_tokens(&batcher, chosen, &golden, case);
        count += 1;
    }
    assert!(count > 0, "no batch");
}

/// A folder with `vocab.txt` alone: the file of cases has the name of a tokeniser's.
#[cfg(feature = "flex")]
fn vocabulary_folder(folder: &Path) -> tempfile::TempDir {
    let alone = tempfile::tempdir().unwrap();
    fs::copy(folder.join("vocab.txt"), alone.path().join("vocab.txt")).unwrap();
    alone
}

/// The tokens that BERT reads of a batch.
#[cfg(feature = "flex")]
fn check_tokens(batcher: &UtteranceBatcher, utterances: &[Utterance], golden: &Golden, case: &str) {
    let batch = batcher.batch(utterances, &Device::flex());
    batch.input.assert_consistent();
    let TextInput::Tokens(ids) = batch.input.text else {
        panic!("{case}: words went in");
    };
    let [_, steps] = ids.dims();
    let mask = golden.ints(&format!("{case}.bert_mask"));
    let width = mask.len() / batch.input.lengths.text.len();
    let expected = golden.ints(&format!("{case}.bert_sent"));
    let ids: Vec<i64> = ids.try_into_vec_as().unwrap();
    for (row, &length) in batch.input.lengths.text.iter().enumerate() {
        let mask = &mask[row * width..][..width];
        assert_eq!(mask.iter().sum::<i64>(), length as i64, "{case}");
        let found = &ids[row * steps..][..steps];
        assert_eq!(found, &expected[row * width..][..steps], "{case}");
    }
    assert!(
        golden
            .ints(&format!("{case}.bert_type"))
            .iter()
            .all(|&x| x == 0)
    );
}

#[cfg(feature = "flex")]
#[derive(serde::Deserialize)]
struct TokenCase {
    text: String,
    max_length: Option<usize>,
    input_ids: Vec<u32>,
    attention_mask: Vec<u32>,
}

#[cfg(feature = "flex")]
#[test]
fn golden_tokens() {
    let Some(folder) = golden_folder() else {
        return;
    };
    let folder = folder.join("collate_mosi");
    let cases = fs::read(folder.join("tokenizer.json")).unwrap();
    let cases: Vec<TokenCase> = serde_json::from_slice(&cases).unwrap();
    assert!(!cases.is_empty());
    let tokeniser = Tokeniser::open(vocabulary_folder(&folder)).unwrap();
    for case in cases {
        let truncation = case.max_length.map_or(Truncation::Full, Truncation::Tokens);
        let text = BertText::new(tokeniser.clone(), &BertConfig::BASE, truncation).unwrap();
        let features = Sequence::new(1, vec![0.0]).unwrap();
        let utterance = Utterance::new(
            "x",
            vec![case.text.clone()],
            TextSequence::Features(features.clone()),
            features.clone(),
            features,
            0.0,
        );
        let found = text.sentences(&[&utterance.unwrap()]);
        let real = case.attention_mask.iter().sum::<u32>() as usize;
        assert_eq!(found[0], case.input_ids[..real], "{:?}", case.text);
        assert!(
            case.input_ids[real..]
                .iter()
                .all(|&id| id == tokeniser.padding())
        );
    }
}

#[cfg(feature = "flex")]
fn check_batch(utterances: &[Utterance], golden: &Golden, case: &str) {
    let batch = UtteranceBatcher::default().batch(utterances, &Device::flex());
    batch.input.assert_consistent();
    let lengths: Vec<i64> = batch
        .input
        .lengths
        .text
        .iter()
        .map(|&length| length as i64)
        .collect();
    assert_eq!(lengths, golden.ints(&format!("{case}.lengths")), "{case}");
    let TextInput::Words(ids) = batch.input.text else {
        panic!("{case}: word ids went in");
    };
    // The official batches are time first.
    let ids: Vec<i64> = ids.transpose().try_into_vec_as().unwrap();
    assert_eq!(ids, golden.ints(&format!("{case}.sentences")), "{case}");
    for (tensor, part) in [
        (batch.input.visual, "visual"),
        (batch.input.acoustic, "acoustic"),
    ] {
        let values: Vec<f32> = tensor.swap_dims(0, 1).try_into_vec_as().unwrap();
        assert_close(&values, &golden.floats(&format!("{case}.{part}")), case);
    }
    let targets: Vec<f32> = batch.targets.try_into_vec_as().unwrap();
    assert_close(&targets, &golden.floats(&format!("{case}.labels")), case);
}

#[test]
fn golden_mmsa_feature_files() {
    let Some(folder) = golden_folder() else {
        return;
    };
    let folder = folder.join("mmsa");
    let golden = Golden::open(&folder.join("expected.safetensors"));
    let mut count = 0;
    for path in entries(&folder) {
        let name = name(&path);
        if name.starts_with("aligned_") || name.starts_with("unaligned_") {
            let options = OpenOptions::new().with_policy(Policy::Compat);
            let data = options.open(&path).unwrap();
            let case = name.split('.').next().unwrap();
            for split in Split::ALL {
                check_mmsa(data.split(split), &golden, &format!("{case}.{split}"));
            }
            let sizes = FeatureSizes {
                text: TextSize::Features { d_input: 6 },
                visual: 5,
                acoustic: 4,
            };
            assert_eq!(data.feature_sizes(), sizes);
            assert!(
                data.notes()
                    .iter()
                    .any(|note| note.to_string().contains("non-finite acoustic"))
            );
            count += 1;
        } else {
            assert!(
                name.starts_with("mult_")
                    || name.starts_with("mag_")
                    || name.starts_with("expected"),
                "unknown case {name}"
            );
        }
    }
    assert!(count > 0, "no feature file");
}

fn check_mmsa(utterances: &[Utterance], golden: &Golden, case: &str) {
    let column = |part: &str| golden.floats(&format!("{case}.{part}"));
    let labels = column("label_M");
    assert_eq!(utterances.len(), labels.len(), "{case}");
    let bert = column("text_bert");
    let padded = bert.len() / labels.len() / 3;
    for (i, utterance) in utterances.iter().enumerate() {
        assert_eq!(utterance.label, labels[i] as f32, "{case}.{i}");
        let mask = &bert[(3 * i + 1) * padded..(3 * i + 2) * padded];
        let tokens = mask.iter().filter(|&&value| value == 1.0).count();
        let stated = |key: &str| match golden.contains(&format!("{case}.{key}")) {
            true => golden.ints(&format!("{case}.{key}"))[i] as usize,
            // Aligned: as long as text.
            false => tokens,
        };
        let TextSequence::Features(text) = &utterance.text else {
            panic!("{case}: text features went in");
        };
        for (sequence, part, steps) in [
            (text, "text", tokens),
            (&utterance.visual, "vision", stated("vision_lengths")),
            (&utterance.acoustic, "audio", stated("audio_lengths")),
        ] {
            let all = column(part);
            let start = i * all.len() / labels.len();
            assert_eq!(sequence.steps(), steps, "{case}.{i}.{part}");
            let end = start + steps * sequence.d_input();
            assert_close(
                sequence.values(),
                &all[start..end],
                &format!("{case}.{i}.{part}"),
            );
        }
    }
}

#[test]
fn golden_mult_and_mag_files() {
    let Some(folder) = golden_folder().map(|folder| folder.join("mmsa")) else {
        return;
    };
    let golden = Golden::open(&folder.join("expected_mult_mag.safetensors"));
    let info = json(&folder.join("expected_strings.json"));
    let mut count = 0;
    for path in entries(&folder) {
        let name = name(&path);
        let check = match name.split('_').next() {
            Some("mult") => check_mult,
            Some("mag") => check_mag,
            _ => continue,
        };
        let options = OpenOptions::new().with_policy(Policy::Compat);
        let data = options.open(&path).unwrap();
        for split in Split::ALL {
            check(&data, split, &golden, &info);
        }
        count += 1;
    }
    assert_eq!(count, 5);
}

fn check_mult(data: &UtteranceDataset, split: Split, golden: &Golden, info: &Json) {
    assert_eq!(data.format(), Format::Mult);
    let case = format!("mult.{split}");
    let utterances = data.split(split);
    let values = |part: fn(&Utterance) -> &[f32]| utterances.iter().flat_map(part).copied();
    let text = |utterance: &Utterance| match &utterance.text {
        TextSequence::Features(text) => text.values().to_vec(),
        TextSequence::Words(_) => panic!("text features"),
    };
    let text: Vec<f32> = utterances.iter().flat_map(text).collect();
    // MulT makes -inf 0 and leaves the rest as it is.
    for (part, found) in [
        (
            "vision",
            values(|utterance| utterance.visual.values()).collect(),
        ),
        (
            "audio",
            values(|utterance| utterance.acoustic.values()).collect(),
        ),
        ("text", text),
        (
            "labels",
            utterances
                .iter()
                .map(|utterance| utterance.label)
                .collect::<Vec<f32>>(),
        ),
    ] {
        let place = format!("{case}.{part}");
        let replaced = |value: f64| if value.is_infinite() { 0.0 } else { value };
        let expected: Vec<f64> = golden.floats(&place).into_iter().map(replaced).collect();
        assert_close(&found, &expected, &place);
    }
    let ids = info["mult_ids"][split.name()].as_array().unwrap();
    assert_eq!(utterances.len(), ids.len());
    for (utterance, id) in utterances.iter().zip(ids) {
        let parts = texts(id);
        assert_eq!(
            utterance.id,
            format!("{}[{},{}]", parts[0], parts[1], parts[2])
        );
    }
}

fn check_mag(data: &UtteranceDataset, split: Split, golden: &Golden, info: &Json) {
    assert_eq!(data.format(), Format::Mag);
    let words = info["mag_words"][foreign(split)].as_array().unwrap();
    let ids = texts(&info["mag_segments"][foreign(split)]);
    assert_eq!(data.split(split).len(), words.len());
    for (index, utterance) in data.split(split).iter().enumerate() {
        let place = format!("mag.{}.{index}", foreign(split));
        assert_eq!(utterance.words, texts(&words[index]));
        assert_eq!(utterance.id, ids[index]);
        let part = |name: &str| golden.floats(&format!("{place}.{name}"));
        assert_close(utterance.visual.values(), &part("visual"), &place);
        assert_close(utterance.acoustic.values(), &part("acoustic"), &place);
        assert_close(&[utterance.label], &part("label"), &place);
    }
}

#[test]
fn golden_pickle_types_and_orders() {
    let Some(folder) = golden_folder() else {
        return;
    };
    let folder = folder.join("pickle_dtypes");
    let golden = Golden::open(&folder.join("dtypes_expected.safetensors"));
    let mut count = 0;
    for path in entries(&folder) {
        let name = name(&path);
        if name.starts_with("dtypes_expected") {
            continue;
        }
        assert!(name.ends_with(".pkl"), "unknown case {name}");
        let bytes = fs::read(&path).unwrap();
        let pickle = Pickle::parse(&bytes, &Limits::default()).unwrap();
        if name.starts_with("shared_refs") {
            check_shared(pickle.root());
        } else {
            assert!(name.starts_with("dtypes."), "unknown case {name}");
            check_types(pickle.root(), &golden);
        }
        count += 1;
    }
    assert!(count > 0, "no pickle");
}

fn check_types(root: Value<'_>, golden: &Golden) {
    for tensor in golden.names() {
        let array = root.get(&tensor).unwrap().array().unwrap();
        let found = array.to_doubles().unwrap();
        let expected = golden.floats(&tensor);
        assert_eq!(array.len(), expected.len(), "{tensor}");
        // Bits, so that NaN and -0 count.
        let bits = |values: &[f64]| -> Vec<u64> {
            let one_nan = |value: &f64| if value.is_nan() { f64::NAN } else { *value };
            values
                .iter()
                .map(|value| one_nan(value).to_bits())
                .collect()
        };
        assert_eq!(bits(&found), bits(&expected), "{tensor}");
    }
    let get = |key: &str| root.get(key).unwrap();
    assert_eq!(get("U").to_texts().unwrap(), ["ab", "\u{e9}\u{65e5}"]);
    assert_eq!(get("S").to_texts().unwrap(), ["xy", "z"]);
    assert_eq!(get("scalar_f32").as_float(), Some(1.5));
    assert_eq!(get("scalar_f64").as_float(), Some(-2.25));
    assert_eq!(get("scalar_i64").as_int(), Some(7));
    assert_eq!(get("empty").array().unwrap().shape(), [0, 4]);
    let max = get("u64").array().unwrap().to_doubles().unwrap();
    assert!(max.iter().all(|value| value.is_finite()));
    let objects: Vec<&str> = get("obj")
        .items()
        .unwrap()
        .iter()
        .map(|item| item.kind())
        .collect();
    assert_eq!(objects, ["text", "int", "none", "float"]);
    let plain = get("py").items().unwrap();
    assert!(plain.get(0).unwrap().is_none());
    assert_eq!(plain.get(3).unwrap().as_int(), Some(-1));
    assert_eq!(plain.get(6).unwrap().as_float(), Some(2.0_f64.powi(70)));
    assert_eq!(plain.get(6).unwrap().as_int(), None);
    assert_eq!(plain.get(8).unwrap().to_text().unwrap(), "s");
}

fn check_shared(root: Value<'_>) {
    let numbers = |value: Value<'_>| value.array().unwrap().to_doubles().unwrap();
    let one = numbers(root.get("one").unwrap());
    assert_eq!(one.len(), 4);
    assert_eq!(numbers(root.get("two").unwrap()), one);
    for key in ["t1", "t2"] {
        let pair = root.get(key).unwrap().items().unwrap();
        assert_eq!(numbers(pair.get(1).unwrap()), one);
    }
}

#[test]
fn golden_learning_set_opens() {
    let Some(folder) = golden_root() else {
        return;
    };
    let folder = folder.join("learning");
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
        check_learning(&data, &Golden::open(&values));
    }
}

fn check_learning(data: &UtteranceDataset, golden: &Golden) {
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

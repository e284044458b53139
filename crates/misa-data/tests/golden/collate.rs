//! Batches of the official loader, as words and as tokens.

use crate::{assert_close, folder_case};
use burn::prelude::*;
use misa_core::TextInput;
use misa_data::format::misa;
use misa_data::{
    BertText, Sequence, TextSequence, Tokeniser, Truncation, Utterance, UtteranceBatcher,
};
use misa_terms::BertConfig;
use misa_testing::{Tensors, Trial, case, name};
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub fn cases(folder: &Path) -> Vec<Trial> {
    let golden = Tensors::read(&folder.join("collate.safetensors"));
    let batches = golden
        .names()
        .filter_map(|tensor| tensor.strip_suffix(".lengths"));
    let of_batch = |batch: &str| {
        let (folder, batch) = (folder.to_path_buf(), batch.to_string());
        let place = format!("data::{}::{batch}", name(&folder));
        case(&place, move || collated_batch(&folder, &batch))
    };
    let mut cases: Vec<Trial> = batches.map(of_batch).collect();
    assert!(!cases.is_empty(), "no batch in {}", folder.display());
    cases.push(folder_case(folder, "tokens", tokens));
    cases
}

/// `MODE.bsSIZE.NUMBER`, as words and as the tokens of BERT.
fn collated_batch(folder: &Path, case: &str) {
    let parts: Vec<&str> = case.split('.').collect();
    let [split, size, batch] = parts[..] else {
        panic!("unknown case {case}");
    };
    let size: usize = size.strip_prefix("bs").unwrap().parse().unwrap();
    let batch: usize = batch.parse().unwrap();
    let path = folder.join(format!("../misa_mosi_f32/pkl/{split}.np1_p3.pkl"));
    let utterances = misa::read_split(path).unwrap();
    let chosen = utterances.chunks(size).nth(batch).unwrap();
    let golden = Tensors::read(&folder.join("collate.safetensors"));
    check_batch(chosen, &golden, case);
    let words = fs::read_to_string(folder.join("vocab.txt")).unwrap();
    let bert = BertConfig {
        vocabulary: words.lines().count(),
        ..BertConfig::BASE
    };
    let tokeniser = Tokeniser::open(vocabulary_folder(folder)).unwrap();
    let text = BertText::new(tokeniser, &bert, Truncation::Batch).unwrap();
    let batcher = UtteranceBatcher::new(Some(Arc::new(text)));
    check_tokens(&batcher, chosen, &golden, case);
}

/// A folder with `vocab.txt` alone: the file of cases has the name of a tokeniser's.
fn vocabulary_folder(folder: &Path) -> tempfile::TempDir {
    let alone = tempfile::tempdir().unwrap();
    fs::copy(folder.join("vocab.txt"), alone.path().join("vocab.txt")).unwrap();
    alone
}

/// The tokens that BERT reads of a batch.
fn check_tokens(
    batcher: &UtteranceBatcher,
    utterances: &[Utterance],
    golden: &Tensors,
    case: &str,
) {
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

#[derive(serde::Deserialize)]
struct TokenCase {
    text: String,
    max_length: Option<usize>,
    input_ids: Vec<u32>,
    attention_mask: Vec<u32>,
}

fn tokens(folder: &Path) {
    let cases = fs::read(folder.join("tokenizer.json")).unwrap();
    let cases: Vec<TokenCase> = serde_json::from_slice(&cases).unwrap();
    assert!(!cases.is_empty());
    let tokeniser = Tokeniser::open(vocabulary_folder(folder)).unwrap();
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

fn check_batch(utterances: &[Utterance], golden: &Tensors, case: &str) {
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

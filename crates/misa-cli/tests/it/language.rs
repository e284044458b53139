//! Text and its BERT: what is read, and what is told about the rest.

use crate::common::own::{STEPS, doctor, finding, own};
use crate::common::{json, misa, refused, said, text, train};
use burn::tensor::Device;
use misa_core::encoder::bert::BertEncoderConfig;
use misa_core::weights;
use misa_data::PretrainedBert;
use misa_terms::BertConfig;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

const LAYERS: usize = 2;

/// A folder with a BERT of random weights, its vocabulary in lower case.
fn bert(folder: &Path, words: &[&str]) -> PathBuf {
    let words: Vec<String> = words.iter().map(|&word| word.to_string()).collect();
    let config = BertConfig {
        vocabulary: PretrainedBert::SPECIAL_TOKENS.len() + words.len(),
        d_model: 8,
        n_layers: LAYERS,
        n_heads: 2,
        d_feed_forward: 12,
        positions: 32,
        ..BertConfig::BASE
    };
    let device = Device::default();
    device.seed(1);
    let encoder = BertEncoderConfig::new(config).init(&device);
    let tensors = weights::state_dict(&encoder, "text.Bert");
    PretrainedBert::create(folder, &config, &words, tensors).unwrap();
    folder.to_path_buf()
}

/// Trains with a BERT; returns what was said beside the output, and the report.
fn trained(out: &Path, data: &Path, bert: &Path, more: &[&str]) -> (String, Value) {
    let basis = [
        "train",
        "--plain",
        "--out",
        text(out),
        "--data",
        text(data),
        "--bert",
        text(bert),
        "--corpus",
        "mosi",
        "--epochs",
        "1",
        "--set",
        "training.d_hidden=8",
    ];
    let output = misa(&[&basis[..], more].concat());
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{notes}");
    let report = json(&fs::read_to_string(out.join("report.json")).unwrap());
    (notes, report)
}

/// The tokens of a split in a report.
fn tokens<'r>(report: &'r Value, split: &str) -> &'r Value {
    let splits = report["bert"]["tokens"].as_array().unwrap();
    let found = splits.iter().find(|counts| counts[0] == split);
    &found.unwrap_or_else(|| panic!("{split}: {report}"))[1]
}

/// Sentences that are equal in their first character only.
const CHINESE: [[&str; 6]; 2] = [
    [
        "我不想嫁",
        "我你这是",
        "我豪门啊",
        "我不想",
        "我你",
        "我嫁入",
    ],
    [
        "我嫁想不",
        "我是这你",
        "我啊门豪",
        "我想不",
        "我这",
        "我入嫁",
    ],
];

#[test]
fn chinese_is_read_whole_by_the_official_truncation() {
    let dir = tempdir().unwrap();
    let characters = [
        "我", "不", "想", "嫁", "你", "这", "是", "豪", "门", "啊", "入",
    ];
    let model = bert(&dir.path().join("bert"), &characters);
    let losses = CHINESE.map(|sentences| {
        let data = own(&dir.path().join(sentences[0]), &sentences, 2, |_| STEPS);
        let out = dir.path().join(format!("run-{}", sentences[0]));
        let (notes, report) = trained(&out, &data, &model, &[]);
        assert!(!notes.contains("note:"), "{notes}");
        assert_eq!(report["config"]["bert"]["truncation"], "batch");
        let counts = tokens(&report, "train");
        assert_eq!(counts["tokens"], 15);
        assert_eq!([&counts["cut"], &counts["unknown"]], [0, 0]);
        let evaluated = said(&["evaluate", text(&out), "--json"]);
        assert!(evaluated.contains("\"mae\""));
        report["history"][0]["train"].clone()
    });
    assert_ne!(losses[0], losses[1]);
}

/// Each utterance has one word, so the rule `batch` leaves one token: of `abb`, two of three are lost.
#[test]
fn what_is_cut_or_unknown_is_told_everywhere() {
    let dir = tempdir().unwrap();
    let model = bert(&dir.path().join("bert"), &["a", "##b"]);
    fs::remove_file(model.join("tokenizer_config.json")).unwrap();
    let data = own(
        &dir.path().join("data"),
        &["abb", "a", "zz", "ab", "a"],
        2,
        |_| STEPS,
    );
    let out = dir.path().join("run");
    let (notes, report) = trained(&out, &data, &model, &[]);
    let cut = "train: 2 of 5 tokens are cut off by the truncation `batch`, in 1 of 3 utterances in \
               the first epoch";
    let unknown = "train: 1 of 5 tokens (20.0 %) are unknown to BERT, [UNK]: this BERT does not \
                   know the language or the casing of the text";
    let valid = "valid: 1 of 3 tokens are cut off by the truncation `batch`, in 1 of 2 utterances";
    let casing = "BERT: no file says whether letters keep their case; they become lower case";
    let markdown = fs::read_to_string(out.join("report.md")).unwrap();
    for note in [cut, unknown, valid, casing] {
        assert!(notes.contains(note), "{notes}");
        assert!(
            report["bert"]["notes"].to_string().contains(note),
            "{report}"
        );
        assert!(markdown.contains(note), "{markdown}");
    }
    assert_eq!(tokens(&report, "train")["cut"], 2);

    let evaluated = misa(&["evaluate", text(&out)]);
    let evaluated = String::from_utf8(evaluated.stderr).unwrap();
    assert!(evaluated.contains(valid), "{evaluated}");
    // A prediction reads every token, and says only what is unknown.
    let predicted = misa(&["predict", text(&out), "--data", text(&data)]);
    let predicted = String::from_utf8(predicted.stderr).unwrap();
    assert!(!predicted.contains("cut off"), "{predicted}");
    assert!(predicted.contains(unknown), "{predicted}");

    let examination = doctor(&data, &["--bert", text(&model)]);
    let found = |kind: &str| finding(&examination, kind).unwrap_or_else(|| panic!("{kind}"));
    assert_eq!(found("tokens_cut")["count"], 2);
    assert_eq!(found("unknown_tokens")["severity"], "warning");
    assert_eq!(found("casing_guessed")["severity"], "note");
    assert_eq!(finding(&examination, "unknown_words"), None);
    let examination = doctor(&data, &["--bert", text(&model), "--truncation", "full"]);
    assert_eq!(finding(&examination, "tokens_cut"), None);
}

#[test]
fn more_frozen_layers_than_there_are_are_refused() {
    let dir = tempdir().unwrap();
    let model = bert(&dir.path().join("bert"), &["a"]);
    let data = own(&dir.path().join("data"), &["a"; 4], 2, |_| STEPS);
    let out = dir.path().join("run");
    let basis = [
        "train",
        "--plain",
        "--out",
        text(&out),
        "--data",
        text(&data),
        "--bert",
        text(&model),
    ];
    // The official rule for MOSEI freezes nine layers.
    let (status, message) = refused(&[&basis[..], &["--corpus", "mosei"]].concat());
    assert_eq!(status, 1);
    let expected = "the freezing `layers:9` asks for more layers than the 2 of this BERT: set \
                    training.bert.freezing (--freeze) to at most 2 layers, `all` or `none`";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn an_ablation_without_text_needs_no_bert_for_its_options() {
    let dir = tempdir().unwrap();
    let model = bert(&dir.path().join("bert"), &["a"]);
    let data = own(&dir.path().join("data"), &["a"; 4], 2, |_| STEPS);
    let out = dir.path().join("ablation");
    let printed = said(&[
        "ablation",
        "--variants",
        "MISA,without text",
        "--seeds",
        "1",
        "--out",
        text(&out),
        "--data",
        text(&data),
        "--bert",
        text(&model),
        "--freeze",
        "all",
        "--corpus",
        "mosi",
        "--epochs",
        "1",
        "--set",
        "training.d_hidden=8",
    ]);
    assert!(printed.contains("| without text | 1 |"), "{printed}");
}

#[test]
fn what_is_trained_and_what_is_frozen_is_shown_and_kept() {
    let dir = tempdir().unwrap();
    let model = bert(&dir.path().join("bert"), &["a"]);
    let data = own(&dir.path().join("data"), &["a"; 4], 2, |_| STEPS);
    let out = dir.path().join("run");
    let shown = said(&[
        "train",
        "--plain",
        "--out",
        text(&out),
        "--data",
        text(&data),
        "--bert",
        text(&model),
        "--corpus",
        "mosi",
        "--epochs",
        "1",
        "--set",
        "training.d_hidden=8",
        "--freeze",
        "prefix:1",
    ]);
    // Of 8 features: 6 tokens, 32 positions, 2 types and a norm; in a layer, 4 * 8 * 9 of attention,
    // 2 * 8 * 12 + 8 + 12 of linear layers and 4 * 8 of norms.
    let frozen = "frozen: 940: BERT's embeddings 336, BERT's layer 1 532, BERT's pooler, which is \
                  not used 72";
    assert!(shown.contains(frozen), "{shown}");
    assert!(
        shown.contains("BERT's layer 2 532, the rest of MISA "),
        "{shown}"
    );
    let report = json(&fs::read_to_string(out.join("report.json")).unwrap());
    let counts = report["parameter_counts"].as_array().unwrap();
    let sum: u64 = counts
        .iter()
        .map(|part| part["trained"].as_u64().unwrap() + part["frozen"].as_u64().unwrap())
        .sum();
    assert_eq!(report["parameters"], sum);
    assert_eq!(counts[0]["frozen"], 336);
}

#[test]
fn notes_on_words_concern_those_that_the_model_does_not_know() {
    let dir = tempdir().unwrap();
    let data = own(
        &dir.path().join("data"),
        &["a b", "c", "a", "b", "a x"],
        2,
        |_| STEPS,
    );
    let out = dir.path().join("run");
    train(&out, &["--data", text(&data)]);
    let notes = |transcripts: &[&str]| {
        let other = dir.path().join(format!("other-{}", transcripts.len()));
        // All utterances are of the valid split, so the file itself knows no word.
        let other = own(&other, transcripts, transcripts.len(), |_| STEPS);
        let output = misa(&["predict", text(&out), "--data", text(&other)]);
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(notes(&["a b c"]), "");
    assert_eq!(
        notes(&["a b", "d"]),
        "note: valid: 1 of 3 words (33.3 %) are outside the vocabulary of the model\n"
    );

    let model = bert(&dir.path().join("bert"), &["a", "b", "c", "x"]);
    let (notes, report) = trained(&dir.path().join("bert-run"), &data, &model, &[]);
    assert!(!notes.contains("outside the vocabulary"), "{notes}");
    assert!(!report["data"]["notes"].to_string().contains("vocabulary"));
}

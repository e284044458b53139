//! Real data sets, where they are at hand: in `MISA_DATA_DIR`, or shared beside the repository.

use misa_data::{Format, Note, NoteKind, Split, UtteranceDataset, read_labels};
use misa_terms::{FeatureSizes, TextSize};
use misa_testing::real_data;

fn counts(data: &UtteranceDataset) -> [usize; 3] {
    Split::ALL.map(|split| data.split(split).len())
}

#[test]
fn mosi_in_the_official_layout() {
    let Some(folder) = real_data("mosi/misa_style") else {
        return;
    };
    let data = UtteranceDataset::open(&folder).unwrap();
    assert_eq!(data.format(), Format::Misa);
    assert_eq!(counts(&data), [1284, 229, 0]);
    let sizes = data.feature_sizes();
    assert_eq!((sizes.visual, sizes.acoustic), (100, 76));
    let expected = std::fs::read(folder.join("word2id.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_slice(&expected).unwrap();
    let vocabulary = data.vocabulary().unwrap();
    assert!(vocabulary.len() > 2_000);
    for (id, word) in vocabulary.iter() {
        assert_eq!(expected[word], id, "{word}");
    }
}

#[test]
fn mosi_in_the_layout_of_mmsa() {
    let Some(folder) = real_data("mosi/mmsa_style") else {
        return;
    };
    let data = UtteranceDataset::open(&folder).unwrap();
    assert_eq!(data.format(), Format::Mmsa);
    assert_eq!(counts(&data), [1134, 150, 229]);
    let vocabulary = data.vocabulary().unwrap().len();
    let expected = FeatureSizes {
        text: TextSize::Words { vocabulary },
        visual: 100,
        acoustic: 76,
    };
    assert_eq!(data.feature_sizes(), expected);
    // Only train words are known.
    assert!(
        data.notes()
            .iter()
            .any(|note| note.to_string().contains("words outside"))
    );
    for utterance in data.split(Split::Test) {
        assert_eq!(utterance.visual.steps(), 1);
    }
}

#[test]
fn reviews_in_the_layout_of_mult() {
    let Some(folder) = real_data("mmmo/mult_style") else {
        return;
    };
    let data = UtteranceDataset::open(&folder).unwrap();
    assert_eq!(data.format(), Format::Mult);
    assert_eq!(counts(&data), [56, 12, 12]);
    let expected = FeatureSizes {
        text: TextSize::Features { d_input: 300 },
        visual: 36,
        acoustic: 74,
    };
    assert_eq!(data.feature_sizes(), expected);
    for utterance in Split::ALL.into_iter().flat_map(|split| data.split(split)) {
        assert!((1.0..=5.0).contains(&utterance.label));
    }
    assert_padding_is_removed_and_noted(&data);
}

/// Sequences of 20 steps, of which rows that are zero in all modalities are cut off at one end.
fn assert_padding_is_removed_and_noted(data: &UtteranceDataset) {
    let utterances = Split::ALL.into_iter().flat_map(|split| data.split(split));
    let steps: Vec<[usize; 3]> = utterances.map(|u| u.steps().into_array()).collect();
    for [text, visual, acoustic] in &steps {
        assert!(text == visual && visual == acoustic && (1..=20).contains(text));
    }
    let is_padded = |note: &&Note| matches!(note.kind, NoteKind::Padded { .. });
    let noted = data.notes().iter().filter(is_padded);
    let noted: usize = noted.map(|note| note.count).sum();
    let cut = steps.iter().filter(|[text, ..]| *text < 20).count();
    assert!(cut > 0 && noted == cut, "{noted} noted, {cut} cut");
}

#[test]
fn reviews_in_the_layout_of_mfn() {
    let Some(folder) = real_data("mmmo/h5") else {
        return;
    };
    let data = UtteranceDataset::open(&folder).unwrap();
    assert_eq!(data.format(), Format::Mfn);
    // The folder has no text for train.
    assert_eq!(counts(&data), [0, 0, 80]);
    assert!(data.notes().iter().any(|note| note.to_string()
        == "train: 220 utterances left out because a file of their split is missing"));
    let expected = FeatureSizes {
        text: TextSize::Features { d_input: 300 },
        visual: 36,
        acoustic: 74,
    };
    assert_eq!(data.feature_sizes(), expected);
    assert_padding_is_removed_and_noted(&data);
}

#[test]
fn a_split_without_labels_is_left_out_and_counted() {
    let Some(folder) = real_data("mmmo/h5") else {
        return;
    };
    let copy = tempfile::tempdir().unwrap();
    for name in [
        "y_test.h5",
        "text_test_emb.h5",
        "video_test.h5",
        "audio_test.h5",
        "video_train.h5",
    ] {
        std::fs::copy(folder.join(name), copy.path().join(name)).unwrap();
    }
    let data = UtteranceDataset::open(copy.path()).unwrap();
    assert_eq!(counts(&data), [0, 0, 80]);
    assert!(data.notes().iter().any(|note| note.to_string()
        == "train: 220 utterances left out because a file of their split is missing"));
}

#[test]
fn labels_have_the_counts_that_their_makers_give() {
    for (name, counts, zeros) in [
        ("cmu_mosei", [16326, 1871, 4659], [3540, 433, 1025]),
        ("ch_sims", [1368, 456, 457], [207, 69, 69]),
    ] {
        let Some(folder) = real_data(name) else {
            continue;
        };
        let rows = read_labels(folder.join("label.npz")).unwrap();
        let of = |split| rows.iter().filter(move |row| row.split == Some(split));
        assert_eq!(Split::ALL.map(|split| of(split).count()), counts, "{name}");
        let zero = |split| of(split).filter(|row| row.label == 0.0).count();
        assert_eq!(Split::ALL.map(zero), zeros, "{name}");
    }
    let Some(folder) = real_data("ur_funny") else {
        return;
    };
    let rows = read_labels(folder.join("humor_label_sdk.pkl")).unwrap();
    let humorous = rows.iter().filter(|row| row.label == 1.0).count();
    assert_eq!((rows.len(), humorous), (16606, 8257));
    let Some(folder) = real_data("mosi") else {
        return;
    };
    let rows = read_labels(folder.join("label.csv")).unwrap();
    let of = |split| rows.iter().filter(|row| row.split == Some(split)).count();
    // The table lacks three of the 1284 train utterances.
    assert_eq!(Split::ALL.map(of), [1281, 229, 0]);
}

#[test]
fn saved_data_is_the_same_data() {
    let Some(folder) = real_data("mosi/misa_style") else {
        return;
    };
    let data = UtteranceDataset::open(folder).unwrap();
    let target = tempfile::tempdir().unwrap();
    let path = target.path().join("mosi.safetensors");
    data.save(&path).unwrap();
    let again = UtteranceDataset::open(target.path()).unwrap();
    assert_eq!(again.checksum(), data.checksum());
    assert_eq!(again.vocabulary(), data.vocabulary());
    assert_eq!(again.split(Split::Train), data.split(Split::Train));
}

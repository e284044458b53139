//! A clip has the same prediction, bit for bit, alone and beside any others.

use crate::support::{Numbers, bert, predictor, sizes, words};
use misa_core::{
    CellKind, Directions, FusionKind, MisaConfig, Modalities, Modality, MutualAttentionConfig,
    Representations, TextSize,
};
use misa_infer::prelude::*;
use misa_terms::BertConfig;

/// Compares predictions alone with those in batches of several sizes, of
/// clips of which some lack modalities.
fn holds(name: &str, config: &MisaConfig) {
    let predictor = predictor(config, |_| {});
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let sizes = config.sizes;
    let mut clips: Vec<Clip> = (0..150).map(|_| numbers.clip(sizes, 11)).collect();
    for clip in &mut clips[60..] {
        let sets = [
            "text",
            "visual,acoustic",
            "text,acoustic",
            "text,visual,acoustic",
        ];
        let set: Modalities = sets[numbers.next() as usize % sets.len()].parse().unwrap();
        *clip = clip.clone().only(set);
    }
    // Some steps are absent, and sometimes all of a modality.
    for clip in &mut clips[..110] {
        for features in [&mut clip.visual, &mut clip.acoustic].into_iter().flatten() {
            *features = numbers.with_absent(features);
        }
    }
    let is_there = |clip: &Clip| Modality::ALL.iter().any(|&modality| clip.has(modality));
    clips.retain(is_there);
    let bits = |answers: &[Prediction]| -> Vec<Vec<u32>> {
        let values = |answer: &Prediction| match &answer.probabilities {
            None => vec![answer.value.to_bits()],
            Some(all) => all.iter().map(|value| value.to_bits()).collect(),
        };
        answers.iter().map(values).collect()
    };
    let alone: Vec<_> = clips
        .iter()
        .flat_map(|clip| bits(&predictor.predict(std::slice::from_ref(clip)).unwrap()))
        .collect();
    for size in [2, 3, 7, 63, 64, 150] {
        let together: Vec<_> = clips
            .chunks(size)
            .flat_map(|clips| bits(&predictor.predict(clips).unwrap()))
            .collect();
        let differ = alone.iter().zip(&together).filter(|(a, b)| a != b).count();
        let count = clips.len();
        assert_eq!(
            differ, 0,
            "{name}: {differ} of {count} differ in batches of {size}"
        );
    }
}

fn config(text: TextSize) -> MisaConfig {
    MisaConfig::new(sizes(text))
        .with_d_hidden(32)
        .with_d_embedding(24)
}

#[test]
fn with_every_encoder() {
    let vectors = TextSize::Features { d_input: 9 };
    for (name, text) in [("words", words()), ("vectors", vectors), ("bert", bert())] {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            holds(&format!("{name}, {cell:?}"), &config(text).with_cell(cell));
        }
    }
}

#[test]
fn with_every_fusion() {
    for fusion in [
        FusionKind::Early,
        FusionKind::Late,
        FusionKind::Tensor,
        FusionKind::LowRank,
    ] {
        let config = config(words()).with_fusion(fusion);
        let config = match fusion {
            FusionKind::Tensor => config.with_representations(Representations::Projected),
            _ => config,
        };
        holds(&format!("{fusion:?}"), &config);
    }
    let attention = MutualAttentionConfig::default();
    holds(
        "mutual attention",
        &config(words()).with_mutual_attention(Some(attention)),
    );
    let asking = MutualAttentionConfig::default().with_directions(Directions::FromText);
    holds(
        "text that asks",
        &config(words()).with_mutual_attention(Some(asking)),
    );
    let config = config(words()).with_mutual_attention(Some(MutualAttentionConfig::default()));
    holds("absent column", &config.with_absent_column(true));
}

/// The sizes of models that are published.
#[test]
fn with_the_sizes_of_the_paper() {
    let mut sizes = sizes(words());
    (sizes.visual, sizes.acoustic) = (35, 74);
    let config = MisaConfig::new(sizes)
        .with_d_hidden(128)
        .with_d_embedding(300);
    holds("the paper's", &config);
}

/// More features of a token than a product sums at once, and more tokens in a batch.
#[test]
fn with_a_wide_bert() {
    let TextSize::Bert(bert) = bert() else {
        panic!("a BERT");
    };
    let wide = BertConfig {
        d_model: 144,
        d_feed_forward: 600,
        n_layers: 1,
        ..bert
    };
    let config = MisaConfig::new(sizes(TextSize::Bert(wide))).with_d_hidden(64);
    holds("a wide BERT", &config);
}

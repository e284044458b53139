//! BERT's encoder.

use crate::parts::device;
use crate::tensors::{OnDevice, assert_gradient, assert_output, assert_within, host, state_dict};
use misa_core::encoder::bert::{BertConfig, BertEncoderConfig, BertInput, TextPooling};
use misa_core::{StateDict, weights};
use misa_testing::Tensors;
use serde_json::Value;
use std::collections::BTreeSet;

/// The manifest has what is not in the tensors: the number of heads and the epsilon of the norms.
fn bert_config(stored: &Tensors, manifest: &Value) -> BertConfig {
    let layers: BTreeSet<_> = stored
        .with_prefix("w.encoder.layer.")
        .filter_map(|(name, _)| name.split('.').next())
        .collect();
    let size = |name: &str, axis: usize| stored.get(&format!("w.{name}")).shape[axis];
    BertConfig {
        vocabulary: size("embeddings.word_embeddings.weight", 0),
        d_model: size("embeddings.word_embeddings.weight", 1),
        n_layers: layers.len(),
        n_heads: manifest["config"]["heads"].as_u64().unwrap() as usize,
        d_feed_forward: size("encoder.layer.0.intermediate.dense.weight", 0),
        positions: size("embeddings.position_embeddings.weight", 0),
        token_types: size("embeddings.token_type_embeddings.weight", 0),
        dropout: 0.0,
        attention_dropout: 0.0,
        norm_epsilon: manifest["config"]["ln_eps"].as_f64().unwrap(),
    }
}

pub fn bert(stored: &Tensors, manifest: &Value) {
    let config = bert_config(stored, manifest);
    let weights = state_dict(stored, "w.");
    let official = |name: &str| format!("bertmodel.{name}");
    let weights: StateDict = weights
        .names()
        .map(|name| (official(name), weights.get(name).unwrap().clone()))
        .collect();
    let mask = stored.get("mask");
    let lengths: Vec<usize> = (mask.values.chunks(mask.shape[1]))
        .map(|mask| mask.iter().sum::<f64>() as usize)
        .collect();
    let device = device();
    let input = BertInput {
        ids: stored.get("ids").integers(&device),
        types: Some(stored.get("types").integers(&device)),
        lengths,
    };
    // This pooling keeps the rows of padding, as in the stored states.
    for pooling in [TextPooling::MaskedMean, TextPooling::PlainMean] {
        let config = BertEncoderConfig::new(config).with_pooling(pooling);
        let (encoder, loaded) = weights::load(config.init(&device), "text.Bert", &weights).unwrap();
        assert_eq!(loaded, weights::LoadedWeights::default());
        let output = encoder.forward(&input);
        if pooling == TextPooling::PlainMean {
            for (number, state) in output.states.iter().enumerate() {
                let name = format!("hidden.{number}");
                assert_output(&name, &host(state), stored.get(&name));
            }
            let last = output.states.last().unwrap().clone();
            let mean = last.mean_dim(1).squeeze_dim::<2>(1);
            let expected: Vec<f64> = host(&mean);
            assert_within("plain mean", &host(&output.encoded), &expected, |_| 1e-6);
            continue;
        }
        assert_output(
            "masked_mean",
            &host(&output.encoded),
            stored.get("masked_mean"),
        );
        let scalar = (output.encoded * stored.get("r").tensor(&device)).sum();
        let gradients = weights::gradient_dict(&encoder, "text.Bert", &scalar.backward());
        let mut count = 0;
        for (name, expected) in stored.with_prefix("grad.") {
            let found = gradients
                .get(&official(name))
                .unwrap_or_else(|| panic!("{name}"));
            let found: Vec<f64> = found.iter::<f64>().collect();
            assert_gradient(name, &found, expected);
            count += 1;
        }
        assert_eq!(
            count,
            gradients.names().count(),
            "parameters with a gradient"
        );
    }
}

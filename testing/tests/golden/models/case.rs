//! What the file beside the tensors of a case says.

use crate::recipe::Recipe;
use crate::tensors::state_dict;
use burn::prelude::*;
use misa_core::encoder::bert::{BertConfig, BertFreezing};
use misa_core::loss::{MisaLoss, MisaLossConfig, Similarity};
use misa_core::{ActivationKind, CellKind, FeatureSizes, MisaConfig, StateDict, Task, TextSize};
use misa_testing::Tensors;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the file beside the tensors says.
#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) config: CaseConfig,
    pub(super) weights: CaseWeights,
    pub(super) lr: Option<f64>,
    pub(super) clip: Option<f32>,
    #[serde(default)]
    pub(super) no_grad_params: Vec<String>,
    #[serde(default)]
    pub(super) frozen_params: BTreeSet<String>,
    /// Total loss before each of the optimiser steps.
    #[serde(default)]
    pub(super) loss_curve_f64: Vec<Option<f64>>,
    pub(super) detinit: Option<Recipe>,
}

/// What makes a difference to the numbers.
#[derive(Deserialize)]
pub(super) struct CaseConfig {
    pub(super) data: Option<String>,
    pub(super) bert: Option<CaseBert>,
    pub(super) text: usize,
    pub(super) visual: usize,
    pub(super) acoustic: usize,
    pub(super) hidden: usize,
    pub(super) vocab: usize,
    pub(super) num_classes: Option<usize>,
    pub(super) rnncell: Option<CellKind>,
    pub(super) activation: Option<ActivationKind>,
    pub(super) use_cmd_sim: Option<bool>,
    /// Factor of the adversary's reversed gradient.
    pub(super) reverse_grad_weight: Option<f64>,
    /// Weights of the losses that differ from those beside the configuration.
    #[serde(default)]
    pub(super) w: BTreeMap<String, f64>,
    /// Whether outputs and losses are all that is stored.
    #[serde(default)]
    pub(super) evalonly: bool,
    /// Keys that this test does not use. What they change shows in the numbers.
    #[serde(flatten)]
    pub(super) others: BTreeMap<String, Value>,
}

/// Keys that say how the values were made and whose effect is in the stored tensors.
pub(super) const OF_THE_GENERATOR: [&str; 6] =
    ["name", "seed", "lengths", "det", "proj_gain", "label_scale"];

/// What differs from `bert-base` and is not seen in the weights.
#[derive(Deserialize)]
pub(super) struct CaseBert {
    pub(super) heads: Option<usize>,
}

/// The weight of the subspace discriminator, `sp_weight`, is in no loss of the official code.
#[derive(Deserialize)]
pub(super) struct CaseWeights {
    pub(super) diff_weight: f64,
    pub(super) sim_weight: f64,
    pub(super) recon_weight: f64,
}

impl CaseConfig {
    pub(super) fn task(&self) -> Task {
        match self.num_classes {
            None | Some(1) => Task::Regression,
            Some(classes) => Task::Classification { classes },
        }
    }

    pub(super) fn similarity(&self) -> Similarity {
        match self.use_cmd_sim {
            Some(false) => Similarity::Adversarial,
            _ => Similarity::Cmd,
        }
    }

    /// The official rule.
    pub(super) fn freezing(&self) -> BertFreezing {
        match self.data.as_deref() {
            Some("mosei") => BertFreezing::Layers(9),
            Some("ur_funny") => BertFreezing::All,
            _ => BertFreezing::None,
        }
    }

    /// Keys that no one here knows, to be named where a case fails.
    pub(super) fn unknown_keys(&self) -> Vec<&str> {
        let keys = self.others.keys().map(String::as_str);
        keys.filter(|key| !OF_THE_GENERATOR.contains(key)).collect()
    }
}

impl Case {
    /// Without dropout, as the values were made.
    pub(super) fn model(&self, initial: &StateDict) -> MisaConfig {
        let config = &self.config;
        let text = match &config.bert {
            None => TextSize::Words {
                vocabulary: config.vocab,
            },
            Some(bert) => TextSize::Bert(bert_sizes(bert, initial)),
        };
        let sizes = FeatureSizes {
            text,
            visual: config.visual,
            acoustic: config.acoustic,
        };
        MisaConfig::new(sizes)
            .with_task(config.task())
            .with_d_hidden(config.hidden)
            .with_d_embedding(config.text)
            .with_bert_freezing(config.freezing())
            .with_cell(config.rnncell.unwrap_or_default())
            .with_activation(config.activation.unwrap_or_default())
            .with_dropout(0.0)
            .with_attention_dropout(0.0)
            .with_adversary(config.similarity() == Similarity::Adversarial)
            .with_reversal_weight(config.reverse_grad_weight.unwrap_or(1.0))
            .with_subspace_discriminator(true)
    }

    pub(super) fn objective(&self, device: &Device) -> MisaLoss {
        let weight = |key: &str, default| self.config.w.get(key).copied().unwrap_or(default);
        let weights = &self.weights;
        MisaLossConfig::new()
            .with_task(self.config.task())
            .with_similarity(self.config.similarity())
            .with_similarity_weight(weight("sim_weight", weights.sim_weight))
            .with_difference_weight(weight("diff_weight", weights.diff_weight))
            .with_reconstruction_weight(weight("recon_weight", weights.recon_weight))
            .init(device)
    }

    pub(super) fn initial_weights(&self, stored: &Tensors) -> StateDict {
        match &self.detinit {
            Some(recipe) => recipe.weights().collect(),
            None => state_dict(stored, "w."),
        }
    }
}

/// The sizes of a BERT, from its weights.
fn bert_sizes(bert: &CaseBert, weights: &StateDict) -> BertConfig {
    let size = |name: &str, axis: usize| {
        let weight = weights.get(&format!("bertmodel.{name}"));
        weight
            .unwrap_or_else(|| panic!("no weight `{name}`"))
            .shape()[axis]
    };
    let layers: BTreeSet<_> = weights
        .names()
        .filter_map(|name| name.strip_prefix("bertmodel.encoder.layer."))
        .filter_map(|name| name.split('.').next())
        .collect();
    BertConfig {
        vocabulary: size("embeddings.word_embeddings.weight", 0),
        d_model: size("embeddings.word_embeddings.weight", 1),
        n_layers: layers.len(),
        n_heads: bert.heads.unwrap_or(BertConfig::BASE.n_heads),
        d_feed_forward: size("encoder.layer.0.intermediate.dense.weight", 0),
        positions: size("embeddings.position_embeddings.weight", 0),
        token_types: size("embeddings.token_type_embeddings.weight", 0),
        dropout: 0.0,
        attention_dropout: 0.0,
        ..BertConfig::BASE
    }
}

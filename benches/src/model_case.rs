//! The workload of the whole model: its configuration, objective and optimiser.

use misa_core::encoder::bert::{BertConfig, BertFreezing};
use misa_core::loss::{MisaLossConfig, Similarity};
use misa_core::{
    ActivationKind, CellKind, FeatureSizes, MisaConfig, Task, TextSize, TransformerLayerConfig,
};
use misa_train::Adam;
use serde::Deserialize;
use thiserror::Error;

/// The whole model and how it is trained. Names are those of the file.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelCase {
    /// Recurrent unit.
    pub cell: CellKind,
    /// Size of a word vector.
    pub text_dim: usize,
    /// Features of a visual step.
    pub visual_dim: usize,
    /// Features of an acoustic step.
    pub acoustic_dim: usize,
    /// Word ids, padding included; none for word pieces.
    pub vocab: Option<usize>,
    /// BERT's sizes, where it encodes the text.
    pub bert: Option<BertCase>,
    /// Size of both subspaces.
    pub hidden: usize,
    /// Columns of a prediction.
    pub classes: usize,
    /// Loss of the prediction.
    pub task_loss: TaskLoss,
    /// Similarity loss.
    pub similarity: Similarity,
    /// Highest central moment compared.
    pub cmd_moments: usize,
    /// Activation of the projections and the head.
    pub activation: ActivationKind,
    /// Dropout of the head.
    pub dropout: f64,
    /// Attention heads of the fusion.
    pub fusion_heads: usize,
    /// Width of the fusion's feed-forward layer.
    pub fusion_ff: usize,
    /// Dropout of the fusion's transformer layer.
    pub fusion_dropout: f64,
    /// Weights of the objective.
    pub loss_weights: LossWeights,
    /// Bound of every element of a gradient.
    pub clip_value: f64,
    /// The optimiser.
    pub optimizer: Optimiser,
}

/// Sizes of a BERT, and what of it is frozen.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct BertCase {
    /// Transformer layers.
    pub layers: usize,
    /// Features of a token.
    pub hidden: usize,
    /// Attention heads.
    pub heads: usize,
    /// Width of the feed-forward part.
    pub intermediate: usize,
    /// Distinct token ids.
    pub vocab: usize,
    /// Tokens of the longest sentence.
    pub positions: usize,
    /// Kinds of sentences.
    pub types: usize,
    /// Dropout of what layers add.
    pub hidden_dropout: f64,
    /// Dropout of attention weights.
    pub attention_dropout: f64,
    /// Added to variances.
    pub layer_norm_eps: f64,
    /// First layers that keep their weights.
    pub frozen_layers: usize,
    /// Whether everything is frozen, has no dropout, and is computed once. No case of the file is.
    #[serde(default)]
    pub computed_once: bool,
}

impl BertCase {
    fn config(&self) -> BertConfig {
        BertConfig {
            vocabulary: self.vocab,
            d_model: self.hidden,
            n_layers: self.layers,
            n_heads: self.heads,
            d_feed_forward: self.intermediate,
            positions: self.positions,
            token_types: self.types,
            dropout: self.hidden_dropout,
            attention_dropout: self.attention_dropout,
            norm_epsilon: self.layer_norm_eps,
        }
    }

    fn freezing(&self) -> BertFreezing {
        match (self.computed_once, self.frozen_layers) {
            (true, _) => BertFreezing::All,
            (false, 0) => BertFreezing::None,
            (false, layers) => BertFreezing::Layers(layers),
        }
    }
}

/// Loss of the prediction.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskLoss {
    /// Squared error.
    Mse,
    /// Cross-entropy.
    CrossEntropy,
}

/// Weights of the objective.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct LossWeights {
    /// Of the difference loss.
    pub diff: f64,
    /// Of the similarity loss.
    pub sim: f64,
    /// Of the reconstruction loss.
    pub recon: f64,
}

/// The optimiser and its settings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Optimiser {
    /// Adam.
    Adam {
        /// Learning rate.
        lr: f64,
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Keeps the division finite.
        eps: f64,
    },
}

/// A workload that this implementation cannot run.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// Neither BERT nor a vocabulary.
    #[error("text without a vocabulary is not supported")]
    Text,
    /// The fusion's sizes are fixed in the model.
    #[error("another number of fusion heads or feed-forward features is not supported")]
    Fusion,
    /// Recurrent layers read in both directions.
    #[error("a recurrent layer of one direction is not supported")]
    OneDirection,
}

impl ModelCase {
    /// Feature sizes of the data.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] if the text is neither word ids nor tokens.
    pub fn sizes(&self) -> Result<FeatureSizes, Unsupported> {
        let text = match (&self.bert, self.vocab) {
            (Some(bert), _) => TextSize::Bert(bert.config()),
            (None, Some(vocabulary)) => TextSize::Words { vocabulary },
            (None, None) => return Err(Unsupported::Text),
        };
        Ok(FeatureSizes {
            text,
            visual: self.visual_dim,
            acoustic: self.acoustic_dim,
        })
    }

    /// What is predicted.
    pub fn task(&self) -> Task {
        match self.task_loss {
            TaskLoss::Mse => Task::Regression,
            TaskLoss::CrossEntropy => Task::Classification {
                classes: self.classes,
            },
        }
    }

    /// The model.
    ///
    /// It has the discriminator of subspaces that the official code computes and never trains,
    /// because the workload counts it as work.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] says what the model lacks.
    pub fn model(&self) -> Result<MisaConfig, Unsupported> {
        let sizes = self.sizes()?;
        let fusion = TransformerLayerConfig::new(self.hidden);
        if [fusion.n_heads, fusion.d_feed_forward] != [self.fusion_heads, self.fusion_ff] {
            return Err(Unsupported::Fusion);
        }
        let (freezing, frozen_dropout) = match &self.bert {
            Some(bert) => (bert.freezing(), !bert.computed_once),
            None => (BertFreezing::None, true),
        };
        // The size of a word vector shows in no tensor of a model with BERT.
        Ok(MisaConfig::new(sizes)
            .with_bert_freezing(freezing)
            .with_frozen_dropout(frozen_dropout)
            .with_task(self.task())
            .with_d_hidden(self.hidden)
            .with_d_embedding(self.text_dim)
            .with_cell(self.cell)
            .with_activation(self.activation)
            .with_dropout(self.dropout)
            .with_attention_dropout(self.fusion_dropout)
            .with_adversary(self.similarity == Similarity::Adversarial)
            .with_subspace_discriminator(true))
    }

    /// The objective.
    pub fn objective(&self) -> MisaLossConfig {
        MisaLossConfig::new()
            .with_task(self.task())
            .with_similarity(self.similarity)
            .with_moments(self.cmd_moments)
            .with_similarity_weight(self.loss_weights.sim)
            .with_difference_weight(self.loss_weights.diff)
            .with_reconstruction_weight(self.loss_weights.recon)
    }

    /// The optimiser, which also bounds the gradients.
    pub fn adam(&self) -> Adam {
        let Optimiser::Adam {
            beta1, beta2, eps, ..
        } = self.optimizer;
        Adam {
            beta_1: beta1,
            beta_2: beta2,
            epsilon: eps,
            clip: Some(self.clip_value),
        }
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f64 {
        let Optimiser::Adam { lr, .. } = self.optimizer;
        lr
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cases, Workload};

    #[test]
    fn every_bundled_case_is_supported() {
        for case in Cases::bundled().unwrap().all() {
            assert_eq!(case.check_supported(), Ok(()), "{}", case.name);
        }
    }

    #[test]
    fn another_fusion_is_not_supported() {
        let cases = Cases::bundled().unwrap();
        let Workload::Model(model) = &cases.named("mosi_glove_b64").unwrap().workload else {
            panic!("a model");
        };
        let mut model = model.clone();
        model.fusion_heads = 4;
        assert_eq!(model.model().unwrap_err(), Unsupported::Fusion);
    }
}

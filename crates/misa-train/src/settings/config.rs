//! How a model is trained.

use crate::{BertSettings, GradientClip, LearningRates, Phase, PretrainingConfig, Schedule};
use burn::config::Config;
use misa_core::{
    ActivationKind, CellKind, ConfigError, ContextConfig, FeatureSizes, FusionKind, MisaConfig,
    Modalities, Modality, MutualAttentionConfig, ReconstructionSource, Representations, Task,
    encoder::bert::BertFreezing,
    loss::{MisaLossConfig, Regression, Similarity, Weighting},
};
use misa_data::{Normalisation, Order};
use std::path::PathBuf;

/// Configuration of a run: everything but the data and the device.
///
/// The defaults are the official ones for MOSI; [`crate::Preset`] gives those of other corpora.
///
/// | Field | Default | Range | Meaning |
/// | --- | --- | --- | --- |
/// | `seed` | 336 | | of weights, order and dropout |
/// | `epochs` | 500 | `[1, inf)`, 0 after pre-training | at most, those of the objective |
/// | `patience` | 6 | `[0, inf)` | epochs without improvement that are forgiven |
/// | `batch_size` | 64 | `[1, inf)` | in training and in evaluation |
/// | `accumulation` | 1 | `[1, inf)` | batches per optimiser step |
/// | `learning_rate` | 1e-4 | `(0, inf)` | of Adam |
/// | `weight_decay` | 0 | `[0, inf)` | of Adam, decoupled |
/// | `warm_up` | 0 | `[0, inf)` | optimiser steps |
/// | `schedule` | constant | see [`Schedule`] | course of the learning rate |
/// | `trials` | 1 | `[1, inf)` | times that patience may run out |
/// | `gradient_clip` | value 1.0 | see [`GradientClip`] | bound of gradients |
///
/// The fields of the model have the ranges of [`MisaConfig`].
#[derive(Config, Debug)]
pub struct TrainingConfig {
    /// Seed of everything random.
    #[config(default = 336)]
    pub seed: u64,
    /// Most epochs of the objective.
    #[config(default = 500)]
    pub epochs: usize,
    /// Epochs in a row without improvement that are forgiven; the next one stops the run.
    #[config(default = 6)]
    pub patience: usize,
    /// Utterances in a batch.
    #[config(default = 64)]
    pub batch_size: usize,
    /// Batches whose gradients are added up for one optimiser step.
    #[config(default = 1)]
    pub accumulation: usize,
    /// Order of the utterances in training.
    #[config(default = "Order::Shuffled")]
    pub order: Order,
    /// Learning rate of Adam.
    #[config(default = 1e-4)]
    pub learning_rate: f64,
    /// How large gradients may become.
    #[config(default = "GradientClip::Value(1.0)")]
    pub gradient_clip: GradientClip,
    /// The course of the learning rate.
    #[config(default = "Schedule::Constant")]
    pub schedule: Schedule,
    /// How often patience may run out; before the last time, the run goes back to its best model
    /// and optimiser with half the learning rate.
    #[config(default = 1)]
    pub trials: usize,
    /// How visual and acoustic features are scaled first; files of the official code are scaled
    /// already.
    pub normalisation: Option<Normalisation>,
    /// Decay of weight matrices per step, as a share of the learning rate; none of biases and
    /// norms.
    #[config(default = 0.0)]
    pub weight_decay: f64,
    /// Optimiser steps in which the learning rate rises to its value.
    #[config(default = 0)]
    pub warm_up: usize,
    /// BERT for the text, in place of word ids or of vectors.
    pub bert: Option<BertSettings>,
    /// Text file of word vectors to start from, such as GloVe's.
    pub glove: Option<PathBuf>,
    /// Folder of a trained model, or of its run, to take every tensor from that fits.
    pub transfer: Option<PathBuf>,
    /// What is learned before the objective.
    pub pretraining: Option<PretrainingConfig>,
    /// Probability that a modality of an utterance is missing in training.
    #[config(default = 0.0)]
    pub modality_dropout: f64,
    /// Modalities in use; the others are off everywhere.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
    /// Size of both subspaces.
    #[config(default = 128)]
    pub d_hidden: usize,
    /// Size of a word vector.
    #[config(default = 300)]
    pub d_embedding: usize,
    /// Keep the word vectors as they are.
    #[config(default = false)]
    pub freeze_embedding: bool,
    /// Recurrent unit.
    #[config(default = "CellKind::Lstm")]
    pub cell: CellKind,
    /// Activation of the projections, the head and the adversary.
    #[config(default = "ActivationKind::Relu")]
    pub activation: ActivationKind,
    /// Dropout of the head and the adversary.
    #[config(default = 0.5)]
    pub dropout: f64,
    /// Dropout of the transformer layer.
    #[config(default = 0.1)]
    pub attention_dropout: f64,
    /// Factor of the adversary's reversed gradient.
    #[config(default = 1.0)]
    pub reversal_weight: f64,
    /// How representations are fused.
    #[config(default = "FusionKind::Transformer")]
    pub fusion: FusionKind,
    /// Which representations are fused.
    #[config(default = "Representations::Both")]
    pub representations: Representations,
    /// What the reconstruction is made from.
    #[config(default = "ReconstructionSource::Sum")]
    pub reconstruction: ReconstructionSource,
    /// Attention between the step sequences of modalities.
    pub mutual_attention: Option<MutualAttentionConfig>,
    /// A recurrent layer over the utterances of a video; batches then hold whole videos.
    pub context: Option<ContextConfig>,
    /// The objective.
    #[config(default = "MisaLossConfig::new()")]
    pub loss: MisaLossConfig,
}

impl TrainingConfig {
    /// Checks the range of every field that is not the model's; [`TrainingConfig::model`] checks
    /// those.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("epochs", self.total_epochs()),
            ("batch_size", self.batch_size),
            ("accumulation", self.accumulation),
            ("trials", self.trials),
        ] {
            ConfigError::check(field, value as f64, "[1, inf)", value >= 1)?;
        }
        let rate = self.learning_rate;
        let holds = rate > 0.0 && rate.is_finite();
        ConfigError::check("learning_rate", rate, "(0, inf)", holds)?;
        if let Some(pretraining) = &self.pretraining {
            pretraining.validate()?;
        }
        let dropout = self.modality_dropout;
        let holds = (0.0..1.0).contains(&dropout);
        ConfigError::check("modality_dropout", dropout, "[0, 1)", holds)?;
        self.gradient_clip.validate()?;
        self.schedule.validate()?;
        let decay = self.weight_decay;
        let holds = decay >= 0.0 && decay.is_finite();
        ConfigError::check("weight_decay", decay, "[0, inf)", holds)?;
        if let Some(bert) = &self.bert {
            bert.validate()?;
        }
        if let Order::Bucketed { batches } = self.order {
            ConfigError::check("order.batches", batches as f64, "[1, inf)", batches >= 1)?;
        }
        self.loss.validate()
    }

    /// Epochs in all, those before the objective included.
    pub fn total_epochs(&self) -> usize {
        self.epochs
            + self
                .pretraining
                .as_ref()
                .map_or(0, PretrainingConfig::epochs)
    }

    /// What epoch number `epoch`, from 1, is for.
    pub fn phase(&self, epoch: usize) -> Phase {
        let pretraining = self.pretraining.as_ref();
        pretraining.map_or(Phase::Joint, |pretraining| pretraining.phase(epoch))
    }

    /// The learning rates of optimiser step number `step`, from 1, of at most `total`, before the
    /// valid loss has lowered them.
    pub fn rates(&self, step: usize, total: usize) -> LearningRates {
        let share = self.schedule.share(step, self.warm_up, total);
        let bert = self.bert.as_ref().and_then(|bert| bert.learning_rate);
        LearningRates {
            model: share * self.learning_rate,
            bert: share * bert.unwrap_or(self.learning_rate),
        }
    }

    /// The model for data of the given sizes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn model(&self, sizes: FeatureSizes) -> Result<MisaConfig, ConfigError> {
        let before = self.pretraining.clone();
        let before = before.unwrap_or_else(PretrainingConfig::new);
        let model = MisaConfig::new(sizes)
            .with_task(self.loss.task)
            .with_modalities(self.modalities)
            .with_d_hidden(self.d_hidden)
            .with_d_embedding(self.d_embedding)
            .with_freeze_embedding(self.freeze_embedding)
            .with_cell(self.cell)
            .with_activation(self.activation)
            .with_dropout(self.dropout)
            .with_attention_dropout(self.attention_dropout)
            .with_adversary(self.loss.similarity == Similarity::Adversarial)
            .with_reversal_weight(self.reversal_weight)
            .with_subspace_discriminator(self.loss.discrimination_weight > 0.0)
            .with_fusion(self.fusion)
            .with_representations(self.representations)
            .with_reconstruction(self.reconstruction)
            .with_mutual_attention(self.mutual_attention.clone())
            .with_context(self.context.clone())
            .with_unimodal_heads(self.loss.unimodal.is_some() || before.unimodal_epochs > 0)
            .with_step_heads(before.masked_epochs > 0)
            .with_cycle(self.loss.cycle_weight > 0.0);
        let model = match &self.bert {
            Some(bert) => model
                .with_text_pooling(bert.pooling)
                .with_bert_freezing(bert.freezing)
                .with_frozen_dropout(bert.frozen_dropout),
            None => model,
        };
        model.validate()?;
        let is_frozen = |bert: &BertSettings| bert.freezing == BertFreezing::All;
        let attends = self.mutual_attention.as_ref();
        let attends = attends.is_some_and(|attention| attention.n_layers > 0);
        let is_alone = self.modalities.count() == 1;
        let learns_weights = self.loss.weighting == Weighting::Learned;
        let is_regression = self.loss.task == Task::Regression;
        let conflicts = [
            (
                attends && self.bert.as_ref().is_some_and(is_frozen),
                "mutual_attention",
                "with a BERT that is frozen whole: its steps are not kept",
            ),
            (
                before.masked_epochs > 0 && self.modalities.iter().eq([Modality::Text]),
                "pretraining.masked_epochs",
                "without visual or acoustic sequences",
            ),
            (
                self.modality_dropout > 0.0 && is_alone,
                "modality_dropout",
                "with one modality, of which none would be left",
            ),
            (
                learns_weights && is_alone && self.loss.similarity_weight > 0.0,
                "loss.weighting learned",
                "with one modality and a similarity weight: that loss is always 0, and its weight \
                 would grow without end",
            ),
            (
                !is_regression && self.loss.regression != Regression::Squared,
                "loss.regression",
                "with classes, whose task loss is cross-entropy",
            ),
        ];
        let mut conflicts = conflicts.into_iter();
        match conflicts.find(|(is_there, ..)| *is_there) {
            Some((_, field, reason)) => Err(ConfigError::Conflict { field, reason }),
            None => Ok(model),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_their_range_are_named() {
        let error = TrainingConfig::new().with_learning_rate(0.0).validate();
        assert_eq!(
            error.unwrap_err().to_string(),
            "learning_rate must be in (0, inf), got 0"
        );
        assert!(TrainingConfig::new().with_batch_size(0).validate().is_err());
    }

    #[test]
    fn learning_rates_rise_to_their_values() {
        let bert = BertSettings::new("bert".into()).with_learning_rate(Some(1e-5));
        let config = TrainingConfig::new().with_warm_up(4).with_bert(Some(bert));
        let rates = |step| config.rates(step, 100);
        assert_eq!((rates(1).model, rates(1).bert), (0.25e-4, 0.25e-5));
        assert_eq!((rates(4).model, rates(9).bert), (1e-4, 1e-5));
    }

    #[test]
    fn settings_that_exclude_one_another_are_named() {
        let sizes = FeatureSizes {
            text: misa_core::TextSize::Words { vocabulary: 5 },
            visual: 2,
            acoustic: 3,
        };
        let frozen = BertSettings::new("bert".into()).with_freezing(BertFreezing::All);
        let attending = TrainingConfig::new()
            .with_mutual_attention(Some(MutualAttentionConfig::new()))
            .with_bert(Some(frozen));
        assert_eq!(
            attending.model(sizes).unwrap_err().to_string(),
            "mutual_attention cannot be used with a BERT that is frozen whole: its steps are not kept"
        );
        let hiding = TrainingConfig::new()
            .with_pretraining(Some(PretrainingConfig::new().with_masked_epochs(1)))
            .with_modalities("text".parse().unwrap());
        assert_eq!(
            hiding.model(sizes).unwrap_err().to_string(),
            "pretraining.masked_epochs cannot be used without visual or acoustic sequences"
        );
        let text = || TrainingConfig::new().with_modalities("text".parse().unwrap());
        let loss = MisaLossConfig::new();
        for (config, field) in [
            (text().with_modality_dropout(0.1), "modality_dropout"),
            (
                text().with_loss(loss.clone().with_weighting(Weighting::Learned)),
                "loss.weighting learned",
            ),
            (
                TrainingConfig::new().with_loss(
                    loss.with_task(Task::Classification { classes: 2 })
                        .with_regression(Regression::Absolute),
                ),
                "loss.regression",
            ),
        ] {
            let error = config.model(sizes).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{field} cannot be used with ")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_config_survives_json() {
        let config = TrainingConfig::new()
            .with_seed(u64::MAX)
            .with_learning_rate(1.0 / 3.0);
        let json = serde_json::to_string(&config).unwrap();
        let read: TrainingConfig = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }
}

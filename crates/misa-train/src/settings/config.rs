//! How a model is trained.

use super::conflicts::{check_conflicts, without_effect};
use crate::{BertSettings, GradientClip, LearningRates, Phase, PretrainingConfig, Schedule};
use misa_core::loss::{MisaLossConfig, Similarity, UnimodalLabels};
use misa_core::{ConfigError, FeatureSizes, MisaConfig, Modality, ModelParts, ModelSettings};
use misa_data::{Normalisation, Note, NoteKind, Order};
use std::path::PathBuf;

misa_terms::settings! {
    /// Configuration of a run, except the data and the device.
    ///
    /// The defaults are the official ones for MOSI; [`crate::Preset`] gives those of other corpora.
    ///
    /// | Field | Default | Range | Meaning |
    /// | --- | --- | --- | --- |
    /// | `seed` | 336 | | seed of weights, order and dropout |
    /// | `epochs` | 500 | `[1, inf)`, 0 after pre-training | most epochs after pre-training |
    /// | `patience` | 6 | `[0, inf)` | epochs in a row without improvement that do not end a trial |
    /// | `batch_size` | 64 | `[1, inf)` | utterances per batch, in training and in evaluation |
    /// | `accumulation` | 1 | `[1, inf)` | batches per optimiser step |
    /// | `learning_rate` | 1e-4 | `(0, inf)` | learning rate of Adam |
    /// | `adversary_learning_rate` | that of the model | `(0, inf)` | learning rate of the adversary's weights |
    /// | `weight_decay` | 0 | `[0, inf)` | decoupled weight decay |
    /// | `warm_up` | 0 | `[0, inf)` | optimiser steps in which the learning rate rises |
    /// | `schedule` | constant | see [`Schedule`] | course of the learning rate |
    /// | `trials` | 1 | `[1, inf)` | times that patience may run out |
    /// | `gradient_clip` | value 1.0 | see [`GradientClip`] | bound of gradients |
    ///
    /// [`ModelSettings`] describes the fields of the model, [`MisaLossConfig`] those of the
    /// objective.
    pub struct TrainingConfig {
        /// Seed of everything random.
        pub seed: u64 = 336, with_seed;
        /// Most epochs after pre-training; 0 is allowed only with pre-training.
        pub epochs: usize = 500, with_epochs;
        /// Epochs in a row without improvement that do not end a trial; the next one does.
        pub patience: usize = 6, with_patience;
        /// Utterances in a batch. Range: `[1, inf)`.
        pub batch_size: usize = 64, with_batch_size;
        /// Batches whose gradients are added up for one optimiser step. Range: `[1, inf)`.
        pub accumulation: usize = 1, with_accumulation;
        /// Order of the utterances in training.
        pub order: Order = Order::Shuffled, with_order;
        /// Learning rate of Adam. Range: `(0, inf)`.
        pub learning_rate: f64 = 1e-4, with_learning_rate;
        /// Learning rate of the weights of an adversary that makes shared vectors similar, if it has
        /// another. Range: `(0, inf)`.
        pub adversary_learning_rate: Option<f64> = None, with_adversary_learning_rate;
        /// How large gradients may become.
        pub gradient_clip: GradientClip = GradientClip::Value(1.0), with_gradient_clip;
        /// The course of the learning rate.
        pub schedule: Schedule = Schedule::Constant, with_schedule;
        /// How often patience may run out. The last time, the run ends; each time before, it goes
        /// back to its best model and optimiser with half the learning rate. Range: `[1, inf)`.
        pub trials: usize = 1, with_trials;
        /// How visual and acoustic features are scaled before training; those in files of the
        /// official code are scaled already.
        pub normalisation: Option<Normalisation> = None, with_normalisation;
        /// Decay of weight matrices per step, as a share of the learning rate; biases and norms do
        /// not decay. Range: `[0, inf)`.
        pub weight_decay: f64 = 0.0, with_weight_decay;
        /// Optimiser steps in which the learning rate rises linearly to its value.
        pub warm_up: usize = 0, with_warm_up;
        /// BERT that reads the text, instead of word ids or vectors.
        pub bert: Option<BertSettings> = None, with_bert;
        /// Text file of initial word vectors, such as GloVe's.
        pub glove: Option<PathBuf> = None, with_glove;
        /// Folder of a trained model, or of its run, whose tensors of the same name and shape are
        /// the initial ones.
        pub transfer: Option<PathBuf> = None, with_transfer;
        /// Epochs of pre-training.
        pub pretraining: Option<PretrainingConfig> = None, with_pretraining;
        /// Probability that a modality of an utterance is missing in training. Range: `[0, 1)`.
        pub modality_dropout: f64 = 0.0, with_modality_dropout;
        /// Largest rate of missing frames in training, 1 as published; 0 is off. In each modality, half
        /// of the utterances of a batch stay whole, and each of the others has a rate from 0 to this one.
        /// Range: `[0, 1]`.
        pub frame_dropout: f64 = 0.0, with_frame_dropout;
        /// The settings of the model; in files, these are fields of the configuration itself.
        #[serde(flatten)]
        pub model: ModelSettings = ModelSettings::new(), with_model;
        /// The objective.
        pub loss: MisaLossConfig = MisaLossConfig::new(), with_loss;
    }
}

misa_core::model_builder!(TrainingConfig, model);

impl TrainingConfig {
    /// Checks every range, that no two settings exclude each other, and that each is read.
    ///
    /// [`TrainingConfig::model`] checks whether the sizes of data suit the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match self.validate_recorded()?.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// [`Self::validate`] for the settings of a run that has begun: an earlier release may have taken settings
    /// without effect, for each of which the error of `validate` is returned.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used for another reason.
    pub fn validate_recorded(&self) -> Result<Vec<ConfigError>, ConfigError> {
        for (field, value) in [
            ("epochs", self.total_epochs()),
            ("batch_size", self.batch_size),
            ("accumulation", self.accumulation),
            ("trials", self.trials),
        ] {
            ConfigError::check(field, value as f64, "[1, inf)", value >= 1)?;
        }
        for (field, rate) in [
            ("learning_rate", Some(self.learning_rate)),
            ("adversary_learning_rate", self.adversary_learning_rate),
        ] {
            let holds = rate.is_none_or(|rate| rate > 0.0 && rate.is_finite());
            ConfigError::check(field, rate.unwrap_or_default(), "(0, inf)", holds)?;
        }
        if let Some(pretraining) = &self.pretraining {
            pretraining.validate()?;
        }
        let dropout = self.modality_dropout;
        let holds = (0.0..1.0).contains(&dropout);
        ConfigError::check("modality_dropout", dropout, "[0, 1)", holds)?;
        let dropout = self.frame_dropout;
        let holds = (0.0..=1.0).contains(&dropout);
        ConfigError::check("frame_dropout", dropout, "[0, 1]", holds)?;
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
        self.model.validate()?;
        self.loss.validate()?;
        check_conflicts(self)?;
        Ok(without_effect(self))
    }

    /// Most epochs, including those of pre-training.
    pub fn total_epochs(&self) -> usize {
        let pretraining = self.pretraining.as_ref();
        (self.epochs).saturating_add(pretraining.map_or(0, PretrainingConfig::epochs))
    }

    /// What epoch number `epoch`, from 1, is for.
    pub fn phase(&self, epoch: usize) -> Phase {
        let pretraining = self.pretraining.as_ref();
        pretraining.map_or(Phase::Joint, |pretraining| pretraining.phase(epoch))
    }

    /// Whether the labels of single modalities are generated.
    pub fn generates_labels(&self) -> bool {
        let unimodal = self.loss.unimodal.as_ref();
        unimodal.is_some_and(|unimodal| unimodal.labels == UnimodalLabels::Generated)
    }

    /// The number of epoch number `epoch` among those of the objective, from 1; 0 for one of
    /// pre-training.
    pub fn joint_epoch(&self, epoch: usize) -> usize {
        let pretraining = self.pretraining.as_ref();
        epoch.saturating_sub(pretraining.map_or(0, PretrainingConfig::epochs))
    }

    /// The learning rates of optimiser step number `step`, from 1, of at most `total`, without the
    /// factors of [`Schedule::Plateau`] and of trials. Only [`Schedule::Cosine`] depends on `total`.
    pub fn rates(&self, step: usize, total: usize) -> LearningRates {
        let share = self.schedule.share(step, self.warm_up, total);
        let bert = self.bert.as_ref().and_then(|bert| bert.learning_rate);
        LearningRates {
            model: share * self.learning_rate,
            bert: share * bert.unwrap_or(self.learning_rate),
            adversary: share * self.adversary_learning_rate.unwrap_or(self.learning_rate),
        }
    }

    /// Whether a note on the data concerns a run: words outside the vocabulary of the data do not, if
    /// BERT reads the words or nothing does.
    pub fn concerns(&self, note: &Note) -> bool {
        let reads_ids = self.bert.is_none() && self.model.modalities.contains(Modality::Text);
        reads_ids || note.kind != NoteKind::UnknownWord
    }

    /// The optional modules of the model that the objective and the pre-training need.
    pub fn parts(&self) -> ModelParts {
        let pretraining = self.pretraining.clone().unwrap_or_default();
        let loss = &self.loss;
        ModelParts {
            adversary: loss.similarity == Similarity::Adversarial,
            subspace_discriminator: loss.discrimination_weight > 0.0,
            unimodal_heads: loss.unimodal.is_some() || pretraining.unimodal_epochs > 0,
            step_heads: pretraining.masked_epochs > 0,
            cycle: loss.cycle_weight > 0.0,
            // Trained after the model.
            completion: false,
        }
    }

    /// The model for data of the given sizes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first size or field of the model that cannot be used.
    pub fn model(&self, sizes: FeatureSizes) -> Result<MisaConfig, ConfigError> {
        let bert = self.bert.as_ref().map(|bert| bert.reading);
        let config = MisaConfig {
            sizes,
            task: self.loss.task,
            settings: self.model.clone(),
            bert: bert.unwrap_or_default(),
            parts: self.parts(),
        };
        config.validate()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_core::encoder::bert::BertFreezing;
    use misa_core::loss::{ContrastLossConfig, Regression, UnimodalLossConfig, Weighting};
    use misa_core::{Directions, MutualAttentionConfig, Task};

    #[test]
    fn values_outside_their_range_are_named() {
        let error = TrainingConfig::new().with_learning_rate(0.0).validate();
        assert_eq!(
            error.unwrap_err().to_string(),
            "learning_rate must be in (0, inf), got 0"
        );
        assert!(TrainingConfig::new().with_batch_size(0).validate().is_err());
        let dropout = |largest| TrainingConfig::new().with_frame_dropout(largest).validate();
        assert_eq!(dropout(1.0), Ok(()));
        let error = dropout(f64::NAN).unwrap_err().to_string();
        assert_eq!(error, "frame_dropout must be in [0, 1], got NaN");
    }

    #[test]
    fn learning_rates_rise_to_their_values() {
        let bert = BertSettings::new("bert".into()).with_learning_rate(Some(1e-5));
        let config = TrainingConfig::new().with_warm_up(4).with_bert(Some(bert));
        let rates = |step| config.rates(step, 100);
        assert_eq!((rates(1).model, rates(1).bert), (0.25e-4, 0.25e-5));
        assert_eq!(rates(1).adversary, rates(1).model);
        let config = config.clone().with_adversary_learning_rate(Some(1e-3));
        assert_eq!(config.rates(2, 100).adversary, 0.5e-3);
        assert_eq!((rates(4).model, rates(9).bert), (1e-4, 1e-5));
    }

    #[test]
    fn settings_that_exclude_one_another_are_named() {
        let frozen = BertSettings::new("bert".into()).with_freezing(BertFreezing::All);
        let attending = TrainingConfig::new()
            .with_mutual_attention(Some(MutualAttentionConfig::new()))
            .with_bert(Some(frozen));
        assert_eq!(
            attending.validate().unwrap_err().to_string(),
            "mutual_attention cannot be used with a BERT that is frozen whole, except from_text: the \
             steps of the text are not available"
        );
        let asking = attending.with_mutual_attention(Some(
            MutualAttentionConfig::new().with_directions(Directions::FromText),
        ));
        asking.validate().unwrap();
        let hiding = TrainingConfig::new()
            .with_pretraining(Some(PretrainingConfig::new().with_masked_epochs(1)))
            .with_modalities("text".parse().unwrap());
        assert_eq!(
            hiding.validate().unwrap_err().to_string(),
            "pretraining.masked_epochs cannot be used without visual or acoustic sequences"
        );
        let text = || TrainingConfig::new().with_modalities("text".parse().unwrap());
        let loss = MisaLossConfig::new();
        let labels = UnimodalLossConfig::new().with_labels(UnimodalLabels::Generated);
        let generating = loss.clone().with_unimodal(Some(labels));
        for (config, field) in [
            (text().with_modality_dropout(0.1), "modality_dropout"),
            (
                text().with_loss(loss.clone().with_weighting(Weighting::Learned)),
                "loss.weighting learned",
            ),
            (
                TrainingConfig::new().with_loss(
                    generating
                        .clone()
                        .with_task(Task::Classification { classes: 2 }),
                ),
                "loss.unimodal.labels generated",
            ),
            (
                TrainingConfig::new().with_loss(generating.with_weighting(Weighting::Learned)),
                "loss.unimodal.labels generated",
            ),
            (
                TrainingConfig::new().with_loss(
                    loss.with_task(Task::Classification { classes: 2 })
                        .with_regression(Regression::Absolute),
                ),
                "loss.regression",
            ),
        ] {
            let error = config.validate().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{field} cannot be used with ")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_contrast_between_modalities_needs_two() {
        let contrast = |weighting| {
            let loss = MisaLossConfig::new().with_similarity_weight(0.0);
            let loss = loss.with_contrast(Some(ContrastLossConfig::new()));
            TrainingConfig::new().with_loss(loss.with_weighting(weighting))
        };
        for weighting in [Weighting::Fixed, Weighting::Learned] {
            let config = contrast(weighting);
            config.validate().unwrap();
            let config = config.with_modalities("acoustic".parse().unwrap());
            assert_eq!(
                config.validate().unwrap_err().to_string(),
                "loss.contrast cannot be used with one modality: it compares those of an utterance, \
                 and would always be 0"
            );
        }
    }

    #[test]
    fn mutual_attention_that_joins_nothing_is_refused() {
        let validate = |directions, n_layers, modalities: &str| {
            let attention = MutualAttentionConfig::new().with_directions(directions);
            let config = TrainingConfig::new().with_modalities(modalities.parse().unwrap());
            let attention = attention.with_n_layers(n_layers);
            config.with_mutual_attention(Some(attention)).validate()
        };
        for (directions, modalities) in [
            (Directions::FromText, "visual,acoustic"),
            (Directions::Text, "visual,acoustic"),
            (Directions::All, "text"),
        ] {
            let error = validate(directions, 1, modalities).unwrap_err();
            assert_eq!(
                error.to_string(),
                "mutual_attention cannot be used with modalities that none of its directions joins: it \
                 would do nothing"
            );
            // Without layers, it is off.
            validate(directions, 0, modalities).unwrap();
        }
        validate(Directions::All, 1, "visual,acoustic").unwrap();
        validate(Directions::IntoText, 1, "text,acoustic").unwrap();
    }

    #[test]
    fn a_rate_without_an_adversary_is_refused() {
        let config = TrainingConfig::new().with_adversary_learning_rate(Some(1e-2));
        assert_eq!(
            config.validate().unwrap_err().to_string(),
            "adversary_learning_rate cannot be used without an adversary: set loss.similarity to \
             adversarial"
        );
        let loss = MisaLossConfig::new().with_similarity(Similarity::Adversarial);
        config.with_loss(loss).validate().unwrap();
    }

    #[test]
    fn a_plateau_after_the_end_is_refused() {
        let waiting = |patience| {
            let factor = 0.5;
            let schedule = Schedule::Plateau { factor, patience };
            TrainingConfig::new()
                .with_patience(6)
                .with_schedule(schedule)
        };
        waiting(6).validate().unwrap();
        assert_eq!(
            waiting(7).validate().unwrap_err().to_string(),
            "schedule.plateau.patience cannot be used with a shorter `patience`: the run would end \
             before its learning rate falls"
        );
        // Another trial goes on waiting.
        waiting(7).with_trials(2).validate().unwrap();
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

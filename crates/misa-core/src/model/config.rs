//! What a model is made of.

use super::settings::{MAX_SIZE, check_size};
use super::{Misa, ModelParts, ModelSettings};
use crate::encoder::bert::{BertFreezing, BertReading, TextPooling};
use crate::encoder::{SequenceEncoderConfig, TextEncoderConfig, to_be_replaced};
use crate::modality_modules::ModalityModules;
use crate::{
    AdversaryConfig, Completion, CompletionConfig, ConfigError, FeatureSizes, FusionConfig,
    FusionKind, Modality, MutualAttention, PerModality, ProjectionConfig, ReconstructionConfig,
    StepHeads, SubspaceDiscriminator, SubspacesConfig, Task, TextSize, UnimodalHeads,
};
use burn::module::{ModuleVisitor, Param};
use burn::prelude::*;
use serde::{Deserialize, Serialize};

/// Configuration of [`Misa`]: its settings for data of given sizes.
///
/// In files, the fields of `settings`, `bert` and `parts` stand beside `sizes` and `task`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MisaConfig {
    /// Feature sizes of the data set. Range: `[1, 2^24]` each.
    pub sizes: FeatureSizes,
    /// What is predicted. Range of the classes: `[2, 2^24]`.
    #[serde(default)]
    pub task: Task,
    /// What depends neither on the data nor on the objective.
    #[serde(flatten)]
    pub settings: ModelSettings,
    /// How BERT reads the text, where it does.
    #[serde(flatten, with = "bert_keys")]
    pub bert: BertReading,
    /// The modules that the objective asks for.
    #[serde(flatten)]
    pub parts: ModelParts,
}

misa_terms::builder! {
    MisaConfig {
        with_task, task: Task;
        with_settings, settings: ModelSettings;
        with_bert, bert: BertReading;
        with_parts, parts: ModelParts;
        with_text_pooling, bert.pooling: TextPooling;
        with_bert_freezing, bert.freezing: BertFreezing;
        with_frozen_dropout, bert.frozen_dropout: bool;
        with_adversary, parts.adversary: bool;
        with_subspace_discriminator, parts.subspace_discriminator: bool;
        with_unimodal_heads, parts.unimodal_heads: bool;
        with_step_heads, parts.step_heads: bool;
        with_cycle, parts.cycle: bool;
        with_completion, parts.completion: bool;
    }
}

crate::model_builder!(MisaConfig, settings);

impl MisaConfig {
    /// MISA for data of the given sizes.
    pub fn new(sizes: FeatureSizes) -> Self {
        Self {
            sizes,
            task: Task::default(),
            settings: ModelSettings::new(),
            bert: BertReading::new(),
            parts: ModelParts::new(),
        }
    }

    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match self.sizes.text {
            TextSize::Words { vocabulary } => check_size("vocabulary", vocabulary)?,
            TextSize::Features { d_input } => check_size("text features", d_input)?,
            TextSize::Bert(bert) => bert.validate()?,
        }
        check_size("visual features", self.sizes.visual)?;
        check_size("acoustic features", self.sizes.acoustic)?;
        if let Task::Classification { classes } = self.task {
            let holds = (2..=MAX_SIZE).contains(&classes);
            ConfigError::check("classes", classes as f64, "[2, 16777216]", holds)?;
        }
        self.settings.validate()?;
        self.check_completion()
    }

    /// Whether the model can read predicted shared vectors, if it has them.
    fn check_completion(&self) -> Result<(), ConfigError> {
        if !self.parts.completion {
            return Ok(());
        }
        let conflict = |reason| ConfigError::Conflict {
            field: "completion",
            reason,
        };
        if self.settings.modalities.count() < 2 {
            return Err(conflict("with one modality"));
        }
        if !self.settings.representations.names().contains(&"shared") {
            return Err(conflict("without shared vectors in the fusion"));
        }
        match self.settings.fusion {
            FusionKind::Transformer | FusionKind::Early => Ok(()),
            _ => Err(conflict(
                "with a fusion that leaves missing modalities out as a whole",
            )),
        }
    }

    /// Creates the model on `device`, every weight drawn as in the official code.
    ///
    /// The weights are drawn at once, from the random state of `device`: seed it first for a model
    /// that can be made again.
    ///
    /// # Panics
    ///
    /// May panic if [`MisaConfig::validate`] refuses the configuration.
    pub fn init(&self, device: &Device) -> Misa {
        let model = self.undrawn(device);
        model.draw();
        model
    }

    /// Creates the model on `device` for weights that are all loaded next: what is replaced is not drawn
    /// before. Call [`Misa::draw`] after that, for what the weights lack.
    #[doc(hidden)]
    pub fn init_to_load(&self, device: &Device) -> Misa {
        to_be_replaced(|| self.undrawn(device))
    }

    /// The model, most of whose weights are drawn when they are first read.
    fn undrawn(&self, device: &Device) -> Misa {
        let used = |modality| self.settings.modalities.contains(modality);
        let sequence =
            |modality, d_input| used(modality).then(|| self.sequence(d_input).init(device));
        let subspaces =
            SubspacesConfig::new(self.settings.d_hidden).with_modalities(self.settings.modalities);
        let decoders = ReconstructionConfig::new(self.settings.d_hidden)
            .with_source(self.settings.reconstruction)
            .with_modalities(self.settings.modalities);
        Misa {
            text: used(Modality::Text).then(|| self.text().init(device)),
            visual: sequence(Modality::Visual, self.sizes.visual),
            acoustic: sequence(Modality::Acoustic, self.sizes.acoustic),
            projections: ModalityModules::init(self.settings.modalities, |modality| {
                ProjectionConfig::new(self.d_encoded(modality), self.settings.d_hidden).init(device)
            }),
            subspaces: subspaces.init(device),
            reconstruction: decoders.init(device),
            adversary: self.parts.adversary.then(|| {
                AdversaryConfig::new(self.settings.d_hidden)
                    .with_dropout(self.settings.dropout)
                    .with_reversal_weight(self.settings.reversal_weight)
                    .init(device)
            }),
            subspace_discriminator: self
                .parts
                .subspace_discriminator
                .then(|| SubspaceDiscriminator::new(self.settings.d_hidden, device)),
            mutual_attention: self.mutual_attention(device),
            unimodal: self.parts.unimodal_heads.then(|| {
                UnimodalHeads::new(
                    self.settings.modalities,
                    self.settings.d_hidden,
                    self.task.d_output(),
                    device,
                )
            }),
            step_heads: self.parts.step_heads.then(|| {
                let sizes = [self.sizes.visual, self.sizes.acoustic];
                StepHeads::new(self.settings.modalities, &self.d_states(), sizes, device)
            }),
            fusion: self.fusion().init(device),
            context: self.settings.context.as_ref().map(|context| {
                let sizes = [
                    self.fusion().d_tokens(),
                    self.settings.d_hidden,
                    self.task.d_output(),
                ];
                context.init(self.settings.cell, sizes, device)
            }),
            completion: self.completion(device),
            activation: self.settings.activation.init(device),
            modalities: self.settings.modalities,
            sizes: self.sizes,
            representations: self.settings.representations,
            has_cycle: self.parts.cycle,
            has_absent_column: self.settings.absent_column,
            d_hidden: self.settings.d_hidden,
        }
    }

    /// The fusion of the model.
    pub(crate) fn fusion(&self) -> FusionConfig {
        FusionConfig::new(self.settings.d_hidden, self.task.d_output())
            .with_kind(self.settings.fusion)
            .with_representations(self.settings.representations)
            .with_modalities(self.settings.modalities)
            .with_dropout(self.settings.dropout)
            .with_attention_dropout(self.settings.attention_dropout)
    }

    fn completion(&self, device: &Device) -> Option<Completion> {
        let config =
            CompletionConfig::new(self.settings.d_hidden).with_modalities(self.settings.modalities);
        self.parts.completion.then(|| config.init(device))
    }

    fn mutual_attention(&self, device: &Device) -> Option<MutualAttention> {
        self.settings.mutual_attention.as_ref()?.init(
            self.settings.modalities,
            self.d_states(),
            self.settings.d_hidden,
            device,
        )
    }

    /// Features of a state of each encoder's last layer.
    fn d_states(&self) -> PerModality<usize> {
        PerModality {
            text: self.text().d_states(),
            visual: self.sequence(self.sizes.visual).d_states(),
            acoustic: self.sequence(self.sizes.acoustic).d_states(),
        }
    }

    fn text(&self) -> TextEncoderConfig {
        TextEncoderConfig::new(self.sizes.text)
            .with_d_embedding(self.settings.d_embedding)
            .with_freeze_embedding(self.settings.freeze_embedding)
            .with_cell(self.settings.cell)
            .with_reading(self.bert)
    }

    /// The encoder of visual or acoustic steps of this many features.
    fn sequence(&self, d_input: usize) -> SequenceEncoderConfig {
        SequenceEncoderConfig::new(self.with_column(d_input)).with_cell(self.settings.cell)
    }

    /// What a visual or acoustic encoder reads of a step of `d_input` features.
    pub(super) fn with_column(&self, d_input: usize) -> usize {
        d_input.saturating_add(usize::from(self.settings.absent_column))
    }

    fn d_encoded(&self, modality: Modality) -> usize {
        match modality {
            Modality::Text => self.text().d_encoded(),
            Modality::Visual => self.sequence(self.sizes.visual).d_encoded(),
            Modality::Acoustic => self.sequence(self.sizes.acoustic).d_encoded(),
        }
    }
}

/// The keys of [`BertReading`] beside those of a model.
mod bert_keys {
    use super::{BertFreezing, BertReading, TextPooling};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(default)]
    struct Keys {
        text_pooling: TextPooling,
        bert_freezing: BertFreezing,
        frozen_dropout: bool,
    }

    impl Default for Keys {
        fn default() -> Self {
            Self::from(BertReading::new())
        }
    }

    impl From<BertReading> for Keys {
        fn from(reading: BertReading) -> Self {
            Self {
                text_pooling: reading.pooling,
                bert_freezing: reading.freezing,
                frozen_dropout: reading.frozen_dropout,
            }
        }
    }

    pub fn serialize<S: Serializer>(reading: &BertReading, to: S) -> Result<S::Ok, S::Error> {
        Keys::from(*reading).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BertReading, D::Error> {
        let keys = Keys::deserialize(from)?;
        Ok(BertReading {
            pooling: keys.text_pooling,
            freezing: keys.bert_freezing,
            frozen_dropout: keys.frozen_dropout,
        })
    }
}

impl Misa {
    /// Draws the weights that are not drawn yet, in the order of the modules.
    #[doc(hidden)]
    pub fn draw(&self) {
        self.visit(&mut Draw);
    }
}

/// Draws every weight that is still to be drawn: Burn waits for the first use.
struct Draw;

impl ModuleVisitor for Draw {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}

//! What a model is made of.

use super::Misa;
use crate::{
    ActivationKind, AdversaryConfig, ConfigError, ContextConfig, FeatureSizes, FusionConfig,
    FusionKind, Modalities, Modality, MutualAttention, MutualAttentionConfig, PerModality,
    ProjectionConfig, ReconstructionConfig, ReconstructionSource, Representations,
    SubspaceDiscriminator, SubspacesConfig, Task, TextSize, TransformerLayerConfig, UnimodalHeads,
    encoder::{
        CellKind, SequenceEncoderConfig, TextEncoderConfig,
        bert::{BertFreezing, TextPooling},
    },
    modality_modules::ModalityModules,
    step_heads::StepHeads,
};
use burn::{
    module::{ModuleVisitor, Param},
    prelude::*,
};

/// Largest size of anything: far beyond every data set, and safe to multiply.
const MAX_SIZE: usize = 1 << 24;

/// Configuration of [`Misa`].
///
/// | Field | Default | Range | Meaning |
/// | --- | --- | --- | --- |
/// | `sizes` | | `[1, 2^24]` each | feature sizes of the data set |
/// | `d_hidden` | 128 | even, `[2, 2^24]` | size of both subspaces |
/// | `d_embedding` | 300 | `[1, 2^24]` | size of a word vector |
/// | `dropout` | 0.5 | `[0, 1)` | of the head and the adversary |
/// | `attention_dropout` | 0.1 | `[0, 1)` | of the transformer layer |
/// | `reversal_weight` | 1.0 | `(0, inf)` | of the adversary's gradient |
#[derive(Config, Debug)]
pub struct MisaConfig {
    /// Feature sizes of the data set.
    pub sizes: FeatureSizes,
    /// What is predicted.
    #[config(default = "Task::Regression")]
    pub task: Task,
    /// Modalities in use; the others are off everywhere.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
    /// Size of both subspaces.
    #[config(default = 128)]
    pub d_hidden: usize,
    /// Size of a word vector; of no effect on precomputed text vectors.
    #[config(default = 300)]
    pub d_embedding: usize,
    /// Keep the word vectors as they are.
    #[config(default = false)]
    pub freeze_embedding: bool,
    /// Recurrent unit of the encoders.
    #[config(default = "CellKind::Lstm")]
    pub cell: CellKind,
    /// How BERT's tokens become one vector.
    #[config(default = "TextPooling::MaskedMean")]
    pub text_pooling: TextPooling,
    /// Which parts of BERT keep their weights.
    #[config(default = "BertFreezing::None")]
    pub bert_freezing: BertFreezing,
    /// Whether frozen parts of BERT have dropout in training, too, as in the official code.
    #[config(default = true)]
    pub frozen_dropout: bool,
    /// Activation of the projections, the head and the adversary.
    #[config(default = "ActivationKind::Relu")]
    pub activation: ActivationKind,
    /// Dropout of the head and the adversary.
    #[config(default = 0.5)]
    pub dropout: f64,
    /// Dropout of the transformer layer.
    #[config(default = 0.1)]
    pub attention_dropout: f64,
    /// Whether the model has an adversary, for [`crate::loss::Similarity::Adversarial`].
    #[config(default = false)]
    pub adversary: bool,
    /// Factor of the adversary's reversed gradient.
    #[config(default = 1.0)]
    pub reversal_weight: f64,
    /// Whether the model has a discriminator of subspaces, which the official code builds and
    /// never trains.
    #[config(default = false)]
    pub subspace_discriminator: bool,
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
    /// A recurrent layer over the utterances of a video.
    pub context: Option<ContextConfig>,
    /// Whether the model predicts from each modality alone, too.
    #[config(default = false)]
    pub unimodal_heads: bool,
    /// Whether the model has heads that tell hidden steps, for pre-training.
    #[config(default = false)]
    pub step_heads: bool,
    /// Whether private representations of the reconstructions are computed, for the cycle loss.
    #[config(default = false)]
    pub cycle: bool,
}

impl MisaConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let (text, size) = match self.sizes.text {
            TextSize::Words { vocabulary } => ("vocabulary", vocabulary),
            TextSize::Features { d_input } => ("text features", d_input),
            TextSize::Bert(bert) => {
                bert.validate()?;
                ("hidden_size", bert.d_model)
            }
        };
        let sizes = [
            (text, size),
            ("d_embedding", self.d_embedding),
            ("visual features", self.sizes.visual),
            ("acoustic features", self.sizes.acoustic),
            ("d_hidden", self.d_hidden),
        ];
        for (field, value) in sizes {
            let holds = (1..=MAX_SIZE).contains(&value);
            ConfigError::check(field, value as f64, "[1, 16777216]", holds)?;
        }
        let n_heads = TransformerLayerConfig::new(self.d_hidden).n_heads;
        if !self.d_hidden.is_multiple_of(n_heads) {
            return Err(ConfigError::Heads {
                d_hidden: self.d_hidden,
                n_heads,
            });
        }
        if let Some(attention) = &self.mutual_attention {
            attention.validate(self.d_hidden)?;
        }
        if let Some(context) = &self.context {
            context.validate()?;
        }
        for (field, value) in [
            ("dropout", self.dropout),
            ("attention_dropout", self.attention_dropout),
        ] {
            ConfigError::check(field, value, "[0, 1)", (0.0..1.0).contains(&value))?;
        }
        let weight = self.reversal_weight;
        ConfigError::check(
            "reversal_weight",
            weight,
            "(0, inf)",
            weight > 0.0 && weight.is_finite(),
        )
    }

    /// Creates the model on `device`, every weight drawn as in the official code.
    ///
    /// The weights are drawn at once, from the random state of `device`: seed it first for a model
    /// that can be made again.
    pub fn init(&self, device: &Device) -> Misa {
        let used = |modality| self.modalities.contains(modality);
        let sequence =
            |modality, d_input| used(modality).then(|| self.sequence(d_input).init(device));
        let subspaces = SubspacesConfig::new(self.d_hidden).with_modalities(self.modalities);
        let decoders = ReconstructionConfig::new(self.d_hidden)
            .with_source(self.reconstruction)
            .with_modalities(self.modalities);
        let model = Misa {
            text: used(Modality::Text).then(|| self.text().init(device)),
            visual: sequence(Modality::Visual, self.sizes.visual),
            acoustic: sequence(Modality::Acoustic, self.sizes.acoustic),
            projections: ModalityModules::init(self.modalities, |modality| {
                ProjectionConfig::new(self.d_encoded(modality), self.d_hidden).init(device)
            }),
            subspaces: subspaces.init(device),
            reconstruction: decoders.init(device),
            adversary: self.adversary.then(|| {
                AdversaryConfig::new(self.d_hidden)
                    .with_dropout(self.dropout)
                    .with_reversal_weight(self.reversal_weight)
                    .init(device)
            }),
            subspace_discriminator: self
                .subspace_discriminator
                .then(|| SubspaceDiscriminator::new(self.d_hidden, device)),
            mutual_attention: (self.mutual_attention.as_ref())
                .and_then(|attention| self.attend(attention, device)),
            unimodal: self.unimodal_heads.then(|| {
                UnimodalHeads::new(self.modalities, self.d_hidden, self.task.d_output(), device)
            }),
            step_heads: self.step_heads.then(|| {
                let sizes = [self.sizes.visual, self.sizes.acoustic];
                StepHeads::new(self.modalities, &self.d_states(), sizes, device)
            }),
            fusion: self.fusion().init(device),
            context: self.context.as_ref().map(|context| {
                let sizes = [
                    self.fusion().d_tokens(),
                    self.d_hidden,
                    self.task.d_output(),
                ];
                context.init(self.cell, sizes, device)
            }),
            activation: self.activation.init(device),
            modalities: self.modalities,
            sizes: self.sizes,
            representations: self.representations,
            has_cycle: self.cycle,
            d_hidden: self.d_hidden,
        };
        model.visit(&mut Draw);
        model
    }

    /// The fusion of the model.
    pub(crate) fn fusion(&self) -> FusionConfig {
        FusionConfig::new(self.d_hidden, self.task.d_output())
            .with_kind(self.fusion)
            .with_representations(self.representations)
            .with_modalities(self.modalities)
            .with_dropout(self.dropout)
            .with_attention_dropout(self.attention_dropout)
    }

    fn attend(
        &self,
        attention: &MutualAttentionConfig,
        device: &Device,
    ) -> Option<MutualAttention> {
        attention.init(self.modalities, self.d_states(), self.d_hidden, device)
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
            .with_d_embedding(self.d_embedding)
            .with_freeze_embedding(self.freeze_embedding)
            .with_cell(self.cell)
            .with_pooling(self.text_pooling)
            .with_freezing(self.bert_freezing)
            .with_frozen_dropout(self.frozen_dropout)
    }

    fn sequence(&self, d_input: usize) -> SequenceEncoderConfig {
        SequenceEncoderConfig::new(d_input).with_cell(self.cell)
    }

    fn d_encoded(&self, modality: Modality) -> usize {
        match modality {
            Modality::Text => self.text().d_encoded(),
            Modality::Visual => self.sequence(self.sizes.visual).d_encoded(),
            Modality::Acoustic => self.sequence(self.sizes.acoustic).d_encoded(),
        }
    }
}

/// Draws every weight that is still to be drawn: Burn waits for the first use.
struct Draw;

impl ModuleVisitor for Draw {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}

//! The whole model, from padded sequences to a prediction.

use crate::{
    Activation, ActivationKind, Adversary, AdversaryConfig, ConfigError, FeatureSizes, Fusion,
    FusionConfig, FusionInput, FusionKind, FusionOutput, LoadedWeights, MisaInput, Modalities,
    Modality, MutualAttention, MutualAttentionConfig, PerModality, Presence, Projection,
    ProjectionConfig, Reconstruction, ReconstructionConfig, ReconstructionSource, Representations,
    StateDict, SubspaceDiscriminator, SubspaceLogits, Subspaces, SubspacesConfig, SubspacesOutput,
    Task, TextSize, TransformerLayerConfig, UnimodalHeads, WeightsError,
    encoder::{
        CellKind, EncoderOutput, PackedSequence, SequenceEncoder, SequenceEncoderConfig,
        TextEncoder, TextEncoderConfig,
        bert::{BertEncoder, BertFreezing, TextPooling},
    },
    step_heads::{StepHeads, hidden_step_error},
    weights::load,
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

/// MISA: every modality encoded, projected, split into a shared and a private representation, and
/// all of them fused into one prediction.
///
/// - Source: MISA, approach; official code for every size and constant.
/// - Differs: what [`MisaConfig`] has from `fusion` on is not MISA's, and off by default.
#[derive(Module, Debug)]
pub struct Misa {
    text: Option<TextEncoder>,
    visual: Option<SequenceEncoder>,
    acoustic: Option<SequenceEncoder>,
    projections: PerModality<Option<Projection>>,
    subspaces: Subspaces,
    reconstruction: Reconstruction,
    adversary: Option<Adversary>,
    subspace_discriminator: Option<SubspaceDiscriminator>,
    mutual_attention: Option<MutualAttention>,
    unimodal: Option<UnimodalHeads>,
    step_heads: Option<StepHeads>,
    fusion: Fusion,
    activation: Activation,
    #[module(skip)]
    modalities: Modalities,
    #[module(skip)]
    sizes: FeatureSizes,
    #[module(skip)]
    representations: Representations,
    has_cycle: bool,
    d_hidden: usize,
}

/// Everything the objective and the plots need. The model itself keeps no activations.
#[derive(Clone, Debug)]
pub struct MisaOutput {
    /// `[batch, 1]`, or `[batch, classes]` logits.
    pub prediction: Tensor<2>,
    /// `[batch, d_hidden]` per modality: the inputs of the subspaces.
    pub projected: PerModality<Tensor<2>>,
    /// Both representations of each modality.
    pub subspaces: SubspacesOutput,
    /// `[batch, d_hidden]` per modality.
    pub reconstructed: PerModality<Tensor<2>>,
    /// Tokens, attention and hidden layer of the fusion.
    pub fusion: FusionOutput,
    /// `[batch, 3]` per modality, of a model with an adversary.
    pub domain_logits: Option<PerModality<Tensor<2>>>,
    /// Of a model with a discriminator of subspaces.
    pub subspace_logits: Option<SubspaceLogits>,
    /// `[batch, d_hidden]` per modality: private representations of the reconstructions, of a
    /// model that computes them.
    pub cycled: Option<PerModality<Tensor<2>>>,
    /// Predictions from one modality each, of a model with unimodal heads.
    pub unimodal: Option<PerModality<Tensor<2>>>,
    /// Modalities that were used; tensors of the others are zeros.
    pub modalities: Modalities,
    /// Which of them each utterance had, where some were missing.
    pub presence: Option<Presence>,
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
            projections: self.modalities.build(|modality| {
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

impl Misa {
    /// Predicts the target of each utterance, from the modalities that it has.
    ///
    /// # Shapes
    ///
    /// - output: see [`MisaOutput`]
    ///
    /// # Panics
    ///
    /// Panics if the input does not have the sizes of the configuration.
    pub fn forward(&self, input: &MisaInput) -> MisaOutput {
        let presence = input.presence.as_ref();
        let encoded = self.encode(input);
        let projected = self.project(&encoded, input);
        let projected = match &self.mutual_attention {
            None => projected,
            Some(attention) => attention.forward(projected, &encoded, presence),
        };
        let subspaces = self.subspaces.forward(&projected);
        let reconstructed = self.reconstruction.forward(&subspaces);
        let tokens = FusionInput::new(
            self.representations,
            self.modalities,
            &projected,
            &subspaces,
            presence,
        );
        let fusion = self.fusion.forward(&tokens, &self.activation);

        MisaOutput {
            prediction: fusion.prediction.clone(),
            domain_logits: self
                .adversary
                .as_ref()
                .map(|adversary| adversary.forward(&subspaces.shared, &self.activation)),
            subspace_logits: self
                .subspace_discriminator
                .as_ref()
                .map(|discriminator| discriminator.forward(&subspaces, self.modalities)),
            cycled: (self.has_cycle).then(|| self.subspaces.private(&reconstructed)),
            unimodal: (self.unimodal.as_ref()).map(|heads| heads.forward(&projected)),
            projected,
            subspaces,
            reconstructed,
            fusion,
            modalities: self.modalities,
            presence: input.presence.clone(),
        }
    }

    /// Encodes each modality in use: the first stage of [`Misa::forward`].
    ///
    /// # Panics
    ///
    /// Panics as [`Misa::forward`] does.
    pub fn encode(&self, input: &MisaInput) -> PerModality<Option<EncoderOutput>> {
        input.assert_consistent();
        input.assert_sizes(self.sizes);
        let lengths = &input.lengths;
        let sequence = |encoder: &Option<SequenceEncoder>, x: &Tensor<3>, lengths: &[usize]| {
            let encoder = encoder.as_ref()?;
            Some(encoder.forward(&PackedSequence::new(x.clone(), lengths)))
        };
        PerModality {
            text: (self.text.as_ref()).map(|text| text.forward(&input.text, &lengths.text)),
            visual: sequence(&self.visual, &input.visual, &lengths.visual),
            acoustic: sequence(&self.acoustic, &input.acoustic, &lengths.acoustic),
        }
    }

    /// Predicts from each modality alone, of a model with unimodal heads; no attention between
    /// modalities, no subspace and no fusion is computed.
    ///
    /// # Shapes
    ///
    /// - output: `[batch, d_output]` per modality in use
    ///
    /// # Panics
    ///
    /// Panics as [`Misa::forward`] does.
    pub fn predict_unimodal(&self, input: &MisaInput) -> Option<PerModality<Tensor<2>>> {
        let heads = self.unimodal.as_ref()?;
        let encoded = self.encode(input);
        Some(heads.forward(&self.project(&encoded, input)))
    }

    /// How badly the visual and acoustic encoders fill in hidden steps: 1 for who knows the mean
    /// of the features, 0 for who knows each. The mean over both.
    ///
    /// # Shapes
    ///
    /// - visual and acoustic: `[batch, steps]`, 1 at the steps to hide
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics as [`Misa::forward`] does, or if the model has no step heads.
    pub fn hidden_step_error(
        &self,
        input: &MisaInput,
        visual: Tensor<2>,
        acoustic: Tensor<2>,
    ) -> Tensor<1> {
        let heads = self.step_heads.as_ref();
        let heads = heads.expect("hidden steps need step heads");
        input.assert_consistent();
        input.assert_sizes(self.sizes);
        let parts = [
            (Modality::Visual, &self.visual, &input.visual, visual),
            (
                Modality::Acoustic,
                &self.acoustic,
                &input.acoustic,
                acoustic,
            ),
        ];
        let errors = parts
            .into_iter()
            .filter_map(|(modality, encoder, features, hidden)| {
                let (encoder, head) = encoder.as_ref().zip(heads.of(modality))?;
                let [_, steps, _] = features.dims();
                let seen = (-hidden.clone() + 1.0).unsqueeze_dim::<3>(2);
                let lengths = input.lengths.get(modality);
                let sequence = PackedSequence::new(features.clone() * seen, lengths);
                let states = encoder.forward(&sequence).states?.padded(steps);
                let predicted = head.forward(states);
                Some(hidden_step_error(predicted, features.clone(), hidden))
            });
        let errors: Vec<_> = errors.collect();
        let count = errors.len().max(1) as f64;
        let sum = errors.into_iter().reduce(|sum, error| sum + error);
        let nothing = || Tensor::zeros([1], &input.visual.device());
        sum.unwrap_or_else(nothing) / count
    }

    /// Modalities in use.
    pub fn modalities(&self) -> Modalities {
        self.modalities
    }

    /// The word vectors, `[vocabulary, d_embedding]`, of a model that reads word ids.
    pub fn embedding(&self) -> Option<Tensor<2>> {
        self.text.as_ref().and_then(TextEncoder::embedding)
    }

    /// BERT, of a model that reads token ids.
    pub fn bert(&self) -> Option<&BertEncoder> {
        self.text.as_ref().and_then(TextEncoder::bert)
    }

    /// The same model with the weights of a pre-trained BERT, under their official names.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] lists every tensor of BERT that is missing or of another shape;
    /// [`WeightsError::NoBert`] if the model reads text in another way.
    pub fn with_bert(mut self, weights: &StateDict) -> Result<(Self, LoadedWeights), WeightsError> {
        let Some(TextEncoder::Bert(bert)) = self.text else {
            return Err(WeightsError::NoBert);
        };
        let (bert, loaded) = load(bert, "text.Bert", weights)?;
        self.text = Some(TextEncoder::Bert(bert));
        Ok((self, loaded))
    }

    /// The same model with other word vectors, such as GloVe's.
    ///
    /// # Shapes
    ///
    /// - rows: `[vocabulary, d_embedding]`
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the model reads no word ids or the shape differs.
    pub fn with_embedding(mut self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        self.text = (self.text.map(|text| text.with_embedding(rows))).transpose()?;
        Ok(self)
    }

    fn project(
        &self,
        encoded: &PerModality<Option<EncoderOutput>>,
        input: &MisaInput,
    ) -> PerModality<Tensor<2>> {
        let device = &input.visual.device();
        let parts = self.projections.as_ref().zip(encoded.as_ref());
        parts.map(|(projection, encoded)| match (projection, encoded) {
            (Some(projection), Some(EncoderOutput { encoded, .. })) => {
                projection.forward(encoded.clone(), &self.activation)
            }
            _ => Tensor::zeros([input.batch(), self.d_hidden], device),
        })
    }
}

/// Draws every weight that is still to be drawn: Burn waits for the first use.
struct Draw;

impl ModuleVisitor for Draw {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }
}

//! The whole model, from padded sequences to a prediction.

mod config;
mod official;
mod parameters;
mod parts;
mod settings;
mod shapes;
mod weights;

use crate::beyond::hidden_step_error;
use crate::encoder::bert::BertEncoder;
use crate::encoder::{EncoderOutput, PackedSequence, SequenceEncoder, TextEncoder};
use crate::modality_modules::ModalityModules;
use crate::{
    AbsentSteps, Activation, Adversary, Completion, Context, FeatureSizes, Fusion, FusionInput,
    FusionOutput, MisaInput, Modalities, Modality, MutualAttention, PerModality, Presence,
    Projection, Reconstruction, Representations, StepHeads, SubspaceDiscriminator, SubspaceLogits,
    Subspaces, SubspacesOutput, UnimodalHeads, Videos,
};
use burn::prelude::*;
pub use config::MisaConfig;
pub use parameters::ParameterCount;
pub use parts::ModelParts;
pub use settings::ModelSettings;
pub use shapes::check_bert_weights;

/// MISA: every modality encoded, projected, split into a shared and a private representation, and
/// all of them fused into one prediction.
///
/// - Source: MISA, approach; official code for every size and constant.
/// - Differs: what [`ModelSettings`] has from `fusion` on is not MISA's, and off by default.
#[derive(Module, Debug)]
pub struct Misa {
    text: Option<TextEncoder>,
    visual: Option<SequenceEncoder>,
    acoustic: Option<SequenceEncoder>,
    projections: ModalityModules<Option<Projection>>,
    subspaces: Subspaces,
    reconstruction: Reconstruction,
    adversary: Option<Adversary>,
    subspace_discriminator: Option<SubspaceDiscriminator>,
    mutual_attention: Option<MutualAttention>,
    unimodal: Option<UnimodalHeads>,
    step_heads: Option<StepHeads>,
    fusion: Fusion,
    context: Option<Context>,
    completion: Option<Completion>,
    activation: Activation,
    #[module(skip)]
    modalities: Modalities,
    #[module(skip)]
    sizes: FeatureSizes,
    #[module(skip)]
    representations: Representations,
    has_cycle: bool,
    has_absent_column: bool,
    d_hidden: usize,
}

/// Everything that the objective and the plots need. The model itself keeps no activations.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// `[batch, d_hidden]` per modality: what the unimodal heads read, before mutual attention.
    pub unimodal_features: Option<PerModality<Tensor<2>>>,
    /// Modalities in use; tensors of the others are zeros.
    pub modalities: Modalities,
    /// Which of them each utterance has; `None`: all.
    pub presence: Option<Presence>,
}

impl Misa {
    /// Predicts the target of each utterance, from the modalities that it has. A modality all of whose
    /// steps are absent is missing, unless nothing else remains.
    ///
    /// # Shapes
    ///
    /// - output: see [`MisaOutput`]
    ///
    /// # Panics
    ///
    /// Panics if the input does not have the sizes of the configuration, or if an utterance has
    /// none of the modalities in use.
    pub fn forward(&self, input: &MisaInput) -> MisaOutput {
        misa_kernels::compute(&input.visual.device(), || self.forward_here(input))
    }

    fn forward_here(&self, input: &MisaInput) -> MisaOutput {
        let presence = input.found_presence(self.modalities);
        let encoded = self.encoded(input, self.mutual_attention.is_some());
        let projected = self.project(&encoded, input);
        // Before mutual attention mixes the modalities.
        let unimodal = (self.unimodal.as_ref()).map(|heads| heads.forward(&projected));
        let unimodal_features = unimodal.as_ref().map(|_| projected.clone());
        let projected = match &self.mutual_attention {
            None => projected,
            Some(attention) => {
                let absent = PerModality::from_fn(|modality| input.absent_of(modality));
                attention.forward(projected, &encoded, absent, presence.as_ref())
            }
        };
        let subspaces = self.subspaces.forward(&projected);
        let reconstructed = self.reconstruction.forward(&subspaces);
        let completed = (self.completion.as_ref().zip(presence.as_ref()))
            .map(|(completion, presence)| completion.complete(&subspaces.shared, presence));
        let tokens = FusionInput::new(
            self.representations,
            self.modalities,
            &projected,
            &subspaces,
            presence.as_ref(),
        );
        let tokens = match &completed {
            Some(shared) => tokens.with_completed(shared),
            None => tokens,
        };
        let fusion = self.fusion.forward(&tokens, &self.activation);

        MisaOutput {
            prediction: self.in_context(&fusion, input),
            domain_logits: self
                .adversary
                .as_ref()
                .map(|adversary| adversary.forward(&subspaces.shared, &self.activation)),
            subspace_logits: self
                .subspace_discriminator
                .as_ref()
                .map(|discriminator| discriminator.forward(&subspaces, self.modalities)),
            cycled: (self.has_cycle).then(|| self.subspaces.private(&reconstructed)),
            unimodal,
            unimodal_features,
            projected,
            subspaces,
            reconstructed,
            fusion,
            modalities: self.modalities,
            presence,
        }
    }

    /// The prediction, plus what the context of the video adds in a model that has one.
    fn in_context(&self, fusion: &FusionOutput, input: &MisaInput) -> Tensor<2> {
        let prediction = fusion.prediction.clone();
        let Some(context) = &self.context else {
            return prediction;
        };
        let apart = || Videos::apart(input.batch());
        let videos = input.videos.clone().unwrap_or_else(apart);
        prediction + context.forward(fusion.fused.clone(), &videos)
    }

    /// Encodes each modality in use: the first stage of [`Misa::forward`].
    ///
    /// # Panics
    ///
    /// Panics as [`Misa::forward`] does.
    pub fn encode(&self, input: &MisaInput) -> PerModality<Option<EncoderOutput>> {
        self.encoded(input, true)
    }

    /// [`Self::encode`], without the states of second recurrent layers unless `keeps_states`.
    fn encoded(&self, input: &MisaInput, keeps_states: bool) -> PerModality<Option<EncoderOutput>> {
        input.assert_consistent();
        input.assert_sizes(self.sizes);
        if let Some(presence) = &input.presence {
            presence.assert_something_of(self.modalities);
        }
        let lengths = &input.lengths;
        let visible = input.without_missing();
        let sequence = |encoder: &Option<SequenceEncoder>, x: &Tensor<3>, modality: Modality| {
            let encoder = encoder.as_ref()?;
            let x = self.with_column(x.clone(), input.absent_of(modality), None);
            let x = PackedSequence::new(x, lengths.get(modality));
            Some(encoder.read(&x, keeps_states))
        };
        PerModality {
            text: (self.text.as_ref())
                .map(|text| text.read(&visible.text, &lengths.text, keeps_states)),
            visual: sequence(&self.visual, &visible.visual, Modality::Visual),
            acoustic: sequence(&self.acoustic, &visible.acoustic, Modality::Acoustic),
        }
    }

    /// `x`, `[batch, steps, d_input]`, with one more feature in a model that has it: 1 at steps that are
    /// absent or hidden.
    fn with_column(
        &self,
        x: Tensor<3>,
        absent: Option<&AbsentSteps>,
        hidden: Option<&Tensor<2>>,
    ) -> Tensor<3> {
        if !self.has_absent_column {
            return x;
        }
        let [batch, steps, _] = x.dims();
        let device = x.device();
        let nothing = || Tensor::zeros([batch, steps], &device);
        let absent = absent.map_or_else(nothing, |absent| absent.mask(steps, &device));
        // No absent step is hidden.
        let column = match hidden {
            Some(hidden) => absent + hidden.clone(),
            None => absent,
        };
        Tensor::cat(vec![x, column.unsqueeze_dim(2)], 2)
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
        let encoded = self.encoded(input, false);
        Some(heads.forward(&self.project(&encoded, input)))
    }

    /// How badly the visual and acoustic encoders predict hidden steps, the mean over both:
    /// 1 = no better than predicting the mean of the features, 0 = perfect. Absent steps are not
    /// predicted.
    ///
    /// # Shapes
    ///
    /// - visual and acoustic: `[batch, steps]`, 1 at the steps to hide
    /// - output: `[1]`, at least 0
    ///
    /// # Panics
    ///
    /// Panics as [`Misa::forward`] does, or if the model has no step heads.
    #[doc(hidden)]
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
        let visible = input.without_missing();
        let parts = [
            (Modality::Visual, &self.visual, visible.visual, visual),
            (
                Modality::Acoustic,
                &self.acoustic,
                visible.acoustic,
                acoustic,
            ),
        ];
        let errors = parts
            .into_iter()
            .filter_map(|(modality, encoder, features, hidden)| {
                let (encoder, head) = encoder.as_ref().zip(heads.of(modality))?;
                let [_, steps, _] = features.dims();
                let absent = input.absent_of(modality);
                let hidden = match absent {
                    Some(absent) => hidden * (-absent.mask(steps, &features.device()) + 1.0),
                    None => hidden,
                };
                let seen = (-hidden.clone() + 1.0).unsqueeze_dim::<3>(2);
                let lengths = input.lengths.get(modality);
                let read = self.with_column(features.clone() * seen, absent, Some(&hidden));
                let sequence = PackedSequence::new(read, lengths);
                let states = encoder.forward(&sequence).states?.padded(steps);
                let predicted = head.forward(states);
                Some(hidden_step_error(predicted, features, hidden))
            });
        let errors: Vec<_> = errors.collect();
        let count = errors.len().max(1) as f64;
        let sum = errors.into_iter().reduce(|sum, error| sum + error);
        let nothing = || Tensor::zeros([1], &input.visual.device());
        sum.unwrap_or_else(nothing) / count
    }

    /// What predicts the shared vectors of missing modalities, of a model that has it.
    pub fn completion(&self) -> Option<&Completion> {
        self.completion.as_ref()
    }

    /// The same model with these predictions of the shared vectors of missing modalities.
    ///
    /// # Panics
    ///
    /// Panics if the model was configured without them ([`ModelParts::completion`]).
    pub fn with_completion(mut self, completion: Completion) -> Self {
        assert!(self.completion.is_some(), "a model without completion");
        self.completion = Some(completion);
        self
    }

    /// Modalities in use.
    pub fn modalities(&self) -> Modalities {
        self.modalities
    }

    /// The word vectors, `[vocabulary, d_embedding]`, of a model that reads word ids.
    pub fn embedding(&self) -> Option<Tensor<2>> {
        self.text.as_ref().and_then(TextEncoder::embedding)
    }

    /// The table that ids of words, or of BERT's tokens, are rows of, `[vocabulary, columns]`.
    pub fn text_table(&self) -> Option<Tensor<2>> {
        self.text.as_ref().and_then(TextEncoder::table)
    }

    /// BERT, of a model that reads token ids.
    pub fn bert(&self) -> Option<&BertEncoder> {
        self.text.as_ref().and_then(TextEncoder::bert)
    }

    /// The adversary of the similarity loss, of a model that has one.
    pub fn adversary(&self) -> Option<&Adversary> {
        self.adversary.as_ref()
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

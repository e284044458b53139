//! What a model is made of, whatever the data and the objective.

use crate::encoder::CellKind;
use crate::{
    ActivationKind, ConfigError, ContextConfig, FusionKind, Modalities, MutualAttentionConfig,
    ReconstructionSource, Representations, TransformerLayerConfig,
};

/// Largest size of anything: far beyond every data set, and safe to multiply.
pub(super) const MAX_SIZE: usize = 1 << 24;

misa_terms::settings! {
    /// The settings of a model that depend neither on the data nor on the objective.
    ///
    /// | Field | Default | Range | Meaning |
    /// | --- | --- | --- | --- |
    /// | `d_hidden` | 128 | even, `[2, 2^24]` | size of both subspaces |
    /// | `d_embedding` | 300 | `[1, 2^24]` | size of a word vector |
    /// | `dropout` | 0.5 | `[0, 1)` | of the head and the adversary |
    /// | `attention_dropout` | 0.1 | `[0, 1)` | of the transformer layer |
    /// | `reversal_weight` | 1.0 | `(0, inf)` | of the adversary's gradient |
    pub struct ModelSettings {
        /// Modalities in use; the others are off everywhere.
        pub modalities: Modalities = Modalities::ALL, with_modalities;
        /// Size of both subspaces, a multiple of 2. Range: `[1, 16777216]`.
        pub d_hidden: usize = 128, with_d_hidden;
        /// Size of a word vector; of no effect on precomputed text vectors. Range: `[1, 16777216]`.
        pub d_embedding: usize = 300, with_d_embedding;
        /// Keep the word vectors as they are.
        pub freeze_embedding: bool = false, with_freeze_embedding;
        /// One more feature of each visual and acoustic step, which is 1 where the step is absent and 0
        /// elsewhere.
        pub absent_column: bool = false, with_absent_column;
        /// Recurrent unit of the encoders.
        pub cell: CellKind = CellKind::Lstm, with_cell;
        /// Activation of the projections, the head and the adversary.
        pub activation: ActivationKind = ActivationKind::Relu, with_activation;
        /// Dropout of the head and the adversary. Range: `[0, 1)`.
        pub dropout: f64 = 0.5, with_dropout;
        /// Dropout of the transformer layer. Range: `[0, 1)`.
        pub attention_dropout: f64 = 0.1, with_attention_dropout;
        /// Factor of the adversary's reversed gradient. Range: `(0, inf)`.
        pub reversal_weight: f64 = 1.0, with_reversal_weight;
        /// How representations are fused.
        pub fusion: FusionKind = FusionKind::Transformer, with_fusion;
        /// Which representations are fused.
        pub representations: Representations = Representations::Both, with_representations;
        /// What the reconstruction is made from.
        pub reconstruction: ReconstructionSource = ReconstructionSource::Sum, with_reconstruction;
        /// Attention between the step sequences of modalities.
        pub mutual_attention: Option<MutualAttentionConfig> = None, with_mutual_attention;
        /// A recurrent layer over the utterances of a video; batches then hold whole videos.
        pub context: Option<ContextConfig> = None, with_context;
    }
}

/// The builder methods of [`ModelSettings`], for a configuration that holds them in `$held`.
#[doc(hidden)]
#[macro_export]
macro_rules! model_builder {
    ($name:ident, $held:ident) => {
        $crate::builder! {
            $name {
                with_modalities, $held.modalities: $crate::Modalities;
                with_d_hidden, $held.d_hidden: usize;
                with_d_embedding, $held.d_embedding: usize;
                with_freeze_embedding, $held.freeze_embedding: bool;
                with_absent_column, $held.absent_column: bool;
                with_cell, $held.cell: $crate::CellKind;
                with_activation, $held.activation: $crate::ActivationKind;
                with_dropout, $held.dropout: f64;
                with_attention_dropout, $held.attention_dropout: f64;
                with_reversal_weight, $held.reversal_weight: f64;
                with_fusion, $held.fusion: $crate::FusionKind;
                with_representations, $held.representations: $crate::Representations;
                with_reconstruction, $held.reconstruction: $crate::ReconstructionSource;
                with_mutual_attention, $held.mutual_attention: Option<$crate::MutualAttentionConfig>;
                with_context, $held.context: Option<$crate::ContextConfig>;
            }
        }
    };
}

impl ModelSettings {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first field that cannot be used.
    pub fn validate(&self) -> Result<(), ConfigError> {
        check_size("d_embedding", self.d_embedding)?;
        check_size("d_hidden", self.d_hidden)?;
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
        ConfigError::check_positive("reversal_weight", self.reversal_weight)
    }
}

/// An error unless `value` is a size that can be built.
pub(super) fn check_size(field: &'static str, value: usize) -> Result<(), ConfigError> {
    let holds = (1..=MAX_SIZE).contains(&value);
    ConfigError::check(field, value as f64, "[1, 16777216]", holds)
}

//! The MISA model for multimodal sentiment analysis, and its losses.
//!
//! MISA (Hazarika, Zimmermann and Poria, ACM MM 2020) splits each modality of an utterance into a
//! modality-invariant (shared) and a modality-specific (private) representation, and predicts
//! sentiment or humour from all of them. This crate follows the authors' code, value for value;
//! every deviation is documented under `Differs:`.
//!
//! ```text
//! MisaInput ── encode ──► encoded ── project ──► projected ──► shared, private ── fuse ──► prediction
//!                                                    ▲               │
//!                                                    └ reconstruct ──┘
//! ```
//!
//! The device decides where the model runs; no type names a backend. The program chooses which
//! devices exist, by the features of [`burn`] that it enables. Without the default feature `autodiff`
//! the model predicts and cannot be trained.
//!
//! ```
//! use misa_core::{burn, prelude::*};
//! use burn::tensor::{Device, Tensor};
//!
//! let device = Device::default();
//! let sizes = FeatureSizes {
//!     text: TextSize::Features { d_input: 6 },
//!     visual: 4,
//!     acoustic: 5,
//! };
//! let model = MisaConfig::new(sizes).with_d_hidden(8).init(&device);
//!
//! // Two utterances: of three and of two steps.
//! let output = model.forward(&MisaInput::new(
//!     TextInput::Features(Tensor::zeros([2, 3, 6], &device)),
//!     Tensor::zeros([2, 3, 4], &device),
//!     Tensor::zeros([2, 3, 5], &device),
//!     PerModality::from_fn(|_| vec![3, 2]),
//! ));
//! assert_eq!(output.prediction.dims(), [2, 1]);
//! assert_eq!(output.subspaces.shared.text.dims(), [2, 8]);
//! ```
//!
//! | Read | for |
//! | --- | --- |
//! | [`prelude`] | what nearly every program needs |
//! | [`Misa`], [`MisaConfig`], [`MisaOutput`] | the model |
//! | [`MisaInput`], [`PerModality`], [`Modalities`] | what goes in |
//! | [`encoder`] | steps to one vector per utterance, [`encoder::bert`] for token ids |
//! | [`Subspaces`], [`Reconstruction`], [`Fusion`], [`Adversary`] | the parts |
//! | [`MutualAttention`], [`Context`], [`UnimodalHeads`], [`Presence`], [`AbsentSteps`] | beyond MISA, off by default |
//! | [`loss`] | the objective and its terms |
//! | [`StateDict`], [`weights`] | checkpoints under the official names |
//!
//! Shapes are written with these names throughout:
//!
//! | Name | Meaning |
//! | --- | --- |
//! | `batch` | utterances in a batch |
//! | `steps` | padded steps of a sequence |
//! | `rows` | real steps of a batch of sequences |
//! | `d_input` | feature size of the modality at hand |
//! | `d_encoded` | size of an encoded utterance |
//! | `d_hidden` | size of both subspaces |

// Says which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activation;
mod adversary;
mod beyond;
mod dropout;
pub mod encoder;
mod error;
mod fusion;
mod input;
pub mod loss;
mod modality_modules;
mod model;
mod official;
pub mod prelude;
mod projection;
mod reconstruction;
mod state_dict;
mod subspace;
#[cfg(test)]
mod testing;
mod transformer;
pub mod weights;

pub use activation::{Activation, ActivationKind};
pub use adversary::{
    Adversary, AdversaryConfig, SubspaceDiscriminator, SubspaceLogits, reverse_gradient,
};
pub use beyond::{
    AbsentSteps, Completion, CompletionConfig, Context, ContextConfig, CrossModal, Directions,
    MutualAttention, MutualAttentionConfig, Presence, StepHeads, UnimodalHeads, Videos,
};
pub use burn;
pub use encoder::CellKind;
pub use error::WeightsError;
pub use fusion::{
    EarlyFusion, Fusion, FusionConfig, FusionInput, FusionKind, FusionOutput, LateFusion,
    LowRankFusion, Representations, TensorFusion, TransformerFusion,
};
pub use input::{MisaInput, TextInput};
#[doc(hidden)]
pub use misa_terms::builder;
pub use misa_terms::{
    ConfigError, FeatureSizes, Modalities, Modality, PerModality, Task, TextSize,
};
#[doc(hidden)]
pub use model::check_bert_weights;
pub use model::{Misa, MisaConfig, MisaOutput, ModelParts, ModelSettings, ParameterCount};
pub use projection::{Projection, ProjectionConfig};
pub use reconstruction::{Reconstruction, ReconstructionConfig, ReconstructionSource};
pub use state_dict::StateDict;
pub use subspace::{Subspaces, SubspacesConfig, SubspacesOutput};
pub use transformer::{TransformerLayer, TransformerLayerConfig, TransformerLayerOutput};
pub use weights::{LoadedWeights, TransferredWeights};

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

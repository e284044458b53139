//! Weights by their official names, and conversion between the official layout and ours.

mod collector;
mod layout;
mod loader;

use crate::{StateDict, WeightsError};
use burn::prelude::*;
#[cfg(feature = "autodiff")]
use collector::GradientsOf;
use collector::{Values, collect};
use loader::Loader;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Names that did not match when a checkpoint was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadedWeights {
    /// Names in the file that no parameter of the model has, such as a discriminator's.
    pub unused: Vec<String>,
    /// Names of parameters that the file lacks and nothing uses: those of BERT's pooler.
    pub absent: Vec<String>,
}

/// The parameters of `module` by their official names, in the official layout.
///
/// `at` is the path of the module in the model, such as `text.first`; empty for the whole model.
///
/// # Panics
///
/// Panics if the model has no such module at `at`.
pub fn state_dict<M: Module>(module: &M, at: &str) -> StateDict {
    collect(module, at, Values)
}

/// The gradients of `module` by the official names of their parameters; parameters without a
/// gradient are left out.
///
/// # Panics
///
/// Panics as [`state_dict`] does.
#[cfg(feature = "autodiff")]
#[doc(hidden)]
pub fn gradient_dict<M: Module>(
    module: &M,
    at: &str,
    gradients: &burn::tensor::Gradients,
) -> StateDict {
    collect(module, at, GradientsOf(gradients))
}

/// The same module with the weights of a checkpoint of the official code.
///
/// # Errors
///
/// [`WeightsError::Mismatch`] lists every tensor that is missing or of another shape.
///
/// # Panics
///
/// Panics as [`state_dict`] does.
pub fn load<M: Module>(
    module: M,
    at: &str,
    weights: &StateDict,
) -> Result<(M, LoadedWeights), WeightsError> {
    let mut loader = Loader::new(at, weights);
    let module = module.map(&mut loader);
    if !loader.missing.is_empty() || !loader.misshaped.is_empty() {
        return Err(WeightsError::Mismatch {
            missing: loader.missing,
            misshaped: loader.misshaped,
        });
    }
    let unused = loader.unused();
    let absent = loader.absent;
    Ok((module, LoadedWeights { unused, absent }))
}

/// Which tensors a transfer of weights copied, and which not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TransferredWeights {
    /// Official names of the tensors that were copied.
    pub taken: Vec<String>,
    /// Names of the model that the weights lack.
    pub missing: Vec<String>,
    /// Name, shape in the model and shape found, of tensors that do not fit.
    pub misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Names among the weights that the model does not have.
    pub unused: Vec<String>,
}

/// The same module with every tensor of `weights` that fits it; the others stay as they are.
pub(crate) fn transfer<M: Module>(module: M, weights: &StateDict) -> (M, TransferredWeights) {
    let mut loader = Loader::new("", weights);
    let module = module.map(&mut loader);
    let mut missing = loader.missing.clone();
    missing.extend(loader.absent.clone());
    // The parts of a packed tensor are looked up one by one, each weight before its bias.
    let mut named = BTreeSet::new();
    missing.retain(|name| named.insert(name.clone()));
    named.clear();
    (loader.misshaped).retain(|(name, ..)| named.insert(name.clone()));
    let transferred = TransferredWeights {
        unused: loader.unused(),
        taken: loader.used.into_iter().collect(),
        missing,
        misshaped: loader.misshaped,
    };
    (module, transferred)
}

fn path(at: &str) -> Vec<String> {
    let parts = at.split('.').filter(|part| !part.is_empty());
    parts.map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::device;
    use crate::{FeatureSizes, Misa, MisaConfig, TextSize};

    fn config() -> MisaConfig {
        let sizes = FeatureSizes {
            text: TextSize::Words { vocabulary: 5 },
            visual: 2,
            acoustic: 3,
        };
        let config = MisaConfig::new(sizes).with_d_hidden(4).with_d_embedding(2);
        config
            .with_adversary(true)
            .with_subspace_discriminator(true)
    }

    fn model() -> Misa {
        config().init(&device())
    }

    #[test]
    fn a_configuration_of_another_size_is_refused_before_it_allocates() {
        let weights = model().state_dict();
        config().check_weights(&weights).unwrap();
        let vocabulary = usize::MAX;
        let mut huge = config();
        huge.sizes.text = TextSize::Words { vocabulary };
        let error = huge.check_weights(&weights).unwrap_err().to_string();
        assert!(
            error.contains(&format!("expected [{vocabulary}, 2]")),
            "{error}"
        );
        for other in [
            config().with_d_hidden(1 << 40),
            config().with_d_embedding(1 << 40),
        ] {
            assert!(other.check_weights(&weights).is_err());
        }
        huge = config();
        huge.sizes.visual = usize::MAX;
        assert!(huge.check_weights(&weights).is_err());
    }

    #[test]
    fn saved_weights_load_bit_by_bit() {
        let saved = model().state_dict();
        let bytes = saved.to_bytes().unwrap();
        let read = StateDict::from_bytes(&bytes).unwrap();
        let (loaded, report) = model().load_state_dict(&read).unwrap();
        assert_eq!(report, LoadedWeights::default());
        assert_eq!(loaded.state_dict().to_bytes().unwrap(), bytes);
    }

    #[test]
    fn the_official_code_finds_every_name_it_asks_for() {
        let plain = config()
            .with_adversary(false)
            .with_subspace_discriminator(false);
        let plain = plain.with_activation(crate::ActivationKind::PRelu);
        let state = plain.init(&device()).state_dict();
        let official = plain.official(state.clone());
        let added = official.names().filter(|name| state.get(name).is_none());
        assert_eq!(
            added.collect::<Vec<_>>(),
            [
                "fusion.fusion_layer_1_activation.weight",
                "project_a.project_a_activation.weight",
                "project_t.project_t_activation.weight",
                "project_v.project_v_activation.weight",
                "sp_discriminator.sp_discriminator_layer_1.bias",
                "sp_discriminator.sp_discriminator_layer_1.weight",
            ]
        );
        let slope = official.get("project_v.project_v_activation.weight");
        assert_eq!(slope, state.get("activation.weight"));
    }

    #[test]
    fn what_does_not_fit_is_listed() {
        let mut weights = model().state_dict();
        weights.remove("embed.weight");
        weights.insert(
            "shared.shared_1.bias".to_string(),
            TensorData::from([0.0f32; 9]),
        );
        let error = model().load_state_dict(&weights).unwrap_err();
        assert_eq!(
            error.to_string(),
            "weights do not fit the model: `embed.weight` is missing; \
             `shared.shared_1.bias` has shape [9], expected [4]"
        );
    }

    #[test]
    fn a_transfer_takes_what_fits_and_lists_the_rest() {
        let mut weights = model().state_dict();
        weights.remove("shared.shared_1.weight");
        let packed = "transformer_encoder.layers.0.self_attn.in_proj_bias".to_string();
        weights.insert(packed.clone(), TensorData::from([0.0f32; 3]));
        weights.insert("other.weight".to_string(), TensorData::from([0.0f32]));
        let before = model();
        let shared = before.state_dict();
        let (after, found) = before.transfer(&weights);
        assert_eq!(found.missing, ["shared.shared_1.weight"]);
        assert_eq!(found.misshaped, [(packed, vec![12], vec![3])]);
        assert_eq!(found.unused, ["other.weight"]);
        let all = after.state_dict();
        assert_eq!(found.taken.len(), all.names().count() - 2);
        for name in &found.taken {
            assert_eq!(all.get(name), weights.get(name), "{name}");
        }
        let kept = "shared.shared_1.weight";
        assert_eq!(all.get(kept), shared.get(kept));
    }

    #[test]
    fn what_is_not_used_is_reported() {
        let mut weights = model().state_dict();
        weights.insert(
            "bertmodel.pooler.bias".to_string(),
            TensorData::from([0.0f32]),
        );
        let (_, report) = model().load_state_dict(&weights).unwrap();
        assert_eq!(report.unused, ["bertmodel.pooler.bias"]);
    }
}

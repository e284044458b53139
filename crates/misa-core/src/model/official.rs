//! Tensors that checkpoints of the official code hold beyond ours.

use super::MisaConfig;
use crate::{StateDict, TextSize};
use burn::tensor::TensorData;

/// Kinds of representations that the official discriminator of subspaces distinguishes.
const SUBSPACES: usize = 4;

impl MisaConfig {
    /// `weights` plus the tensors that only the official code has: some that it never trains nor
    /// uses in a loss, and aliases of one tensor. Its strict loading requires all of them.
    pub fn official(&self, mut weights: StateDict) -> StateDict {
        let add = |weights: &mut StateDict, name: &str, shape: &[usize], value: f32| {
            if weights.get(name).is_none() {
                let values = vec![value; shape.iter().product()];
                weights.insert(name.to_string(), TensorData::new(values, shape.to_vec()));
            }
        };
        if matches!(self.sizes.text, TextSize::Bert(_)) {
            for (leaf, value) in [("weight", 1.0), ("bias", 0.0)] {
                let shape = [2 * self.settings.d_embedding];
                add(&mut weights, &format!("tlayer_norm.{leaf}"), &shape, value);
            }
        }
        let discriminator = "sp_discriminator.sp_discriminator_layer_1";
        let shape = [SUBSPACES, self.settings.d_hidden];
        add(
            &mut weights,
            &format!("{discriminator}.weight"),
            &shape,
            0.0,
        );
        add(
            &mut weights,
            &format!("{discriminator}.bias"),
            &shape[..1],
            0.0,
        );
        if let Some(slope) = weights.get("activation.weight").cloned() {
            for alias in self.activation_aliases() {
                weights.insert(alias, slope.clone());
            }
        }
        weights
    }

    /// The names under which the official code stores its one activation.
    fn activation_aliases(&self) -> Vec<String> {
        let mut aliases: Vec<String> = ["t", "v", "a"]
            .map(|letter| format!("project_{letter}.project_{letter}_activation.weight"))
            .to_vec();
        aliases.push("fusion.fusion_layer_1_activation.weight".to_string());
        if self.parts.adversary {
            aliases.push("discriminator.discriminator_layer_1_activation.weight".to_string());
        }
        aliases
    }
}

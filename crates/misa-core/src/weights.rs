//! Weights by their official names, and conversion between the official layout and ours.

use crate::official::official;
use crate::{StateDict, WeightsError};
use burn::module::{ModuleMapper, ModuleVisitor, Param};
use burn::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Query, key and value share one packed tensor.
const PARTS: usize = 3;

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

/// What to read of each parameter.
trait Read {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>>;
}

struct Values;

impl Read for Values {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>> {
        Some(param.val())
    }
}

#[cfg(feature = "autodiff")]
struct GradientsOf<'a>(&'a burn::tensor::Gradients);

#[cfg(feature = "autodiff")]
impl Read for GradientsOf<'_> {
    fn read<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>> {
        param.val().grad(self.0)
    }
}

/// Reads every parameter and brings it to its official name and layout.
fn collect<M: Module>(module: &M, at: &str, source: impl Read) -> StateDict {
    let mut collector = Collector {
        path: path(at),
        source,
        parts: BTreeMap::new(),
    };
    module.visit(&mut collector);
    let parts = collector.parts.into_iter();
    parts
        .map(|(name, parts)| (name, stacked(parts.into_values())))
        .collect()
}

struct Collector<R> {
    path: Vec<String>,
    source: R,
    /// The parts of each official tensor, by their index.
    parts: BTreeMap<String, BTreeMap<usize, TensorData>>,
}

impl<R: Read> ModuleVisitor for Collector<R> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(value) = self.source.read(param) {
            let official = official(&self.path);
            let mut data = value.into_data();
            if official.transposed {
                data = transposed(&data);
            }
            let parts = self.parts.entry(official.name).or_default();
            parts.insert(official.part.unwrap_or(0), data);
        }
    }
}

/// Gives every parameter its values from a checkpoint.
struct Loader<'a> {
    path: Vec<String>,
    weights: &'a StateDict,
    used: BTreeSet<String>,
    absent: Vec<String>,
    missing: Vec<String>,
    misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if param.is_initialized() {
            return match self.find(param.val().dims().to_vec()) {
                Some(data) => param.map(|old| replace(old, data)),
                None => param,
            };
        }
        // What is replaced need not be drawn.
        match self.find(param.lazy_shape().to_vec()) {
            Some(data) => {
                let (id, new) = (param.id, Tensor::from_data(data, &param.lazy_device()));
                param.transform_for_load(new, id)
            }
            None => param,
        }
    }
}

impl<'a> Loader<'a> {
    fn new(at: &str, weights: &'a StateDict) -> Self {
        Self {
            path: path(at),
            weights,
            used: BTreeSet::new(),
            absent: Vec::new(),
            missing: Vec::new(),
            misshaped: Vec::new(),
        }
    }

    /// Names that no parameter has, those of another shape excepted.
    fn unused(&self) -> Vec<String> {
        let names = self
            .weights
            .names()
            .filter(|name| !self.used.contains(*name));
        let misshaped = |name: &&str| self.misshaped.iter().any(|(found, ..)| found == name);
        names
            .filter(|name| !misshaped(name))
            .map(str::to_string)
            .collect()
    }

    /// The values of the parameter at hand, if the checkpoint has them in the right shape.
    fn find(&mut self, shape: Vec<usize>) -> Option<TensorData> {
        let official = official(&self.path);
        let Some(stored) = self.weights.get(&official.name) else {
            if official.name.starts_with("bertmodel.pooler.") {
                self.absent.push(official.name);
            } else {
                self.missing.push(official.name);
            }
            return None;
        };
        let mut expected = shape;
        if official.transposed {
            expected.reverse();
        }
        if official.part.is_some() {
            expected[0] *= PARTS;
        }
        let found = stored.shape().to_vec();
        if found != expected {
            self.misshaped.push((official.name, expected, found));
            return None;
        }
        self.used.insert(official.name);
        let data = match official.part {
            Some(part) => unstacked(stored, part),
            None => stored.clone(),
        };
        Some(if official.transposed {
            transposed(&data)
        } else {
            data
        })
    }
}

/// The values of `data` on the device of `old`, trained if `old` is.
fn replace<const D: usize>(old: Tensor<D>, data: TensorData) -> Tensor<D> {
    let new = Tensor::from_data(data, &old.device());
    new.set_require_grad(old.is_require_grad())
}

fn transposed(data: &TensorData) -> TensorData {
    let [rows, columns] = data.shape().dims();
    let values: Vec<f32> = data.iter::<f32>().collect();
    let swapped = (0..columns).flat_map(|column| {
        let values = &values;
        (0..rows).map(move |row| values[row * columns + column])
    });
    TensorData::new(swapped.collect::<Vec<f32>>(), [columns, rows])
}

/// Concatenates the parts of one tensor by their first axis.
fn stacked(parts: impl Iterator<Item = TensorData>) -> TensorData {
    let parts: Vec<_> = parts.collect();
    let mut shape = parts[0].shape().to_vec();
    shape[0] *= parts.len();
    let values: Vec<f32> = parts.iter().flat_map(TensorData::iter::<f32>).collect();
    TensorData::new(values, shape)
}

/// One of the packed parts.
fn unstacked(packed: &TensorData, part: usize) -> TensorData {
    let mut shape = packed.shape().to_vec();
    shape[0] /= PARTS;
    let count = shape.iter().product();
    let values: Vec<f32> = packed
        .iter::<f32>()
        .skip(part * count)
        .take(count)
        .collect();
    TensorData::new(values, shape)
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
    fn packed_parts_come_apart_as_they_were_put_together() {
        let part =
            |start: f32| TensorData::from([[start, start + 1.0], [start + 2.0, start + 3.0]]);
        let packed = stacked([part(0.0), part(4.0), part(8.0)].into_iter());
        assert_eq!(packed.shape().to_vec(), [6, 2]);
        assert_eq!(unstacked(&packed, 1), part(4.0));
        assert_eq!(
            transposed(&part(0.0)),
            TensorData::from([[0.0f32, 2.0], [1.0, 3.0]])
        );
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

//! Shared vectors of missing modalities, predicted from those that are there.

use crate::modality_modules::ModalityModules;
use crate::{Modalities, PerModality, Presence};
use burn::module::Param;
use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::relu;

/// Smallest deviation of a feature by which it is divided: some features of some modalities never vary.
const LEAST_DEVIATION: f64 = 1e-4;

/// Configuration of [`Completion`].
#[derive(Config, Debug)]
pub struct CompletionConfig {
    /// Size of a shared vector.
    pub d_hidden: usize,
    /// Modalities in use, at least two.
    #[config(default = "Modalities::ALL")]
    pub modalities: Modalities,
}

/// For each modality, a network that predicts its shared vector from those of the others.
///
/// A network reads the shared vectors of all other modalities, zeros where one is missing, and a flag for
/// each that is there. A linear part and a hidden layer of `d_hidden / 2` add up to the prediction. All
/// vectors are measured in deviations from their mean ([`Completion::with_scale_of`]), so that the error is
/// 1 for a network that always predicts the mean.
///
/// - Source: SimMMDG (Dong et al. 2023), cross-modal translation of shared features, trained
///   after the model.
/// - Differs: one network for each missing modality reads all others at once, where SimMMDG has one for
///   each pair; it reads the vectors that MISA shares among modalities.
#[derive(Module, Debug)]
pub struct Completion {
    networks: ModalityModules<Option<Network>>,
    #[module(skip)]
    modalities: Modalities,
}

#[derive(Module, Debug)]
struct Network {
    first: Linear,
    second: Linear,
    direct: Linear,
    /// Of the modality that it predicts, `[d_hidden]` each.
    mean: Param<Tensor<1>>,
    deviation: Param<Tensor<1>>,
}

impl CompletionConfig {
    /// Creates the networks on `device`, for vectors of mean 0 and deviation 1.
    ///
    /// # Panics
    ///
    /// Panics if fewer than two modalities are in use: nothing could be predicted.
    pub fn init(&self, device: &Device) -> Completion {
        let Self {
            d_hidden,
            modalities,
        } = *self;
        let others = modalities.count().saturating_sub(1);
        assert!(others > 0, "one modality cannot be predicted from others");
        let d_middle = (d_hidden / 2).max(1);
        let d_input = others * (d_hidden + 1);
        let linear = |d_input, d_output| LinearConfig::new(d_input, d_output).init(device);
        Completion {
            networks: ModalityModules::init(modalities, |_| Network {
                first: linear(d_input, d_middle),
                second: linear(d_middle, d_hidden),
                direct: linear(d_input, d_hidden),
                mean: Param::from_tensor(Tensor::zeros([d_hidden], device)),
                deviation: Param::from_tensor(Tensor::ones([d_hidden], device)),
            }),
            modalities,
        }
    }
}

impl Completion {
    /// The same networks, with mean and deviation of these vectors.
    ///
    /// # Shapes
    ///
    /// - shared: `[batch, d_hidden]` per modality, of utterances that have every modality
    pub fn with_scale_of(self, shared: &PerModality<Tensor<2>>) -> Self {
        let Self {
            networks,
            modalities,
        } = self;
        let networks = PerModality::from_fn(|modality| {
            let vectors = shared.get(modality).clone();
            let network = networks.get(modality).clone()?;
            let mean = vectors.clone().mean_dim(0);
            let variance = (vectors - mean.clone()).square().mean_dim(0);
            let deviation = variance.sqrt().clamp_min(LEAST_DEVIATION);
            Some(Network {
                mean: Param::from_tensor(mean.squeeze_dim(0)),
                deviation: Param::from_tensor(deviation.squeeze_dim(0)),
                ..network
            })
        });
        Self {
            networks: networks.into(),
            modalities,
        }
    }

    /// Vectors in deviations from their mean; those of a modality that is switched off as they are.
    ///
    /// # Shapes
    ///
    /// - shared and output: `[batch, d_hidden]` per modality
    pub fn scaled(&self, shared: &PerModality<Tensor<2>>) -> PerModality<Tensor<2>> {
        let parts = self.networks.as_ref().zip(shared.as_ref());
        parts.map(|(network, x)| match network {
            Some(network) => {
                (x.clone() - network.mean.val().unsqueeze()) / network.deviation.val().unsqueeze()
            }
            None => x.clone(),
        })
    }

    /// The prediction of each modality in use from the others that are there, in deviations from its
    /// mean.
    ///
    /// # Shapes
    ///
    /// - scaled: `[batch, d_hidden]` per modality, see [`Self::scaled`]; of no influence where missing
    /// - output: `[batch, d_hidden]` per modality
    ///
    /// # Panics
    ///
    /// Panics if `presence` is of another number of utterances.
    pub fn predict(
        &self,
        scaled: &PerModality<Tensor<2>>,
        presence: &Presence,
    ) -> PerModality<Tensor<2>> {
        let seen = PerModality::from_fn(|modality| {
            let x = scaled.get(modality).clone();
            let [batch, _] = x.dims();
            assert_eq!(batch, presence.batch(), "flags of presence");
            let flags = presence.mask(modality, &x.device());
            Tensor::cat(vec![presence.blank(modality, x), flags], 1)
        });
        PerModality::from_fn(|modality| match self.networks.get(modality) {
            Some(network) => {
                let others = self.modalities.iter().filter(|&other| other != modality);
                let others = others.map(|other| seen.get(other).clone()).collect();
                network.forward(Tensor::cat(others, 1))
            }
            None => scaled.get(modality).clone(),
        })
    }

    /// `shared`, with a prediction in place of each vector of a missing modality.
    ///
    /// # Shapes
    ///
    /// - shared and output: `[batch, d_hidden]` per modality
    ///
    /// # Panics
    ///
    /// Panics as [`Self::predict`] does.
    pub fn complete(
        &self,
        shared: &PerModality<Tensor<2>>,
        presence: &Presence,
    ) -> PerModality<Tensor<2>> {
        let predicted = self.predict(&self.scaled(shared), presence);
        PerModality::from_fn(|modality| {
            let x = shared.get(modality).clone();
            match self.networks.get(modality) {
                Some(network) if presence.rows(&[modality]).is_some() => {
                    let predicted = predicted.get(modality).clone()
                        * network.deviation.val().unsqueeze()
                        + network.mean.val().unsqueeze();
                    let flags = presence.mask(modality, &x.device());
                    let is_missing = flags.equal_scalar(0.0).expand(x.dims());
                    x.mask_where(is_missing, predicted)
                }
                _ => x,
            }
        })
    }
}

impl Network {
    /// `[batch, d_input]` to `[batch, d_hidden]`.
    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let hidden = relu(self.first.forward(x.clone()));
        self.direct.forward(x) + self.second.forward(hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Modality;
    use crate::testing::device;
    use burn::tensor::{Distribution, Tolerance};

    fn vectors(device: &Device) -> PerModality<Tensor<2>> {
        let uniform = Distribution::Uniform(0.4, 0.6);
        PerModality::from_fn(|_| Tensor::random([3, 4], uniform, device))
    }

    fn presence() -> Presence {
        Presence::new(PerModality {
            text: vec![true, true, false],
            visual: vec![true, false, true],
            acoustic: vec![true, true, true],
        })
        .unwrap()
    }

    fn rows(x: &Tensor<2>) -> Vec<Vec<f32>> {
        let values: Vec<f32> = x.to_data().iter::<f32>().collect();
        values.chunks(4).map(<[f32]>::to_vec).collect()
    }

    #[test]
    fn only_what_is_missing_is_replaced_and_what_it_held_does_not_matter() {
        let device = device();
        let completion = CompletionConfig::new(4).init(&device);
        let shared = vectors(&device);
        let completion = completion.with_scale_of(&shared);
        let completed = completion.complete(&shared, &presence());
        assert_eq!(rows(&completed.acoustic), rows(&shared.acoustic));
        assert_eq!(rows(&completed.text)[..2], rows(&shared.text)[..2]);
        assert_ne!(rows(&completed.text)[2], rows(&shared.text)[2]);
        assert_ne!(rows(&completed.visual)[1], rows(&shared.visual)[1]);

        let other = PerModality {
            text: shared.text.clone().slice_fill([2..3, 0..4], f32::NAN),
            ..shared.clone()
        };
        let again = completion.complete(&other, &presence());
        for (one, other) in completed.zip(again).into_array() {
            assert_eq!(rows(&one), rows(&other));
        }
    }

    /// Columns of text: 0.2 and 0.6, so mean 0.4 and deviation 0.2; 0.5 and 0.5, so no deviation.
    #[test]
    fn vectors_are_measured_in_deviations() {
        let device = device();
        let two = Modalities::new(&[Modality::Text, Modality::Acoustic]).unwrap();
        let completion = CompletionConfig::new(2).with_modalities(two).init(&device);
        let shared = PerModality::from_fn(|_| Tensor::from_data([[0.2, 0.5], [0.6, 0.5]], &device));
        let completion = completion.with_scale_of(&shared);
        let scaled = completion.scaled(&shared);
        let expected = TensorData::from([[-1.0_f32, 0.0], [1.0, 0.0]]);
        let tolerance = Tolerance::absolute(1e-5);
        (scaled.text.into_data()).assert_approx_eq::<f32>(&expected, tolerance);
        assert_eq!(scaled.visual.into_data(), shared.visual.into_data());
    }

    #[test]
    #[should_panic(expected = "one modality cannot be predicted from others")]
    fn one_modality_is_not_enough() {
        let text = Modalities::new(&[Modality::Text]).unwrap();
        let _ = CompletionConfig::new(4)
            .with_modalities(text)
            .init(&device());
    }
}

//! What the paper adds to the loss of the task: similarity, difference and reconstruction.

use super::views::Views;
use super::{Difference, MisaLoss, Similarity, mean, sum, zero};
use crate::loss::{CoralLoss, CosineLoss, HsicLoss, MmdLoss, ScaledCmdLoss};
use crate::{MisaOutput, PerModality};
use burn::prelude::*;

impl MisaLoss {
    /// Mean over the pairs of modalities, or over every representation that the adversary reads; 0 with one
    /// modality, which nothing can be similar to.
    pub(super) fn similarity(&self, output: &MisaOutput) -> Tensor<1> {
        if self.config.similarity == Similarity::Adversarial {
            let logits = output.domain_logits.as_ref();
            let of_adversary = logits.expect("an adversarial loss needs an adversary");
            return self.domain(output, of_adversary);
        }
        let pairs = Views(output).pairs(&output.subspaces.shared);
        let losses = pairs
            .into_iter()
            .map(|(x, y)| match self.config.similarity {
                Similarity::Mmd => MmdLoss.forward(x, y),
                Similarity::Coral => CoralLoss.forward(x, y),
                Similarity::ScaledCmd => {
                    let cmd = self.similarity.clone();
                    ScaledCmdLoss { cmd }.forward(x, y)
                }
                Similarity::Cmd | Similarity::Adversarial => self.similarity.forward(x, y),
            });
        mean(losses, &output.prediction)
    }

    /// Cross-entropy of the modality, over the representations of all modalities in use.
    fn domain(&self, output: &MisaOutput, logits: &PerModality<Tensor<2>>) -> Tensor<1> {
        if output.modalities.count() == 1 {
            // Otherwise its vectors would learn to look like those of modalities that do not exist.
            return zero(&output.prediction);
        }
        let views = Views(output).each(logits).into_iter();
        let blocks = views.map(|(modality, logits)| (logits, modality as i64));
        self.classify(blocks.collect())
    }

    /// Sum over shared and private of each modality, and over the pairs of private.
    pub(super) fn difference(&self, output: &MisaOutput) -> Tensor<1> {
        let subspaces = &output.subspaces;
        let mut pairs = Views(output).both(&subspaces.shared, &subspaces.private);
        pairs.extend(Views(output).pairs(&subspaces.private));
        let losses = pairs
            .into_iter()
            .map(|(x, y)| match self.config.difference {
                Difference::Orthogonality => self.difference.forward(x, y),
                Difference::Cosine => CosineLoss.forward(x, y),
                Difference::Hsic => HsicLoss.forward(x, y),
            });
        sum(losses, &output.prediction)
    }

    /// Mean over the modalities.
    pub(super) fn reconstruction(&self, output: &MisaOutput) -> Tensor<1> {
        let pairs = Views(output).both(&output.projected, &output.reconstructed);
        let losses = pairs.into_iter().map(|(projected, reconstructed)| {
            let target = if self.config.detach_target {
                projected.detach()
            } else {
                projected
            };
            self.mse(reconstructed, target)
        });
        mean(losses, &output.prediction)
    }
}

#[cfg(test)]
mod tests {
    use crate::loss::objective::testing::Fixed;
    use crate::loss::vectors::assert_close;
    use crate::loss::{MisaLossConfig, Similarity, Term};
    use crate::{Modalities, PerModality};
    use burn::prelude::*;

    /// By hand: logits that are all equal have a cross-entropy of ln 3.
    #[test]
    fn one_modality_has_no_adversary() {
        let mut fixed = Fixed::new();
        let logits = Tensor::<2>::zeros([3, 3], &fixed.x.device());
        fixed.output.domain_logits = Some(PerModality::from_fn(|_| logits.clone()));
        let config = MisaLossConfig::new().with_similarity(Similarity::Adversarial);
        for (modalities, expected) in [
            (Modalities::ALL, 3_f32.ln()),
            ("text,acoustic".parse().unwrap(), 3_f32.ln()),
            ("text".parse().unwrap(), 0.0),
        ] {
            fixed.output.modalities = modalities;
            let loss = fixed.terms(&config)[Term::Similarity].clone();
            assert_close(loss.into_data(), [expected]);
        }
    }

    /// The reconstructed vectors learn from their reconstruction, unless they are detached.
    #[test]
    fn a_detached_target_has_no_gradient() {
        let fixed = Fixed::new();
        let reconstruction = |detach| {
            let terms = fixed.terms(&MisaLossConfig::new().with_detach_target(detach));
            let loss = terms[Term::Reconstruction].clone();
            let value: f32 = loss.clone().into_scalar();
            let gradients = loss.backward();
            (value, fixed.x.grad(&gradients).is_some())
        };
        let (attached, detached) = (reconstruction(false), reconstruction(true));
        assert_eq!((attached.1, detached.1), (true, false));
        assert_eq!(attached.0, detached.0);
    }
}

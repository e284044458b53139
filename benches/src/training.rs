//! One training step of the model, as training runs it.

use crate::{ModelCase, Unsupported};
use burn::prelude::*;
use misa_core::loss::{MisaLoss, MisaLossConfig, PerTerm};
use misa_core::{Misa, MisaConfig};
use misa_infer::ReadyBatch;
use misa_train::{MisaLearner, Trainer};
use std::time::{Duration, Instant};

/// A model in training, one step at a time.
///
/// A step does what one of `misa_train::train` does: forward, all losses, backward, every loss
/// read back as a number, gradients bounded, Adam.
pub struct TrainingStep {
    trainer: Trainer,
    learning_rate: f64,
}

impl TrainingStep {
    /// Creates the model on `device`, from the device's random state.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] says what the model lacks.
    pub fn new(case: &ModelCase, device: &Device) -> Result<Self, Unsupported> {
        Ok(Self::of(case.model()?, &case.objective(), case, device))
    }

    /// Creates another model with another objective, trained as `case` is.
    pub fn of(
        model: MisaConfig,
        objective: &MisaLossConfig,
        case: &ModelCase,
        device: &Device,
    ) -> Self {
        let device = &device.clone().autodiff();
        let learner = MisaLearner::new(model.init(device), objective.init(device));
        Self {
            trainer: Trainer::new(learner, case.adam()),
            learning_rate: case.learning_rate(),
        }
    }

    /// Trains on one batch; returns the value of every loss term, and the weighted sum as `total`.
    pub fn run(&mut self, batch: impl Into<ReadyBatch>) -> PerTerm<f64> {
        let output = self.trainer.learn(batch);
        let losses = output.loss.to_host();
        match self.trainer.update(self.learning_rate) {
            Ok(_) => losses,
            // Every caller asks whether losses are numbers.
            Err(_) => losses.map(|_| f64::NAN),
        }
    }

    /// Does the updates that steps have delayed, as at the end of an epoch; returns the time it took.
    pub fn settle(&mut self) -> Duration {
        let clock = Instant::now();
        self.trainer.learner();
        clock.elapsed()
    }

    /// The model in evaluation form: no dropout, no gradients.
    pub fn model(&mut self) -> Misa {
        self.trainer.learner().model.valid()
    }

    /// The objective.
    pub fn objective(&mut self) -> MisaLoss {
        self.trainer.learner().objective.valid()
    }

    /// Number of parameters.
    pub fn parameters(&mut self) -> usize {
        self.trainer.learner().num_params()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cpu;
    use crate::{BatchShape, Cases, Workload};
    use misa_core::loss::Term;
    use misa_data::Random;

    fn parameters(name: &str) -> usize {
        let cases = Cases::bundled().unwrap();
        let Workload::Model(case) = &cases.named(name).unwrap().workload else {
            panic!("a model");
        };
        TrainingStep::new(case, &cpu()).unwrap().parameters()
    }

    /// The counts of the workloads' description: the models compared are of the same size.
    #[test]
    fn models_have_the_parameters_of_their_workload() {
        assert_eq!(parameters("mosi_glove_b64"), 6_044_065);
        assert_eq!(parameters("mosei_glove_b16"), 11_098_129);
        assert_eq!(parameters("urfunny_glove_b32"), 19_786_518);
    }

    #[test]
    fn the_loss_falls() {
        let cases = Cases::bundled().unwrap();
        let Workload::Model(case) = &cases.named("mosi_glove_b64").unwrap().workload else {
            panic!("a model");
        };
        let mut case = case.clone();
        (case.text_dim, case.hidden, case.vocab) = (4, 8, Some(20));
        (case.dropout, case.fusion_dropout) = (0.0, 0.0);
        let device = &cpu();
        device.seed(1);
        let mut step = TrainingStep::new(&case, device).unwrap();
        let shape = BatchShape::new(&[3, 2, 1], case.sizes().unwrap(), case.task());
        let batch = shape.draw(&mut Random::new(0), &device.clone().autodiff());

        let first = step.run(batch.clone());
        let weights = case.objective();
        let sum: f64 = (Term::ALL.iter())
            .map(|&term| weights.weight(term) * first[term])
            .sum();
        let total = first.total;
        assert!((total - sum).abs() < 1e-5, "{first:?}");
        let steps = (0..30).map(|_| step.run(batch.clone()));
        let last = steps.last().unwrap().total;
        assert!(last < total, "from {total} to {last}");
    }
}

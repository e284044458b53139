//! Several devices that share the batches of one optimiser step.

use crate::{MisaLearner, SentimentOutput, WorkerError};
use burn::data::dataloader::{DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::optim::GradientsParams;
use burn::prelude::*;
use burn::train::train::MultiDevicesTrainStep;
use misa_infer::ReadyBatch;

/// Burn's workers, one to a device. The first device also has the optimiser.
pub(crate) struct Team {
    step: MultiDevicesTrainStep<MisaLearner>,
    devices: Vec<Device>,
}

impl Team {
    pub(crate) fn new(devices: &[Device]) -> Self {
        Self {
            step: MultiDevicesTrainStep::new(devices),
            devices: devices.to_vec(),
        }
    }

    pub(crate) fn devices(&self) -> usize {
        self.devices.len()
    }

    /// Outputs and gradients in the order of the batches, on the first device.
    pub(crate) fn learn(
        &self,
        learner: &MisaLearner,
        batches: Vec<ReadyBatch>,
    ) -> Result<Vec<(SentimentOutput, GradientsParams)>, WorkerError> {
        let seeds: Vec<u64> = batches.iter().map(ReadyBatch::seed).collect();
        let mut batches = batches.into_iter();
        let hand_out = |device: &Device| -> Box<dyn DataLoaderIterator<ReadyBatch>> {
            Box::new(One(batches.next().map(|batch| batch.to_device(device))))
        };
        let mut shares: Vec<_> = self.devices.iter().map(hand_out).collect();
        let results = self.step.step(&mut shares, learner);
        let (results, _) = results.map_err(|error| WorkerError(error.to_string()))?;
        let main = &self.devices[0];
        let mut learned: Vec<_> = results
            .into_iter()
            .map(|result| {
                let gradients = result.output.grads.to_device(main, learner);
                (
                    result
                        .output
                        .item
                        .without_autodiff()
                        .to_device(&main.clone().inner()),
                    gradients,
                )
            })
            .collect();
        // Workers finish in any order; the sum of gradients must not depend on it.
        learned.sort_by_key(|(output, _)| seeds.iter().position(|seed| *seed == output.seed));
        Ok(learned)
    }
}

/// At most one batch.
struct One(Option<ReadyBatch>);

impl Iterator for One {
    type Item = Result<ReadyBatch, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl DataLoaderIterator<ReadyBatch> for One {
    fn progress(&self) -> Progress {
        Progress::new(0, 1, None)
    }
}

//! Random choice of the frames that are missing in training.

use misa_core::{Modality, PerModality};
use misa_data::UtteranceBatch;
use misa_infer::FrameMask;
use misa_terms::{Random, mix};

/// Lets frames of training batches go missing, so that a model learns to do without them.
///
/// In each modality, half of the utterances of a batch stay whole; of the others, each has a rate of
/// missing frames, drawn evenly from 0 to the largest one. Everything is a function of the batch's seed.
///
/// - Source: TFR-Net; LNLN, `MMDataset` in training.
/// - Differs: rates and frames are drawn anew for each batch, independently for each modality. The
///   published code draws them for the whole split and, as it seeds NumPy's generator in between, the
///   same rates each time. The valid split stays whole, where LNLN evaluates at one rate.
#[derive(Clone, Debug)]
pub(crate) struct FrameDropout {
    largest: f64,
    /// The token instead of a missing one, if BERT reads the text.
    unknown_token: Option<u32>,
}

impl FrameDropout {
    /// With rates up to `largest`; `None` if that is 0.
    pub(crate) fn new(largest: f64, unknown_token: Option<u32>) -> Option<Self> {
        (largest > 0.0).then_some(Self {
            largest,
            unknown_token,
        })
    }

    /// The batch without the frames that are missing, and for each of its rows whether its text is whole.
    pub(crate) fn drop_frames(&self, batch: UtteranceBatch) -> (UtteranceBatch, Vec<bool>) {
        let masks = PerModality::from_fn(|modality| {
            let lengths = batch.input.lengths.get(modality);
            let rates = self.rates(lengths.len(), modality, batch.seed);
            FrameMask::independent(modality, lengths, &rates, batch.seed)
        });
        let is_whole = (0..batch.batch())
            .map(|row| masks.text.is_whole(row))
            .collect();
        (batch.without_frames(&masks, self.unknown_token), is_whole)
    }

    /// The rate of each utterance of a batch in one modality.
    fn rates(&self, batch: usize, modality: Modality, seed: u64) -> Vec<f64> {
        let mut random = Random::new(mix(seed, 0, modality as u64, "rates of missing frames"));
        let mut order: Vec<usize> = (0..batch).collect();
        random.shuffle(&mut order);
        // Of an odd number, the one in the middle is whole in half of all batches.
        let whole = (batch + random.below(2)) / 2;
        let mut rates = vec![0.0; batch];
        for &row in &order[whole..] {
            rates[row] = self.largest * random.uniform();
        }
        rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use misa_core::TextInput;
    use misa_data::{Split, SyntheticConfig, UtteranceBatcher};

    fn batch(count: usize, seed: u64) -> UtteranceBatch {
        let data = SyntheticConfig::new().with_train(count).generate().dataset;
        let batcher = UtteranceBatcher::default();
        let mut batch = batcher.batch(data.split(Split::Train), &Device::flex());
        batch.seed = seed;
        batch
    }

    #[test]
    fn half_of_the_utterances_of_each_modality_stay_whole() {
        let dropout = FrameDropout::new(0.6, None).unwrap();
        let whole = |rates: &[f64]| rates.iter().filter(|&&rate| rate == 0.0).count();
        let rates = |modality, seed| dropout.rates(100, modality, seed);
        for modality in Modality::ALL {
            let rates = rates(modality, 5);
            assert_eq!(whole(&rates), 50);
            assert!(rates.iter().all(|rate| (0.0..0.6).contains(rate)));
            // Six standard deviations of fifty draws.
            let mean = rates.iter().sum::<f64>() / 50.0;
            assert!((mean - 0.3).abs() < 0.15, "{mean}");
        }
        assert_ne!(rates(Modality::Text, 5), rates(Modality::Visual, 5));
        assert_ne!(rates(Modality::Text, 5), rates(Modality::Text, 6));
        let single: usize = (0..400)
            .map(|seed| whole(&dropout.rates(1, Modality::Text, seed)))
            .sum();
        assert!((140..260).contains(&single), "{single}");
    }

    #[test]
    fn a_batch_loses_frames_by_its_seed_and_keeps_its_lengths() {
        let dropout = FrameDropout::new(1.0, None).unwrap();
        let values =
            |batch: &UtteranceBatch| -> Vec<f32> { batch.input.visual.to_data().iter().collect() };
        let whole = batch(8, 3);
        let (dropped, is_whole) = dropout.drop_frames(whole.clone());
        assert_eq!(dropped.input.lengths, whole.input.lengths);
        let pairs = || values(&dropped).into_iter().zip(values(&whole));
        assert!(pairs().all(|(found, before)| found == before || found == 0.0));
        assert!(pairs().any(|(found, before)| found != before));
        assert_eq!(
            values(&dropout.drop_frames(whole.clone()).0),
            values(&dropped)
        );
        assert_ne!(
            values(&dropout.drop_frames(batch(8, 4)).0),
            values(&dropped)
        );

        let ids = |batch: &UtteranceBatch| -> Vec<Vec<i64>> {
            let TextInput::Words(ids) = &batch.input.text else {
                panic!("the synthetic set has words");
            };
            let [_, steps] = ids.dims();
            let ids: Vec<i64> = ids.to_data().iter().collect();
            ids.chunks(steps).map(<[i64]>::to_vec).collect()
        };
        let same = ids(&dropped).into_iter().zip(ids(&whole));
        for ((found, before), is_whole) in same.zip(&is_whole) {
            assert!(found == before || !is_whole);
        }
        assert!(is_whole.iter().filter(|&&whole| whole).count() >= 4);
    }

    #[test]
    fn a_largest_rate_of_zero_is_off() {
        assert!(FrameDropout::new(0.0, None).is_none());
    }
}

//! A trained model of `misa-infer` as one that answers requests.

use crate::{Model, ModelFacts};
use misa_infer::{ClipError, Explanation, InferError, Prediction, Predictor};
use misa_terms::Clip;

impl Model for Predictor {
    fn facts(&self) -> ModelFacts {
        let config = self.config();
        let calibration = self.checkpoint().calibration.as_ref();
        let sets = calibration.iter().flat_map(|calibration| &calibration.sets);
        let mut levels: Vec<f64> = sets
            .flat_map(|set| &set.half_widths)
            .map(|half| half.level)
            .collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        ModelFacts {
            id: self.id().to_string(),
            task: config.task,
            modalities: config.settings.modalities,
            sizes: config.sizes,
            levels,
            recipes: self.recipes().clone(),
        }
    }

    fn reads_videos(&self) -> bool {
        Predictor::reads_videos(self)
    }

    fn check(&self, clip: &Clip) -> Result<(), ClipError> {
        Predictor::check(self, clip)
    }

    fn steps(&self, clip: &Clip) -> usize {
        Predictor::steps(self, clip)
    }

    fn predict(&self, clips: &[Clip]) -> Result<Vec<Prediction>, InferError> {
        Predictor::predict(self, clips)
    }

    fn explain(&self, clip: &Clip) -> Result<Explanation, InferError> {
        Predictor::explain(self, clip)
    }

    fn warm_up(&self) -> Result<(), InferError> {
        Predictor::warm_up(self)
    }
}

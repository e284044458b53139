//! Synthetic utterances with known hidden factors.

mod world;

use crate::dataset::UtteranceDataset;
use crate::intake::Heading;
use crate::{Format, Split};
use misa_terms::{ConfigError, PerModality, Random, Task, mix};
use world::World;

misa_terms::settings! {
    /// Synthetic utterances for tests, examples and benches.
    ///
    /// Each utterance has a shared factor z and a private factor p of each modality, all standard
    /// normal. A visual or acoustic step is `A z + B p + noise`, the words are drawn with
    /// probabilities `softmax(a z + b p)`, and the label is mostly a direction of z and slightly of
    /// each p, clamped to -3..=3. So a shared subspace should recover z, and the private ones p.
    ///
    /// With several utterances per video, each video has a mood m, standard normal with the size of
    /// z. Half of the variance of every z comes from m, and labels additionally depend on m. So a
    /// single utterance reveals little about m, and all utterances of the video together reveal
    /// much.
    #[derive(PartialEq)]
    pub struct SyntheticConfig {
        /// Utterances of the train split. Default: 600. Range: `[1, 1000000]`.
        pub train: usize = 600, with_train;
        /// Utterances of the valid split. Default: 150. Range: `[0, 1000000]`.
        pub valid: usize = 150, with_valid;
        /// Utterances of the test split. Default: 150. Range: `[0, 1000000]`.
        pub test: usize = 150, with_test;
        /// Seed of everything. Default: 0.
        pub seed: u64 = 0, with_seed;
        /// Features of a visual step. Default: 35, as in MOSEI. Range: `[1, 1000000]`.
        pub d_visual: usize = 35, with_d_visual;
        /// Features of an acoustic step. Default: 74, as in MOSEI. Range: `[1, 1000000]`.
        pub d_acoustic: usize = 74, with_d_acoustic;
        /// Number of words, without special ones. Default: 400. Range: `[1, 1000000]`.
        pub words: usize = 400, with_words;
        /// Mean number of steps; an utterance has 1 to 50. Default: 20. Range: `[0, inf)`.
        pub mean_steps: f64 = 20.0, with_mean_steps;
        /// The labels: sentiment, or its range divided into equal parts, one per class. In a run, those of
        /// `training.loss.task`. Default: sentiment.
        pub task: Task = Task::Regression, with_task;
        /// Utterances of a video; the last one of a split may have fewer. Above 1, names are of the form
        /// `train-2[4]`. Default: 1. Range: `[1, 1000000]`.
        pub utterances_per_video: usize = 1, with_utterances_per_video;
        /// Deviation of the noise of each feature of each step. Default: 0.5. Range: `[0, inf)`.
        pub noise: f64 = 0.5, with_noise;
    }
}

/// A synthetic data set with its hidden factors.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyntheticDataset {
    /// The utterances.
    pub dataset: UtteranceDataset,
    factors: [Vec<Factors>; 3],
}

/// The hidden factors of an utterance.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Factors {
    /// The factor of all modalities, 4 numbers.
    pub shared: Vec<f32>,
    /// The factor of each single modality, 2 numbers each.
    pub private: PerModality<Vec<f32>>,
}

/// Most utterances of a split, features of a step, and words: far beyond any use, and within the
/// size of a vocabulary.
const MAX_COUNT: usize = 1_000_000;

impl SyntheticConfig {
    /// Checks every range.
    ///
    /// # Errors
    ///
    /// [`ConfigError::OutOfRange`] names the first field outside its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, least, value) in [
            ("synthetic.train", 1, self.train),
            ("synthetic.valid", 0, self.valid),
            ("synthetic.test", 0, self.test),
            ("synthetic.d_visual", 1, self.d_visual),
            ("synthetic.d_acoustic", 1, self.d_acoustic),
            ("synthetic.words", 1, self.words),
            (
                "synthetic.utterances_per_video",
                1,
                self.utterances_per_video,
            ),
        ] {
            let range = if least == 0 {
                "[0, 1000000]"
            } else {
                "[1, 1000000]"
            };
            let holds = (least..=MAX_COUNT).contains(&value);
            ConfigError::check(field, value as f64, range, holds)?;
        }
        for (field, value) in [
            ("synthetic.mean_steps", self.mean_steps),
            ("synthetic.noise", self.noise),
        ] {
            ConfigError::check_weight(field, value)?;
        }
        Ok(())
    }

    /// The data set, which only depends on this configuration.
    ///
    /// # Panics
    ///
    /// Panics if a value is outside its range, see [`Self::validate`].
    pub fn generate(&self) -> SyntheticDataset {
        if let Err(error) = self.validate() {
            panic!("{error}");
        }
        let per_video = self.utterances_per_video;
        let world = World::new(self);
        let counts = [self.train, self.valid, self.test];
        let mut splits = [const { Vec::new() }; 3];
        let mut factors = [const { Vec::new() }; 3];
        for (split, count) in Split::ALL.into_iter().zip(counts) {
            let index = split.index();
            let mut random = Random::new(mix(self.seed, index as u64, 0, "synthetic utterances"));
            (factors[index], splits[index]) = (0..count)
                .map(|number| match per_video {
                    1 => world.utterance(format!("{split}[{number}]"), None, &mut random),
                    _ => {
                        let (video, clip) = (number / per_video, number % per_video);
                        let mood = world::mood(self.seed, index, video);
                        world.utterance(format!("{split}-{video}[{clip}]"), Some(mood), &mut random)
                    }
                })
                .unzip();
        }
        let heading = Heading {
            format: Format::Synthetic,
            vocabulary: Some(world.vocabulary),
        };
        let dataset =
            UtteranceDataset::of(splits, heading).expect("generated utterances are consistent");
        SyntheticDataset { dataset, factors }
    }
}

impl SyntheticDataset {
    /// The hidden factors of each utterance of a split, in the order of the utterances.
    pub fn factors(&self, split: Split) -> &[Factors] {
        &self.factors[split.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TextSequence, Utterance};

    /// Relative frequency of each word, followed by the mean features.
    fn row(utterance: &Utterance, text_only: bool) -> Vec<f64> {
        let mut row = vec![0.0; 403];
        let steps = utterance.text.steps() as f64;
        row[402] = 1.0;
        if let TextSequence::Words(ids) = &utterance.text {
            for &id in ids {
                // Scaled so that words weigh about as much as features.
                row[id as usize] += 10.0 / steps;
            }
        }
        if !text_only {
            for sequence in [&utterance.visual, &utterance.acoustic] {
                for feature in 0..sequence.d_input() {
                    row.push(
                        sequence
                            .iter()
                            .map(|step| f64::from(step[feature]))
                            .sum::<f64>()
                            / steps,
                    );
                }
            }
        }
        row
    }

    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    /// Ridge regression by conjugate gradients.
    fn ridge(rows: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
        let gram = |x: &[f64]| {
            let mut product: Vec<f64> = x.iter().map(|value| 10.0 * value).collect();
            for row in rows {
                let scale = dot(row, x);
                product
                    .iter_mut()
                    .zip(row)
                    .for_each(|(sum, value)| *sum += scale * value);
            }
            product
        };
        let mut x = vec![0.0; rows[0].len()];
        let mut residual = vec![0.0; x.len()];
        for (row, target) in rows.iter().zip(targets) {
            residual
                .iter_mut()
                .zip(row)
                .for_each(|(sum, value)| *sum += target * value);
        }
        let mut direction = residual.clone();
        for _ in 0..60 {
            let product = gram(&direction);
            let before = dot(&residual, &residual);
            let step = before / dot(&direction, &product);
            for i in 0..x.len() {
                x[i] += step * direction[i];
                residual[i] -= step * product[i];
            }
            let turn = dot(&residual, &residual) / before;
            for i in 0..x.len() {
                direction[i] = residual[i] + turn * direction[i];
            }
        }
        x
    }

    fn correlation(data: &UtteranceDataset, text_only: bool) -> f64 {
        let table = |split| -> (Vec<Vec<f64>>, Vec<f64>) {
            let utterances = data.split(split).iter();
            utterances
                .map(|u| (row(u, text_only), f64::from(u.label)))
                .unzip()
        };
        let (rows, targets) = table(Split::Train);
        let weights = ridge(&rows, &targets);
        let (rows, targets) = table(Split::Test);
        let predictions: Vec<f64> = rows.iter().map(|row| dot(row, &weights)).collect();
        let center = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|value| value - mean).collect::<Vec<_>>()
        };
        let (a, b) = (center(&predictions), center(&targets));
        dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()
    }

    #[test]
    fn text_tells_much_and_all_modalities_more() {
        let data = SyntheticConfig::new().generate().dataset;
        let (text, all) = (correlation(&data, true), correlation(&data, false));
        assert!(text > 0.6, "{text}");
        assert!(all > 0.9 && all > text, "{all}");
    }

    #[test]
    fn data_is_a_function_of_its_config() {
        let config = SyntheticConfig::new()
            .with_train(3)
            .with_valid(2)
            .with_test(1);
        let checksum = config.generate().dataset.checksum().to_owned();
        assert_eq!(config.generate().dataset.checksum(), checksum);
        let other = config.with_seed(1).generate();
        assert_ne!(other.dataset.checksum(), checksum);
    }

    #[test]
    fn splits_are_independent_of_each_other() {
        let few = SyntheticConfig::new().with_train(2).with_test(5).generate();
        let many = SyntheticConfig::new().with_train(9).with_test(5).generate();
        let test = |data: &SyntheticDataset| data.dataset.split(Split::Test).to_vec();
        assert_eq!(test(&few), test(&many));
        assert_eq!(few.factors(Split::Test).len(), 5);
    }

    /// Labels within a video are similar, those of different videos are not; data without videos is
    /// unchanged.
    #[test]
    fn videos_have_a_mood() {
        let config = SyntheticConfig::new().with_train(800);
        let videos = config.clone().with_utterances_per_video(8);
        let data = videos.generate().dataset;
        let train = data.split(Split::Train);
        assert_eq!(train[17].id, "train-2[1]");
        let labels: Vec<f64> = (train.iter()).map(|found| f64::from(found.label)).collect();
        let variance = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares = values.iter().map(|value| (value - mean).powi(2));
            squares.sum::<f64>() / values.len() as f64
        };
        let within: f64 = labels.chunks(8).map(variance).sum::<f64>() / 100.0;
        assert!(within < 0.5 * variance(&labels), "{within}");
        let apart = config.generate().dataset;
        assert_eq!(apart.split(Split::Train)[17].id, "train[17]");
        // Words and features of a video follow its mood, so they differ.
        assert_ne!(apart.split(Split::Train)[17].visual, train[17].visual);
    }

    #[test]
    fn classes_are_parts_of_the_range_of_sentiment() {
        let config = SyntheticConfig::new().with_train(200);
        let task = Task::Classification { classes: 2 };
        let sentiments = config.generate().dataset;
        let classes = config.with_task(task).generate().dataset;
        let labels = |data: &UtteranceDataset| -> Vec<f32> {
            data.split(Split::Train)
                .iter()
                .map(|utterance| utterance.label)
                .collect()
        };
        let expected: Vec<f32> = labels(&sentiments)
            .iter()
            .map(|&sentiment| f32::from(u8::from(sentiment >= 0.0)))
            .collect();
        assert_eq!(labels(&classes), expected);
        assert!(expected.contains(&0.0) && expected.contains(&1.0));
    }

    #[test]
    fn lengths_and_labels_are_those_of_real_data() {
        let data = SyntheticConfig::new().generate().dataset;
        let train = data.split(Split::Train);
        let steps: Vec<usize> = train
            .iter()
            .map(|utterance| utterance.text.steps())
            .collect();
        let mean = steps.iter().sum::<usize>() as f64 / steps.len() as f64;
        assert!((17.0..22.0).contains(&mean), "{mean}");
        assert!(steps.iter().all(|steps| (1..=50).contains(steps)));
        assert!(train.iter().all(|utterance| utterance.label.abs() <= 3.0));
    }
}

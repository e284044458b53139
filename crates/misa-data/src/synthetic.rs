//! Made-up utterances whose hidden factors are known.

use crate::dataset::UtteranceDataset;
use crate::intake::Heading;
use crate::random::{Random, mix};
use crate::{Format, Sequence, Split, TextSequence, Utterance, Vocabulary};
use burn::config::Config;
use misa_core::{PerModality, Task};

/// Size of the factor that all modalities share.
const D_SHARED: usize = 4;
/// Size of the factor that one modality has for itself.
const D_PRIVATE: usize = 2;
/// Spread of the logarithm of the number of steps, as in MOSEI.
const LENGTH_SPREAD: f64 = 0.55;
/// Most steps, as in the aligned files of MMSA.
const MAX_STEPS: f64 = 50.0;
/// How much the label follows the shared factor and each private one, and how much chance: a
/// spread of about 1.35, which is that of MOSI.
const LABEL_WEIGHTS: [f64; 3] = [1.2, 0.35, 0.1];
/// Labels lie between minus this and this.
const MAX_LABEL: f32 = 3.0;
/// How strongly the factors of an utterance prefer some words to others.
const WORD_PREFERENCE: f64 = 0.7;

/// Made-up utterances for tests, examples and benches.
///
/// Each utterance has a shared factor z and a private factor p of each modality, all standard
/// normal. A visual or acoustic step is `A z + B p + noise`, the words are drawn with
/// probabilities `softmax(a z + b p)`, and the label is mostly a direction of z, a little of each
/// p, and cut to -3..=3. So a shared subspace should recover z and the private ones the p.
#[derive(Config, Debug)]
pub struct SyntheticConfig {
    /// Utterances of the train split, at least 1. Default: 600.
    #[config(default = 600)]
    pub train: usize,
    /// Utterances of the valid split. Default: 150.
    #[config(default = 150)]
    pub valid: usize,
    /// Utterances of the test split. Default: 150.
    #[config(default = 150)]
    pub test: usize,
    /// Seed of everything. Default: 0.
    #[config(default = 0)]
    pub seed: u64,
    /// Features of a visual step, at least 1. Default: 35, as in MOSEI.
    #[config(default = 35)]
    pub d_visual: usize,
    /// Features of an acoustic step, at least 1. Default: 74, as in MOSEI.
    #[config(default = 74)]
    pub d_acoustic: usize,
    /// Number of words, at least 1, special ones left out. Default: 400.
    #[config(default = 400)]
    pub words: usize,
    /// Mean number of steps before they are cut to 1..=50. Default: 20.
    #[config(default = 20.0)]
    pub mean_steps: f64,
    /// What the labels are: sentiment, or its range cut into as many equal parts as there are
    /// classes. Default: sentiment.
    #[config(default = "Task::Regression")]
    pub task: Task,
    /// Deviation of the noise of each feature of each step. Default: 0.5.
    #[config(default = 0.5)]
    pub noise: f64,
}

/// A made-up data set with what it was made from.
#[derive(Clone, Debug)]
pub struct SyntheticDataset {
    /// The utterances.
    pub dataset: UtteranceDataset,
    factors: [Vec<Factors>; 3],
}

/// What an utterance was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Factors {
    /// What all modalities show, 4 numbers.
    pub shared: Vec<f32>,
    /// What only one modality shows, 2 numbers each.
    pub private: PerModality<Vec<f32>>,
}

impl SyntheticConfig {
    /// The data set, a function of this configuration alone.
    ///
    /// # Panics
    ///
    /// Panics if a value lies outside its documented range.
    pub fn generate(&self) -> SyntheticDataset {
        assert!(self.train > 0, "train must be at least 1, got 0");
        assert!(self.words > 0, "words must be at least 1, got 0");
        assert!(
            self.d_visual > 0 && self.d_acoustic > 0,
            "feature sizes must be at least 1"
        );
        let world = World::new(self);
        let counts = [self.train, self.valid, self.test];
        let mut splits = [const { Vec::new() }; 3];
        let mut factors = [const { Vec::new() }; 3];
        for (split, count) in Split::ALL.into_iter().zip(counts) {
            let index = split.index();
            let mut random = Random::new(mix(self.seed, index as u64, 0, "synthetic utterances"));
            (factors[index], splits[index]) = (0..count)
                .map(|number| world.utterance(format!("{split}[{number}]"), &mut random))
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
    /// What each utterance of a split was made from, in the order of the utterances.
    pub fn factors(&self, split: Split) -> &[Factors] {
        &self.factors[split.index()]
    }
}

/// A linear map of a shared and a private factor.
#[derive(Debug)]
struct Mixing {
    /// Row by row, shared weights before private ones.
    rows: Vec<[f64; D_SHARED + D_PRIVATE]>,
}

impl Mixing {
    fn new(rows: usize, random: &mut Random) -> Self {
        let row = |_| std::array::from_fn(|_| random.normal());
        Self {
            rows: (0..rows).map(row).collect(),
        }
    }

    fn apply(&self, shared: &[f32], private: &[f32]) -> Vec<f64> {
        let dot = |row: &[f64; D_SHARED + D_PRIVATE]| {
            let factors = shared.iter().chain(private);
            row.iter()
                .zip(factors)
                .map(|(weight, &factor)| weight * f64::from(factor))
                .sum()
        };
        self.rows.iter().map(dot).collect()
    }
}

/// What all utterances have in common.
#[derive(Debug)]
struct World {
    vocabulary: Vocabulary,
    mixing: PerModality<Mixing>,
    log_steps: f64,
    noise: f64,
    task: Task,
}

impl World {
    fn new(config: &SyntheticConfig) -> Self {
        let mut random = Random::new(mix(config.seed, 0, 0, "synthetic world"));
        let mut vocabulary = Vocabulary::new();
        for number in 0..config.words {
            vocabulary.add(&word(number));
        }
        Self {
            vocabulary,
            mixing: PerModality {
                text: Mixing::new(config.words, &mut random),
                visual: Mixing::new(config.d_visual, &mut random),
                acoustic: Mixing::new(config.d_acoustic, &mut random),
            },
            // A log-normal variable exceeds the exponential of its mean logarithm on average.
            log_steps: config.mean_steps.max(1.0).ln() - LENGTH_SPREAD * LENGTH_SPREAD / 2.0,
            noise: config.noise,
            task: config.task,
        }
    }

    fn utterance(&self, id: String, random: &mut Random) -> (Factors, Utterance) {
        let mut normals =
            |count: usize| -> Vec<f32> { (0..count).map(|_| random.normal() as f32).collect() };
        let factors = Factors {
            shared: normals(D_SHARED),
            private: PerModality::from_fn(|_| normals(D_PRIVATE)),
        };
        let steps = (self.log_steps + LENGTH_SPREAD * random.normal()).exp();
        let steps = steps.round().clamp(1.0, MAX_STEPS) as usize;
        let ids = self.word_ids(&factors, steps, random);
        let words = ids
            .iter()
            .filter_map(|&id| self.vocabulary.word(id).map(str::to_owned));
        let (private, mixing) = (&factors.private, &self.mixing);
        let visual = mixing.visual.apply(&factors.shared, &private.visual);
        let acoustic = mixing.acoustic.apply(&factors.shared, &private.acoustic);
        let utterance = Utterance {
            id,
            words: words.collect(),
            text: TextSequence::Words(ids),
            visual: self.sequence(&visual, steps, random),
            acoustic: self.sequence(&acoustic, steps, random),
            label: target(self.task, label(&factors, random)),
        };
        (factors, utterance)
    }

    fn word_ids(&self, factors: &Factors, steps: usize, random: &mut Random) -> Vec<u32> {
        let preferences = self
            .mixing
            .text
            .apply(&factors.shared, &factors.private.text);
        let mut cumulative = 0.0;
        let bounds: Vec<f64> = preferences
            .iter()
            .map(|preference| {
                cumulative += (WORD_PREFERENCE * preference).exp();
                cumulative
            })
            .collect();
        let draw = |_| {
            let point = random.uniform() * cumulative;
            let word = bounds.partition_point(|&bound| bound <= point);
            // The special words come first.
            word.min(bounds.len() - 1) as u32 + Vocabulary::PADDING + 1
        };
        (0..steps).map(draw).collect()
    }

    fn sequence(&self, center: &[f64], steps: usize, random: &mut Random) -> Sequence {
        let values = (0..steps)
            .flat_map(|_| center)
            .map(|value| (value + self.noise * random.normal()) as f32)
            .collect();
        Sequence::new(center.len(), values).expect("every step has the features of the center")
    }
}

/// A sentiment, or the class that it lies in.
fn target(task: Task, sentiment: f32) -> f32 {
    match task {
        Task::Regression => sentiment,
        Task::Classification { classes } => {
            let share = (sentiment + MAX_LABEL) / (2.0 * MAX_LABEL);
            (share * classes as f32).floor().min(classes as f32 - 1.0)
        }
    }
}

fn label(factors: &Factors, random: &mut Random) -> f32 {
    let direction = |factor: &[f32]| -> f64 {
        let sum: f64 = factor.iter().copied().map(f64::from).sum();
        sum / (factor.len() as f64).sqrt()
    };
    let [shared, private, chance] = LABEL_WEIGHTS;
    let privates: f64 = factors
        .private
        .as_ref()
        .map(|factor| direction(factor))
        .into_array()
        .iter()
        .sum();
    let label = shared * direction(&factors.shared) + private * privates + chance * random.normal();
    label.clamp(-f64::from(MAX_LABEL), f64::from(MAX_LABEL)) as f32
}

/// A pronounceable word, different for every number.
fn word(mut number: usize) -> String {
    const CONSONANTS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
    const VOWELS: &[u8; 5] = b"aeiou";
    let mut word = String::new();
    while word.len() < 4 || number > 0 {
        word.push(char::from(CONSONANTS[number % 20]));
        word.push(char::from(VOWELS[number / 20 % 5]));
        number /= 100;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative frequency of each word, then the mean features.
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

    #[test]
    fn words_are_distinct() {
        assert_eq!(
            (word(0), word(21), word(123_456)),
            ("baba".into(), "ceba".into(), "viseqa".into())
        );
        let words: std::collections::HashSet<String> = (0..20_000).map(word).collect();
        assert_eq!(words.len(), 20_000);
    }
}

//! The generating process of synthetic utterances.

use super::{Factors, SyntheticConfig};
use crate::{Sequence, TextSequence, Utterance, Vocabulary};
use misa_terms::{ModalityLabels, PerModality, Random, Task, mix};

/// Size of the factor that all modalities share.
const D_SHARED: usize = 4;
/// Size of the factor of a single modality.
const D_PRIVATE: usize = 2;
/// Spread of the logarithm of the number of steps, as in MOSEI.
const LENGTH_SPREAD: f64 = 0.55;
/// Most steps, as in the aligned files of MMSA.
const MAX_STEPS: f64 = 50.0;
/// Weights of the shared factor, of each private factor and of noise in the label. They give a
/// deviation of about 1.35, that of MOSI.
const LABEL_WEIGHTS: [f64; 3] = [1.2, 0.35, 0.1];
/// Weight of the mood of the video in the label of an utterance.
const MOOD_WEIGHT: f64 = 1.0;
/// Largest magnitude of a label.
const MAX_LABEL: f32 = 3.0;
/// How strongly the factors of an utterance influence its words.
const WORD_PREFERENCE: f64 = 0.7;

/// A linear map of a shared and a private factor.
#[derive(Debug)]
struct Mixing {
    /// Row-major, with shared weights before private ones.
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

/// The parameters that all utterances share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) vocabulary: Vocabulary,
    mixing: PerModality<Mixing>,
    log_steps: f64,
    noise: f64,
    task: Task,
}

impl World {
    pub(super) fn new(config: &SyntheticConfig) -> Self {
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

    pub(super) fn utterance(
        &self,
        id: String,
        mood: Option<[f32; D_SHARED]>,
        random: &mut Random,
    ) -> (Factors, Utterance) {
        let mut normals =
            |count: usize| -> Vec<f32> { (0..count).map(|_| random.normal() as f32).collect() };
        let mut factors = Factors {
            shared: normals(D_SHARED),
            private: PerModality::from_fn(|_| normals(D_PRIVATE)),
        };
        for (own, mood) in factors.shared.iter_mut().zip(mood.iter().flatten()) {
            *own = (*own + mood) * std::f32::consts::FRAC_1_SQRT_2;
        }
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
            label: target(self.task, label(&factors, mood.as_ref(), random)),
            modality_labels: ModalityLabels::default(),
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

/// A sentiment, or its class.
fn target(task: Task, sentiment: f32) -> f32 {
    match task {
        Task::Regression => sentiment,
        Task::Classification { classes } => {
            let share = (sentiment + MAX_LABEL) / (2.0 * MAX_LABEL);
            (share * classes as f32).floor().min(classes as f32 - 1.0)
        }
    }
}

fn label(factors: &Factors, mood: Option<&[f32; D_SHARED]>, random: &mut Random) -> f32 {
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
    let mood = mood.map_or(0.0, |mood| MOOD_WEIGHT * direction(mood));
    let label = shared * direction(&factors.shared) + private * privates + chance * random.normal();
    let label = label + mood;
    label.clamp(-f64::from(MAX_LABEL), f64::from(MAX_LABEL)) as f32
}

/// A pronounceable word, distinct for each number.
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

/// The mood of a video.
pub(super) fn mood(seed: u64, split: usize, video: usize) -> [f32; D_SHARED] {
    let seed = mix(seed, split as u64, video as u64, "synthetic videos");
    let mut random = Random::new(seed);
    std::array::from_fn(|_| random.normal() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! Models with random weights, and clips with random content.

use burn::tensor::Device;
use misa_core::{MisaConfig, TextSize};
use misa_infer::prelude::*;
use misa_infer::{BertText, FeatureSizes, Tokeniser, Truncation, Vocabulary};
use misa_terms::BertConfig;
use std::sync::{Arc, Once};

/// Words that the models know; the last ones are of BERT alone.
pub(crate) const WORDS: [&str; 6] = ["what", "fun", "a", "dull", "film", "##s"];

pub(crate) fn sizes(text: TextSize) -> FeatureSizes {
    FeatureSizes {
        text,
        visual: 20,
        acoustic: 7,
    }
}

/// A model that takes no time.
pub(crate) fn config(text: TextSize) -> MisaConfig {
    MisaConfig::new(sizes(text))
        .with_d_hidden(16)
        .with_d_embedding(8)
}

pub(crate) fn words() -> TextSize {
    TextSize::Words {
        vocabulary: vocabulary().len(),
    }
}

pub(crate) fn bert() -> TextSize {
    TextSize::Bert(BertConfig {
        vocabulary: 16,
        d_model: 24,
        n_layers: 2,
        n_heads: 3,
        d_feed_forward: 40,
        positions: 12,
        ..BertConfig::BASE
    })
}

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for word in WORDS {
        vocabulary.add(word);
    }
    vocabulary
}

/// Forty utterances with labels from -2 to 1.9.
pub(crate) fn labelled() -> Vec<Utterance> {
    let mut numbers = Numbers(11);
    let utterance = |place| {
        let [visual, acoustic] = [numbers.sequence(20, 3), numbers.sequence(7, 3)];
        let label = place as f32 / 10.0 - 2.0;
        let text = TextSequence::Words(vec![2, 3]);
        Utterance::new("x", vec![], text, visual, acoustic, label).unwrap()
    };
    (0..40).map(utterance).collect()
}

/// The processor, with random numbers that are the same in every run of a test that has a process of its own.
fn device() -> Device {
    static SEEDED: Once = Once::new();
    let device = Device::flex();
    SEEDED.call_once(|| device.seed(1));
    device
}

/// A predictor of a model with random weights, read from its files after `edit`.
pub(crate) fn predictor(config: &MisaConfig, edit: impl FnOnce(&mut Checkpoint)) -> Predictor {
    let folder = tempfile::tempdir().unwrap();
    save(config, folder.path(), edit);
    Predictor::load(folder.path(), &Device::flex()).unwrap()
}

pub(crate) fn save(
    config: &MisaConfig,
    folder: &std::path::Path,
    edit: impl FnOnce(&mut Checkpoint),
) {
    let bert = match config.sizes.text {
        TextSize::Bert(bert) => {
            let special = Tokeniser::SPECIAL_TOKENS.join("\n");
            let vocabulary = format!("{special}\n{}\n.", WORDS.join("\n"));
            let tokeniser = Tokeniser::from_vocabulary(&vocabulary).unwrap();
            Some(BertText::new(tokeniser, &bert, Truncation::Batch).unwrap())
        }
        _ => None,
    };
    let mut checkpoint = Checkpoint {
        model: config.init(&device()),
        config: config.clone(),
        vocabulary: matches!(config.sizes.text, TextSize::Words { .. }).then(vocabulary),
        scaling: None,
        bert: bert.map(Arc::new),
        calibration: None,
        recipes: Default::default(),
        scale: None,
    };
    edit(&mut checkpoint);
    checkpoint.save(folder).unwrap();
}

/// Random numbers from -1 to 1.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn sequence(&mut self, size: usize, steps: usize) -> Sequence {
        let value = |_| (self.next() % 20_001) as f32 / 10_000.0 - 1.0;
        Sequence::new(size, (0..size * steps).map(value).collect()).unwrap()
    }

    /// The same sequence, of which a third of the steps are absent, sometimes all.
    pub(crate) fn with_absent(&mut self, sequence: &Sequence) -> Sequence {
        let is_all = self.next().is_multiple_of(8);
        let steps = 0..sequence.steps();
        let absent: Vec<bool> = steps
            .map(|_| is_all || self.next().is_multiple_of(3))
            .collect();
        let (d_input, mut values) = (sequence.d_input(), sequence.values().to_vec());
        for (row, &absent) in values.chunks_mut(d_input).zip(&absent) {
            if absent {
                row.fill(0.0);
            }
        }
        Sequence::with_absent(d_input, values, absent).unwrap()
    }

    /// A clip of up to `longest` steps with all modalities.
    pub(crate) fn clip(&mut self, sizes: FeatureSizes, longest: usize) -> Clip {
        let mut steps = || 1 + self.next() as usize % longest;
        let [text, visual, acoustic] = [steps(), steps(), steps()];
        let text = match sizes.text {
            TextSize::Features { d_input } => ClipText::Vectors {
                vectors: self.sequence(d_input, text),
                words: Vec::new(),
            },
            _ => {
                let mut word = |_| WORDS[self.next() as usize % 5].to_string();
                ClipText::Words((0..text).map(&mut word).collect())
            }
        };
        Clip {
            id: format!("clip-{}", self.next() % 1000),
            text: Some(text),
            visual: Some(self.sequence(sizes.visual, visual)),
            acoustic: Some(self.sequence(sizes.acoustic, acoustic)),
        }
    }
}

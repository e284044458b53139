//! Your own features: any text vectors, visual and acoustic rows, each with its own length.
//!
//! ```text
//! cargo run --release --example custom_dataset -- --device flex
//! ```
//!
//! Makes a small set, writes it as one `.safetensors` file, reads that back and trains on it.

use misa_data::{Random, Sequence, TextSequence, Utterance, UtteranceDataset};
use misa_train::{TrainingConfig, train};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    misa_examples::exit("custom_dataset", run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let about = "Make a small data set of your own features, save it, and train on it";
    let device = misa_examples::chosen_device("custom_dataset", about)?;
    let mut random = Random::new(1);
    let mut utterances = |count: usize| -> Result<Vec<Utterance>, Box<dyn Error>> {
        (0..count)
            .map(|number| utterance(number, &mut random))
            .collect()
    };
    let (train_split, valid, test) = (utterances(96)?, utterances(24)?, utterances(24)?);
    let data = UtteranceDataset::from_splits(train_split, valid, test, None)?;

    let folder = std::env::temp_dir().join("misa-custom-dataset");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("mine.safetensors");
    data.save(&file)?;
    let data = UtteranceDataset::open(&file)?;

    let config = TrainingConfig::new().with_epochs(3).with_batch_size(16);
    let config = config.with_learning_rate(1e-3).with_d_hidden(32);
    let report = train(&config, data, &device, folder.join("run"))?;
    println!("\n{report}");
    Ok(())
}

/// The label shows in every modality: strongly in the text, weakly elsewhere.
fn utterance(number: usize, random: &mut Random) -> Result<Utterance, Box<dyn Error>> {
    let label = (6.0 * random.uniform() - 3.0) as f32;
    let mut rows = |steps: usize, d_input: usize, strength: f32| {
        let values = (0..steps * d_input).map(|_| strength * label + random.normal() as f32);
        Sequence::new(d_input, values.collect()).ok_or("rows of unequal width")
    };
    let text = TextSequence::Features(rows(4, 8, 0.5)?);
    let (visual, acoustic) = (rows(9, 5, 0.1)?, rows(15, 6, 0.2)?);
    Ok(Utterance::new(
        format!("clip-{number}"),
        vec![],
        text,
        visual,
        acoustic,
        label,
    )?)
}

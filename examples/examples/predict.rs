//! Loads a trained model and scores a few utterances.
//!
//! ```text
//! cargo run --release --example train_mosei
//! cargo run --release --example predict -- --run runs/train_mosei
//! ```
//!
//! Prints one line per utterance: its id, the prediction, the target. With `--data`, the
//! utterances come from the test split of a file, or from its valid split if it has none.

use burn::prelude::*;
use clap::Parser;
use misa_data::{Split, SyntheticConfig, UtteranceBatcher, UtteranceDataset};
use misa_train::Checkpoint;
use std::{error::Error, path::PathBuf};

/// Score utterances with a trained model.
#[derive(Parser)]
struct Arguments {
    /// Folder of a run of train_mosei
    #[arg(long, value_name = "DIR", default_value = "runs/train_mosei")]
    run: PathBuf,
    /// File or folder with the utterances; without it, the synthetic set
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Utterances to score
    #[arg(long, value_name = "N", default_value_t = 8)]
    count: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let device = Device::default();
    let checkpoint = Checkpoint::load(arguments.run.join("checkpoint"), &device)?;
    let mut data = match &arguments.data {
        Some(path) => UtteranceDataset::open(path)?,
        None => SyntheticConfig::new().generate().dataset,
    };
    if let Some(normalisation) = checkpoint.normalisation {
        data = data.normalised(normalisation);
    }

    let splits = [Split::Test, Split::Valid].map(|split| data.split(split));
    let found = splits.into_iter().find(|utterances| !utterances.is_empty());
    let utterances = found.ok_or("neither a test nor a valid split to score")?;
    let utterances = &utterances[..arguments.count.min(utterances.len())];
    let batch = UtteranceBatcher.batch(utterances, &device);
    let predictions = checkpoint
        .model
        .forward(&batch.input)
        .prediction
        .into_data();
    let targets = batch.targets.into_data();
    for ((id, prediction), target) in batch
        .ids
        .iter()
        .zip(predictions.iter::<f32>())
        .zip(targets.iter::<f32>())
    {
        println!("{id:<20} predicted {prediction:>6.2}   target {target:>6.2}");
    }
    Ok(())
}

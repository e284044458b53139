//! Loads a trained model and scores a few utterances.
//!
//! ```text
//! cargo run --release --example train_mosei
//! cargo run --release --example predict -- --run runs/train_mosei
//! ```
//!
//! Prints one line per utterance: its id, the prediction, the label. With `--data`, the utterances
//! come from the test split of a file, or from its valid split if it has none.

use clap::{Parser, value_parser};
use misa_data::{Split, SyntheticConfig, UtteranceDataset};
use misa_train::Checkpoint;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

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
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = value_parser!(u32).range(1..))]
    count: u32,
    /// Where to compute: flex, ndarray, wgpu, vulkan, metal, cuda or cuda:1, as far as compiled in
    #[arg(long, value_name = "NAME", default_value = misa_examples::default_device())]
    device: String,
}

fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    misa_examples::exit("predict", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let device = misa_examples::device(&arguments.device)?;
    let checkpoint = Checkpoint::load(arguments.run.join("checkpoint"), &device)?;
    let data = match &arguments.data {
        Some(path) => UtteranceDataset::open(path)?,
        None => SyntheticConfig::new().generate().dataset,
    };
    let mut splits = [Split::Test, Split::Valid]
        .into_iter()
        .map(|split| data.split(split));
    let found = splits.find(|utterances| !utterances.is_empty());
    let utterances = found.ok_or("the data has neither a test nor a valid split to score")?;
    let utterances = &utterances[..utterances.len().min(arguments.count as usize)];
    let predictions = checkpoint.predict(utterances, &device)?;
    for (utterance, prediction) in utterances.iter().zip(predictions) {
        let (id, label) = (&utterance.id, utterance.label);
        println!("{id:<20} predicted {prediction:>6.2}   label {label:>6.2}");
    }
    Ok(())
}

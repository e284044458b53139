//! Writes a BERT with random weights, as Hugging Face would store it: to try the text path without
//! a download, or to start from nothing.
//!
//! ```text
//! cargo run --release --features bert --example make_bert -- FOLDER
//! cargo run --release --features bert --example train_mosei -- --bert FOLDER
//! ```

use burn::tensor::Device;
use clap::Parser;
use misa_core::encoder::bert::{BertConfig, BertEncoderConfig};
use misa_core::weights;
use misa_data::{OpenOptions, PretrainedBert, SyntheticConfig};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Write a BERT with random weights for the words of a data set.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder to write
    #[arg(default_value = "runs/random_bert")]
    folder: PathBuf,
    /// Data whose words become tokens; without it, the synthetic set
    #[arg(long, value_name = "PATH")]
    data: Option<PathBuf>,
    /// Transformer layers
    #[arg(long, value_name = "N", default_value_t = 2)]
    layers: usize,
    /// Features of a token
    #[arg(long, value_name = "N", default_value_t = 64)]
    d_model: usize,
    /// Attention heads
    #[arg(long, value_name = "N", default_value_t = 4)]
    heads: usize,
    /// Seed of the weights
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

fn main() -> ExitCode {
    misa_examples::exit("make_bert", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let data = match &arguments.data {
        Some(path) => OpenOptions::new().open(path)?,
        None => SyntheticConfig::new().generate().dataset,
    };
    let words = misa_examples::lower_case_words(&data);
    let config = BertConfig {
        vocabulary: PretrainedBert::SPECIAL_TOKENS.len() + words.len(),
        d_model: arguments.d_model,
        n_layers: arguments.layers,
        n_heads: arguments.heads,
        d_feed_forward: arguments.d_model.saturating_mul(4),
        ..BertConfig::BASE
    };
    config.validate()?;
    let device = Device::flex();
    device.seed(arguments.seed);
    let bert = BertEncoderConfig::new(config).init(&device);
    let tensors = weights::state_dict(&bert, "text.Bert");
    let bert = PretrainedBert::create(&arguments.folder, &config, &words, tensors)?;
    println!(
        "{}: BERT of {} layers of {} features, {} tokens, random weights",
        bert.path().display(),
        config.n_layers,
        config.d_model,
        config.vocabulary
    );
    Ok(())
}

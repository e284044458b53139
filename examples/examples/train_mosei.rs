//! Trains MISA: on a synthetic set out of the box, on real files with `--data`.
//!
//! ```text
//! cargo run --release --example train_mosei
//! cargo run --release --example train_mosei -- --data PATH --preset official --epochs 40
//! ```
//!
//! Shows every epoch, ends with the report as Markdown, and leaves it with the trained model in
//! the folder of the run.

use clap::Parser;
use misa_core::Modalities;
use misa_data::{
    Format, Normalisation, OpenOptions, Order, Policy, SyntheticConfig, UtteranceDataset,
};
use misa_train::{Corpus, Preset, Progress, TrainingConfig, train_with};
use std::{error::Error, path::PathBuf, process::ExitCode};

/// Epochs and learning rate that suit a set learned in a minute.
const SYNTHETIC: (usize, f64) = (6, 1e-3);

/// Train MISA and report its scores.
///
/// Without --data, the model trains on a made-up set of the shape of CMU-MOSEI, of which it is
/// known what the modalities share and what each has for itself, for 6 epochs at a learning rate of
/// 1e-3 unless told otherwise.
///
/// With --data, it trains on files you have: a folder with train.pkl, dev.pkl and test.pkl of the
/// official code, feature files of MMSA, MulT or MultiBench, UR-FUNNY, computational sequences of the CMU SDK, your own .npz files with a
/// table of labels, or a .safetensors file of ours. The layout is recognised by content. The valid split chooses the model; the test split is scored once, at the end.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  train_mosei --data datasets/MOSEI --seed 1
  train_mosei --data mosi/unaligned_50.pkl --preset mmsa --corpus mosi
  train_mosei --data datasets/MOSI --corpus mosi --modalities text,acoustic --normalise train"
)]
struct Arguments {
    /// File or folder to train on; without it, the synthetic set
    #[arg(long, value_name = "PATH", help_heading = "Data")]
    data: Option<PathBuf>,
    /// Layout of the data, if it is not to be guessed, such as misa, mmsa or csd
    #[arg(long, value_name = "NAME", requires = "data", help_heading = "Data")]
    format: Option<Format>,
    /// What becomes of labels and features that are no numbers: strict or compat
    #[arg(
        long,
        value_name = "NAME",
        default_value_t,
        requires = "data",
        help_heading = "Data"
    )]
    policy: Policy,
    /// Scale visual and acoustic features: utterance (over its steps) or train (by that split);
    /// files of the official code are scaled already
    #[arg(long, value_name = "HOW", value_parser = normalisation, help_heading = "Data")]
    normalise: Option<Normalisation>,
    /// Text file of word vectors to start from, such as GloVe's
    #[arg(long, value_name = "PATH", help_heading = "Data")]
    glove: Option<PathBuf>,
    /// Size of a word vector, that of the file of word vectors
    #[arg(long, value_name = "N", default_value_t = 300, help_heading = "Data")]
    d_embedding: usize,
    /// Modalities to use, the others are off everywhere
    #[arg(long, value_name = "LIST", default_value_t, help_heading = "Data")]
    modalities: Modalities,
    /// Whose settings: official or mmsa
    #[arg(
        long,
        value_name = "NAME",
        default_value = "official",
        help_heading = "Training"
    )]
    preset: Preset,
    /// Corpus the settings are for: mosi, mosei or ur_funny
    #[arg(
        long,
        value_name = "NAME",
        default_value = "mosei",
        help_heading = "Training"
    )]
    corpus: Corpus,
    /// Most epochs, in place of the preset's
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Training"
    )]
    epochs: Option<usize>,
    /// Seed of everything random, in place of the preset's
    #[arg(long, value_name = "N", help_heading = "Training")]
    seed: Option<u64>,
    /// Learning rate, in place of the preset's
    #[arg(
        long,
        value_name = "RATE",
        allow_negative_numbers = true,
        help_heading = "Training"
    )]
    learning_rate: Option<f64>,
    /// Utterances in a batch, in place of the preset's
    #[arg(long, value_name = "N", help_heading = "Training")]
    batch_size: Option<usize>,
    /// Put utterances of similar length into the same batch: less padding, another order than the
    /// original's
    #[arg(long, help_heading = "Training")]
    bucketed: bool,
    /// Where to compute: flex, ndarray, wgpu, vulkan, metal or cuda[:N]
    #[arg(
        long,
        value_name = "NAME",
        default_value = "flex",
        help_heading = "Run"
    )]
    device: String,
    /// Folder of the run; gets report.md, report.json and checkpoint/
    #[arg(
        long,
        value_name = "DIR",
        default_value = "runs/train_mosei",
        help_heading = "Run"
    )]
    out: PathBuf,
    /// One line per epoch even in a terminal
    #[arg(long, help_heading = "Run")]
    plain: bool,
}

fn main() -> ExitCode {
    misa_examples::exit("train_mosei", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let device = misa_examples::device(&arguments.device)?;
    let config = config(arguments)?;
    let data = data(arguments)?;
    let progress = match arguments.plain {
        true => Progress::Lines,
        false => Progress::Automatic,
    };
    let report = train_with(&config, data, &device, &arguments.out, progress)?;
    println!("\n{report}");
    Ok(())
}

fn data(arguments: &Arguments) -> Result<UtteranceDataset, Box<dyn Error>> {
    let options = OpenOptions::new()
        .with_format(arguments.format)
        .with_policy(arguments.policy);
    Ok(match &arguments.data {
        Some(path) => options.open(path)?,
        None => SyntheticConfig::new().generate().dataset,
    })
}

/// The preset's settings with what the command line changes.
fn config(arguments: &Arguments) -> Result<TrainingConfig, Box<dyn Error>> {
    let mut config = arguments.preset.config(arguments.corpus)?;
    if arguments.data.is_none() {
        (config.epochs, config.learning_rate) = SYNTHETIC;
    }
    config.modalities = arguments.modalities;
    config.normalisation = arguments.normalise;
    config.glove = arguments.glove.clone();
    config.d_embedding = arguments.d_embedding;
    config.epochs = arguments.epochs.unwrap_or(config.epochs);
    config.seed = arguments.seed.unwrap_or(config.seed);
    config.learning_rate = arguments.learning_rate.unwrap_or(config.learning_rate);
    config.batch_size = arguments.batch_size.unwrap_or(config.batch_size);
    if arguments.bucketed {
        config.order = Order::Bucketed { batches: 16 };
    }
    Ok(config)
}

fn normalisation(name: &str) -> Result<Normalisation, String> {
    match name {
        "utterance" => Ok(Normalisation::Utterance),
        "train" => Ok(Normalisation::Train),
        _ => Err(format!(
            "unknown scaling `{name}`, expected utterance or train"
        )),
    }
}

//! Trains MISA to tell humour: on a synthetic set of two classes out of the box, on UR-FUNNY with
//! `--data`.
//!
//! ```text
//! cargo run --release --example train_ur_funny
//! cargo run --release --example train_ur_funny -- --data UR_FUNNY --bert bert-base-uncased
//! ```
//!
//! The report has the accuracy and which class is taken for which.

use clap::Parser;
use misa_examples::TrainingArguments;
use misa_train::Corpus;
use std::{error::Error, process::ExitCode};

/// Train MISA on two classes, humour or not, and report its scores.
///
/// Without --data, the model trains on a made-up set whose sentiment is cut into two classes, for
/// 6 epochs at a learning rate of 1e-3 unless told otherwise.
///
/// With --data, it trains on files you have, UR-FUNNY in either version or any other layout that
/// train_mosei reads, with labels 0 and 1.
///
/// With --bert, a pre-trained BERT reads the words, all of it frozen as in the official code. With
/// --no-frozen-dropout too, each sentence goes through BERT once, not once an epoch.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  train_ur_funny --data datasets/UR_FUNNY --seed 1
  train_ur_funny --data datasets/UR_FUNNY --bert bert-base-uncased --no-frozen-dropout --cache cache"
)]
struct Arguments {
    #[command(flatten)]
    training: TrainingArguments,
}

fn main() -> ExitCode {
    misa_examples::exit("train_ur_funny", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let report = arguments
        .training
        .train(Corpus::UrFunny, "runs/train_ur_funny")?;
    println!("\n{report}");
    Ok(())
}

//! Trains MISA to detect humour: on a synthetic set of two classes out of the box, on UR-FUNNY with
//! `--data`.
//!
//! ```text
//! cargo run --release --example train_ur_funny
//! cargo run --release --features bert --example train_ur_funny -- --data UR_FUNNY --bert bert-base-uncased
//! ```
//!
//! Its options are those of `misa train`. The report has the accuracy and a confusion matrix.

use clap::Parser;
use misa_examples::TrainingArguments;
use misa_train::Corpus;
use std::process::ExitCode;

/// Train MISA to detect humour and report its scores.
///
/// Without --data, the model trains on a synthetic set whose sentiment is cut into two classes.
/// Unless you set them, it trains for 6 epochs at a learning rate of 1e-3 then.
///
/// With --data, it trains on your files, UR-FUNNY in either version or any other layout that
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
    misa_memory::keep_freed_memory();
    misa_memory::ask_for_large_pages();
    let result = Arguments::parse()
        .training
        .train("train_ur_funny", Corpus::UrFunny);
    misa_examples::exit("train_ur_funny", result)
}

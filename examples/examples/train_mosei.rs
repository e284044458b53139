//! Trains MISA: on a synthetic set out of the box, on real files with `--data`.
//!
//! ```text
//! cargo run --release --example train_mosei
//! cargo run --release --example train_mosei -- --data PATH --preset official --epochs 40
//! cargo run --release --features bert --example train_mosei -- --data PATH --bert bert-base-uncased
//! ```
//!
//! Its options are those of `misa train`. Shows every epoch, ends with the report as Markdown, and
//! leaves it with the trained model in the folder of the run.

use clap::Parser;
use misa_examples::TrainingArguments;
use misa_train::Corpus;
use std::process::ExitCode;

/// Train MISA and report its scores.
///
/// Without --data, the model trains on a synthetic set of the shape of CMU-MOSEI, of which it is
/// known what the modalities share and what is private to each. Unless you set them, it trains for
/// 6 epochs at a learning rate of 1e-3 then.
///
/// With --data, it trains on your files: a folder with train.pkl, dev.pkl and test.pkl of the
/// official code, feature files of MMSA, MulT or MultiBench, UR-FUNNY, computational sequences of
/// the CMU SDK, your own .npz files with a table of labels, or a .safetensors file of ours. The
/// layout is detected from the content. The valid split chooses the model; the test split is scored
/// once, at the end, which the manifest records.
///
/// With --bert, a pre-trained BERT reads the words, frozen by the preset's rule for the corpus.
/// Nothing is downloaded.
#[derive(Parser)]
#[command(
    version,
    after_help = "Examples:
  train_mosei --data datasets/MOSEI --seed 1
  train_mosei --data datasets/MOSEI --bert bert-base-uncased
  train_mosei --data mosi/unaligned_50.pkl --preset mmsa --corpus mosi
  train_mosei --data datasets/MOSI --corpus mosi --modalities text,acoustic --normalise train"
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
        .train("train_mosei", Corpus::Mosei);
    misa_examples::exit("train_mosei", result)
}

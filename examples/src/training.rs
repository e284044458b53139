//! The command line of the examples that train.

use clap::Args;
use misa_cli::{
    Launch,
    settings::{Layers, RunSettings},
    stop_on_signals,
};
use misa_core::{
    Modalities,
    encoder::bert::{BertFreezing, TextPooling},
};
use misa_data::{Format, Normalisation, Order, Policy, Truncation};
use misa_train::{BertSettings, Corpus, Preset, Progress, Report, RunStart, score_test};
use std::{error::Error, path::PathBuf};

/// What a training run is told.
#[derive(Args, Debug)]
pub struct TrainingArguments {
    /// File or folder to train on; without it, the synthetic set
    #[arg(long, value_name = "PATH", help_heading = "Data")]
    pub data: Option<PathBuf>,
    /// Layout of the data, if it is not to be guessed, such as misa, mmsa or csd
    #[arg(long, value_name = "NAME", requires = "data", help_heading = "Data")]
    pub format: Option<Format>,
    /// What becomes of labels and features that are no numbers: strict or compat
    #[arg(
        long,
        value_name = "NAME",
        default_value_t,
        requires = "data",
        help_heading = "Data"
    )]
    pub policy: Policy,
    /// Scale visual and acoustic features: utterance (over its steps) or train (by that split);
    /// files of the official code are scaled already
    #[arg(long, value_name = "HOW", value_parser = normalisation, help_heading = "Data")]
    pub normalise: Option<Normalisation>,
    /// Modalities to use, the others are off everywhere
    #[arg(long, value_name = "LIST", default_value_t, help_heading = "Data")]
    pub modalities: Modalities,
    /// The text of a run
    #[command(flatten)]
    pub text: TextArguments,
    /// Whose settings: official, mmsa or misa+
    #[arg(
        long,
        value_name = "NAME",
        default_value = "official",
        help_heading = "Training"
    )]
    pub preset: Preset,
    /// Corpus the settings are for: mosi, mosei or ur_funny; the example's own without it
    #[arg(long, value_name = "NAME", help_heading = "Training")]
    pub corpus: Option<Corpus>,
    /// Most epochs, in place of the preset's
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "Training"
    )]
    pub epochs: Option<usize>,
    /// Seed of everything random, in place of the preset's
    #[arg(long, value_name = "N", help_heading = "Training")]
    pub seed: Option<u64>,
    /// Learning rate, in place of the preset's
    #[arg(
        long,
        value_name = "RATE",
        allow_negative_numbers = true,
        help_heading = "Training"
    )]
    pub learning_rate: Option<f64>,
    /// Optimiser steps in which the learning rate rises to its value
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Training")]
    pub warm_up: usize,
    /// Decay of weight matrices, as a share of the learning rate
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.0,
        allow_negative_numbers = true,
        help_heading = "Training"
    )]
    pub weight_decay: f64,
    /// Utterances in a batch, in place of the preset's
    #[arg(long, value_name = "N", help_heading = "Training")]
    pub batch_size: Option<usize>,
    /// Put utterances of similar length into the same batch: less padding, another order than the
    /// original's
    #[arg(long, help_heading = "Training")]
    pub bucketed: bool,
    /// Where to compute
    #[arg(
        long,
        help = "Where to compute: flex, ndarray, wgpu, vulkan, metal, cuda or cuda:1",
        value_name = "NAME",
        default_value = "flex",
        help_heading = "Run"
    )]
    pub device: String,
    /// Folder of the run; gets report.md, report.json and checkpoint/
    #[arg(long, value_name = "DIR", help_heading = "Run")]
    pub out: Option<PathBuf>,
    /// One line per epoch even in a terminal
    #[arg(long, help_heading = "Run")]
    pub plain: bool,
}

/// How the text is read: by words with vectors that are trained, or by a pre-trained BERT.
#[derive(Args, Debug)]
pub struct TextArguments {
    /// Text file of word vectors to start from, such as GloVe's
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "bert",
        help_heading = "Text"
    )]
    pub glove: Option<PathBuf>,
    /// Size of a word vector, that of the file of word vectors
    #[arg(long, value_name = "N", default_value_t = 300, help_heading = "Text")]
    pub d_embedding: usize,
    /// Folder of a pre-trained BERT: config.json, model.safetensors or pytorch_model.bin, and
    /// vocab.txt or tokenizer.json
    #[arg(long, value_name = "FOLDER", help_heading = "Text")]
    pub bert: Option<PathBuf>,
    /// What of BERT keeps its weights, in place of the preset's rule: none, layers:N, prefix:N
    /// (with the embeddings) or all
    #[arg(long, value_name = "RULE", requires = "bert", help_heading = "Text")]
    pub freeze: Option<BertFreezing>,
    /// Tokens read of a sentence, in place of the preset's rule: full, batch (as many as the most
    /// words in it) or a number
    #[arg(long, value_name = "RULE", requires = "bert", help_heading = "Text")]
    pub truncation: Option<Truncation>,
    /// No dropout in what is frozen: what it gives is computed once, and kept
    #[arg(long, requires = "bert", help_heading = "Text")]
    pub no_frozen_dropout: bool,
    /// Folder for what is computed once, for later runs too; without it, memory
    #[arg(long, value_name = "DIR", requires = "bert", help_heading = "Text")]
    pub cache: Option<PathBuf>,
    /// Learning rate of BERT; without it, that of the run
    #[arg(
        long,
        value_name = "RATE",
        requires = "bert",
        allow_negative_numbers = true,
        help_heading = "Text"
    )]
    pub bert_learning_rate: Option<f64>,
    /// Mean over padding too, as in the first release of the official code
    #[arg(long, requires = "bert", help_heading = "Text")]
    pub plain_mean: bool,
}

impl TrainingArguments {
    /// Trains on the data, scores the test split once, and gives the report.
    ///
    /// # Errors
    ///
    /// Whatever stops the run.
    pub fn train(&self, corpus: Corpus, out: &str) -> Result<Report, Box<dyn Error>> {
        let device = crate::device(&self.device)?;
        let settings = Layers::new(&self.settings(corpus)?, "command line").resolve()?;
        let launch = Launch {
            progress: match self.plain {
                true => Progress::Lines,
                false => Progress::Automatic,
            },
            start: RunStart::Replace,
            stop: stop_on_signals()?,
        };
        let out = self.out.clone().unwrap_or_else(|| out.into());
        let (report, test) = launch.train(&settings, &out)?;
        match test.is_empty() {
            true => Ok(report),
            false => Ok(score_test(&out, test, &device)?),
        }
    }

    /// The preset's settings with what the command line changes.
    fn settings(&self, corpus: Corpus) -> Result<RunSettings, Box<dyn Error>> {
        let corpus = self.corpus.unwrap_or(corpus);
        let mut settings = RunSettings::new(self.preset, corpus, self.data.is_some())?;
        settings.device = self.device.clone();
        settings.data.path = self.data.clone();
        settings.data.format = self.format;
        settings.data.policy = self.policy;
        let training = &mut settings.training;
        training.model.modalities = self.modalities;
        training.normalisation = self.normalise;
        training.glove = self.text.glove.clone();
        training.model.d_embedding = self.text.d_embedding;
        training.bert = self.text.bert(self.preset, corpus);
        training.epochs = self.epochs.unwrap_or(training.epochs);
        training.seed = self.seed.unwrap_or(training.seed);
        training.learning_rate = self.learning_rate.unwrap_or(training.learning_rate);
        training.warm_up = self.warm_up;
        training.weight_decay = self.weight_decay;
        training.batch_size = self.batch_size.unwrap_or(training.batch_size);
        if self.bucketed {
            training.order = Order::Bucketed { batches: 16 };
        }
        Ok(settings)
    }
}

impl TextArguments {
    fn bert(&self, preset: Preset, corpus: Corpus) -> Option<BertSettings> {
        let mut bert = preset.bert(corpus, self.bert.clone()?);
        bert.reading.freezing = self.freeze.unwrap_or(bert.reading.freezing);
        bert.truncation = self.truncation.unwrap_or(bert.truncation);
        bert.reading.frozen_dropout &= !self.no_frozen_dropout;
        bert.cache = self.cache.clone();
        bert.learning_rate = self.bert_learning_rate;
        if self.plain_mean {
            bert.reading.pooling = TextPooling::PlainMean;
        }
        Some(bert)
    }
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

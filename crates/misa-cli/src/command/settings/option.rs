//! The table of options that are short names of settings.

use crate::settings::typed;
use clap::builder::{OsStringValueParser, TypedValueParser, ValueParser};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Value, json};
use std::error::Error;
use std::ffi::OsString;

pub(super) const DEVICE: &str = "device";
pub(super) const SEED: &str = "training.seed";
pub(super) const KEEP_EPOCHS: &str = "keep_epochs";
pub(super) const TENSORBOARD: &str = "tensorboard";
const DATA_PATH: &str = "data.path";
const BERT_FOLDER: &str = "training.bert.folder";

/// Every option with the setting that it sets, by the heading it has in the help text.
///
/// None has a default: what is not typed stays as a preset, a file or `--set` has it.
const OPTIONS: [(&str, &[SettingOption]); 4] = [
    (
        "Settings",
        &[
            value("preset", "preset", "NAME")
                .help("Settings to start from: official, fine-tuned, mmsa or misa+"),
            value("corpus", "corpus", "NAME")
                .help("Corpus that the preset is for: mosi, mosei or ur_funny"),
            value("device", DEVICE, "NAME")
                .help("Where to compute: flex, ndarray, wgpu, vulkan, metal, cuda, cuda:1 or remote:ws://HOST:PORT"),
        ],
    ),
    (
        "Data",
        &[
            value("data", DATA_PATH, "PATH")
                .path()
                .help("File or folder to train on; without it, the synthetic set"),
            value("format", "data.format", "NAME")
                .help("Layout of the data, such as misa, mmsa or csd, instead of detecting it"),
            value("text", "data.text", "FILE").path().help(
                "Take the text from this file: of a folder, the one of its files to read; \
                    otherwise another data set with the same ids",
            ),
            value("visual", "data.visual", "FILE")
                .path()
                .help("Take the visual features from this file, in the same way"),
            value("acoustic", "data.acoustic", "FILE")
                .path()
                .help("Take the acoustic features from this file, in the same way"),
            value("policy", "data.policy", "NAME")
                .help("NaN and infinite values: strict rejects them, compat replaces them"),
            value("padding", "data.padding", "NAME")
                .help("Where padded files have their padding: auto, left, right, none or mask"),
            value("normalise", "training.normalisation", "HOW").help(
                "Scale visual and acoustic features: utterance (over its steps), train (over that \
                    split), robust (by its median and quartiles) or recipe (as the recipes of the \
                    features say); files of the official code are scaled already",
            ),
            value("modalities", "training.modalities", "LIST")
                .help("Modalities to use, such as text,acoustic"),
        ],
    ),
    (
        "Text",
        &[
            value("glove", "training.glove", "PATH")
                .path()
                .help("Text file of word vectors to start from, such as GloVe's"),
            value("d-embedding", "training.d_embedding", "N")
                .help("Size of a word vector, which must be that of the file of word vectors"),
            value("bert", BERT_FOLDER, "FOLDER").path().help(
                "Folder of a pre-trained BERT: config.json, model.safetensors or \
                    pytorch_model.bin (or the index of several), and vocab.txt or tokenizer.json",
            ),
            value("freeze", "training.bert.freezing", "RULE").help(
                "Parts of BERT that keep their weights: none, layers:N, prefix:N (with the \
                    embeddings) or all",
            ),
            value("truncation", "training.bert.truncation", "RULE").help(
                "Tokens of a sentence that BERT reads: full, batch (as many as the longest \
                    sentence of the batch has words) or a number",
            ),
            flag("no-frozen-dropout", "training.bert.frozen_dropout", false)
                .help("No dropout in frozen parts of BERT: their output is computed once and kept"),
            value("cache", "training.bert.cache", "DIR").path().help(
                "Folder that keeps the output of BERT's frozen parts for later runs; without \
                    it, memory",
            ),
            value("bert-learning-rate", "training.bert.learning_rate", "RATE")
                .help("Learning rate of BERT; without it, that of the run"),
        ],
    ),
    (
        "Training",
        &[
            value("epochs", "training.epochs", "N").help("Most epochs"),
            value("batch-size", "training.batch_size", "N").help("Utterances in a batch"),
            value("learning-rate", "training.learning_rate", "RATE").help("Learning rate of Adam"),
            value("warm-up", "training.warm_up", "N")
                .help("Optimiser steps in which the learning rate rises to its value"),
            value("weight-decay", "training.weight_decay", "SHARE")
                .help("Decay of weight matrices, as a share of the learning rate"),
            value("seed", SEED, "N").help("Seed of everything random"),
            flag("keep-epochs", KEEP_EPOCHS, true)
                .help("Keep the weights of every epoch, for `misa protocol`"),
            flag("tensorboard", TENSORBOARD, true)
                .help("Write events for TensorBoard to the folder `tensorboard` of the run"),
        ],
    ),
];

/// An option that is a short name of a setting.
#[derive(Debug)]
pub(super) struct SettingOption {
    /// What is typed after `--`.
    pub name: &'static str,
    /// The setting.
    pub key: &'static str,
    help: &'static str,
    form: Form,
}

/// How an option is typed.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// With a value, which has a name in the help text.
    Value(&'static str),
    /// With a path, which has a name in the help text.
    Path(&'static str),
    /// Alone, for this value.
    Flag(bool),
}

/// A setting without which the others of its table are not read.
#[derive(Debug)]
pub(super) struct SettingNeed {
    table: &'static str,
    /// The setting.
    pub key: &'static str,
    /// The option that sets it.
    pub option: &'static str,
}

const NEEDS: [SettingNeed; 2] = [
    SettingNeed {
        table: "data.",
        key: DATA_PATH,
        option: "--data",
    },
    SettingNeed {
        table: "training.bert.",
        key: BERT_FOLDER,
        option: "--bert",
    },
];

const fn value(name: &'static str, key: &'static str, value_name: &'static str) -> SettingOption {
    SettingOption {
        name,
        key,
        help: "",
        form: Form::Value(value_name),
    }
}

const fn flag(name: &'static str, key: &'static str, value: bool) -> SettingOption {
    SettingOption {
        name,
        key,
        help: "",
        form: Form::Flag(value),
    }
}

impl SettingOption {
    const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    /// The same with a path as its value.
    const fn path(self) -> Self {
        let form = match self.form {
            Form::Value(name) => Form::Path(name),
            form => form,
        };
        Self { form, ..self }
    }

    /// Every option.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        OPTIONS.iter().flat_map(|(_, options)| *options)
    }

    /// Every option as an argument of a command line.
    pub fn arguments() -> impl Iterator<Item = Arg> {
        OPTIONS.iter().flat_map(|(heading, options)| {
            options
                .iter()
                .map(|option| option.argument().help_heading(*heading))
        })
    }

    fn argument(&self) -> Arg {
        let argument = Arg::new(self.name).long(self.name).help(self.help);
        let with_value = |name: &'static str, parser: ValueParser| {
            argument
                .clone()
                .value_name(name)
                .value_parser(parser)
                .allow_negative_numbers(true)
        };
        let key = self.key;
        match self.form {
            Form::Value(name) => {
                with_value(name, ValueParser::new(move |text: &str| typed(key, text)))
            }
            Form::Path(name) => with_value(name, path()),
            Form::Flag(_) => argument.action(ArgAction::SetTrue),
        }
    }

    /// The option as it is typed.
    pub fn origin(&self) -> String {
        format!("--{}", self.name)
    }

    /// The value that was typed, if any was.
    pub fn typed(&self, matches: &ArgMatches) -> Option<Value> {
        if matches.value_source(self.name) != Some(ValueSource::CommandLine) {
            return None;
        }
        match self.form {
            Form::Value(_) | Form::Path(_) => matches.get_one::<Value>(self.name).cloned(),
            Form::Flag(value) => Some(json!(value)),
        }
    }

    /// The setting without which this one is not read.
    pub fn need(&self) -> Option<&'static SettingNeed> {
        let is_of = |need: &&SettingNeed| self.key != need.key && self.key.starts_with(need.table);
        NEEDS.iter().find(is_of)
    }
}

/// The option that is a short name of the setting `key`, as it is typed.
pub(in crate::command) fn option_of(key: &str) -> Option<String> {
    let mut options = SettingOption::all();
    options
        .find(|option| option.key == key)
        .map(SettingOption::origin)
}

/// A path that settings, which are text, can hold.
fn path() -> ValueParser {
    let text = |path: OsString| -> Result<Value, Box<dyn Error + Send + Sync>> {
        match path.into_string() {
            Ok(text) => Ok(json!(text)),
            Err(_) => Err("not valid UTF-8, expected a path that settings can hold".into()),
        }
    };
    ValueParser::new(OsStringValueParser::new().try_map(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_option_and_a_setting_have_one_another_alone() {
        let names: BTreeSet<_> = SettingOption::all().map(|option| option.name).collect();
        let keys: BTreeSet<_> = SettingOption::all().map(|option| option.key).collect();
        let count = SettingOption::all().count();
        assert_eq!((names.len(), keys.len()), (count, count));
    }
}

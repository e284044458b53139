//! A folder of pre-trained weights.

use crate::bert::names::{self, Name};
use crate::format::files::read_bytes;
use crate::{DataError, Tokeniser, write_whole};
use burn::tensor::TensorData;
use misa_core::check_bert_weights;
use misa_core::{StateDict, WeightsError};
use misa_files::Source;
use misa_files::torch::{self, Limits};
use misa_terms::BertConfig;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";
/// No configuration comes near it.
const MAX_CONFIG: u64 = 1 << 20;
const SAFETENSORS: &str = "model.safetensors";
const TORCH: &str = "pytorch_model.bin";

/// A BERT as Hugging Face stores it.
///
/// The folder holds `config.json`, the weights as `model.safetensors` or `pytorch_model.bin`, and
/// `tokenizer.json` or `vocab.txt`. Nothing is downloaded.
#[derive(Clone, Debug)]
pub struct PretrainedBert {
    /// The sizes.
    pub config: BertConfig,
    /// Words to tokens.
    pub tokeniser: Tokeniser,
    weights: PathBuf,
}

/// The weights of a BERT, by their names in the official code.
#[derive(Clone, Debug)]
pub struct BertWeights {
    /// Every tensor of BERT.
    pub tensors: StateDict,
    /// Names of tensors that are not part of BERT, such as those of a classifier.
    pub unexpected: Vec<String>,
}

/// The entries of `config.json` that tell whether this is a supported BERT.
#[derive(Deserialize)]
struct Kind {
    #[serde(default)]
    model_type: Option<String>,
    #[serde(default)]
    hidden_act: Option<String>,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

impl PretrainedBert {
    /// Reads sizes and tokeniser, and finds the weights.
    ///
    /// # Errors
    ///
    /// [`DataError`] names the file that is missing, damaged, or of another kind of model.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        let config = config(&folder.join(CONFIG))?;
        let tokeniser = Tokeniser::open(folder)?;
        let mut files = [SAFETENSORS, TORCH]
            .into_iter()
            .map(|name| folder.join(name));
        let weights = files.find(|path| path.exists()).ok_or_else(|| {
            let expected = format!("`{SAFETENSORS}` or `{TORCH}`");
            DataError::layout(folder.display().to_string(), expected, "neither")
        })?;
        Ok(Self {
            config,
            tokeniser,
            weights,
        })
    }

    /// Tokens that every vocabulary contains, in the order of their ids in a new one.
    pub const SPECIAL_TOKENS: [&'static str; 5] = Tokeniser::SPECIAL_TOKENS;

    /// Writes a BERT as Hugging Face would: `config.json`, `vocab.txt` with the special tokens and
    /// then `words`, and `model.safetensors` under the names without prefix.
    ///
    /// `tensors` have their official names. Each file is written completely or not at all.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file cannot be written, a word is repeated, or the sizes do not match
    /// the tensors or the vocabulary.
    pub fn create(
        folder: impl AsRef<Path>,
        config: &BertConfig,
        words: &[String],
        tensors: StateDict,
    ) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(DataError::io(folder))?;
        let path = folder.join(SAFETENSORS);
        let error = |source| weights_error(&path, source);
        check_bert_weights(config, &tensors).map_err(error)?;
        let bare = |name: &str| name.strip_prefix("bertmodel.").unwrap_or(name).to_owned();
        let renamed: StateDict = (tensors.names())
            .filter_map(|name| Some((bare(name), tensors.get(name)?.clone())))
            .collect();
        write(&path, &renamed.to_bytes().map_err(error)?)?;
        let special = Tokeniser::SPECIAL_TOKENS.iter().copied();
        let tokens: Vec<&str> = special.chain(words.iter().map(String::as_str)).collect();
        write(
            &folder.join(Tokeniser::VOCABULARY_FILE),
            tokens.join("\n").as_bytes(),
        )?;
        let path = folder.join(CONFIG);
        let json = |error: serde_json::Error| {
            DataError::layout(path.display().to_string(), "sizes", error.to_string())
        };
        let mut config = serde_json::to_value(config).map_err(json)?;
        config["model_type"] = "bert".into();
        config["hidden_act"] = "gelu".into();
        write(&path, config.to_string().as_bytes())?;
        Self::open(folder)
    }

    /// The file of the weights.
    pub fn path(&self) -> &Path {
        &self.weights
    }

    /// Reads the weights.
    ///
    /// # Errors
    ///
    /// [`DataError`] when the file is damaged, has a tensor under two names, or does not match the
    /// sizes in `config.json`.
    pub fn weights(&self) -> Result<BertWeights, DataError> {
        let path = &self.weights;
        let mut names = Names::default();
        let tensors = if path.extension().is_some_and(|ending| ending == "bin") {
            torch_tensors(path, |name| names.rename(name))?
        } else {
            StateDict::read_renamed(path, |name| names.rename(name))
                .map_err(|source| weights_error(path, source))?
        };
        if let Some((name, other)) = names.twice {
            let found = format!("{name:?} and {other:?}");
            let place = path.display().to_string();
            return Err(DataError::layout(place, "each tensor once", found));
        }
        let checked = check_bert_weights(&self.config, &tensors);
        checked.map_err(|source| weights_error(path, source))?;
        Ok(BertWeights {
            tensors,
            unexpected: names.unexpected,
        })
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let written = write_whole(path, |file| file.write_all(bytes));
    written.map(drop).map_err(DataError::io(path))
}

/// Translates the names in a file to the official ones.
#[derive(Default)]
struct Names {
    seen: BTreeMap<String, String>,
    unexpected: Vec<String>,
    /// Two names of one tensor.
    twice: Option<(String, String)>,
}

impl Names {
    fn rename(&mut self, name: &str) -> Option<String> {
        match names::read(name) {
            Name::Constant => None,
            Name::Other => {
                self.unexpected.push(name.to_owned());
                None
            }
            Name::Parameter(official) => {
                if let Some(before) = self.seen.insert(official.clone(), name.to_owned()) {
                    self.twice = Some((before, name.to_owned()));
                }
                Some(official)
            }
        }
    }
}

fn weights_error(path: &Path, source: WeightsError) -> DataError {
    DataError::Weights {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

fn config(path: &Path) -> Result<BertConfig, DataError> {
    let text = read_bytes(path, MAX_CONFIG)?;
    let place = path.display().to_string();
    let json = |error: serde_json::Error| {
        DataError::layout(place.clone(), "the sizes of a BERT", error.to_string())
    };
    let kind: Kind = serde_json::from_slice(&text).map_err(json)?;
    for (field, found, expected) in [
        ("model_type", kind.model_type, "bert"),
        ("hidden_act", kind.hidden_act, "gelu"),
        (
            "position_embedding_type",
            kind.position_embedding_type,
            "absolute",
        ),
    ] {
        if let Some(found) = found.filter(|found| found != expected) {
            let place = format!("{place}: {field}");
            return Err(DataError::layout(
                place,
                format!("{expected:?}"),
                format!("{found:?}"),
            ));
        }
    }
    let config: BertConfig = serde_json::from_slice(&text).map_err(json)?;
    config
        .validate()
        .map_err(|error| DataError::layout(place, "sizes that can be built", error.to_string()))?;
    Ok(config)
}

/// The tensors of a checkpoint by their names: a file of PyTorch, such as the official code's
/// `.std`, or of safetensors.
///
/// # Errors
///
/// [`DataError`] when the file is damaged, too large, or does not contain tensors by name.
pub fn read_state_dict(path: impl AsRef<Path>) -> Result<StateDict, DataError> {
    let path = path.as_ref();
    if path
        .extension()
        .is_some_and(|ending| ending == "safetensors")
    {
        StateDict::read(path).map_err(|source| weights_error(path, source))
    } else {
        torch_tensors(path, |name| Some(name.to_owned()))
    }
}

fn torch_tensors(
    path: &Path,
    mut rename: impl FnMut(&str) -> Option<String>,
) -> Result<StateDict, DataError> {
    let error = |source| DataError::Torch {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let source = Source::open(path).map_err(DataError::io(path))?;
    let file = torch::File::open(&source, &Limits::default()).map_err(error)?;
    let wrong =
        |found: String| DataError::layout(path.display().to_string(), "tensors by name", found);
    let root = file.root();
    let entries = root.entries().ok_or_else(|| wrong(root.describe()))?;
    let mut tensors = StateDict::default();
    for (name, value) in entries {
        let name = name.to_text().map_err(|_| wrong(name.describe()))?;
        let Some(official) = rename(&name) else {
            continue;
        };
        let tensor = file.tensor(value).map_err(error)?;
        let tensor = tensor.ok_or_else(|| wrong(format!("{name:?}: {}", value.describe())))?;
        let values = tensor.to_floats().map_err(error)?;
        tensors.insert(official, TensorData::new(values, tensor.shape().to_vec()));
    }
    Ok(tensors)
}

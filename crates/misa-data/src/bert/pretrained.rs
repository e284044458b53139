//! A folder of pre-trained weights.

use crate::bert::names::{self, Name};
use crate::bert::shards::Shards;
use crate::bert::tensors::{read_renamed, weights_error};
use crate::format::files::read_bytes;
use crate::{DataError, Tokeniser, write_whole};
use misa_core::{StateDict, check_bert_weights};
use misa_terms::{BertConfig, JsonFault};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIG: &str = "config.json";
/// No configuration comes near it.
const MAX_CONFIG: u64 = 1 << 20;
const SAFETENSORS: &str = "model.safetensors";
const TORCH: &str = "pytorch_model.bin";
/// Files of weights, the first that exists is read; an index names the files of its tensors.
const WEIGHTS: [&str; 4] = [
    SAFETENSORS,
    "model.safetensors.index.json",
    TORCH,
    "pytorch_model.bin.index.json",
];

/// A BERT as Hugging Face stores it.
///
/// The folder holds `config.json`, the weights as `model.safetensors` or `pytorch_model.bin`, and
/// `tokenizer.json` or `vocab.txt`. Weights in several files have an index, such as
/// `model.safetensors.index.json`. Nothing is downloaded.
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
    /// How many tensors were converted to 32-bit floats, by their element type, such as `F16`.
    pub converted: BTreeMap<String, usize>,
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
        let mut files = WEIGHTS.into_iter().map(|name| folder.join(name));
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
    /// then `words`, `tokenizer_config.json` by which letters become lower case unless a word has
    /// capital letters, and `model.safetensors` under the names without prefix.
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
        let is_cased = words
            .iter()
            .any(|word| word.chars().any(char::is_uppercase));
        let settings = serde_json::json!({ "do_lower_case": !is_cased });
        write(
            &folder.join(Tokeniser::SETTINGS_FILE),
            settings.to_string().as_bytes(),
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

    /// The file of the weights, or the index of several.
    pub fn path(&self) -> &Path {
        &self.weights
    }

    /// Reads the weights.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file is damaged, has a tensor under two names, does not match the sizes in
    /// `config.json`, or holds other tensors than its index says.
    pub fn weights(&self) -> Result<BertWeights, DataError> {
        let path = &self.weights;
        let mut names = Names::default();
        let tensors = if path.extension().is_some_and(|ending| ending == "json") {
            Shards::open(path)?.read(|name| names.rename(name))?
        } else {
            read_renamed(path, |name| names.rename(name))?
        };
        if let Some((name, other)) = names.twice {
            let found = format!("{name:?} and {other:?}");
            let place = path.display().to_string();
            return Err(DataError::layout(place, "each tensor once", found));
        }
        let checked = check_bert_weights(&self.config, &tensors);
        checked.map_err(|source| weights_error(path, source))?;
        Ok(BertWeights {
            converted: tensors.converted().clone(),
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

fn config(path: &Path) -> Result<BertConfig, DataError> {
    let text = read_bytes(path, MAX_CONFIG)?;
    let place = path.display().to_string();
    let json = |error: serde_json::Error| {
        let found = JsonFault::new(&text, &error).instead_with_place();
        DataError::layout(place.clone(), "the sizes of a BERT", found)
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData, bf16, f16};
    use misa_core::encoder::bert::BertEncoderConfig;
    use misa_core::weights;
    use safetensors::Dtype;
    use safetensors::tensor::TensorView;
    use tempfile::TempDir;

    /// The two bytes of a number in half precision.
    type Half = fn(f32) -> [u8; 2];

    /// A folder with a small BERT of random weights.
    fn created() -> (TempDir, PretrainedBert) {
        let folder = tempfile::tempdir().unwrap();
        let config = BertConfig {
            vocabulary: 6,
            d_model: 4,
            n_layers: 1,
            n_heads: 2,
            d_feed_forward: 3,
            positions: 5,
            ..BertConfig::BASE
        };
        let device = Device::flex();
        device.seed(1);
        let encoder = BertEncoderConfig::new(config).init(&device);
        let tensors = weights::state_dict(&encoder, "text.Bert");
        let words = ["a".to_owned()];
        let bert = PretrainedBert::create(folder.path(), &config, &words, tensors).unwrap();
        (folder, bert)
    }

    /// The bytes of a safetensors file with these tensors as elements of two bytes.
    fn halves(tensors: &StateDict, dtype: Dtype, half: Half) -> Vec<u8> {
        let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
            .names()
            .map(|name| {
                let data = tensors.get(name).unwrap();
                let bytes = data.iter::<f32>().flat_map(half).collect();
                (name.to_owned(), data.shape().to_vec(), bytes)
            })
            .collect();
        let views = bytes.iter().map(|(name, shape, bytes)| {
            let view = TensorView::new(dtype, shape.clone(), bytes).unwrap();
            (name.as_str(), view)
        });
        safetensors::serialize(views, None).unwrap()
    }

    /// F16 has 11 significant bits and BF16 8, so rounding changes a value by at most 2^-11 and 2^-8
    /// of it; weights below 2^-14 lose more of their digits in F16.
    #[test]
    fn weights_of_half_precision_are_converted_and_told() {
        let (folder, bert) = created();
        let exact = bert.weights().unwrap();
        assert!(exact.converted.is_empty());
        let path = folder.path().join(SAFETENSORS);
        let stored = StateDict::read(&path).unwrap();
        let cases: [(Dtype, Half, f32); 2] = [
            (
                Dtype::F16,
                |value| f16::from_f32(value).to_le_bytes(),
                0.000_49,
            ),
            (
                Dtype::BF16,
                |value| bf16::from_f32(value).to_le_bytes(),
                0.003_91,
            ),
        ];
        for (dtype, half, tolerance) in cases {
            fs::write(&path, halves(&stored, dtype, half)).unwrap();
            let read = bert.weights().unwrap();
            let count = read.tensors.names().count();
            assert_eq!(
                read.converted,
                BTreeMap::from([(format!("{dtype:?}"), count)])
            );
            for name in exact.tensors.names() {
                let [expected, found] =
                    [&exact, &read].map(|weights| weights.tensors.get(name).unwrap());
                for (expected, found) in expected.iter::<f32>().zip(found.iter::<f32>()) {
                    let error = (expected - found).abs();
                    assert!(
                        error <= tolerance * expected.abs() + 6e-8,
                        "{name}: {error}"
                    );
                }
            }
        }
    }

    #[test]
    fn weights_in_several_files_are_those_of_one() {
        let (folder, bert) = created();
        let whole = bert.weights().unwrap();
        let path = folder.path().join(SAFETENSORS);
        let stored = StateDict::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let file = |number: usize| format!("model-0000{number}-of-00002.safetensors");
        let mut map = BTreeMap::new();
        let mut shards = [StateDict::default(), StateDict::default()];
        for (place, name) in stored.names().enumerate() {
            map.insert(name.to_owned(), file(1 + place % 2));
            let data: TensorData = stored.get(name).unwrap().clone();
            shards[place % 2].insert(name.to_owned(), data);
        }
        for (number, shard) in shards.iter().enumerate() {
            let bytes = shard.to_bytes().unwrap();
            fs::write(folder.path().join(file(1 + number)), bytes).unwrap();
        }
        let index = serde_json::json!({ "weight_map": map }).to_string();
        fs::write(folder.path().join("model.safetensors.index.json"), index).unwrap();
        let bert = PretrainedBert::open(folder.path()).unwrap();
        assert!(bert.path().ends_with("model.safetensors.index.json"));
        let read = bert.weights().unwrap();
        assert!(read.tensors.names().eq(whole.tensors.names()));
        for name in whole.tensors.names() {
            assert_eq!(read.tensors.get(name), whole.tensors.get(name), "{name}");
        }
    }
}

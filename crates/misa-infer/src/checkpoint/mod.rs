//! The folder of a trained model.

mod parts;

use crate::source::Source;
use crate::versioned::Layout;
use crate::{
    BertText, Calibration, InferError, ModelFiles, RunSummary, Truncation, VerifiedFile, card,
    checksums, files, random, recipes,
};
use burn::tensor::Device;
use misa_core::{Misa, MisaConfig, StateDict, WeightsError};
use misa_terms::{LabelScale, Recipes, Scaling, TextSize, Vocabulary, hex};
use parts::{bert, calibration, check_scaling, read_config, vocabulary, weights_of};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CONFIG: &str = "config.json";
const MODEL_TYPE: &str = "misa";
const WEIGHTS: &str = "model.safetensors";
const VOCABULARY: &str = "vocabulary.json";
const PREPROCESSING: &str = "preprocessor_config.json";
const TOKENISER: &str = "tokenizer.json";
const CALIBRATION: &str = "calibration.json";
/// The files that decide what the model predicts, in the order in which its id covers them.
const PREDICTING: [&str; 6] = [
    WEIGHTS,
    CONFIG,
    VOCABULARY,
    PREPROCESSING,
    TOKENISER,
    CALIBRATION,
];
/// The files that have a checksum.
const CHECKED: [&str; 7] = [
    WEIGHTS,
    CONFIG,
    VOCABULARY,
    PREPROCESSING,
    TOKENISER,
    CALIBRATION,
    recipes::NAME,
];

/// A model with everything that is needed to use it.
///
/// The folder has the layout of Hugging Face:
///
/// | File | Holds |
/// | --- | --- |
/// | `model.safetensors` | the weights, by the names of the official code, which can load them |
/// | `config.json` | the configuration of the model |
/// | `preprocessor_config.json` | how features are scaled and sentences truncated, and the scale of the labels |
/// | `README.md` | the model card |
/// | `vocabulary.json` | for a model of word ids: the words in the order of their ids |
/// | `tokenizer.json` | for a model with BERT: its tokeniser |
/// | `calibration.json` | how far off the model is, measured on the valid split |
/// | `recipes.json` | how the features were made, if the data said so |
/// | `checksums.json` | the SHA-256 of each of these files, except for the model card |
#[derive(Debug)]
pub struct Checkpoint {
    /// The model.
    pub model: Misa,
    /// Its configuration.
    pub config: MisaConfig,
    /// The words of its ids, if it reads word ids.
    pub vocabulary: Option<Vocabulary>,
    /// How features are scaled before the model sees them.
    pub scaling: Option<Scaling>,
    /// How words become the tokens of its BERT.
    pub bert: Option<Arc<BertText>>,
    /// How far off it is; `None` if that was not measured.
    pub calibration: Option<Calibration>,
    /// How the features of its training data were made; `None` where that is not known.
    pub recipes: Recipes,
    /// The scale of the labels of its data, by which it is scored; `None` of a model of classes, and if it was not
    /// recorded: labels then have the scale that they show.
    pub scale: Option<LabelScale>,
}

/// Layout of [`CALIBRATION`].
const CALIBRATION_LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};

/// Layout of [`CONFIG`]. Hugging Face's readers ignore keys that they do not know.
const CONFIG_LAYOUT: Layout = Layout {
    newest: 1,
    beside: &["model_type"],
};

/// Layout of [`PREPROCESSING`], which is written without a version.
const PREPROCESSING_LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};

/// A configuration with the type of its model, as Hugging Face's have.
#[derive(Serialize)]
struct NamedConfig<'a> {
    model_type: &'static str,
    #[serde(flatten)]
    config: &'a MisaConfig,
}

/// What happens to an utterance before the model sees it.
#[derive(Serialize, Deserialize)]
struct Preprocessing {
    scaling: Option<Scaling>,
    truncation: Option<Truncation>,
    /// Not recorded before it was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    labels: Option<LabelScale>,
}

impl Checkpoint {
    /// Name of the checkpoint's folder in the folder of a run.
    pub const FOLDER: &str = "checkpoint";

    /// Writes the folder; each file is written whole or not at all.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] names the file that could not be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), InferError> {
        self.save_with(folder.as_ref(), None).map(drop)
    }

    /// [`Self::save`], with the scores of the run in the model card; returns the paths of the files.
    ///
    /// # Errors
    ///
    /// As [`Self::save`].
    pub fn save_with(
        &self,
        folder: &Path,
        run: Option<&RunSummary>,
    ) -> Result<Vec<PathBuf>, InferError> {
        files::create_folder(folder)?;
        let path = folder.join(WEIGHTS);
        let weights = self.config.official(self.model.state_dict()).to_bytes();
        files::write(
            &path,
            &weights.map_err(|source| weights_error(&path, source))?,
        )?;
        write_optional(&folder.join(VOCABULARY), self.vocabulary.as_ref())?;
        let preprocessing = Preprocessing {
            scaling: self.scaling.clone(),
            truncation: self.bert.as_ref().map(|bert| bert.truncation()),
            labels: self.scale,
        };
        files::write_json(&folder.join(PREPROCESSING), &preprocessing)?;
        let path = folder.join(TOKENISER);
        match &self.bert {
            Some(bert) => files::write(&path, bert.tokeniser().to_json()?.as_bytes())?,
            None => remove(&path)?,
        }
        let path = folder.join(CALIBRATION);
        match &self.calibration {
            Some(calibration) => CALIBRATION_LAYOUT.write(&path, calibration)?,
            None => remove(&path)?,
        }
        let path = folder.join(recipes::NAME);
        if !recipes::write(&path, &self.recipes)? {
            remove(&path)?;
        }
        card::write(folder, &self.config, run)?;
        let named = NamedConfig {
            model_type: MODEL_TYPE,
            config: &self.config,
        };
        CONFIG_LAYOUT.write(&folder.join(CONFIG), &named)?;
        checksums::write(folder, &CHECKED)?;
        let names = [
            CONFIG,
            WEIGHTS,
            VOCABULARY,
            PREPROCESSING,
            TOKENISER,
            CALIBRATION,
            recipes::NAME,
            card::NAME,
            checksums::NAME,
        ];
        let mut paths = names.map(|name| folder.join(name)).to_vec();
        paths.retain(|path| path.exists());
        Ok(paths)
    }

    /// Compares the files of a folder with the checksums that [`Self::save`] left there, except for the
    /// model card, which predicts nothing; `None` if there are no checksums, as in folders of misa 0.1.
    ///
    /// # Errors
    ///
    /// [`InferError`] if a file cannot be read, or the checksums are not those of a model.
    pub fn verify(folder: impl AsRef<Path>) -> Result<Option<Vec<VerifiedFile>>, InferError> {
        checksums::verify(Source::Folder(folder.as_ref()), &CHECKED)
    }

    /// [`Self::verify`], of files in memory.
    ///
    /// # Errors
    ///
    /// [`InferError`] if the checksums are not those of a model.
    pub fn verify_files(files: &ModelFiles) -> Result<Option<Vec<VerifiedFile>>, InferError> {
        checksums::verify(Source::Memory(files), &CHECKED)
    }

    /// The names of the files that a model may consist of, that of the checksums among them.
    pub fn file_names() -> impl Iterator<Item = &'static str> {
        CHECKED.into_iter().chain([checksums::NAME])
    }

    /// Reads the folder and puts the model on `device`.
    ///
    /// # Errors
    ///
    /// [`InferError`] names the file that is missing or does not fit.
    pub fn load(folder: impl AsRef<Path>, device: &Device) -> Result<Self, InferError> {
        let source = Source::Folder(folder.as_ref());
        // A folder without a model is told by its configuration, not by its weights.
        let config = read_config(source)?;
        let weights = weights_of(source)?;
        Self::from_weights(source, config, &weights, device)
    }

    /// [`Self::load`], with the SHA-256 of the files that decide what the model predicts.
    pub(crate) fn load_with_id(
        source: Source,
        device: &Device,
    ) -> Result<(Self, String), InferError> {
        let config = read_config(source)?;
        let weights = weights_of(source)?;
        let mut hash = Sha256::new();
        for name in PREDICTING {
            let other;
            let bytes: &[u8] = match name {
                WEIGHTS => &weights,
                _ if source.has(name) => {
                    other = source.bytes(name)?;
                    &other
                }
                _ => continue,
            };
            // With its length, so that no file can pass for the end of the one before.
            hash.update(format!("{name} {}\n", bytes.len()));
            hash.update(bytes);
        }
        let model = Self::from_weights(source, config, &weights, device)?;
        Ok((model, hex(&hash.finalize())))
    }

    fn from_weights(
        source: Source,
        config: MisaConfig,
        weights: &[u8],
        device: &Device,
    ) -> Result<Self, InferError> {
        config.validate()?;
        let path = source.path(WEIGHTS);
        let invalid = |source| weights_error(&path, source);
        let weights = StateDict::from_bytes(weights).map_err(invalid)?;
        config.check_weights(&weights).map_err(invalid)?;
        let model = config.init_to_load(device);
        let (model, loaded) = model.load_state_dict(&weights).map_err(invalid)?;
        let is_used = |name: &str| !loaded.unused.iter().any(|unused| unused == name);
        weights.check_finite(is_used).map_err(invalid)?;
        // What the weights may lack has no influence on predictions, and is drawn at random.
        let lock = random::lock_random_state();
        model.draw();
        drop(lock);
        let preprocessing: Preprocessing = PREPROCESSING_LAYOUT
            .parse(&source.path(PREPROCESSING), &source.bytes(PREPROCESSING)?)?;
        check_scaling(source, preprocessing.scaling.as_ref(), &config)?;
        let calibration = calibration(source)?;
        let checkpoint = Self {
            model,
            vocabulary: vocabulary(source)?,
            bert: bert(source, &config, preprocessing.truncation)?,
            scaling: preprocessing.scaling,
            calibration,
            recipes: recipes::read(source, config.sizes)?,
            scale: preprocessing.labels,
            config,
        };
        checkpoint.check_vocabulary(source)?;
        Ok(checkpoint)
    }

    /// Writes only the model card, with the scores of the run; returns its path.
    ///
    /// # Errors
    ///
    /// [`InferError::Io`] if it cannot be written.
    pub fn write_card(&self, folder: &Path, run: &RunSummary) -> Result<PathBuf, InferError> {
        card::write(folder, &self.config, Some(run))
    }

    /// Checks that the vocabulary has the size of the model's.
    fn check_vocabulary(&self, source: Source) -> Result<(), InferError> {
        let found = self.vocabulary.as_ref().map(Vocabulary::len);
        match (self.config.sizes.text, found) {
            (TextSize::Words { vocabulary }, Some(found)) if found != vocabulary => {
                Err(InferError::Vocabulary {
                    path: source.path(VOCABULARY),
                    expected: vocabulary,
                    found,
                })
            }
            _ => Ok(()),
        }
    }
}

/// Writes the file, or removes the one of an earlier checkpoint if there is no value.
fn write_optional<T: Serialize>(path: &Path, value: Option<&T>) -> Result<(), InferError> {
    let Some(value) = value else {
        return remove(path);
    };
    files::write_json(path, value)
}

/// Removes the file of an earlier checkpoint, if there is one.
fn remove(path: &Path) -> Result<(), InferError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(InferError::io(path)(error)),
        _ => Ok(()),
    }
}

fn weights_error(path: &Path, source: WeightsError) -> InferError {
    InferError::Weights {
        path: path.to_path_buf(),
        source,
    }
}

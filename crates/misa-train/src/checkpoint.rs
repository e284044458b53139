//! A trained model as a folder.

use crate::{TrainError, files};
use burn::tensor::Device;
use misa_core::{Misa, MisaConfig, StateDict, WeightsError};
use misa_data::{Normalisation, Vocabulary};
use serde::{Deserialize, Serialize};
use std::path::Path;

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.safetensors";
const VOCABULARY: &str = "vocabulary.json";
const PREPROCESSING: &str = "preprocessing.json";

/// A model with what it takes to use it.
///
/// The folder holds `model.safetensors` under the official names, `config.json`,
/// `preprocessing.json` and, for a model of word ids, `vocabulary.json`: the words in the order of
/// their ids.
#[derive(Debug)]
pub struct Checkpoint {
    /// The model.
    pub model: Misa,
    /// What it was made from.
    pub config: MisaConfig,
    /// The words its ids stand for.
    pub vocabulary: Option<Vocabulary>,
    /// How features are to be scaled before the model sees them.
    pub normalisation: Option<Normalisation>,
}

/// What happens to features before the model sees them, as its file holds it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Preprocessing {
    normalisation: Option<Normalisation>,
}

impl Checkpoint {
    /// Writes the folder; each file is whole or not there.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the file that could not be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), TrainError> {
        let folder = folder.as_ref();
        files::create_folder(folder)?;
        let path = folder.join(WEIGHTS);
        let weights = self.model.state_dict().to_bytes();
        files::write(
            &path,
            &weights.map_err(|source| weights_error(&path, source))?,
        )?;
        if let Some(vocabulary) = &self.vocabulary {
            files::write_json(&folder.join(VOCABULARY), vocabulary)?;
        }
        let preprocessing = Preprocessing {
            normalisation: self.normalisation,
        };
        files::write_json(&folder.join(PREPROCESSING), &preprocessing)?;
        files::write_json(&folder.join(CONFIG), &self.config)
    }

    /// Reads the folder and puts the model on `device`.
    ///
    /// # Errors
    ///
    /// [`TrainError`] names the file that is missing or does not fit.
    pub fn load(folder: impl AsRef<Path>, device: &Device) -> Result<Self, TrainError> {
        let folder = folder.as_ref();
        let config: MisaConfig = files::read_json(&folder.join(CONFIG))?;
        config.validate()?;
        let path = folder.join(WEIGHTS);
        let at = |source| weights_error(&path, source);
        let weights = StateDict::read(&path).map_err(at)?;
        let (model, _) = config.init(device).load_state_dict(&weights).map_err(at)?;
        let path = folder.join(VOCABULARY);
        let vocabulary = match path.exists() {
            true => Some(files::read_json(&path)?),
            false => None,
        };
        let preprocessing: Preprocessing = files::read_json(&folder.join(PREPROCESSING))?;
        Ok(Self {
            model,
            config,
            vocabulary,
            normalisation: preprocessing.normalisation,
        })
    }
}

fn weights_error(path: &Path, source: WeightsError) -> TrainError {
    TrainError::Weights {
        path: path.to_path_buf(),
        source,
    }
}

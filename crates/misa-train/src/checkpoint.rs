//! A trained model as a folder, and its predictions.

use crate::{
    Evaluation, MisaLearner, Report, TermMeans, TrainError, TrainingConfig, card, evaluate::Rows,
    files, random, score::decide, versioned::Layout,
};
use burn::tensor::Device;
use misa_core::{
    ConfigError, Misa, MisaConfig, Modalities, Modality, PerModality, Presence, StateDict,
    TextSize, WeightsError,
};
use misa_data::{
    BertText, Scaling, TextSequence, Tokeniser, Truncation, Utterance, UtteranceBatcher,
    Vocabulary, video_batches,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    cmp::Reverse,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
};

const CONFIG: &str = "config.json";
const MODEL_TYPE: &str = "misa";
const WEIGHTS: &str = "model.safetensors";
const VOCABULARY: &str = "vocabulary.json";
const PREPROCESSING: &str = "preprocessor_config.json";
const TOKENISER: &str = "tokenizer.json";
/// Utterances predicted at once.
const BATCH: usize = 64;

/// A model with what it takes to use it.
///
/// The folder has Hugging Face's layout: `model.safetensors` under the names of the official code,
/// which can load it; `config.json`; `preprocessor_config.json`, how features are scaled and
/// sentences cut; `README.md`, a page for readers; for a model of word ids `vocabulary.json`, the
/// words in the order of their ids; and for one with BERT `tokenizer.json`.
#[derive(Debug)]
pub struct Checkpoint {
    /// The model.
    pub model: Misa,
    /// What it was made from.
    pub config: MisaConfig,
    /// The words its ids stand for.
    pub vocabulary: Option<Vocabulary>,
    /// How features are scaled before the model sees them.
    pub scaling: Option<Scaling>,
    /// How words become the tokens of its BERT.
    pub bert: Option<Arc<BertText>>,
}

/// Of [`CONFIG`]; Hugging Face's readers pass over keys that they do not know.
const CONFIG_LAYOUT: Layout = Layout {
    newest: 1,
    beside: &["model_type"],
};

/// A configuration that says what it configures, as Hugging Face's do.
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
}

impl Checkpoint {
    /// Name of the folder in that of a run.
    pub const FOLDER: &str = "checkpoint";

    /// Writes the folder; each file is whole or not there.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the file that could not be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), TrainError> {
        self.save_with(folder.as_ref(), None).map(drop)
    }

    /// [`Self::save`], with the scores of the run on the page for readers; gives the files.
    pub(crate) fn save_with(
        &self,
        folder: &Path,
        report: Option<&Report>,
    ) -> Result<Vec<PathBuf>, TrainError> {
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
        };
        files::write_json(&folder.join(PREPROCESSING), &preprocessing)?;
        let path = folder.join(TOKENISER);
        match &self.bert {
            Some(bert) => files::write(&path, bert.tokeniser().to_json()?.as_bytes())?,
            None => remove(&path)?,
        }
        card::write(folder, &self.config, report)?;
        let named = NamedConfig {
            model_type: MODEL_TYPE,
            config: &self.config,
        };
        CONFIG_LAYOUT.write(&folder.join(CONFIG), &named)?;
        let names = [
            CONFIG,
            WEIGHTS,
            VOCABULARY,
            PREPROCESSING,
            TOKENISER,
            card::NAME,
        ];
        let mut paths = names.map(|name| folder.join(name)).to_vec();
        paths.retain(|path| path.exists());
        Ok(paths)
    }

    /// Reads the folder and puts the model on `device`.
    ///
    /// # Errors
    ///
    /// [`TrainError`] names the file that is missing or does not fit.
    pub fn load(folder: impl AsRef<Path>, device: &Device) -> Result<Self, TrainError> {
        let folder = folder.as_ref();
        let config: MisaConfig = CONFIG_LAYOUT.read(&folder.join(CONFIG))?;
        config.validate()?;
        let path = folder.join(WEIGHTS);
        let at = |source| weights_error(&path, source);
        let weights = StateDict::read(&path).map_err(at)?;
        config.check_weights(&weights).map_err(at)?;
        let turn = random::turn();
        let model = config.init(device);
        drop(turn);
        let (model, _) = model.load_state_dict(&weights).map_err(at)?;
        let preprocessing: Preprocessing = files::read_json(&folder.join(PREPROCESSING))?;
        let checkpoint = Self {
            model,
            vocabulary: read_optional(&folder.join(VOCABULARY))?,
            bert: bert(folder, &config, preprocessing.truncation)?,
            scaling: preprocessing.scaling,
            config,
        };
        checkpoint.check_vocabulary(folder)?;
        Ok(checkpoint)
    }

    /// The prediction of each utterance in order: a number, or a class.
    ///
    /// Words are looked up in the model's own vocabulary, or become the tokens of its BERT, and
    /// features are scaled as they were in training: utterances of any data set with the same
    /// features will do.
    ///
    /// A model with context reads the utterances of a video together: give it all of them, as the
    /// prediction of one then depends on the others.
    ///
    /// - Differs: sentences are never cut to the most words of a batch, so that what is predicted
    ///   of an utterance does not depend on others.
    ///
    /// # Errors
    ///
    /// [`TrainError::Features`] names the first utterance that does not have the features the
    /// model was trained on, [`TrainError::Data`] one that its BERT cannot read.
    pub fn predict(
        &self,
        utterances: &[Utterance],
        device: &Device,
    ) -> Result<Vec<f32>, TrainError> {
        self.predict_where(utterances, None, device)
    }

    /// [`Self::predict`] from some modalities alone, as if the others were missing.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`], and [`misa_core::ConfigError::NoModality`] if the model uses none of
    /// them.
    pub fn predict_from(
        &self,
        utterances: &[Utterance],
        modalities: Modalities,
        device: &Device,
    ) -> Result<Vec<f32>, TrainError> {
        let (left, count) = (self.left(modalities)?, utterances.len());
        let present = PerModality::from_fn(|modality| vec![left.contains(modality); count]);
        self.predict_where(utterances, Some(&Presence::new(present)?), device)
    }

    /// Those of `modalities` that the model uses.
    ///
    /// # Errors
    ///
    /// [`misa_core::ConfigError::NoModality`] if it uses none.
    pub fn left(&self, modalities: Modalities) -> Result<Modalities, ConfigError> {
        let used = self.config.settings.modalities.iter();
        let left: Vec<_> = used.filter(|&used| modalities.contains(used)).collect();
        Modalities::new(&left)
    }

    /// [`Self::predict`] where some utterances lack modalities.
    pub(crate) fn predict_where(
        &self,
        utterances: &[Utterance],
        presence: Option<&Presence>,
        device: &Device,
    ) -> Result<Vec<f32>, TrainError> {
        let (prepared, bert) = self.prepare_all(utterances)?;
        let batches = self.batches(&prepared, bert.as_deref());
        let batcher = UtteranceBatcher::new(bert);
        let mut predictions = vec![0.0; prepared.len()];
        for places in &batches {
            let chosen = places.iter().map(|&place| &prepared[place]);
            let mut batch = batcher.batch(chosen, device);
            let rows: Vec<usize> = batch.places.iter().map(|&place| places[place]).collect();
            batch.input.presence = presence.map(|presence| presence.select(&rows));
            let output = self.model.forward(&batch.input).prediction.into_data();
            let values: Vec<f32> = output.iter::<f32>().collect();
            for (place, value) in rows.into_iter().zip(decide(self.config.task, &values)) {
                predictions[place] = value;
            }
        }
        Ok(predictions)
    }

    /// Places of the utterances to predict at once: longest first, or whole videos.
    fn batches(&self, prepared: &[Utterance], bert: Option<&BertText>) -> Vec<Vec<usize>> {
        if self.config.settings.context.is_some() {
            return video_batches(prepared, BATCH);
        }
        let mut order: Vec<usize> = (0..prepared.len()).collect();
        order.sort_by_key(|&place| Reverse(words(&prepared[place], bert)));
        order.chunks(BATCH).map(<[usize]>::to_vec).collect()
    }

    /// Predicts utterances in their order and in the batches of `config`, with the losses of its
    /// objective.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn evaluate(
        &self,
        utterances: &[Utterance],
        config: &TrainingConfig,
        device: &Device,
    ) -> Result<Evaluation, TrainError> {
        let prepared = utterances.iter().map(|utterance| self.prepare(utterance));
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        if let Some(bert) = &self.bert {
            bert.check("input", &prepared)?;
        }
        let learner = MisaLearner::new(self.model.clone(), config.loss.init(device));
        let batcher = UtteranceBatcher::new(self.bert.clone());
        let mut evaluation = Evaluation::default();
        let mut losses = Vec::new();
        let places: Vec<usize> = (0..prepared.len()).collect();
        let batches = match config.model.context {
            Some(_) => video_batches(&prepared, config.batch_size),
            None => places
                .chunks(config.batch_size)
                .map(<[usize]>::to_vec)
                .collect(),
        };
        for places in &batches {
            let batch = batcher.batch(places.iter().map(|&place| &prepared[place]), device);
            let rows = Rows::of(&batch).at(places);
            let output = learner.score(batch);
            losses.push(output.loss.to_host());
            evaluation.add(&output, rows, self.config.task);
        }
        evaluation.losses = TermMeans::mean(&losses);
        Ok(evaluation.in_order())
    }

    /// The utterances as the model is to see them, each by itself, and what reads their words.
    pub(crate) fn prepare_all(
        &self,
        utterances: &[Utterance],
    ) -> Result<(Vec<Utterance>, Option<Arc<BertText>>), TrainError> {
        let prepared = utterances.iter().map(|utterance| self.prepare(utterance));
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        let bert = self.bert.as_ref().map(|bert| Arc::new(bert.by_itself()));
        if let Some(bert) = &bert {
            bert.check("input", &prepared)?;
        }
        Ok((prepared, bert))
    }

    /// The utterance as the model is to see it.
    fn prepare(&self, utterance: &Utterance) -> Result<Utterance, TrainError> {
        let mut utterance = utterance.clone();
        let sizes = self.config.sizes;
        let check = |modality, found: usize, expected: usize| match found == expected {
            true => Ok(()),
            false => Err(self.features(&utterance, modality, format!("{found} features"))),
        };
        check(Modality::Visual, utterance.visual.d_input(), sizes.visual)?;
        check(
            Modality::Acoustic,
            utterance.acoustic.d_input(),
            sizes.acoustic,
        )?;
        match (sizes.text, &utterance.text) {
            (TextSize::Features { d_input }, TextSequence::Features(text)) => {
                check(Modality::Text, text.d_input(), d_input)?;
            }
            (TextSize::Words { .. }, TextSequence::Words(ids)) => {
                utterance.text = TextSequence::Words(self.ids(&utterance, ids)?);
            }
            // Its words are read, whatever else stands for the text.
            (TextSize::Bert(_), _) => {}
            (_, TextSequence::Features(_)) => {
                return Err(self.features(&utterance, Modality::Text, "vectors".to_string()));
            }
            (_, TextSequence::Words(_)) => {
                return Err(self.features(&utterance, Modality::Text, "word ids".to_string()));
            }
        }
        if let Some(scaling) = &self.scaling {
            scaling.apply(&mut utterance);
        }
        Ok(utterance)
    }

    /// The ids of the utterance's words in the model's vocabulary.
    fn ids(&self, utterance: &Utterance, ids: &[u32]) -> Result<Vec<u32>, TrainError> {
        if let Some(vocabulary) = &self.vocabulary
            && utterance.words.len() == ids.len()
        {
            return Ok(utterance
                .words
                .iter()
                .map(|word| vocabulary.id(word))
                .collect());
        }
        let beyond = |&&id: &&u32| match self.config.sizes.text {
            TextSize::Words { vocabulary } => id as usize >= vocabulary,
            TextSize::Features { .. } | TextSize::Bert(_) => true,
        };
        match ids.iter().find(beyond) {
            None => Ok(ids.to_vec()),
            Some(id) => Err(self.features(utterance, Modality::Text, format!("word id {id}"))),
        }
    }

    fn features(&self, utterance: &Utterance, modality: Modality, found: String) -> TrainError {
        let sizes = self.config.sizes;
        let expected = match (modality, sizes.text) {
            (Modality::Visual, _) => format!("{} features", sizes.visual),
            (Modality::Acoustic, _) => format!("{} features", sizes.acoustic),
            (_, TextSize::Words { vocabulary }) => format!("word ids below {vocabulary}"),
            (_, TextSize::Features { d_input }) => format!("vectors of {d_input} features"),
            (_, TextSize::Bert(_)) => "words".to_string(),
        };
        TrainError::Features {
            id: utterance.id.clone(),
            modality,
            expected,
            found,
        }
    }

    /// A vocabulary of another size belongs to another model.
    fn check_vocabulary(&self, folder: &Path) -> Result<(), TrainError> {
        let found = self.vocabulary.as_ref().map(Vocabulary::len);
        match (self.config.sizes.text, found) {
            (TextSize::Words { vocabulary }, Some(found)) if found != vocabulary => {
                Err(TrainError::Vocabulary {
                    path: folder.join(VOCABULARY),
                    expected: vocabulary,
                    found,
                })
            }
            _ => Ok(()),
        }
    }
}

/// Number of words, or of text steps where words are not read.
fn words(utterance: &Utterance, bert: Option<&BertText>) -> usize {
    bert.map_or(utterance.text.steps(), |bert| bert.count(utterance))
}

/// How words become tokens, for a model with BERT.
fn bert(
    folder: &Path,
    config: &MisaConfig,
    truncation: Option<Truncation>,
) -> Result<Option<Arc<BertText>>, TrainError> {
    let TextSize::Bert(bert) = config.sizes.text else {
        return Ok(None);
    };
    let tokeniser = Tokeniser::open(folder)?;
    let text = BertText::new(tokeniser, &bert, truncation.unwrap_or_default())?;
    Ok(Some(Arc::new(text)))
}

/// Writes the file, or removes that of an earlier checkpoint.
fn write_optional<T: Serialize>(path: &Path, value: Option<&T>) -> Result<(), TrainError> {
    let Some(value) = value else {
        return remove(path);
    };
    files::write_json(path, value)
}

/// Removes the file of an earlier checkpoint, if there is one.
fn remove(path: &Path) -> Result<(), TrainError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(TrainError::Io {
            path: path.to_path_buf(),
            source: error,
        }),
        _ => Ok(()),
    }
}

fn read_optional<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, TrainError> {
    match path.exists() {
        true => files::read_json(path).map(Some),
        false => Ok(None),
    }
}

fn weights_error(path: &Path, source: WeightsError) -> TrainError {
    TrainError::Weights {
        path: path.to_path_buf(),
        source,
    }
}

//! Predictions for clips without labels, from a model that many threads share.

mod clip_error;
mod explanation;
mod notes;
mod prediction;
mod reading;
mod sentence;

use crate::calibration::probabilities;
use crate::score::decide;
use crate::source::Source;
use crate::{BertText, Checkpoint, InferError, ModelFiles, ReadyBatch, UtteranceBatcher};
use burn::tensor::Device;
pub use clip_error::ClipError;
pub use explanation::{
    Attention, Explanation, ModalityEffect, NamedVector, SetPrediction, WordEffect,
};
use misa_core::{MisaConfig, Presence};
use misa_terms::{Clip, ClipText, PerModality, Sequence, Task, TextSize, videos};
pub use prediction::{Prediction, TextRead};
pub(crate) use reading::{Reading, has};
use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;

/// Clips predicted at once.
const BATCH: usize = 64;

/// A trained model that predicts clips without labels, word ids or splits.
///
/// It can be shared by threads, in an [`Arc`]. On the CPU, a clip has the same prediction, bit for bit,
/// alone and beside any other clips, except for a model with context.
///
/// ```no_run
/// use burn::tensor::Device;
/// use misa_infer::prelude::*;
/// use std::{sync::Arc, thread};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let predictor = Arc::new(Predictor::load("runs/mosi", &Device::default())?);
/// let mut clip = Clip::said("What fun that was!");
/// clip.acoustic = Sequence::new(74, vec![0.0; 2 * 74]); // two steps; the face is missing
/// let shared = Arc::clone(&predictor);
/// let answers = thread::spawn(move || shared.predict(&[clip])).join().unwrap()?;
/// let answer = &answers[0];
/// println!("{} from {}, model {}", answer.value, answer.modalities, answer.model);
/// for interval in &answer.intervals {
///     println!("{} to {}: {}", interval.low, interval.high, interval.level);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Predictor {
    checkpoint: Checkpoint,
    bert: Option<Arc<BertText>>,
    device: Device,
    id: Arc<str>,
}

impl Predictor {
    /// Reads a model from the folder of a run, or from that of a checkpoint.
    ///
    /// # Errors
    ///
    /// [`InferError`] names the file that is missing or does not fit.
    pub fn load(folder: impl AsRef<Path>, device: &Device) -> Result<Self, InferError> {
        let inside = folder.as_ref().join(Checkpoint::FOLDER);
        let folder = if inside.is_dir() {
            &inside
        } else {
            folder.as_ref()
        };
        Self::of(Source::Folder(folder), device)
    }

    /// Reads a model from the files of its folder, which are in memory.
    ///
    /// # Errors
    ///
    /// [`InferError`] names the file that is missing or does not fit.
    pub fn from_files(files: &ModelFiles, device: &Device) -> Result<Self, InferError> {
        Self::of(Source::Memory(files), device)
    }

    fn of(source: Source, device: &Device) -> Result<Self, InferError> {
        let (checkpoint, id) = Checkpoint::load_with_id(source, device)?;
        Ok(Self {
            bert: checkpoint.bert_by_itself(),
            checkpoint,
            device: device.clone(),
            id: id.into(),
        })
    }

    /// The model: the SHA-256 of its weights, configuration, vocabulary, scaling, tokeniser and
    /// calibration, in hexadecimal. Two models with the same id give the same predictions.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The configuration of the model.
    pub fn config(&self) -> &MisaConfig {
        &self.checkpoint.config
    }

    /// The checkpoint behind it.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Whether clips of one video, named `video[0]`, `video[1]`, …, are read together, as by a model with
    /// context. Then a prediction depends on the other clips of the call.
    pub fn reads_videos(&self) -> bool {
        self.config().settings.context.is_some()
    }

    /// Checks all that [`Self::predict`] would refuse.
    ///
    /// # Errors
    ///
    /// [`ClipError`] if the model cannot read the clip.
    pub fn check(&self, clip: &Clip) -> Result<(), ClipError> {
        self.read(clip).map(drop)
    }

    /// The steps of the longest modality, of text in words: what a clip costs.
    pub fn steps(&self, clip: &Clip) -> usize {
        let text = match &clip.text {
            None => 0,
            Some(ClipText::Sentence(sentence)) => sentence.split_whitespace().count(),
            Some(ClipText::Words(words)) => words.len(),
            Some(ClipText::Ids(ids)) => ids.len(),
            Some(ClipText::Vectors { vectors, .. }) => vectors.steps(),
        };
        let features = [&clip.visual, &clip.acoustic];
        let steps = features.map(|features| features.as_ref().map_or(0, Sequence::steps));
        steps.into_iter().fold(text, usize::max)
    }

    /// The prediction for each clip, in order.
    ///
    /// # Errors
    ///
    /// [`InferError::Clip`] names the first clip that the model cannot read.
    pub fn predict(&self, clips: &[Clip]) -> Result<Vec<Prediction>, InferError> {
        let readings = self.read_all(clips)?;
        let outputs = self
            .checkpoint
            .outputs(&readings, self.bert.as_ref(), &self.device)?;
        let answers = readings.into_iter().zip(outputs);
        Ok(answers
            .map(|(reading, output)| self.prediction(reading, &output))
            .collect())
    }

    /// Predicts a clip that means nothing, so that later predictions find everything in place.
    ///
    /// # Errors
    ///
    /// [`InferError`] if the model cannot predict.
    pub fn warm_up(&self) -> Result<(), InferError> {
        let sizes = self.config().sizes;
        let row = |size: usize| Sequence::new(size, vec![0.0; size]);
        let text = match sizes.text {
            TextSize::Features { d_input } => row(d_input).map(|vectors| ClipText::Vectors {
                vectors,
                words: Vec::new(),
            }),
            TextSize::Words { .. } => Some(ClipText::Ids(vec![0])),
            TextSize::Bert(_) => Some(ClipText::Words(vec!["-".to_string()])),
        };
        let clip = Clip {
            id: String::new(),
            text,
            visual: row(sizes.visual),
            acoustic: row(sizes.acoustic),
        };
        self.predict(&[clip]).map(drop)
    }

    fn read(&self, clip: &Clip) -> Result<Reading, ClipError> {
        Reading::of(clip, &self.checkpoint, self.bert.as_ref())
    }

    fn read_all(&self, clips: &[Clip]) -> Result<Vec<Reading>, InferError> {
        let read = |(place, clip)| {
            let reading = self.read(clip);
            reading.map_err(|source| InferError::clip(place, clip, source))
        };
        clips.iter().enumerate().map(read).collect()
    }

    fn prediction(&self, reading: Reading, output: &[f32]) -> Prediction {
        let task = self.config().task;
        let calibration = self.checkpoint.calibration.as_ref();
        let set = calibration.and_then(|calibration| calibration.of(reading.modalities));
        let value = decide(task, output)[0];
        let (probabilities, intervals) = match task {
            Task::Regression => (None, set.map_or(Vec::new(), |set| set.intervals(value))),
            Task::Classification { .. } => {
                let temperature = set.and_then(|set| set.temperature).unwrap_or(1.0);
                (Some(probabilities(output, temperature)), Vec::new())
            }
        };
        Prediction {
            id: reading.utterance.id,
            value,
            probabilities,
            intervals,
            modalities: reading.modalities,
            ignored: reading.ignored,
            text: reading.text,
            model: Arc::clone(&self.id),
        }
    }
}

impl Checkpoint {
    /// The reader of words of a model with BERT, for sentences that do not depend on each other.
    pub(crate) fn bert_by_itself(&self) -> Option<Arc<BertText>> {
        self.bert.as_ref().map(|bert| Arc::new(bert.by_itself()))
    }

    /// What the model computes for each clip, in order: a number, or a logit per class.
    pub(crate) fn outputs(
        &self,
        readings: &[Reading],
        bert: Option<&Arc<BertText>>,
        device: &Device,
    ) -> Result<Vec<Vec<f32>>, InferError> {
        let mut outputs = vec![Vec::new(); readings.len()];
        for places in self.reading_places(readings) {
            let batch = self.ready(readings, &places, bert, device)?;
            let output = self.model.forward(batch.input()).prediction;
            let values: Vec<f32> = output.into_data().iter::<f32>().collect();
            let rows = values.chunks_exact(self.config.task.d_output());
            for (&place, row) in batch.places().iter().zip(rows) {
                // A companion has no place.
                if let Some(output) = outputs.get_mut(place) {
                    *output = row.to_vec();
                }
            }
        }
        Ok(outputs)
    }

    /// Indices of the clips of each batch: longest first, or whole videos.
    fn reading_places(&self, readings: &[Reading]) -> Vec<Vec<usize>> {
        if self.config.settings.context.is_some() {
            let utterances = readings.iter().map(|reading| &reading.utterance);
            return misa_terms::fill(videos(utterances), BATCH);
        }
        let mut order: Vec<usize> = (0..readings.len()).collect();
        order.sort_by_key(|&place| Reverse(readings[place].utterance.text.steps()));
        order.chunks(BATCH).map(<[usize]>::to_vec).collect()
    }

    /// The batch of the clips at these places. Beside a single one stands a companion of one step, at no
    /// place: products of one row are summed in another order than those of several.
    pub(crate) fn ready(
        &self,
        readings: &[Reading],
        places: &[usize],
        bert: Option<&Arc<BertText>>,
        device: &Device,
    ) -> Result<ReadyBatch, InferError> {
        let companion = (places.len() == 1).then(|| Reading::companion(&self.config));
        let alone = companion.as_ref().map(|_| usize::MAX);
        let places: Vec<usize> = places.iter().copied().chain(alone).collect();
        let of = |place: &usize| readings.get(*place).or(companion.as_ref());
        let chosen: Vec<&Reading> = places.iter().filter_map(of).collect();
        let batcher = UtteranceBatcher::new(bert.cloned());
        let utterances = chosen.iter().map(|reading| &reading.utterance);
        let batch = ReadyBatch::from(batcher.batch(utterances, device).with_places(&places));
        let flags: Vec<PerModality<bool>> = (batch.places().iter().filter_map(of))
            .map(Reading::presence)
            .collect();
        let presence = Presence::new(PerModality::from_fn(|modality| {
            flags.iter().map(|flags| *flags.get(modality)).collect()
        }))?;
        Ok(batch.with_presence(presence))
    }
}

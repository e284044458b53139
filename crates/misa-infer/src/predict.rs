//! Predictions and scores of a trained model.

use crate::{
    Answer, BertText, Checkpoint, Evaluation, InferError, ReadyBatch, UtteranceBatch,
    UtteranceBatcher, evaluate_batches, unimodal_predictions,
};
use burn::tensor::Device;
use misa_core::Presence;
use misa_core::loss::MisaLossConfig;
use misa_terms::{
    ConfigError, Modalities, Modality, PerModality, TextSequence, TextSize, Utterance,
    video_batches,
};
use std::cmp::Reverse;
use std::sync::Arc;

/// Utterances predicted at once.
const BATCH: usize = 64;

impl Checkpoint {
    /// The prediction of each utterance in order: a number, or a class.
    ///
    /// Utterances may be from any data set with the same features: words are looked up in the
    /// model's vocabulary, or become the tokens of its BERT, and features are scaled as in training.
    ///
    /// A model with context reads the utterances of a video together, so pass all utterances of
    /// each video: their predictions depend on each other.
    ///
    /// - Differs: sentences are not truncated to the longest word count of a batch, but read up to the
    ///   positions of BERT, so that, without context, a prediction does not depend on other
    ///   utterances. [`Self::evaluate`] truncates as the official code does, so with
    ///   [`Truncation::Batch`](crate::Truncation::Batch) its predictions may differ.
    ///
    /// # Errors
    ///
    /// [`InferError::Features`] names the first utterance that does not have the features the
    /// model was trained on, [`InferError::Utterance`] one that its BERT cannot read.
    pub fn predict(
        &self,
        utterances: &[Utterance],
        device: &Device,
    ) -> Result<Vec<f32>, InferError> {
        self.predict_where(utterances, None, device)
    }

    /// [`Self::predict`] from some modalities only, as if the others were missing.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`], and [`ConfigError::NoModality`] if the model uses none of
    /// them.
    pub fn predict_from(
        &self,
        utterances: &[Utterance],
        modalities: Modalities,
        device: &Device,
    ) -> Result<Vec<f32>, InferError> {
        let (usable, count) = (self.usable_modalities(modalities)?, utterances.len());
        let present = PerModality::from_fn(|modality| vec![usable.contains(modality); count]);
        self.predict_where(utterances, Some(&Presence::new(present)?), device)
    }

    /// The modalities among `modalities` that the model uses.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoModality`] if it uses none.
    pub fn usable_modalities(&self, modalities: Modalities) -> Result<Modalities, ConfigError> {
        let used = self.config.settings.modalities.iter();
        let usable: Vec<_> = used.filter(|&used| modalities.contains(used)).collect();
        Modalities::new(&usable)
    }

    /// [`Self::predict`] for utterances of which some lack modalities.
    pub(crate) fn predict_where(
        &self,
        utterances: &[Utterance],
        presence: Option<&Presence>,
        device: &Device,
    ) -> Result<Vec<f32>, InferError> {
        let (prepared, bert) = self.prepare_all(utterances)?;
        self.predict_prepared(&prepared, bert, device, |batch| {
            let batch = ReadyBatch::from(batch);
            match presence {
                Some(presence) => {
                    let selected = presence.select(batch.places());
                    batch.with_presence(selected)
                }
                None => batch,
            }
        })
    }

    /// Predictions of utterances in the form that the model reads, in their order; `ready` may leave
    /// out some of a batch.
    pub(crate) fn predict_prepared(
        &self,
        prepared: &[Utterance],
        bert: Option<Arc<BertText>>,
        device: &Device,
        ready: impl Fn(UtteranceBatch) -> ReadyBatch,
    ) -> Result<Vec<f32>, InferError> {
        let places = self.places(prepared, bert.as_deref());
        let batcher = UtteranceBatcher::new(bert);
        let batches = places.iter().map(|places| {
            let chosen = places.iter().map(|&place| &prepared[place]);
            Ok(ready(batcher.batch(chosen, device).with_places(places)))
        });
        let evaluation = evaluate_batches(batches, self.config.task, |batch| {
            Ok::<_, InferError>(Answer {
                predictions: self.model.forward(batch.input()).prediction,
                losses: None,
                unimodal: PerModality::default(),
            })
        })?;
        Ok(evaluation.predictions)
    }

    /// Indices of the utterances of each batch: longest first, or whole videos.
    fn places(&self, prepared: &[Utterance], bert: Option<&BertText>) -> Vec<Vec<usize>> {
        if self.config.settings.context.is_some() {
            return video_batches(prepared, BATCH);
        }
        let mut order: Vec<usize> = (0..prepared.len()).collect();
        order.sort_by_key(|&place| Reverse(words(&prepared[place], bert)));
        order.chunks(BATCH).map(<[usize]>::to_vec).collect()
    }

    /// Predictions of utterances in their order, `batch_size` at a time, and the losses of an
    /// objective.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    ///
    /// # Panics
    ///
    /// Panics if `batch_size` is 0.
    pub fn evaluate(
        &self,
        utterances: &[Utterance],
        objective: &MisaLossConfig,
        batch_size: usize,
        device: &Device,
    ) -> Result<Evaluation, InferError> {
        let prepared = self.prepare_each(utterances)?;
        if let Some(bert) = &self.bert {
            bert.check("input", &prepared)?;
        }
        let objective = objective.init(device);
        let batcher = UtteranceBatcher::new(self.bert.clone());
        let places = self.evaluation_places(&prepared, batch_size);
        let batches = places.iter().map(|places| {
            let chosen = places.iter().map(|&place| &prepared[place]);
            Ok(batcher.batch(chosen, device).with_places(places).into())
        });
        let mut evaluation = evaluate_batches(batches, self.config.task, |batch| {
            let output = self.model.forward(batch.input());
            let losses = objective.forward(&output, batch.targets().clone());
            Ok::<_, InferError>(Answer {
                unimodal: unimodal_predictions(&output),
                predictions: output.prediction,
                losses: Some(losses.to_host()),
            })
        })?;
        evaluation.scale = self.scale;
        Ok(evaluation)
    }

    /// The utterances in the form that the model reads, and the reader of their words if the model
    /// has a BERT. Sentences do not depend on the other utterances of a batch.
    pub(crate) fn prepare_all(
        &self,
        utterances: &[Utterance],
    ) -> Result<(Vec<Utterance>, Option<Arc<BertText>>), InferError> {
        let prepared = self.prepare_each(utterances)?;
        let bert = self.bert.as_ref().map(|bert| Arc::new(bert.by_itself()));
        if let Some(bert) = &bert {
            bert.check("input", &prepared)?;
        }
        Ok((prepared, bert))
    }

    fn prepare_each(&self, utterances: &[Utterance]) -> Result<Vec<Utterance>, InferError> {
        utterances
            .iter()
            .map(|utterance| self.prepare(utterance))
            .collect()
    }

    /// The utterance in the form that the model reads.
    fn prepare(&self, utterance: &Utterance) -> Result<Utterance, InferError> {
        let mut utterance = utterance.clone();
        let sizes = self.config.sizes;
        let check = |modality, found: usize, expected: usize| {
            if found == expected {
                return Ok(());
            }
            Err(self.features_error(&utterance, modality, format!("{found} features")))
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
            // BERT reads the words, not the ids or features.
            (TextSize::Bert(_), _) => {}
            (_, TextSequence::Features(_)) => {
                let found = "vectors".to_string();
                return Err(self.features_error(&utterance, Modality::Text, found));
            }
            (_, TextSequence::Words(_)) => {
                let found = "word ids".to_string();
                return Err(self.features_error(&utterance, Modality::Text, found));
            }
        }
        if let Some(scaling) = &self.scaling {
            scaling.apply(&mut utterance);
        }
        Ok(utterance)
    }

    /// The ids of the utterance's words in the model's vocabulary.
    fn ids(&self, utterance: &Utterance, ids: &[u32]) -> Result<Vec<u32>, InferError> {
        if let Some(vocabulary) = &self.vocabulary
            && utterance.words.len() == ids.len()
        {
            return Ok(utterance
                .words
                .iter()
                .map(|word| vocabulary.id(word))
                .collect());
        }
        let is_beyond = |&&id: &&u32| match self.config.sizes.text {
            TextSize::Words { vocabulary } => id as usize >= vocabulary,
            TextSize::Features { .. } | TextSize::Bert(_) => true,
        };
        match ids.iter().find(is_beyond) {
            None => Ok(ids.to_vec()),
            Some(id) => {
                let found = format!("word id {id}");
                Err(self.features_error(utterance, Modality::Text, found))
            }
        }
    }

    fn features_error(
        &self,
        utterance: &Utterance,
        modality: Modality,
        found: String,
    ) -> InferError {
        let sizes = self.config.sizes;
        let expected = match (modality, sizes.text) {
            (Modality::Visual, _) => format!("{} features", sizes.visual),
            (Modality::Acoustic, _) => format!("{} features", sizes.acoustic),
            (_, TextSize::Words { vocabulary }) => format!("word ids below {vocabulary}"),
            (_, TextSize::Features { d_input }) => format!("vectors of {d_input} features"),
            (_, TextSize::Bert(_)) => "words".to_string(),
        };
        InferError::Features {
            id: utterance.id.clone(),
            modality,
            expected,
            found,
        }
    }
}

/// Number of words if BERT reads them, otherwise of text steps.
fn words(utterance: &Utterance, bert: Option<&BertText>) -> usize {
    bert.map_or(utterance.text.steps(), |bert| bert.count(utterance))
}

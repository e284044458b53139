//! What a prediction rests on.

use crate::calibration::sets_of;
use crate::predictor::Reading;
use crate::{InferError, Prediction, Predictor};
use burn::tensor::Tensor;
use misa_terms::{Clip, ClipText, Modalities, Modality, Sequence};
use serde::Serialize;

/// Words whose effect is computed; the first of a longer text.
const WORDS: usize = 64;

/// What a prediction rests on: each modality, each word, and the representations between.
///
/// For a model of numbers, the amounts are predicted numbers; for a model of classes, they are the
/// probability of the class that is predicted from everything.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Explanation {
    /// The prediction that is explained.
    pub prediction: Prediction,
    /// The prediction from each set of the modalities, all of them first.
    pub subsets: Vec<SetPrediction>,
    /// What each modality contributes.
    pub modalities: Vec<ModalityEffect>,
    /// What each word contributes, in their order; empty without words.
    pub words: Vec<WordEffect>,
    /// Words beyond the first 64, whose effect is not computed.
    pub words_left_out: usize,
    /// The shared and the private representation of each modality that was read.
    pub vectors: Vec<NamedVector>,
    /// The attention between the representations; `None` if the fusion has none.
    pub attention: Option<Attention>,
}

/// The prediction from a set of modalities.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct SetPrediction {
    /// The modalities.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub modalities: Modalities,
    /// The predicted number, or the most probable class.
    pub value: f32,
    /// The probability of each class, for a model of classes.
    pub probabilities: Option<Vec<f32>>,
}

/// What a modality contributes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ModalityEffect {
    /// The modality.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub modality: Modality,
    /// The amount from this modality alone.
    pub alone: f32,
    /// The amount from all others; `None` if there are none.
    pub without: Option<f32>,
    /// The amount from everything, less that from all others.
    pub change: Option<f32>,
}

/// What a word contributes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct WordEffect {
    /// The word, as it was given.
    pub word: String,
    /// The amount without it.
    pub without: f32,
    /// The amount with it, less that without it.
    pub change: f32,
}

/// A representation of the clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct NamedVector {
    /// Its name, such as `text shared`.
    pub name: String,
    /// Of which modality.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub modality: Modality,
    /// `shared` or `private`.
    pub kind: &'static str,
    /// `[d_hidden]`
    pub values: Vec<f32>,
}

/// Weights of the attention between the tokens of the fusion, mean over its heads.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Attention {
    /// Names of the tokens, such as `text private`.
    pub tokens: Vec<String>,
    /// `[tokens, tokens]`, a row for each token that attends; its weights sum to 1.
    pub weights: Vec<Vec<f32>>,
}

impl Predictor {
    /// The prediction for a clip, and what it rests on: the prediction from each set of its modalities,
    /// without each word, and the representations. A word is left out together with nothing else, so
    /// words that say the same twice contribute little each.
    ///
    /// # Errors
    ///
    /// As [`Self::predict`].
    pub fn explain(&self, clip: &Clip) -> Result<Explanation, InferError> {
        let prediction = self.predict(std::slice::from_ref(clip))?.remove(0);
        let mut read = clip.clone().only(prediction.modalities);
        // Clips whose id names one video would be read as utterances that follow each other.
        read.id.clear();
        let sets = sets_of(prediction.modalities);
        let mut clips: Vec<Clip> = sets.iter().map(|&set| read.clone().only(set)).collect();
        let words = words(&read);
        let words_left_out = words.len().saturating_sub(WORDS);
        let (mut named, mut lost) = (Vec::new(), 0);
        for (place, word) in words.into_iter().take(WORDS).enumerate() {
            let without = without_word(&read, place);
            if without
                .as_ref()
                .is_some_and(|clip| self.check(clip).is_ok())
            {
                named.push(word);
                clips.extend(without);
            } else {
                lost += 1;
            }
        }
        let answers = self.predict(&clips)?;
        let (of_sets, of_words) = answers.split_at(sets.len());
        let amount = |answer: &Prediction| amount(answer, &prediction);
        let whole = amount(&prediction);
        let words = named.into_iter().zip(of_words).map(|(word, answer)| {
            let without = amount(answer);
            let change = whole - without;
            WordEffect {
                word,
                without,
                change,
            }
        });
        let (vectors, attention) = self.representations(&read)?;
        Ok(Explanation {
            words: words.collect(),
            words_left_out: words_left_out + lost,
            modalities: effects(&sets, of_sets, whole, amount),
            subsets: of_sets.iter().map(SetPrediction::of).collect(),
            vectors,
            attention,
            prediction,
        })
    }

    /// The representations of a clip and the attention between them.
    fn representations(
        &self,
        clip: &Clip,
    ) -> Result<(Vec<NamedVector>, Option<Attention>), InferError> {
        let readings: Vec<Reading> = self.read_all(std::slice::from_ref(clip))?;
        let model = &self.checkpoint;
        let batch = model.ready(&readings, &[0], self.bert.as_ref(), &self.device)?;
        let row = batch.places().iter().position(|&place| place == 0);
        let row = row.expect("the batch holds the clip");
        let output = model.model.forward(batch.input());
        let read = readings[0].modalities;
        let mut vectors = Vec::new();
        let subspaces = &output.subspaces;
        for (kind, tensors) in [
            ("private", &subspaces.private),
            ("shared", &subspaces.shared),
        ] {
            vectors.extend(read.iter().map(|modality| NamedVector {
                name: format!("{modality} {kind}"),
                modality,
                kind,
                values: row_of(tensors.get(modality), row),
            }));
        }
        let settings = &self.config().settings;
        let attention = output.fusion.attention.map(|attention| {
            let names = settings.representations.names().iter();
            let used = settings.modalities;
            let tokens = names.flat_map(|kind| used.iter().map(move |of| (of, *kind)));
            let tokens: Vec<(Modality, &str)> = tokens.collect();
            let weights = row_of(&attention.mean_dim(1), row);
            let is_read = |place: &usize| read.contains(tokens[*place].0);
            let places: Vec<usize> = (0..tokens.len()).filter(is_read).collect();
            let row = |&from: &usize| {
                let row = &weights[from * tokens.len()..][..tokens.len()];
                places.iter().map(|&to| row[to]).collect()
            };
            Attention {
                weights: places.iter().map(row).collect(),
                tokens: (places.iter())
                    .map(|&place| format!("{} {}", tokens[place].0, tokens[place].1))
                    .collect(),
            }
        });
        Ok((vectors, attention))
    }
}

/// The values of one utterance of a batch.
fn row_of<const D: usize>(tensor: &Tensor<D>, row: usize) -> Vec<f32> {
    let one = tensor.clone().narrow(0, row, 1);
    one.into_data().iter::<f32>().collect()
}

impl SetPrediction {
    fn of(answer: &Prediction) -> Self {
        Self {
            modalities: answer.modalities,
            value: answer.value,
            probabilities: answer.probabilities.clone(),
        }
    }
}

/// What an answer says of the prediction that is explained: the number, or the probability of its class.
fn amount(answer: &Prediction, explained: &Prediction) -> f32 {
    match &answer.probabilities {
        None => answer.value,
        Some(probabilities) => probabilities[explained.value as usize],
    }
}

fn effects(
    sets: &[Modalities],
    answers: &[Prediction],
    whole: f32,
    amount: impl Fn(&Prediction) -> f32,
) -> Vec<ModalityEffect> {
    let of = |wanted: &dyn Fn(Modalities) -> bool| {
        let place = sets.iter().position(|&set| wanted(set))?;
        Some(amount(&answers[place]))
    };
    let all = sets[0];
    let effect = |modality| {
        let rest = all.count() - 1;
        let without = of(&|set| set.count() == rest && !set.contains(modality));
        ModalityEffect {
            modality,
            alone: of(&|set| set.count() == 1 && set.contains(modality)).unwrap_or(whole),
            without,
            change: without.map(|without| whole - without),
        }
    };
    all.iter().map(effect).collect()
}

/// The words of a clip as they were given.
fn words(clip: &Clip) -> Vec<String> {
    match &clip.text {
        Some(ClipText::Sentence(sentence)) => {
            sentence.split_whitespace().map(str::to_owned).collect()
        }
        Some(ClipText::Words(words)) => words.clone(),
        Some(ClipText::Vectors { vectors, words }) if words.len() == vectors.steps() => {
            words.clone()
        }
        _ => Vec::new(),
    }
}

/// The clip without one of its words; without its text if that was the only one. `None` if nothing
/// remains.
fn without_word(clip: &Clip, place: usize) -> Option<Clip> {
    let mut clip = clip.clone();
    let rest = |words: &[String]| {
        let mut words = words.to_vec();
        words.remove(place);
        words
    };
    clip.text = match &clip.text {
        Some(ClipText::Sentence(sentence)) => {
            let words: Vec<String> = sentence.split_whitespace().map(str::to_owned).collect();
            Some(ClipText::Sentence(rest(&words).join(" ")))
        }
        Some(ClipText::Words(words)) => Some(ClipText::Words(rest(words))),
        Some(ClipText::Vectors { vectors, words }) => {
            let size = vectors.d_input();
            let mut values = vectors.values().to_vec();
            values.drain(place * size..(place + 1) * size);
            let vectors = match vectors.absent() {
                None => Sequence::new(size, values)?,
                Some(absent) => {
                    let mut absent = absent.to_vec();
                    absent.remove(place);
                    Sequence::with_absent(size, values, absent)?
                }
            };
            let words = rest(words);
            Some(ClipText::Vectors { vectors, words })
        }
        other => other.clone(),
    };
    let is_empty = match &clip.text {
        Some(ClipText::Sentence(sentence)) => sentence.is_empty(),
        Some(ClipText::Words(words) | ClipText::Vectors { words, .. }) => words.is_empty(),
        _ => false,
    };
    if is_empty {
        clip.text = None;
    }
    let has_some = Modality::ALL.iter().any(|&modality| clip.has(modality));
    has_some.then_some(clip)
}

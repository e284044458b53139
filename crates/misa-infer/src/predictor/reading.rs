//! A clip in the form that the model reads.

use crate::predictor::{ClipError, TextRead, sentence};
use crate::{BertText, Checkpoint};
use misa_core::MisaConfig;
use misa_terms::{
    Clip, ClipText, Modalities, Modality, PerModality, Sequence, TextSequence, TextSize, Utterance,
    Vocabulary,
};
use std::sync::Arc;

/// A clip in the form that the model reads, and what became of it on the way.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Scaled; missing modalities have a placeholder, and the label means nothing.
    pub(crate) utterance: Utterance,
    /// The modalities that the clip has and the model uses.
    pub(crate) modalities: Modalities,
    /// The modalities that the clip has and the model does not use.
    pub(crate) ignored: Vec<Modality>,
    /// What was read of the text.
    pub(crate) text: Option<TextRead>,
}

/// The text of a clip: what the model reads, the words of BERT, and what was read.
type Text = (TextSequence, Vec<String>, Option<TextRead>);

/// A word of a missing text, which influences nothing.
const PLACEHOLDER: &str = "-";

impl Reading {
    /// Reads a clip for a model; `bert` reads each sentence by itself.
    ///
    /// # Errors
    ///
    /// [`ClipError`] if the model cannot read the clip.
    pub(crate) fn of(
        clip: &Clip,
        model: &Checkpoint,
        bert: Option<&Arc<BertText>>,
    ) -> Result<Self, ClipError> {
        let (modalities, ignored) = modalities_of(clip, model)?;
        let sizes = model.config.sizes;
        let features = |modality, found: &Option<Sequence>, size| match found {
            Some(found) if modalities.contains(modality) => {
                check_features(modality, found, size)?;
                Ok(found.clone())
            }
            _ => Ok(placeholder(size)),
        };
        let visual = features(Modality::Visual, &clip.visual, sizes.visual)?;
        let acoustic = features(Modality::Acoustic, &clip.acoustic, sizes.acoustic)?;
        let (text, words, text_read) = match &clip.text {
            Some(text) if modalities.contains(Modality::Text) => {
                text_of(text, sizes.text, model.vocabulary.as_ref())?
            }
            _ => (
                missing_text(sizes.text),
                vec![PLACEHOLDER.to_string()],
                None,
            ),
        };
        let mut utterance = Utterance {
            id: clip.id.clone(),
            words,
            text,
            visual,
            acoustic,
            label: 0.0,
            modality_labels: PerModality::default(),
        };
        if let Some(scaling) = &model.scaling {
            scaling.apply(&mut utterance);
        }
        let mut reading = Self {
            utterance,
            modalities,
            ignored,
            text: text_read,
        };
        if let (Some(bert), true) = (bert, modalities.contains(Modality::Text)) {
            reading.text = Some(tokens_of(&reading.utterance, bert)?);
        }
        Ok(reading)
    }

    /// A clip that means nothing, of one step.
    pub(crate) fn companion(config: &MisaConfig) -> Self {
        let sizes = config.sizes;
        Self {
            utterance: Utterance {
                id: String::new(),
                words: vec![PLACEHOLDER.to_string()],
                text: missing_text(sizes.text),
                visual: placeholder(sizes.visual),
                acoustic: placeholder(sizes.acoustic),
                label: 0.0,
                modality_labels: PerModality::default(),
            },
            modalities: config.settings.modalities,
            ignored: Vec::new(),
            text: None,
        }
    }

    /// Which modalities are there, one flag each.
    pub(crate) fn presence(&self) -> PerModality<bool> {
        PerModality::from_fn(|modality| self.modalities.contains(modality))
    }
}

/// The modalities of a clip that a model uses, at least one, and those that it ignores.
fn modalities_of(
    clip: &Clip,
    model: &Checkpoint,
) -> Result<(Modalities, Vec<Modality>), ClipError> {
    let used = model.config.settings.modalities;
    let (read, ignored): (Vec<_>, Vec<_>) = Modality::ALL
        .into_iter()
        .filter(|&modality| has(clip, modality, model))
        .partition(|&modality| used.contains(modality));
    let modalities = Modalities::new(&read).map_err(|_| {
        let found = match ignored.as_slice() {
            [] => "a clip with none of them".to_string(),
            ignored => {
                let names: Vec<_> = ignored.iter().map(|modality| modality.name()).collect();
                format!("only {}", names.join(","))
            }
        };
        ClipError::new(
            None,
            format!("something of {used}, which the model uses"),
            found,
        )
    })?;
    Ok((modalities, ignored))
}

/// Whether a clip has something of a modality for a model; a model that reads vectors reads no words.
pub(crate) fn has(clip: &Clip, modality: Modality, model: &Checkpoint) -> bool {
    let reads_vectors = matches!(model.config.sizes.text, TextSize::Features { .. });
    match (modality, &clip.text) {
        (Modality::Text, Some(ClipText::Vectors { vectors, .. })) if reads_vectors => {
            !vectors.is_all_absent()
        }
        _ => clip.has(modality),
    }
}

fn placeholder(size: usize) -> Sequence {
    Sequence::new(size.max(1), vec![0.0; size.max(1)]).expect("one step of these features")
}

fn missing_text(size: TextSize) -> TextSequence {
    match size {
        TextSize::Features { d_input } => TextSequence::Features(placeholder(d_input)),
        TextSize::Words { .. } | TextSize::Bert(_) => {
            TextSequence::Words(vec![Vocabulary::UNKNOWN])
        }
    }
}

fn check_features(modality: Modality, found: &Sequence, size: usize) -> Result<(), ClipError> {
    let error = |expected: String, found: String| Err(ClipError::new(modality, expected, found));
    if found.d_input() != size {
        let found = format!("{} features", found.d_input());
        return error(format!("{size} features per step"), found);
    }
    if found.steps() == 0 {
        return error("at least 1 step".to_string(), "none".to_string());
    }
    match found.values().iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(place) => {
            let value = found.values()[place];
            let (step, feature) = (place / size, place % size);
            let found = format!("{value} in step {step}, feature {feature} (both from 0)");
            error("finite numbers".to_string(), found)
        }
    }
}

/// The text in the form that a model of this size reads.
fn text_of(
    text: &ClipText,
    size: TextSize,
    vocabulary: Option<&Vocabulary>,
) -> Result<Text, ClipError> {
    let is_empty = match text {
        ClipText::Sentence(sentence) => sentence.trim().is_empty(),
        ClipText::Words(words) => words.iter().all(|word| word.trim().is_empty()),
        ClipText::Ids(ids) => ids.is_empty(),
        ClipText::Vectors { vectors, .. } => vectors.steps() == 0,
    };
    if is_empty {
        return Err(text_error("at least one word", "none"));
    }
    match size {
        TextSize::Features { d_input } => vectors(text, d_input),
        TextSize::Words { vocabulary: count } => word_ids(text, count, vocabulary),
        TextSize::Bert(_) => words_of_bert(text),
    }
}

fn text_error(expected: impl Into<String>, found: impl Into<String>) -> ClipError {
    ClipError::new(Modality::Text, expected, found)
}

fn vectors(text: &ClipText, d_input: usize) -> Result<Text, ClipError> {
    let found = match text {
        ClipText::Vectors { vectors, words } => {
            check_features(Modality::Text, vectors, d_input)?;
            return Ok((TextSequence::Features(vectors.clone()), words.clone(), None));
        }
        ClipText::Sentence(_) | ClipText::Words(_) => "words",
        ClipText::Ids(_) => "word ids",
    };
    Err(text_error(format!("vectors of {d_input} features"), found))
}

fn word_ids(
    text: &ClipText,
    count: usize,
    vocabulary: Option<&Vocabulary>,
) -> Result<Text, ClipError> {
    let no_words = || {
        text_error(
            format!("word ids below {count}"),
            "words without a vocabulary",
        )
    };
    let (ids, read) = match text {
        ClipText::Sentence(sentence) => {
            let (ids, read) = sentence::ids(sentence, vocabulary.ok_or_else(no_words)?);
            if ids.is_empty() {
                return Err(text_error("at least one word", "punctuation alone"));
            }
            (ids, read)
        }
        ClipText::Words(words) => {
            let vocabulary = vocabulary.ok_or_else(no_words)?;
            let ids: Vec<u32> = words.iter().map(|word| vocabulary.id(word)).collect();
            let read = known(&ids);
            (ids, read)
        }
        ClipText::Ids(ids) => {
            if let Some(id) = ids.iter().find(|&&id| id as usize >= count) {
                let found = format!("word id {id}");
                return Err(text_error(format!("word ids below {count}"), found));
            }
            (ids.clone(), known(ids))
        }
        ClipText::Vectors { .. } => {
            return Err(text_error(
                format!("words, or word ids below {count}"),
                "vectors",
            ));
        }
    };
    Ok((TextSequence::Words(ids), Vec::new(), Some(read)))
}

fn known(ids: &[u32]) -> TextRead {
    TextRead {
        words: ids.len(),
        unknown: ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count(),
        ..TextRead::default()
    }
}

fn words_of_bert(text: &ClipText) -> Result<Text, ClipError> {
    let words: Vec<String> = match text {
        ClipText::Sentence(sentence) => sentence.split_whitespace().map(str::to_owned).collect(),
        ClipText::Words(words) | ClipText::Vectors { words, .. } if !words.is_empty() => {
            words.clone()
        }
        ClipText::Words(_) | ClipText::Vectors { .. } => {
            return Err(text_error(
                "words, which BERT reads",
                "vectors without words",
            ));
        }
        ClipText::Ids(_) => return Err(text_error("words, which BERT reads", "word ids")),
    };
    // BERT reads the words; ids are only counted.
    let ids = vec![Vocabulary::UNKNOWN; words.len()];
    Ok((TextSequence::Words(ids), words, None))
}

/// What BERT reads of the words.
fn tokens_of(utterance: &Utterance, bert: &BertText) -> Result<TextRead, ClipError> {
    let checked = bert.check("text", [utterance]);
    checked.map_err(|error| text_error("words that BERT reads", error.to_string()))?;
    let counts = bert.counts([vec![utterance]]);
    Ok(TextRead {
        words: counts.tokens,
        unknown: counts.unknown,
        cut: counts.cut,
        ..TextRead::default()
    })
}

//! The rules for texts of a request: sentences, words and names.

use crate::error::{Fault, quoted};
use crate::limits::Limits;
use misa_terms::{ConfigError, Modalities, Modality};

/// A sentence.
pub(crate) fn sentence(text: &str, limits: &Limits) -> Result<String, Fault> {
    check_bytes(text.len(), limits)?;
    if text.trim().is_empty() {
        return Err(Fault::invalid("a sentence", quoted(text)));
    }
    Ok(text.to_string())
}

/// The id of a clip; may be empty.
pub(crate) fn id(text: &str, limits: &Limits) -> Result<String, Fault> {
    if text.len() > limits.id_bytes {
        return Err(Fault::too_many(limits.id_bytes, "bytes", text.len()));
    }
    Ok(text.to_string())
}

/// The name of a model.
pub(crate) fn model(text: &str, limits: &Limits) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::invalid("a model's name", quoted(text)));
    }
    id(text, limits)
}

/// A modality by its name.
pub(crate) fn modality(name: &str) -> Result<Modality, Fault> {
    let all = Modality::ALL.into_iter();
    all.clone()
        .find(|modality| modality.name() == name)
        .ok_or_else(|| Fault::invalid("text, visual or acoustic", quoted(name)))
}

/// The set of `chosen`, each of which is named once.
pub(crate) fn modalities(chosen: &[Modality]) -> Result<Modalities, Fault> {
    Modalities::new(chosen).map_err(|_: ConfigError| {
        Fault::invalid("at least one of text, visual and acoustic", "none")
    })
}

/// Adds a modality that was not named before.
pub(crate) fn add_modality(chosen: &mut Vec<Modality>, modality: Modality) -> Result<(), Fault> {
    if chosen.contains(&modality) {
        let found = format!("{modality} again");
        return Err(Fault::invalid("each modality once", found));
    }
    chosen.push(modality);
    Ok(())
}

/// The words of a clip, of which none is empty.
#[derive(Debug, Default)]
pub(crate) struct Words {
    words: Vec<String>,
    bytes: usize,
}

impl Words {
    /// Adds a word.
    pub fn push(&mut self, word: &str, limits: &Limits) -> Result<(), Fault> {
        if word.trim().is_empty() {
            return Err(Fault::invalid("a word", quoted(word)));
        }
        self.bytes += word.len();
        check_bytes(self.bytes, limits)?;
        self.words.push(word.to_string());
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// All words, at least one.
    pub fn finish(self) -> Result<Vec<String>, Fault> {
        if self.words.is_empty() {
            return Err(Fault::invalid("at least one word", "none"));
        }
        Ok(self.words)
    }
}

fn check_bytes(bytes: usize, limits: &Limits) -> Result<(), Fault> {
    if bytes > limits.text_bytes {
        return Err(Fault::too_many(limits.text_bytes, "bytes of text", bytes));
    }
    Ok(())
}

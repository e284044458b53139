//! Texts, words and names.

use super::reader::{Part, Reader};
use crate::draft::Said;
use crate::error::Fault;
use crate::text::{self, Words};
use misa_terms::{Modalities, Modality};
use serde::de::SeqAccess;

/// A sentence, or its words.
pub(super) struct TextPart;

impl<'de> Part<'de> for TextPart {
    type Output = Said;

    fn expected(&self) -> String {
        "a sentence or a list of words".to_string()
    }

    fn text(self, text: &str, reader: &Reader<'_>) -> Result<Said, Fault> {
        text::sentence(text, reader.limits()).map(Said::Sentence)
    }

    fn list<A: SeqAccess<'de>>(self, list: A, reader: &Reader<'_>) -> Result<Said, A::Error> {
        WordsPart.list(list, reader).map(Said::Words)
    }
}

/// At least one word.
pub(super) struct WordsPart;

impl<'de> Part<'de> for WordsPart {
    type Output = Vec<String>;

    fn expected(&self) -> String {
        "a list of words".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Vec<String>, A::Error> {
        let mut words = Words::default();
        let limit = reader.limits().steps;
        while words.len() < limit {
            let part = WordPart { words: &mut words };
            if reader.element(&mut list, part.words.len(), part)?.is_none() {
                return words.finish().map_err(|fault| reader.refuse(fault));
            }
        }
        reader.no_element(&mut list, || Fault::more_than(limit, "words"))?;
        words.finish().map_err(|fault| reader.refuse(fault))
    }
}

/// A word, which is added to the others.
struct WordPart<'w> {
    words: &'w mut Words,
}

impl<'de> Part<'de> for WordPart<'_> {
    type Output = ();

    fn expected(&self) -> String {
        "a word".to_string()
    }

    fn text(self, text: &str, reader: &Reader<'_>) -> Result<(), Fault> {
        self.words.push(text, reader.limits())
    }
}

/// The id of a clip.
pub(super) struct IdPart;

impl<'de> Part<'de> for IdPart {
    type Output = String;

    fn expected(&self) -> String {
        "an id, which is a text".to_string()
    }

    fn text(self, text: &str, reader: &Reader<'_>) -> Result<String, Fault> {
        text::id(text, reader.limits())
    }
}

/// The name of a model.
pub(super) struct ModelPart;

impl<'de> Part<'de> for ModelPart {
    type Output = String;

    fn expected(&self) -> String {
        "a model's name".to_string()
    }

    fn text(self, text: &str, reader: &Reader<'_>) -> Result<String, Fault> {
        text::model(text, reader.limits())
    }
}

/// A set of modalities.
pub(super) struct ModalitiesPart;

impl<'de> Part<'de> for ModalitiesPart {
    type Output = Modalities;

    fn expected(&self) -> String {
        "a list of modalities".to_string()
    }

    fn list<A: SeqAccess<'de>>(
        self,
        mut list: A,
        reader: &Reader<'_>,
    ) -> Result<Modalities, A::Error> {
        let mut chosen = Vec::new();
        loop {
            let index = chosen.len();
            // The fourth is one of the first three again.
            let part = ModalityPart {
                chosen: &mut chosen,
            };
            if reader.element(&mut list, index, part)?.is_none() {
                return text::modalities(&chosen).map_err(|fault| reader.refuse(fault));
            }
        }
    }
}

/// A modality, which is added to the others.
struct ModalityPart<'m> {
    chosen: &'m mut Vec<Modality>,
}

impl<'de> Part<'de> for ModalityPart<'_> {
    type Output = ();

    fn expected(&self) -> String {
        "text, visual or acoustic".to_string()
    }

    fn text(self, name: &str, _: &Reader<'_>) -> Result<(), Fault> {
        text::add_modality(self.chosen, text::modality(name)?)
    }
}

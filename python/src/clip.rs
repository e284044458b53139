//! Clips as Python gives them.

use crate::array::{Numbers, shown, two_axes};
use crate::error::{refused, unexpected};
use crate::utterance::Utterance;
use misa_infer::{Clip, ClipText, Predictor, Sequence};
use misa_terms::Recipes;
use misa_wire::Limits;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use std::sync::Arc;

/// What a clip may be.
const EXPECTED: &str = "a sentence, a dictionary or an utterance";
/// The keys of a clip.
const KEYS: &str = "the keys id, text, words, visual and acoustic";

/// Clips, and what a user should know of them.
#[derive(Debug, Default)]
pub(crate) struct Clips {
    /// In the order in which they were given.
    pub clips: Vec<Clip>,
    /// A sentence each.
    pub notes: Vec<String>,
    /// The recipes of the utterance before, and how they fit the model.
    fit: Option<(Arc<Recipes>, misa_infer::RecipesFit)>,
}

impl Clips {
    /// The clip or clips of `object`, for a model.
    ///
    /// # Errors
    ///
    /// `MisaError` names the first clip that is none, or that is longer than clips of a request may be.
    pub fn of(object: &Bound<'_, PyAny>, predictor: &Predictor) -> PyResult<Self> {
        let mut clips = Self::default();
        if is_one(object) {
            clips.push(object, "clip", predictor)?;
            return Ok(clips);
        }
        let items = object.try_iter();
        let items = items.map_err(|_| unexpected("clips", EXPECTED, type_of(object)))?;
        for (place, item) in items.enumerate() {
            clips.push(&item?, &format!("clips[{place}]"), predictor)?;
        }
        Ok(clips)
    }

    fn push(
        &mut self,
        item: &Bound<'_, PyAny>,
        place: &str,
        predictor: &Predictor,
    ) -> PyResult<()> {
        let clip = match item.cast::<Utterance>() {
            Ok(utterance) => self.utterance(utterance.get(), item.py(), predictor)?,
            Err(_) => clip_of(item, place)?,
        };
        self.clips.push(clip);
        Ok(())
    }

    /// The clip of an utterance, its columns in the order of the model.
    fn utterance(
        &mut self,
        utterance: &Utterance,
        py: Python<'_>,
        predictor: &Predictor,
    ) -> PyResult<Clip> {
        let mut clip = utterance.clip(py)?;
        let recipes = utterance.recipes();
        let is_known = |(before, _): &(Arc<Recipes>, _)| Arc::ptr_eq(before, recipes);
        if !self.fit.as_ref().is_some_and(is_known) {
            let fit = predictor.checkpoint().fit_recipes(recipes);
            let fit = fit.map_err(refused)?;
            self.notes.extend(fit.notes.iter().cloned());
            self.fit = Some((Arc::clone(recipes), fit));
        }
        if let Some((_, fit)) = &self.fit {
            fit.reorder(&mut clip);
        }
        Ok(clip)
    }
}

fn is_one(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyDict>()
        || object.is_instance_of::<Utterance>()
}

fn clip_of(item: &Bound<'_, PyAny>, place: &str) -> PyResult<Clip> {
    if item.is_instance_of::<PyString>() {
        return Ok(Clip::said(sentence(item, place)?));
    }
    let keys = item.cast::<PyDict>();
    let keys = keys.map_err(|_| unexpected(place, EXPECTED, type_of(item)))?;
    let mut clip = Clip::default();
    let mut words = None;
    for (key, value) in keys {
        let key = key.extract::<String>();
        let key = key.map_err(|_| unexpected(place, KEYS, "a key that is no text"))?;
        let part = format!("{place}.{key}");
        match key.as_str() {
            "id" | "text" | "words" | "visual" | "acoustic" if value.is_none() => {}
            "id" => clip.id = id(&value, &part)?,
            "text" => clip.text = Some(text(&value, &part)?),
            "words" => words = Some(words_of(&value, &part)?),
            "visual" => clip.visual = Some(rows(&Numbers::of(&value, &part)?, &part)?),
            "acoustic" => clip.acoustic = Some(rows(&Numbers::of(&value, &part)?, &part)?),
            _ => return Err(unexpected(place, KEYS, format!("{key:?}"))),
        }
    }
    if let Some(said) = words {
        match &mut clip.text {
            Some(ClipText::Vectors { words, .. }) => *words = said,
            None => clip.text = Some(ClipText::Words(said)),
            Some(_) => {
                let place = format!("{place}.words");
                return Err(unexpected(place, "vectors as text", "another text"));
            }
        }
    }
    Ok(clip)
}

/// A sentence, words, word ids or word vectors.
fn text(value: &Bound<'_, PyAny>, place: &str) -> PyResult<ClipText> {
    if value.is_instance_of::<PyString>() {
        return Ok(ClipText::Sentence(sentence(value, place)?));
    }
    if holds_texts(value)? {
        return Ok(ClipText::Words(words_of(value, place)?));
    }
    let numbers = Numbers::of(value, place)?;
    match *numbers.shape() {
        [steps] if numbers.are_whole() => {
            check_most(place, "steps", Limits::default().steps, steps)?;
            let ids: Vec<i64> = numbers.values("int64")?;
            let id = |id: i64| {
                u32::try_from(id)
                    .map_err(|_| unexpected(place, "word ids from 0 to 4294967295", id))
            };
            Ok(ClipText::Ids(
                ids.into_iter().map(id).collect::<PyResult<_>>()?,
            ))
        }
        [_, _] => Ok(ClipText::Vectors {
            vectors: rows(&numbers, place)?,
            words: Vec::new(),
        }),
        _ => {
            let expected = "a sentence, words, word ids [steps] or vectors [steps, d_input]";
            Err(unexpected(place, expected, shown(numbers.shape())))
        }
    }
}

/// Whether a list, a tuple or an array begins with a text.
fn holds_texts(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let is_listing = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
    if is_listing || value.hasattr("dtype")? {
        let first = value.get_item(0);
        return Ok(first.is_ok_and(|first| first.is_instance_of::<PyString>()));
    }
    Ok(false)
}

fn sentence(value: &Bound<'_, PyAny>, place: &str) -> PyResult<String> {
    let text = value.extract::<String>();
    let text = text.map_err(|error| unexpected(place, "a text in Unicode", error))?;
    check_most(
        place,
        "bytes of text",
        Limits::default().text_bytes,
        text.len(),
    )?;
    Ok(text)
}

fn words_of(value: &Bound<'_, PyAny>, place: &str) -> PyResult<Vec<String>> {
    let words = value.extract::<Vec<String>>();
    let words = words.map_err(|_| unexpected(place, "a list of words", type_of(value)))?;
    let limits = Limits::default();
    check_most(place, "steps", limits.steps, words.len())?;
    let bytes = words.iter().map(String::len).sum();
    check_most(place, "bytes of text", limits.text_bytes, bytes)?;
    if let Some(number) = words.iter().position(|word| word.trim().is_empty()) {
        let found = format!("{:?}", words[number]);
        return Err(unexpected(format!("{place}[{number}]"), "a word", found));
    }
    Ok(words)
}

fn id(value: &Bound<'_, PyAny>, place: &str) -> PyResult<String> {
    let id = value.extract::<String>();
    let id = id.map_err(|_| unexpected(place, "a text", type_of(value)))?;
    check_most(place, "bytes", Limits::default().id_bytes, id.len())?;
    Ok(id)
}

/// The rows of features of an array `[steps, d_input]`.
fn rows(numbers: &Numbers<'_>, place: &str) -> PyResult<Sequence> {
    let [steps, d_input] = two_axes(numbers.shape(), place, "[steps, d_input]")?;
    let limits = Limits::default();
    check_most(place, "steps", limits.steps, steps)?;
    check_most(
        place,
        "numbers",
        limits.values,
        steps.saturating_mul(d_input),
    )?;
    let sequence = Sequence::new(d_input, numbers.values("float32")?);
    let sequence = sequence.filter(|sequence| sequence.steps() > 0);
    let expected = "at least one step of at least one feature";
    sequence.ok_or_else(|| unexpected(place, expected, shown(numbers.shape())))
}

/// Refuses what is more than `most`, before there is memory for it.
fn check_most(place: &str, what: &str, most: usize, found: usize) -> PyResult<()> {
    if found > most {
        return Err(unexpected(place, format!("at most {most} {what}"), found));
    }
    Ok(())
}

/// The name of the type of an object.
fn type_of(object: &Bound<'_, PyAny>) -> String {
    let name = object.get_type().name();
    name.map_or_else(|_| "another object".to_string(), |name| name.to_string())
}

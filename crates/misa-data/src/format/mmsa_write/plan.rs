//! What a file of MMSA holds, decided from all utterances, and each split of it.

use super::{MmsaUtterance, MmsaWritten};
use crate::{DataError, Sequence, Split, TextSequence, Utterance, UtteranceDataset};
use misa_files::pickle::PickleWriter;
use misa_terms::{Modality, PerModality};
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

/// What is the same for all splits.
pub(super) struct Plan<'e> {
    extras: &'e HashMap<String, MmsaUtterance>,
    none: MmsaUtterance,
    widths: PerModality<usize>,
    tokens: usize,
    pub written: MmsaWritten,
}

impl<'e> Plan<'e> {
    pub fn of(
        path: &Path,
        data: &UtteranceDataset,
        extras: &'e HashMap<String, MmsaUtterance>,
    ) -> Result<Self, DataError> {
        let wrong = |what: &str, expected: &str, found: &str| {
            DataError::layout(format!("{}: {what}", path.display()), expected, found)
        };
        let empty = Split::ALL
            .into_iter()
            .find(|&split| data.split(split).is_empty());
        if let Some(split) = empty {
            let expected = "utterances, since MMSA reads three splits";
            return Err(wrong(split.name(), expected, "none"));
        }
        let utterances: Vec<&Utterance> = Split::ALL
            .into_iter()
            .flat_map(|split| data.split(split))
            .collect();
        let all_or_none = |what: &str, has: fn(&MmsaUtterance) -> bool| {
            let has = |utterance: &&&Utterance| extras.get(&utterance.id).is_some_and(has);
            let count = utterances.iter().filter(has).count();
            if count == 0 || count == utterances.len() {
                return Ok(count > 0);
            }
            let found = format!("{count} of {}", utterances.len());
            Err(wrong(what, "all utterances or none", &found))
        };
        let has_tokens = all_or_none("tokens", |extra| extra.tokens.is_some())?;
        let has_labels = all_or_none("labels of single modalities", |extra| {
            extra.labels.is_some()
        })?;
        let has_labels = has_labels || utterances.iter().all(|each| has_own_labels(each));
        let has_vectors = all_or_none("vectors of the text", |extra| extra.vectors.is_some())?;
        let is_features = |utterance: &&Utterance| sequence(utterance, Modality::Text).is_some();
        let is_whole = utterances.iter().all(is_features);
        if has_vectors && !is_whole {
            check_vectors(&utterances, extras)
                .map_err(|(id, expected, found)| wrong(id, &expected, &found))?;
        }
        let has_text = is_whole || has_vectors;
        if !has_text && !has_tokens {
            let expected = "vectors of the text, or tokens for BERT";
            return Err(wrong("text", expected, "word ids"));
        }
        let tokens = most_tokens(&utterances, extras);
        let (steps, is_aligned) = steps(&utterances, tokens);
        let mut plan = Self {
            extras,
            none: MmsaUtterance::default(),
            widths: PerModality::default(),
            tokens: if is_aligned { steps.text } else { tokens },
            written: MmsaWritten {
                bytes: 0,
                steps,
                is_aligned,
                has_text,
                has_tokens,
                has_labels,
            },
        };
        plan.widths = PerModality::from_fn(|modality| plan.width(&utterances, modality));
        Ok(plan)
    }

    /// Values of a step of a modality: those of the first utterance, as of all.
    fn width(&self, utterances: &[&Utterance], modality: Modality) -> usize {
        let first = utterances.first();
        let sequence = first.and_then(|utterance| self.sequence(utterance, modality));
        sequence.map_or(0, Sequence::d_input)
    }

    /// The values of a modality. Text that is word ids has those of the extras, if there are any.
    fn sequence<'u>(
        &'u self,
        utterance: &'u Utterance,
        modality: Modality,
    ) -> Option<&'u Sequence> {
        let vectors = || self.extra(utterance).vectors.as_ref();
        match modality {
            Modality::Text => sequence(utterance, modality).or_else(vectors),
            _ => sequence(utterance, modality),
        }
    }

    fn extra(&self, utterance: &Utterance) -> &MmsaUtterance {
        self.extras.get(&utterance.id).unwrap_or(&self.none)
    }

    pub fn write<W: Write>(
        &self,
        writer: &mut PickleWriter<W>,
        utterances: &[Utterance],
    ) -> io::Result<()> {
        writer.dict(|writer| {
            self.write_texts(writer, utterances)?;
            for (modality, key) in KEYS {
                if modality != Modality::Text || self.written.has_text {
                    writer.entry(key, |writer| {
                        self.write_features(writer, utterances, modality)
                    })?;
                    writer.entry(&format!("{key}_lengths"), |writer| {
                        let lengths = utterances
                            .iter()
                            .map(|utterance| *utterance.steps().get(modality));
                        writer.list(lengths, |writer, length| writer.int(length as i64))
                    })?;
                }
            }
            if self.written.has_tokens {
                writer.entry("text_bert", |writer| self.write_tokens(writer, utterances))?;
            }
            self.write_labels(writer, utterances)
        })
    }

    fn write_texts<W: Write>(
        &self,
        writer: &mut PickleWriter<W>,
        utterances: &[Utterance],
    ) -> io::Result<()> {
        writer.entry("id", |writer| {
            writer.list(utterances, |writer, utterance| writer.text(&utterance.id))
        })?;
        writer.entry("raw_text", |writer| {
            writer.list(utterances, |writer, utterance| {
                match &self.extra(utterance).raw_text {
                    Some(text) => writer.text(text),
                    None => writer.text(&utterance.words.join(" ")),
                }
            })
        })?;
        writer.entry("annotations", |writer| {
            writer.list(utterances, |writer, utterance| {
                let word = self.extra(utterance).annotation.as_deref();
                writer.text(word.unwrap_or(ANNOTATIONS[class(utterance)]))
            })
        })
    }

    fn write_features<W: Write>(
        &self,
        writer: &mut PickleWriter<W>,
        utterances: &[Utterance],
        modality: Modality,
    ) -> io::Result<()> {
        let steps = *self.written.steps.get(modality);
        let width = *self.widths.get(modality);
        let padding = vec![0.0; steps * width];
        let rows = utterances.iter().flat_map(|utterance| {
            let values = self
                .sequence(utterance, modality)
                .map_or(&[][..], Sequence::values);
            [values, &padding[values.len()..]]
        });
        writer.floats(&[utterances.len(), steps, width], rows)
    }

    /// Token ids, 1 for each of them, and 0 for the first segment; padded with 0.
    fn write_tokens<W: Write>(
        &self,
        writer: &mut PickleWriter<W>,
        utterances: &[Utterance],
    ) -> io::Result<()> {
        let rows: Vec<Vec<i64>> = utterances
            .iter()
            .map(|utterance| {
                let tokens = self.extra(utterance).tokens.as_deref().unwrap_or_default();
                let mut row = vec![0; 3 * self.tokens];
                for (index, &token) in tokens.iter().enumerate() {
                    row[index] = i64::from(token);
                    row[self.tokens + index] = 1;
                }
                row
            })
            .collect();
        writer.ints(
            &[utterances.len(), 3, self.tokens],
            rows.iter().map(Vec::as_slice),
        )
    }

    fn write_labels<W: Write>(
        &self,
        writer: &mut PickleWriter<W>,
        utterances: &[Utterance],
    ) -> io::Result<()> {
        let mut column = |key: &str, value: &dyn Fn(&Utterance) -> f32| {
            let values: Vec<f32> = utterances.iter().map(value).collect();
            writer.entry(key, |writer| writer.floats(&[values.len()], [&values[..]]))
        };
        column("regression_labels", &|utterance| utterance.label)?;
        column("classification_labels", &|utterance| {
            class(utterance) as f32
        })?;
        if self.written.has_labels {
            for (modality, letter) in LETTERS {
                column(&format!("regression_labels_{letter}"), &|utterance| {
                    let labels = self.extra(utterance).labels.as_ref();
                    let label = labels.map(|labels| *labels.get(modality));
                    let label = label.or(*utterance.modality_labels.get(modality));
                    label.unwrap_or(f32::NAN)
                })?;
            }
        }
        Ok(())
    }
}

const KEYS: [(Modality, &str); 3] = [
    (Modality::Text, "text"),
    (Modality::Visual, "vision"),
    (Modality::Acoustic, "audio"),
];

const LETTERS: [(Modality, char); 3] = [
    (Modality::Text, 'T'),
    (Modality::Acoustic, 'A'),
    (Modality::Visual, 'V'),
];

const ANNOTATIONS: [&str; 3] = ["Negative", "Neutral", "Positive"];

/// Whether each modality has a label of its own.
fn has_own_labels(utterance: &Utterance) -> bool {
    let labels = utterance.modality_labels.as_ref().into_array();
    labels.iter().all(|label| label.is_some())
}

/// Tokens of the longest text.
fn most_tokens(utterances: &[&Utterance], extras: &HashMap<String, MmsaUtterance>) -> usize {
    let tokens = utterances.iter().filter_map(|utterance| {
        let tokens = extras.get(&utterance.id)?.tokens.as_ref();
        tokens.map(Vec::len)
    });
    tokens.max().unwrap_or(0)
}

/// Steps to which each modality is padded, at least `tokens`, and whether all modalities of each utterance
/// have as many.
fn steps(utterances: &[&Utterance], tokens: usize) -> (PerModality<usize>, bool) {
    let mut most = PerModality::from_fn(|_| tokens);
    let mut is_aligned = true;
    for utterance in utterances {
        let steps = utterance.steps();
        is_aligned &= steps.text == steps.visual && steps.text == steps.acoustic;
        for modality in Modality::ALL {
            let most = most.get_mut(modality);
            *most = (*most).max(*steps.get(modality));
        }
    }
    (most, is_aligned)
}

/// Fails with the utterance, what was expected and what was found, unless there is a vector for each step of
/// the text, and all are as wide.
fn check_vectors<'u>(
    utterances: &[&'u Utterance],
    extras: &HashMap<String, MmsaUtterance>,
) -> Result<(), (&'u str, String, String)> {
    let mut width = None;
    for utterance in utterances {
        let extra = extras.get(&utterance.id);
        let Some(vectors) = extra.and_then(|extra| extra.vectors.as_ref()) else {
            continue;
        };
        let width = *width.get_or_insert(vectors.d_input());
        let steps = utterance.text.steps();
        if vectors.steps() != steps || vectors.d_input() != width {
            let found = format!("{} of {} values", vectors.steps(), vectors.d_input());
            let expected =
                format!("{steps} vectors of {width} values, one for each step of the text");
            return Err((&utterance.id, expected, found));
        }
    }
    Ok(())
}

/// 0 for a negative label, 1 for 0, 2 for a positive one.
fn class(utterance: &Utterance) -> usize {
    match utterance.label {
        label if label < 0.0 => 0,
        label if label > 0.0 => 2,
        _ => 1,
    }
}

fn sequence(utterance: &Utterance, modality: Modality) -> Option<&Sequence> {
    match (modality, &utterance.text) {
        (Modality::Text, TextSequence::Features(text)) => Some(text),
        (Modality::Text, TextSequence::Words(_)) => None,
        (Modality::Visual, _) => Some(&utterance.visual),
        (Modality::Acoustic, _) => Some(&utterance.acoustic),
    }
}

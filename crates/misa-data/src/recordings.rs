//! Utterances of recordings as our own file.

use crate::note::Notes;
use crate::{DataError, Format, NoteKind, Overview, UtteranceWriter, Written};
use misa_recordings::assemble::{Assembled, Mode, Steps};
use misa_recordings::segments::Segment;
use misa_terms::{
    FeatureSizes, PerModality, RecipeStamp, Recipes, Sequence, Split, TextSequence, TextSize,
    Utterance, Vocabulary,
};
use std::path::PathBuf;

/// Writes utterances of recordings as our own file, one after the other.
///
/// Words get ids in the order in which they come. Those of the train split are known, so its utterances come
/// first; later words that they do not have are unknown. A modality without a file has one column, absent in
/// every step.
#[derive(Debug)]
pub struct RecordingsWriter {
    writer: UtteranceWriter,
    mode: Mode,
    recipes: Recipes,
    vocabulary: Vocabulary,
    notes: Notes,
    counts: [usize; 3],
    has_labels: bool,
    labelled: PerModality<bool>,
}

impl RecordingsWriter {
    /// A writer of the file `path`, which remains unchanged until [`finish`](Self::finish). `recipes` are
    /// those of faces and voices. Utterances without labels can be predicted, and not trained on.
    ///
    /// # Errors
    ///
    /// As for [`UtteranceWriter::create`].
    pub fn create(
        path: impl Into<PathBuf>,
        mode: Mode,
        recipes: Recipes,
        has_labels: bool,
    ) -> Result<Self, DataError> {
        let writer = UtteranceWriter::create(path)?;
        let writer = if has_labels {
            writer
        } else {
            writer.without_labels()
        };
        Ok(Self {
            writer,
            mode,
            recipes,
            vocabulary: Vocabulary::new(),
            notes: Notes::default(),
            counts: [0; 3],
            has_labels,
            labelled: PerModality::default(),
        })
    }

    /// Takes labels by these modalities alone from the segments, which must all have them.
    #[must_use]
    pub fn with_labels_of(mut self, labelled: PerModality<bool>) -> Self {
        self.labelled = labelled;
        self
    }

    /// Adds the next utterance, of `segment`.
    ///
    /// # Errors
    ///
    /// As for [`UtteranceWriter::push`], and when there are more than [`Vocabulary::MAX_LEN`] different words.
    pub fn push(
        &mut self,
        split: Split,
        segment: &Segment,
        assembled: &Assembled,
    ) -> Result<(), DataError> {
        if split != Split::Train && self.has_labels {
            self.vocabulary.freeze();
        }
        let utterance = Utterance {
            id: assembled.id.clone(),
            text: TextSequence::Words(self.ids(split, assembled)?),
            words: assembled.words.clone(),
            visual: self.sequence(&self.recipes.visual, &assembled.faces, assembled),
            acoustic: self.sequence(&self.recipes.acoustic, &assembled.voice, assembled),
            label: segment.label.unwrap_or(f32::NAN),
            modality_labels: PerModality::from_fn(|modality| {
                let label = segment.label_of(modality);
                label.filter(|_| *self.labelled.get(modality))
            }),
        };
        self.counts[split.index()] += 1;
        self.writer.push(split, &utterance)
    }

    /// Completes the file.
    ///
    /// # Errors
    ///
    /// As for [`UtteranceWriter::finish`].
    pub fn finish(self) -> Result<(Written, Overview), DataError> {
        let width = |recipe: &Option<RecipeStamp>| width_of(recipe.as_ref());
        let sizes = FeatureSizes {
            text: TextSize::Words {
                vocabulary: self.vocabulary.len(),
            },
            visual: width(&self.recipes.visual),
            acoustic: width(&self.recipes.acoustic),
        };
        let overview = Overview {
            format: Format::Safetensors,
            sizes,
            vocabulary: Some(self.vocabulary),
            notes: self.notes.into_vec(),
            counts: self.counts,
            recipes: self.recipes,
        };
        Ok((self.writer.finish(&overview)?, overview))
    }

    /// The ids of words; an utterance without any has one unknown word.
    fn ids(&mut self, split: Split, assembled: &Assembled) -> Result<Vec<u32>, DataError> {
        if assembled.words.is_empty() {
            self.notes.add(Some(split), NoteKind::NoText, 1);
            return Ok(vec![Vocabulary::UNKNOWN]);
        }
        let ids = self.vocabulary.ids_of(&assembled.words).ok_or_else(|| {
            let place = format!("{split}: utterance {:?}", assembled.id);
            DataError::too_many_words(place)
        })?;
        let unknown = ids.iter().filter(|&&id| id == Vocabulary::UNKNOWN).count();
        self.notes.add(Some(split), NoteKind::UnknownWord, unknown);
        Ok(ids)
    }

    fn sequence(
        &self,
        recipe: &Option<RecipeStamp>,
        steps: &Option<Steps>,
        assembled: &Assembled,
    ) -> Sequence {
        let width = width_of(recipe.as_ref());
        let absent = |count: usize| {
            Sequence::with_absent(width, vec![0.0; count * width], vec![true; count])
        };
        let sequence = match steps {
            Some(steps) if !steps.kinds.is_empty() => match steps.absent() {
                Some(absent) => Sequence::with_absent(width, steps.values.clone(), absent),
                None => Sequence::new(width, steps.values.clone()),
            },
            _ if self.mode.is_by_word() => absent(assembled.spans.len().max(1)),
            _ => absent(1),
        };
        sequence.expect("steps have the columns of their recipe, and 0 where they are absent")
    }
}

/// Features of a step.
fn width_of(recipe: Option<&RecipeStamp>) -> usize {
    recipe.map_or(1, |recipe| recipe.columns.len())
}

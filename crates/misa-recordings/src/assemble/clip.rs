//! One recording as a model reads it.

use super::choice::source_columns;
use super::job::{Job, Places};
use super::reading::{ReadTrack, ReadWords, named_tracks, named_words};
use super::recording::Recording;
use super::steps::Steps;
use super::{AssembleError, AssembleOptions, Assembled, RecordingReport};
use crate::recipe::Recipe;
use crate::segments::Segment;
use crate::sounds::{SoundRecipe, SoundTrack};
use crate::tracks::{self, TrackOptions};
use crate::words::{self, WordsOptions};
use crate::{Fault, FaultKind, Place, RecordingError, Word};
use misa_terms::{Clip, ClipText, Modality, RecipeStamp, Recipes, Sequence};
use std::path::Path;
use thiserror::Error;

/// Makes clips of recordings, as the data of a model were made.
#[derive(Clone, Debug)]
pub struct ClipMaker {
    options: AssembleOptions,
    recipes: Recipes,
}

/// What is known of one recording.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ClipParts {
    /// Its name.
    pub id: String,
    /// Its words; `None` if nobody knows them.
    words: Option<ReadWords>,
    faces: Option<ReadTrack>,
    voice: Option<ReadTrack>,
}

/// A clip, and what became of its recording.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MadeClip {
    /// The clip.
    pub clip: Clip,
    /// What became of words, rows and sound.
    pub report: RecordingReport,
}

/// A model that clips of recordings cannot be made for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClipMakerError {
    /// Nothing says how the features of a modality were made.
    #[error(
        "{modality}: expected a model that knows the recipe of its features, found one without; train it on data of \
         `misa data assemble`"
    )]
    Unknown {
        /// The modality.
        modality: Modality,
    },
    /// Its recipe is not of sound.
    #[error(
        "acoustic: expected a model of misa-voice-1 or librosa-33, found one of {found}; make its features with its \
         tool, and predict the data of `misa data assemble --voice`"
    )]
    NotOfSound {
        /// Name and tool of its recipe.
        found: String,
    },
    /// The recipe is one of a file that is not known here, or of another version of this program.
    #[error(
        "{modality}: expected a recipe that is built in, found another one of the name {name:?}; give data instead"
    )]
    Recipe {
        /// The modality.
        modality: Modality,
        /// Name of the recipe.
        name: String,
    },
    /// How the steps were made cannot be repeated.
    #[error("{modality}: steps of the model: {found}")]
    Steps {
        /// The modality.
        modality: Modality,
        /// What was expected and found.
        found: String,
    },
}

impl ClipMaker {
    /// For a model whose features were made by `recipes`.
    ///
    /// # Errors
    ///
    /// [`ClipMakerError`] when the model does not say how its steps were made.
    pub fn new(recipes: &Recipes) -> Result<Self, ClipMakerError> {
        let mut options: Option<AssembleOptions> = None;
        for modality in [Modality::Visual, Modality::Acoustic] {
            let Some(stamp) = recipes.get(modality) else {
                continue;
            };
            let read = AssembleOptions::of_stamp(stamp, modality);
            let read = read.map_err(|found| ClipMakerError::Steps { modality, found })?;
            options = Some(match options {
                // The rate of voices is all that the second one says besides.
                Some(known) => {
                    let both = AssembleOptions {
                        voice_rate: read.voice_rate,
                        ..known
                    };
                    let face_rate = both.face_rate;
                    if both != (AssembleOptions { face_rate, ..read }) {
                        let found = "expected those of its faces, found others".to_string();
                        return Err(ClipMakerError::Steps { modality, found });
                    }
                    both
                }
                None => read,
            });
        }
        Ok(Self {
            options: options.unwrap_or_default(),
            recipes: recipes.clone(),
        })
    }

    /// How steps are made.
    pub fn options(&self) -> &AssembleOptions {
        &self.options
    }

    /// The features of sound that the model reads.
    ///
    /// # Errors
    ///
    /// [`ClipMakerError`] when it reads other features of voices.
    pub fn sound_recipe(&self) -> Result<SoundRecipe, ClipMakerError> {
        let modality = Modality::Acoustic;
        let stamp = self.stamp(modality)?;
        let Some(recipe) = SoundRecipe::named(&stamp.name) else {
            let found = format!("{} ({})", stamp.name, stamp.tool);
            return Err(ClipMakerError::NotOfSound { found });
        };
        if recipe.recipe().sha256() != stamp.sha256 {
            let name = stamp.name.clone();
            return Err(ClipMakerError::Recipe { modality, name });
        }
        Ok(recipe)
    }

    /// The built-in recipe of the model's features of a modality.
    ///
    /// # Errors
    ///
    /// [`ClipMakerError`] when it is not known or not built in.
    pub fn recipe(&self, modality: Modality) -> Result<Recipe, ClipMakerError> {
        let stamp = self.stamp(modality)?;
        let recipe = Recipe::builtin(&stamp.name).filter(|recipe| recipe.sha256() == stamp.sha256);
        recipe.ok_or_else(|| ClipMakerError::Recipe {
            modality,
            name: stamp.name.clone(),
        })
    }

    fn stamp(&self, modality: Modality) -> Result<&RecipeStamp, ClipMakerError> {
        let stamp = self.recipes.get(modality).as_ref();
        stamp.ok_or(ClipMakerError::Unknown { modality })
    }

    /// The clip of a recording.
    ///
    /// # Errors
    ///
    /// [`AssembleError`] when its words cannot be used, or there are none and steps are words.
    pub fn clip(&self, parts: ClipParts) -> Result<MadeClip, AssembleError> {
        let segment = Segment::whole(&parts.id);
        let job = Job {
            name: parts.id.clone(),
            split: None,
            places: Places::default(),
            segments: vec![0],
        };
        let recording = Recording {
            words: parts.words.as_ref(),
            faces: parts.faces.as_ref(),
            voice: parts.voice.as_ref(),
        };
        let is_by_word = self.options.mode.is_by_word();
        let tracks = parts.faces.is_some() || parts.voice.is_some();
        if is_by_word && tracks && parts.words.is_none() {
            return Err(AssembleError::NoWords { id: parts.id });
        }
        let (report, assembled) =
            recording.assemble(&job, std::slice::from_ref(&segment), &self.options)?;
        let Some(assembled) = assembled.into_iter().next() else {
            return Err(AssembleError::NoWords { id: parts.id });
        };
        Ok(MadeClip {
            clip: self.made(assembled),
            report,
        })
    }

    fn made(&self, assembled: Assembled) -> Clip {
        let sequence = |modality: Modality, steps: Option<Steps>| {
            let stamp = self.recipes.get(modality).as_ref()?;
            let steps = steps.filter(|steps| !steps.kinds.is_empty())?;
            let width = stamp.columns.len();
            match steps.absent() {
                Some(absent) => Sequence::with_absent(width, steps.values, absent),
                None => Sequence::new(width, steps.values),
            }
        };
        Clip {
            id: assembled.id,
            visual: sequence(Modality::Visual, assembled.faces),
            acoustic: sequence(Modality::Acoustic, assembled.voice),
            text: Some(assembled.words)
                .filter(|words| !words.is_empty())
                .map(ClipText::Words),
        }
    }
}

impl ClipParts {
    /// A recording of which nothing is known but its name.
    pub fn named(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// With the words of a file.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when the file cannot be read, or has several recordings.
    pub fn with_words_of(mut self, path: &Path) -> Result<Self, RecordingError> {
        let file = words::read(path, &WordsOptions::default())?;
        self.words = Some(only(path, named_words(file))?);
        Ok(self)
    }

    /// With a sentence, whose words have no times.
    #[must_use]
    pub fn with_sentence(mut self, sentence: &str) -> Self {
        self.words = Some(ReadWords {
            words: sentence.split_whitespace().map(Word::missing).collect(),
            notes: Vec::new(),
        });
        self
    }

    /// With the features of its sound.
    #[must_use]
    pub fn with_sound(mut self, sound: SoundTrack) -> Self {
        self.voice = Some(sound.into());
        self
    }

    /// With the faces, or the voice, of a file of features.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when the file cannot be read, lacks columns of `recipe`, or has several recordings.
    pub fn with_track_of(mut self, path: &Path, recipe: &Recipe) -> Result<Self, RecordingError> {
        let options = TrackOptions {
            columns: Some(source_columns(recipe)),
            ..TrackOptions::default()
        };
        let read = only(
            path,
            named_tracks(path, tracks::read(path, &options)?, recipe)?,
        )?;
        match recipe.modality {
            Modality::Visual => self.faces = Some(read),
            Modality::Text | Modality::Acoustic => self.voice = Some(read),
        }
        Ok(self)
    }
}

/// The only recording of a file.
fn only<T>(path: &Path, mut recordings: Vec<(Option<String>, T)>) -> Result<T, RecordingError> {
    let found = recordings.len();
    match recordings.pop() {
        Some((_, read)) if found == 1 => Ok(read),
        _ => {
            let (kind, found) = (FaultKind::Unclear, found.to_string());
            let fault = Fault::new(kind, Place::File, "one recording", found);
            Err(RecordingError::file(path)(
                fault.advised("give the file of the one that is predicted"),
            ))
        }
    }
}

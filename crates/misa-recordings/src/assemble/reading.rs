//! Words and tracks of recordings, read from where they were found.

use super::choice::{recipe_of, source_columns};
use super::shelf::{Place, Shelf};
use super::sources::SourceKind;
use super::stated::{Stated, listed};
use crate::recipe::Recipe;
use crate::sounds::{SoundReader, SoundReport, SoundTrack};
use crate::tracks::{NamedTrack, TrackFile, TrackNote, TrackNoteKind, TrackOptions};
use crate::words::{RecordingWords, WordsFile, WordsNote, WordsNoteKind, WordsOptions};
use crate::{Fault, FaultKind, Interval, RecordingError, Track, Word, tracks, words};
use misa_terms::Modality;
use std::path::Path;

/// A track of a recording, with the columns of its recipe.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadTrack {
    pub track: Track,
    pub other_faces: usize,
    /// Whether it is one row without times, for all of the recording.
    pub is_whole: bool,
    pub notes: Vec<TrackNote>,
    /// Where somebody speaks, if it was made of sound.
    pub speech: Vec<Interval>,
    /// What is told of its sound, if it was made of it.
    pub sound: Option<SoundReport>,
}

/// The words of a recording, and what their file left out.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadWords {
    pub words: Vec<Word>,
    pub notes: Vec<WordsNote>,
}

/// The words of all recordings, and how they are read.
#[derive(Debug)]
pub(super) struct WordShelf {
    pub shelf: Shelf<ReadWords>,
    options: WordsOptions,
}

/// The tracks of one modality, and how they are read.
#[derive(Debug)]
pub(super) struct TrackShelf {
    pub shelf: Shelf<ReadTrack>,
    reader: Reader,
    pub recipe: Recipe,
}

/// How a file becomes tracks.
#[derive(Debug)]
enum Reader {
    /// It has the features of a tool.
    Features(TrackOptions),
    /// It has the sound of one recording.
    Sound(SoundReader),
}

impl Reader {
    /// The tracks of a file with the columns of a recipe.
    fn read(
        &self,
        path: &Path,
        recipe: &Recipe,
    ) -> Result<Vec<(Option<String>, ReadTrack)>, RecordingError> {
        match self {
            Self::Features(options) => named_tracks(path, tracks::read(path, options)?, recipe),
            Self::Sound(reader) => Ok(vec![(None, reader.read(path)?.into())]),
        }
    }
}

impl From<SoundTrack> for ReadTrack {
    fn from(sound: SoundTrack) -> Self {
        Self {
            track: sound.track,
            speech: sound.speech,
            sound: Some(sound.report),
            ..Self::default()
        }
    }
}

impl WordShelf {
    /// The shelf of a folder or file.
    pub fn of(path: &Path, options: WordsOptions) -> Result<Self, RecordingError> {
        let read = |path: &Path| words::read(path, &options).map(named_words);
        Ok(Self {
            shelf: Shelf::of(path, SourceKind::Words, read)?,
            options,
        })
    }

    /// The words of a place, `shift` seconds later.
    pub fn read(&self, place: &Place, shift: f64) -> Result<ReadWords, RecordingError> {
        let mut read = match (&place.source, self.shelf.read(place)) {
            (Some(source), _) => match words::read(&source.path, &self.options) {
                Ok(file) => {
                    let (mut read, others) = one_of(&source.path, &place.key, named_words(file))?;
                    let note = WordsNote::new(WordsNoteKind::OtherRecording, others);
                    read.notes.extend((others > 0).then_some(note));
                    read
                }
                // Nobody says anything: the recording has no words, which its report tells.
                Err(error) if error.is_empty() => ReadWords::default(),
                Err(error) => return Err(error),
            },
            (None, read) => read.cloned().unwrap_or_default(),
        };
        for word in &mut read.words {
            for time in [&mut word.time, &mut word.phrase].into_iter().flatten() {
                *time = Interval::new(time.start + shift, time.end + shift);
            }
        }
        Ok(read)
    }
}

impl TrackShelf {
    /// The shelf of a folder or file; without a recipe, the first file of `wanted` decides, which are the names of a
    /// recording each.
    pub fn of(
        path: &Path,
        modality: Modality,
        mut options: TrackOptions,
        recipe: Option<Recipe>,
        wanted: &[Vec<String>],
    ) -> Result<Self, RecordingError> {
        let recipe = match recipe {
            Some(recipe) => recipe,
            None => recipe_of(path, modality, &options, wanted)?,
        };
        options.columns = Some(source_columns(&recipe));
        Self::new(path, SourceKind::Tracks, Reader::Features(options), recipe)
    }

    /// The shelf of a folder of sounds, or of one sound.
    pub fn of_sounds(path: &Path, reader: SoundReader) -> Result<Self, RecordingError> {
        let recipe = reader.recipe.recipe();
        Self::new(path, SourceKind::Sounds, Reader::Sound(reader), recipe)
    }

    fn new(
        path: &Path,
        kind: SourceKind,
        reader: Reader,
        recipe: Recipe,
    ) -> Result<Self, RecordingError> {
        let read = |path: &Path| reader.read(path, &recipe);
        Ok(Self {
            shelf: Shelf::of(path, kind, read)?,
            reader,
            recipe,
        })
    }

    /// The track of a place, `shift` seconds later.
    pub fn read(&self, place: &Place, shift: f64) -> Result<ReadTrack, RecordingError> {
        let mut read = match (&place.source, self.shelf.read(place)) {
            (Some(source), _) => {
                let tracks = self.reader.read(&source.path, &self.recipe)?;
                let (mut read, count) = one_of(&source.path, &place.key, tracks)?;
                let kind = TrackNoteKind::OtherRecording;
                let note = TrackNote { kind, count };
                read.notes.extend((count > 0).then_some(note));
                read
            }
            (None, Some(read)) => read.clone(),
            (None, None) => ReadTrack::default(),
        };
        for time in read.track.times.iter_mut().chain(&mut read.speech) {
            *time = Interval::new(time.start + shift, time.end + shift);
        }
        Ok(read)
    }
}

/// The words of the recordings of a file.
pub(super) fn named_words(file: WordsFile) -> Vec<(Option<String>, ReadWords)> {
    let notes = file.notes;
    let read = |recording: RecordingWords| {
        let words = ReadWords {
            words: recording.words,
            notes: notes.clone(),
        };
        (recording.name, words)
    };
    file.recordings.into_iter().map(read).collect()
}

/// The tracks of a file with the columns of a recipe.
pub(super) fn named_tracks(
    path: &Path,
    file: TrackFile,
    recipe: &Recipe,
) -> Result<Vec<(Option<String>, ReadTrack)>, RecordingError> {
    let notes = file.notes;
    let select = |named: NamedTrack| {
        let track = recipe
            .select(&named.track)
            .map_err(RecordingError::file(path))?;
        let read = ReadTrack {
            track,
            other_faces: named.other_faces,
            is_whole: named.is_whole,
            notes: notes.clone(),
            ..ReadTrack::default()
        };
        Ok((named.name, read))
    };
    file.tracks.into_iter().map(select).collect()
}

/// The recording of a file that belongs to the name by which it was found, and how many others the file has:
/// the one with this name, or the only one.
fn one_of<T>(
    path: &Path,
    key: &str,
    mut recordings: Vec<(Option<String>, T)>,
) -> Result<(T, usize), RecordingError> {
    if recordings.len() == 1
        && let Some((_, read)) = recordings.pop()
    {
        return Ok((read, 0));
    }
    let others = recordings.len().saturating_sub(1);
    let stated = Stated::of(path, recordings)?;
    let file = key.rsplit('/').next().unwrap_or(key);
    let found = match stated.find(key)? {
        None => stated.find(file)?,
        found => found,
    };
    let names: Vec<String> = stated.names().map(str::to_string).collect();
    let found = found.map(str::to_string);
    let read = found.and_then(|name| stated.into_one(&name));
    read.map(|read| (read, others)).ok_or_else(|| {
        let fault = Fault::new(
            FaultKind::Unclear,
            crate::Place::File,
            format!("the recording {key:?}"),
            listed(&names),
        );
        RecordingError::file(path)(fault.advised("name the file itself instead of its folder"))
    })
}

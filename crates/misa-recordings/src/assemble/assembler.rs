//! All recordings of a table, several at a time.

use super::choice::{recipe_of, source_columns};
use super::job::{Job, Places};
use super::recording::{ReadTrack, ReadWords, Recording};
use super::report::RecordingReport;
use super::shelf::{Place, Shelf, inner_name};
use super::sources::SourceKind;
use super::steps::Steps;
use super::{AssembleError, AssembleOptions, KindMatching, Matching, Mode, Picture};
use crate::align::STATISTICS;
use crate::recipe::Recipe;
use crate::segments::Segment;
use crate::tracks::{TrackFile, TrackOptions};
use crate::words::{WordsFile, WordsOptions};
use crate::{Fault, FaultKind, Interval, RecordingError, tracks, words};
use misa_terms::{Modality, Recipes, Split};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Jobs that are worked on before their results are handed on.
const CHUNK: usize = 64;

/// An utterance, as recordings give it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Assembled {
    /// Its segment: the number in the table.
    pub number: usize,
    /// Name of the utterance.
    pub id: String,
    /// Its words; for `words` and `sdk` one per step, with `<pause>` where a pause is a step.
    pub words: Vec<String>,
    /// For `words` and `sdk`, the stretch of each step.
    pub spans: Vec<Interval>,
    /// Its stretch in the time of its files, in seconds.
    pub stretch: Interval,
    /// What is seen; `None` without a file.
    pub faces: Option<Steps>,
    /// What is heard; `None` without a file.
    pub voice: Option<Steps>,
}

/// Where words, faces and voice are, and how they are read.
#[derive(Debug, Default)]
pub struct Inputs<'p> {
    /// Folder or file of words with times.
    pub words: Option<&'p Path>,
    /// Folder or file of faces.
    pub faces: Option<&'p Path>,
    /// Folder or file of voices.
    pub voice: Option<&'p Path>,
    /// How words are read.
    pub words_options: WordsOptions,
    /// How faces are read.
    pub faces_options: TrackOptions,
    /// How voices are read.
    pub voice_options: TrackOptions,
    /// The columns of faces; `None`: those of the first file, by its format.
    pub faces_recipe: Option<Recipe>,
    /// The columns of voices; `None`: those of the first file, by its format.
    pub voice_recipe: Option<Recipe>,
}

/// The recordings of a table, found and ready to be read.
#[derive(Debug)]
pub struct Assembler<'t> {
    segments: &'t [Segment],
    options: AssembleOptions,
    jobs: Vec<Job>,
    words: Option<Shelf<ReadWords>>,
    faces: Option<TrackShelf>,
    voice: Option<TrackShelf>,
    words_options: WordsOptions,
}

/// What became of one recording.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Its name, for messages.
    pub name: String,
    /// Its split, if the table has any.
    pub split: Option<Split>,
    /// Its report and its utterances, or why there are none.
    pub result: Result<(RecordingReport, Vec<Assembled>), AssembleError>,
}

/// The tracks of one modality, and how they are read.
#[derive(Debug)]
struct TrackShelf {
    shelf: Shelf<ReadTrack>,
    options: TrackOptions,
    recipe: Recipe,
}

impl<'t> Assembler<'t> {
    /// Finds the files of `segments`.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when a path cannot be read, a file that holds several recordings is at fault, or
    /// segments of one recording have no times.
    pub fn new(
        segments: &'t [Segment],
        inputs: Inputs<'_>,
        options: AssembleOptions,
    ) -> Result<Self, RecordingError> {
        let words_options = inputs.words_options;
        let read_words = |path: &Path| words::read(path, &words_options).map(named_words);
        let words = inputs
            .words
            .map(|path| Shelf::of(path, SourceKind::Words, read_words))
            .transpose()?;
        let faces = inputs.faces.map(|path| {
            TrackShelf::of(
                path,
                Modality::Visual,
                inputs.faces_options,
                inputs.faces_recipe,
            )
        });
        let voice = inputs.voice.map(|path| {
            TrackShelf::of(
                path,
                Modality::Acoustic,
                inputs.voice_options,
                inputs.voice_recipe,
            )
        });
        let (faces, voice) = (faces.transpose()?, voice.transpose()?);
        let find = |names: &[String], clips: usize| Places {
            words: words.as_ref().and_then(|shelf| shelf.find(names, clips)),
            faces: faces
                .as_ref()
                .and_then(|tracks| tracks.shelf.find(names, clips)),
            voice: voice
                .as_ref()
                .and_then(|tracks| tracks.shelf.find(names, clips)),
        };
        let jobs = Job::of(segments, find)?;
        Ok(Self {
            segments,
            options,
            jobs,
            words,
            faces,
            voice,
            words_options,
        })
    }

    /// What data and models keep of the recipes of faces and voices; `None` without such files. The columns are
    /// the features of a step.
    pub fn recipes(&self) -> Recipes {
        let stamp = |tracks: &TrackShelf| {
            let mut stamp = tracks.recipe.stamp(self.options.mode.name(), None);
            if self.options.mode == Mode::Utterance {
                let statistics =
                    |column: &String| STATISTICS.map(|statistic| format!("{column}.{statistic}"));
                stamp.columns = stamp.columns.iter().flat_map(statistics).collect();
            }
            stamp
        };
        Recipes {
            text: None,
            visual: self.faces.as_ref().map(stamp),
            acoustic: self.voice.as_ref().map(stamp),
        }
    }

    /// Number of recordings.
    pub fn recordings(&self) -> usize {
        self.jobs.len()
    }

    /// Which segments and files have no counterpart.
    pub fn matching(&self) -> Matching {
        let of = |place: fn(&Places) -> &Option<Place>,
                  left: &dyn Fn(&BTreeSet<&str>) -> Vec<String>| {
            let found: BTreeSet<&str> = self
                .jobs
                .iter()
                .filter_map(|job| place(&job.places).as_ref())
                .map(|place| place.key.as_str())
                .collect();
            let without = self.jobs.iter().filter(|job| place(&job.places).is_none());
            let without = without
                .flat_map(|job| &job.segments)
                .map(|&number| self.segments[number].id.clone());
            KindMatching {
                recordings: found.len(),
                without: without.collect(),
                left: left(&found),
            }
        };
        let tracks = |tracks: &Option<TrackShelf>, place| {
            tracks
                .as_ref()
                .map(|tracks| of(place, &|found| tracks.shelf.left(found)))
        };
        Matching {
            words: self
                .words
                .as_ref()
                .map(|shelf| of(|places| &places.words, &|found| shelf.left(found))),
            faces: tracks(&self.faces, |places| &places.faces),
            voice: tracks(&self.voice, |places| &places.voice),
        }
    }

    /// Reads all recordings, as many at a time as there are processors, and hands them to `take` in order:
    /// those of the train split first, otherwise as in the table. The result does not depend on the number
    /// of processors. `take` stops everything with an error.
    ///
    /// # Errors
    ///
    /// The error of `take`.
    pub fn run<E>(&self, mut take: impl FnMut(Outcome) -> Result<(), E>) -> Result<(), E> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for jobs in self.jobs.chunks(CHUNK) {
            let next = AtomicUsize::new(0);
            let done: Vec<Mutex<Option<Outcome>>> = jobs.iter().map(|_| Mutex::new(None)).collect();
            let work = || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(job), Some(done)) = (jobs.get(number), done.get(number)) else {
                        break;
                    };
                    let outcome = self.outcome(job);
                    *done.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                }
            };
            thread::scope(|scope| {
                for _ in 0..threads.min(jobs.len()) {
                    scope.spawn(work);
                }
            });
            for outcome in done {
                let outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
                outcome.map_or(Ok(()), &mut take)?;
            }
        }
        Ok(())
    }

    fn outcome(&self, job: &Job) -> Outcome {
        Outcome {
            name: job.name.clone(),
            split: job.split,
            result: self.read(job),
        }
    }

    fn read(&self, job: &Job) -> Result<(RecordingReport, Vec<Assembled>), AssembleError> {
        self.with_recording(job, |recording| {
            recording.assemble(job, self.segments, &self.options)
        })
    }

    /// The picture of an utterance; `None` if there is no such.
    ///
    /// # Errors
    ///
    /// [`AssembleError`] when its files are at fault.
    pub fn picture(&self, id: &str) -> Result<Option<Picture>, AssembleError> {
        let Some(number) = self.segments.iter().position(|segment| segment.id == id) else {
            return Ok(None);
        };
        let Some(job) = self.jobs.iter().find(|job| job.segments.contains(&number)) else {
            return Ok(None);
        };
        let alone = job.only(number);
        self.with_recording(job, |recording| {
            recording.picture(&alone, self.segments, &self.options)
        })
    }

    /// Reads the files of a job for `use_it`.
    fn with_recording<T>(
        &self,
        job: &Job,
        use_it: impl FnOnce(Recording<'_>) -> Result<T, AssembleError>,
    ) -> Result<T, AssembleError> {
        let segment = &self.segments[job.segments[0]];
        let shift = |place: &Place| job.shift(place, segment);
        let places = &job.places;
        let words = match (&self.words, &places.words) {
            (Some(shelf), Some(place)) => Some(self.read_words(shelf, place, shift(place))?),
            _ => None,
        };
        let track = |tracks: &Option<TrackShelf>, place: &Option<Place>| match (tracks, place) {
            (Some(tracks), Some(place)) => tracks.read(place, shift(place)).map(Some),
            _ => Ok(None),
        };
        let faces = track(&self.faces, &places.faces)?;
        let voice = track(&self.voice, &places.voice)?;
        use_it(Recording {
            words: words.as_ref(),
            faces: faces.as_ref(),
            voice: voice.as_ref(),
        })
    }

    fn read_words(
        &self,
        shelf: &Shelf<ReadWords>,
        place: &Place,
        shift: f64,
    ) -> Result<ReadWords, RecordingError> {
        let mut read = match (&place.source, shelf.read(place)) {
            (Some(source), _) => {
                match words::read(&source.path, &self.words_options) {
                    Ok(file) => one_of(&source.path, &place.key, named_words(file))?,
                    // Nobody says anything: the recording has no words, which its report tells.
                    Err(error) if error.is_empty() => ReadWords::default(),
                    Err(error) => return Err(error),
                }
            }
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
    /// The shelf of a folder or file; without a recipe, the first file decides.
    fn of(
        path: &Path,
        modality: Modality,
        mut options: TrackOptions,
        recipe: Option<Recipe>,
    ) -> Result<Self, RecordingError> {
        let recipe = match recipe {
            Some(recipe) => recipe,
            None => recipe_of(path, modality, &options)?,
        };
        options.columns = Some(source_columns(&recipe));
        let read = |path: &Path| named_tracks(path, tracks::read(path, &options)?, &recipe);
        Ok(Self {
            shelf: Shelf::of(path, SourceKind::Tracks, read)?,
            options,
            recipe,
        })
    }

    fn read(&self, place: &Place, shift: f64) -> Result<ReadTrack, RecordingError> {
        let mut read = match (&place.source, self.shelf.read(place)) {
            (Some(source), _) => {
                let file = tracks::read(&source.path, &self.options)?;
                one_of(
                    &source.path,
                    &place.key,
                    named_tracks(&source.path, file, &self.recipe)?,
                )?
            }
            (None, Some(read)) => read.clone(),
            (None, None) => ReadTrack::default(),
        };
        for time in &mut read.track.times {
            *time = Interval::new(time.start + shift, time.end + shift);
        }
        Ok(read)
    }
}

fn named_words(file: WordsFile) -> Vec<(Option<String>, ReadWords)> {
    let notes = file.notes;
    let read = |recording: crate::words::RecordingWords| {
        let words = ReadWords {
            words: recording.words,
            notes: notes.clone(),
        };
        (recording.name, words)
    };
    file.recordings.into_iter().map(read).collect()
}

/// The tracks of a file with the columns of a recipe.
fn named_tracks(
    path: &Path,
    file: TrackFile,
    recipe: &Recipe,
) -> Result<Vec<(Option<String>, ReadTrack)>, RecordingError> {
    let notes = file.notes;
    let select = |named: crate::tracks::NamedTrack| {
        let track = recipe
            .select(&named.track)
            .map_err(RecordingError::file(path))?;
        let read = ReadTrack {
            track,
            other_faces: named.other_faces,
            notes: notes.clone(),
        };
        Ok((named.name, read))
    };
    file.tracks.into_iter().map(select).collect()
}

/// The recording of a file that belongs to the name by which it was found: the one with this name, or the
/// only one.
fn one_of<T>(
    path: &Path,
    key: &str,
    recordings: Vec<(Option<String>, T)>,
) -> Result<T, RecordingError> {
    let count = recordings.len();
    let is_named =
        |name: &Option<String>| name.as_ref().is_some_and(|name| inner_name(name) == key);
    let mut found = recordings
        .into_iter()
        .filter(|(name, _)| count == 1 || is_named(name));
    found.next().map(|(_, read)| read).ok_or_else(|| {
        let fault = Fault::new(
            FaultKind::Unclear,
            crate::Place::File,
            format!("the recording {key:?}"),
            format!("{count} others"),
        );
        RecordingError::file(path)(fault.advised("name the file itself instead of its folder"))
    })
}

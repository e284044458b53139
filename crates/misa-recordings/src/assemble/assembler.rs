//! All recordings of a table, several at a time.

use super::job::{Job, Places};
use super::reading::{TrackShelf, WordShelf};
use super::recording::Recording;
use super::report::RecordingReport;
use super::shelf::Place;
use super::steps::Steps;
use super::{AssembleError, AssembleOptions, KindMatching, Matching, Mode, Picture};
use crate::align::STATISTICS;
use crate::recipe::Recipe;
use crate::segments::{Segment, SegmentNote, SegmentNoteKind};
use crate::sounds::SoundReader;
use crate::tracks::TrackOptions;
use crate::words::WordsOptions;
use crate::{Interval, RecordingError};
use misa_terms::{Modality, Recipes, Split};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Folder or file of sounds, of which voices are made; without `voice`.
    pub sound: Option<&'p Path>,
    /// How words are read.
    pub words_options: WordsOptions,
    /// How faces are read.
    pub faces_options: TrackOptions,
    /// How voices are read.
    pub voice_options: TrackOptions,
    /// How sounds are read.
    pub sound_reader: SoundReader,
    /// The columns of faces; `None`: those of the first file of a segment that can be read, by its format.
    pub faces_recipe: Option<Recipe>,
    /// The columns of voices; `None`: as for faces.
    pub voice_recipe: Option<Recipe>,
}

/// The recordings of a table, found and ready to be read.
#[derive(Debug)]
pub struct Assembler<'t> {
    segments: &'t [Segment],
    options: AssembleOptions,
    jobs: Vec<Job>,
    words: Option<WordShelf>,
    faces: Option<TrackShelf>,
    voice: Option<TrackShelf>,
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

impl<'t> Assembler<'t> {
    /// Finds the files of `segments`.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when an option is out of its range, a path cannot be read, a file that holds several
    /// recordings is at fault or has two for one name, or segments of one recording have no times.
    pub fn new(
        segments: &'t [Segment],
        inputs: Inputs<'_>,
        options: AssembleOptions,
    ) -> Result<Self, RecordingError> {
        options.check()?;
        let words = inputs
            .words
            .map(|path| WordShelf::of(path, inputs.words_options));
        let wanted: Vec<Vec<String>> = segments.iter().map(|one| Job::names(one).0).collect();
        let faces = inputs.faces.map(|path| {
            let (options, recipe) = (inputs.faces_options, inputs.faces_recipe);
            TrackShelf::of(path, Modality::Visual, options, recipe, &wanted)
        });
        let voice = match (inputs.voice, inputs.sound) {
            (Some(path), _) => {
                let (options, recipe) = (inputs.voice_options, inputs.voice_recipe);
                let modality = Modality::Acoustic;
                Some(TrackShelf::of(path, modality, options, recipe, &wanted))
            }
            (None, sound) => sound.map(|path| TrackShelf::of_sounds(path, inputs.sound_reader)),
        };
        let (words, faces, voice) = (words.transpose()?, faces.transpose()?, voice.transpose()?);
        for tracks in [&faces, &voice].into_iter().flatten() {
            options.check_columns(tracks.recipe.columns.len())?;
        }
        let find = |names: &[String], clips: usize| {
            let track = |tracks: &Option<TrackShelf>| match tracks {
                Some(tracks) => tracks.shelf.find(names, clips),
                None => Ok(None),
            };
            Ok(Places {
                words: match &words {
                    Some(words) => words.shelf.find(names, clips)?,
                    None => None,
                },
                faces: track(&faces)?,
                voice: track(&voice)?,
            })
        };
        let jobs = Job::of(segments, find)?;
        Ok(Self {
            segments,
            options,
            jobs,
            words,
            faces,
            voice,
        })
    }

    /// What data and models keep of the recipes of faces and voices; `None` without such files. The columns are
    /// the features of a step.
    pub fn recipes(&self) -> Recipes {
        let stamp = |tracks: &TrackShelf| {
            let mut stamp = tracks.recipe.stamp(self.options.mode.name(), None);
            stamp.steps = self.options.settings_of(tracks.recipe.modality);
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

    /// The files of recordings that are in folders, or folders of arrays.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let words = self.words.iter().flat_map(|words| words.shelf.files());
        let tracks = [&self.faces, &self.voice].into_iter().flatten();
        words.chain(tracks.flat_map(|tracks| tracks.shelf.files()))
    }

    /// Which segments and files have no counterpart.
    pub fn matching(&self) -> Matching {
        let of = |place: fn(&Places) -> &Option<Place>,
                  left: &dyn Fn(&BTreeSet<&str>) -> Vec<String>| {
            let places = self
                .jobs
                .iter()
                .filter_map(|job| place(&job.places).as_ref());
            let others: BTreeMap<&str, usize> = places
                .map(|place| (place.key.as_str(), place.others()))
                .collect();
            let found: BTreeSet<&str> = others.keys().copied().collect();
            let without = self.jobs.iter().filter(|job| place(&job.places).is_none());
            let without = without
                .flat_map(|job| &job.segments)
                .map(|&number| self.segments[number].id.clone());
            KindMatching {
                recordings: found.len(),
                without: without.collect(),
                left: left(&found),
                others: others.values().sum(),
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
                .map(|words| of(|places| &places.words, &|found| words.shelf.left(found))),
            faces: tracks(&self.faces, |places| &places.faces),
            voice: tracks(&self.voice, |places| &places.voice),
            notes: self.notes(),
        }
    }

    /// What of the table the files make useless.
    fn notes(&self) -> Vec<SegmentNote> {
        let jobs = self.jobs.iter();
        let count = jobs.map(|job| job.useless_times(self.segments)).sum();
        let kind = SegmentNoteKind::TimeLeftOut;
        Vec::from_iter((count > 0).then_some(SegmentNote { kind, count }))
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

    /// The file of words of the segment `id`; `None` if it has none.
    pub fn words_file(&self, id: &str) -> Option<&Path> {
        let (_, job) = self.job_of(id)?;
        let place = job.places.words.as_ref()?;
        self.words.as_ref()?.shelf.file(place)
    }

    /// The number of a segment, and the job that it is of.
    fn job_of(&self, id: &str) -> Option<(usize, &Job)> {
        let number = self.segments.iter().position(|segment| segment.id == id)?;
        let mut jobs = self.jobs.iter();
        let job = jobs.find(|job| job.segments.contains(&number))?;
        Some((number, job))
    }

    /// The picture of an utterance; `None` if there is no such.
    ///
    /// # Errors
    ///
    /// [`AssembleError`] when its files are at fault.
    pub fn picture(&self, id: &str) -> Result<Option<Picture>, AssembleError> {
        let Some((number, job)) = self.job_of(id) else {
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
            (Some(words), Some(place)) => Some(words.read(place, shift(place))?),
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
}

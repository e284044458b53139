//! A track from the sound of a recording.

use super::hearing::{self, Loud};
use super::{HearSpeech, SoundRecipe, SoundReport};
use crate::voice::{SoundFacts, SoundLimits, SoundOptions, SoundStream, VoiceError};
use crate::{Interval, RecordingError, Track};
use std::path::Path;
use std::sync::Arc;

/// How sounds become tracks.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SoundReader {
    /// The features.
    pub recipe: SoundRecipe,
    /// What tells speech from other sounds; `None`: speech is what is loud.
    pub speech: Option<Arc<dyn HearSpeech>>,
    /// Whether a fault ends a sound instead of refusing it. Its report tells it.
    pub keep_before_fault: bool,
    /// How large a sound may be.
    pub limits: SoundLimits,
}

/// The features of a sound, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SoundTrack {
    /// The features, over the time of the sound.
    pub track: Track,
    /// Where somebody speaks, in order and apart.
    pub speech: Vec<Interval>,
    /// What is told of the sound.
    pub report: SoundReport,
}

impl SoundReader {
    /// A reader for `recipe`.
    pub fn new(recipe: SoundRecipe) -> Self {
        Self {
            recipe,
            ..Self::default()
        }
    }

    /// The track of the sound in the file at `path`, or of the sound of a video.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Sound`] when the file cannot be read, is no sound, or breaks off.
    pub fn read(&self, path: &Path) -> Result<SoundTrack, RecordingError> {
        Ok(self.track(|options| SoundStream::open(path, options))?)
    }

    /// The track of the sound in `bytes`, which errors call `name`.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Sound`] when the bytes are no sound, or break off.
    pub fn read_bytes(&self, bytes: &[u8], name: &str) -> Result<SoundTrack, RecordingError> {
        Ok(self.track(|options| SoundStream::of_bytes(bytes, name, options))?)
    }

    /// Where somebody speaks in the sound of the file at `path`, and what is told of it, without its features.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn hear(&self, path: &Path) -> Result<(Vec<Interval>, SoundReport), RecordingError> {
        let mut hearing = self.hears().start();
        let open = |options: &SoundOptions| SoundStream::open(path, options);
        let facts = self.each_block(hearing::RATE, open, |block| hearing.push(block))?;
        let speech = hearing.finish();
        let report = SoundReport::new(&facts, &speech, self.speech.is_some());
        Ok((speech, report))
    }

    /// Whether [`keep_before_fault`](Self::keep_before_fault), which is not set, would keep something of a sound
    /// that cannot be read.
    pub fn would_keep(&self, path: &Path) -> bool {
        let keeping = Self {
            speech: None,
            keep_before_fault: true,
            ..self.clone()
        };
        !self.keep_before_fault && keeping.hear(path).is_ok()
    }

    fn hears(&self) -> &dyn HearSpeech {
        self.speech.as_deref().unwrap_or(&Loud)
    }

    fn track<'s>(
        &self,
        open: impl Fn(&SoundOptions) -> Result<SoundStream<'s>, VoiceError>,
    ) -> Result<SoundTrack, VoiceError> {
        let mut hearing = self.hears().start();
        let mut rows = self.recipe.start();
        let is_heard = self.recipe.is_heard();
        let facts = self.each_block(self.recipe.rate(), &open, |block| {
            rows.push(block);
            if is_heard {
                hearing.push(block);
            }
        })?;
        if !is_heard {
            self.each_block(hearing::RATE, &open, |block| hearing.push(block))?;
        }
        let speech = hearing.finish();
        Ok(SoundTrack {
            track: self.recipe.track(rows.finish()),
            report: SoundReport::new(&facts, &speech, self.speech.is_some()),
            speech,
        })
    }

    /// Hands each block of a sound to `take`, at `rate` samples a second.
    fn each_block<'s>(
        &self,
        rate: u32,
        open: impl Fn(&SoundOptions) -> Result<SoundStream<'s>, VoiceError>,
        mut take: impl FnMut(&[f32]),
    ) -> Result<SoundFacts, VoiceError> {
        let mut options = SoundOptions::at(rate);
        options.keep_before_fault = self.keep_before_fault;
        options.limits = self.limits;
        let mut stream = open(&options)?;
        while let Some(block) = stream.next_block()? {
            take(block);
        }
        Ok(stream.facts().expect("a sound without samples is an error"))
    }
}

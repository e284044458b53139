//! Placeholders for sounds, without the feature `sound`.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// Samples a second of `misa-voice-1`.
pub const VOICE_RATE: u32 = 16_000;
/// Samples from row to row of `misa-voice-1`.
pub const VOICE_STEP: usize = 160;

/// Why no sound is read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VoiceError {
    /// The feature `sound` is off.
    #[error(
        "{name}: sounds are not read, as this program was built without them: build it with `--features sound`"
    )]
    Without {
        /// The file.
        name: String,
    },
}

/// How large a sound may be. Without the feature `sound`, none is read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SoundLimits {
    /// Bytes of a file.
    pub bytes: u64,
    /// Seconds of sound.
    pub seconds: f64,
    /// Channels.
    pub channels: usize,
    /// Samples that are kept.
    pub samples: usize,
    /// How long reading may take.
    pub patience: Option<Duration>,
}

/// How a sound is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoundOptions {
    /// Whether a fault ends the sound instead of refusing it.
    pub keep_before_fault: bool,
    /// How large a sound may be.
    pub limits: SoundLimits,
}

impl SoundOptions {
    /// At any rate.
    pub fn at(_: u32) -> Self {
        Self::default()
    }
}

/// What is known of a sound. Without the feature `sound`, there is none.
#[derive(Clone, Debug)]
pub struct SoundFacts {
    /// The format of the file.
    pub container: &'static str,
    /// How samples are stored in it.
    pub codec: &'static str,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: usize,
    /// Its length.
    pub seconds: f64,
    nothing: Infallible,
}

impl SoundFacts {
    /// What is worth to be told.
    pub fn findings(&self) -> Vec<String> {
        match self.nothing {}
    }
}

/// A sound. Without the feature `sound`, it cannot be opened.
pub struct SoundStream<'s> {
    _block: PhantomData<&'s [f32]>,
    nothing: Infallible,
}

impl<'s> SoundStream<'s> {
    /// Fails: the feature `sound` is off.
    ///
    /// # Errors
    ///
    /// [`VoiceError::Without`], always.
    pub fn open(path: &Path, _: &SoundOptions) -> Result<Self, VoiceError> {
        Self::of_bytes(&[], &path.display().to_string(), &SoundOptions::default())
    }

    /// Fails: the feature `sound` is off.
    ///
    /// # Errors
    ///
    /// [`VoiceError::Without`], always.
    pub fn of_bytes(_: &'s [u8], name: &str, _: &SoundOptions) -> Result<Self, VoiceError> {
        Err(VoiceError::Without {
            name: name.to_string(),
        })
    }

    /// The next samples.
    ///
    /// # Errors
    ///
    /// None: there is no sound.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, VoiceError> {
        match self.nothing {}
    }

    /// What is known of it.
    pub fn facts(&self) -> Option<SoundFacts> {
        match self.nothing {}
    }
}

/// The rows of `misa-voice-1`, of which there are none.
#[derive(Debug, Default)]
pub struct VoiceStream;

impl VoiceStream {
    /// No rows.
    pub fn push(&mut self, _: &[f32]) -> Vec<f32> {
        Vec::new()
    }

    /// No rows.
    pub fn finish(self) -> Vec<f32> {
        Vec::new()
    }
}

/// The rows of `librosa-33`, of which there are none.
#[derive(Debug, Default)]
pub struct Librosa33;

impl Librosa33 {
    /// Samples a second.
    pub const RATE: u32 = 22_050;
    /// Samples from row to row.
    pub const HOP: usize = 512;

    /// Of no sound.
    pub fn new() -> Self {
        Self
    }

    /// No rows.
    pub fn features(&self, _: &[f32]) -> Vec<f32> {
        Vec::new()
    }
}

/// The level of a sound, of which there is none.
#[derive(Debug)]
pub struct LevelMeter;

impl LevelMeter {
    /// Seconds from level to level.
    pub const STEP: f64 = 0.01;

    /// Of no sound.
    pub fn new(_: u32) -> Self {
        Self
    }

    /// Takes nothing.
    pub fn push(&mut self, _: &[f32]) {}

    /// No levels.
    pub fn finish(self) -> Vec<f32> {
        Vec::new()
    }
}

/// No stretches.
pub fn loud_stretches(_: &[f32], _: f64) -> Vec<[f64; 2]> {
    Vec::new()
}

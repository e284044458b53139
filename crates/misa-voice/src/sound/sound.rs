//! A whole sound in memory.

use crate::VoiceError;
use crate::sound::{SoundFacts, SoundOptions, SoundStream};
use std::path::Path;

/// A whole sound: the mean of its channels, at one rate.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sound {
    /// Samples, at full scale from -1 to 1; sound that is stored as floats, with loss, or converted to another rate may
    /// exceed it.
    pub samples: Vec<f32>,
    /// Samples a second.
    pub rate: u32,
    /// What is known about it.
    pub about: SoundFacts,
}

impl Sound {
    /// The sound of the file at `path`, whose format is told by its content: WAV, FLAC, MP3, Vorbis in Ogg, AAC, and
    /// the first track of sound of MP4, MOV, MKV and WebM.
    ///
    /// # Errors
    ///
    /// [`VoiceError`] for files that cannot be read, of formats or codecs that are not read (such as Opus), that break
    /// (see [`keep_before_fault`](SoundOptions::keep_before_fault)), and beyond the limits.
    pub fn read(path: &Path, options: &SoundOptions) -> Result<Self, VoiceError> {
        let name = path.display().to_string();
        Self::of(SoundStream::open(path, options)?, &name, options)
    }

    /// The sound of a file in memory. `name` is what errors call it; it does not tell the format.
    ///
    /// # Errors
    ///
    /// Those of [`Sound::read`].
    pub fn read_bytes(
        bytes: &[u8],
        name: &str,
        options: &SoundOptions,
    ) -> Result<Self, VoiceError> {
        Self::of(SoundStream::of_bytes(bytes, name, options)?, name, options)
    }

    /// Its length.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }

    fn of(
        mut stream: SoundStream<'_>,
        name: &str,
        options: &SoundOptions,
    ) -> Result<Self, VoiceError> {
        let most = options.limits.samples;
        let check = |found: u64| {
            if found <= most as u64 {
                return Ok(());
            }
            let name = name.to_string();
            Err(VoiceError::Samples { name, found, most })
        };
        check(stream.stated_samples().unwrap_or(0))?;
        let mut samples = Vec::new();
        while let Some(block) = stream.next_block()? {
            check((samples.len() + block.len()) as u64)?;
            samples.extend_from_slice(block);
        }
        let (rate, about) = stream
            .rate()
            .zip(stream.facts())
            .ok_or_else(|| VoiceError::Empty {
                name: name.to_string(),
            })?;
        Ok(Self {
            samples,
            rate,
            about,
        })
    }
}

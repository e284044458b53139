//! The reader and the decoder of a file, from its header.

use crate::VoiceError;
use crate::sound::SoundLimits;
use crate::sound::codec::{name_of, unsupported};
use crate::sound::container::Container;
use crate::sound::limits::RATES;
use crate::sound::source::Source;
use std::panic::{AssertUnwindSafe, catch_unwind};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::{formats, get_codecs};

/// Rate and channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// Samples a second in each channel.
    pub rate: u32,
    /// Channels.
    pub channels: usize,
}

/// What `work` gives, or `None` if it panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// What is said of a reader that panicked on a header.
pub(crate) const FAILED: &str = "bytes on which its reader fails";

/// What is said of formats that this build does not read.
#[cfg(not(feature = "all-formats"))]
const LEFT_OUT: &str = "a sound";

pub(crate) fn open(
    source: Source<'_>,
    container: Container,
) -> Option<Result<Box<dyn FormatReader + '_>, Error>> {
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let options = FormatOptions::default();
    guarded(|| -> Result<Box<dyn FormatReader + '_>, Error> {
        Ok(match container {
            Container::Wav => Box::new(formats::WavReader::try_new(stream, options)?),
            Container::Flac => Box::new(formats::FlacReader::try_new(stream, options)?),
            #[cfg(feature = "all-formats")]
            Container::Mp3 => Box::new(formats::MpaReader::try_new(stream, options)?),
            #[cfg(feature = "all-formats")]
            Container::Ogg => Box::new(formats::OggReader::try_new(stream, options)?),
            #[cfg(feature = "all-formats")]
            Container::Adts => Box::new(formats::AdtsReader::try_new(stream, options)?),
            #[cfg(feature = "all-formats")]
            Container::Mp4 => Box::new(formats::IsoMp4Reader::try_new(stream, options)?),
            #[cfg(feature = "all-formats")]
            Container::Mkv => Box::new(formats::MkvReader::try_new(stream, options)?),
            #[cfg(not(feature = "all-formats"))]
            _ => return Err(Error::Unsupported(LEFT_OUT)),
        })
    })
}

/// Whether the length that a reader states is one of the file, and no guess.
pub(crate) fn states_length(container: Container) -> bool {
    matches!(
        container,
        Container::Wav | Container::Flac | Container::Mp3 | Container::Mp4
    )
}

/// The first track of sound of a file.
pub(crate) fn first_sound<'t>(
    name: &str,
    container: Container,
    format: &'t dyn FormatReader,
) -> Result<(&'t Track, AudioCodecParameters), VoiceError> {
    let track = format.first_track(TrackType::Audio);
    let found =
        track.and_then(|track| Some((track, track.codec_params.as_ref()?.audio()?.clone())));
    found.ok_or_else(|| VoiceError::NoTrack {
        name: name.to_string(),
        container: container.name(),
    })
}

/// Rate and channels that a file states, where it does.
pub(crate) fn stated_spec(parameters: &AudioCodecParameters) -> Option<Spec> {
    Some(Spec {
        rate: parameters.sample_rate?,
        channels: parameters.channels.as_ref()?.count(),
    })
}

pub(crate) fn decoder_of(
    name: &str,
    container: Container,
    parameters: &AudioCodecParameters,
    spec: Option<Spec>,
    limits: &SoundLimits,
) -> Result<Box<dyn AudioDecoder>, VoiceError> {
    if let Some(spec) = spec {
        check_spec(name, spec, limits)?;
    }
    let codec = name_of(parameters.codec);
    if get_codecs().get_audio_decoder(parameters.codec).is_none() {
        return Err(unsupported(name, container, codec));
    }
    let made = guarded(|| get_codecs().make_audio_decoder(parameters, &Default::default()));
    match made.unwrap_or(Err(Error::DecodeError(FAILED))) {
        Ok(decoder) => Ok(decoder),
        Err(Error::Unsupported(found)) => {
            Err(unsupported(name, container, &format!("{codec} ({found})")))
        }
        Err(error) => Err(header(name, container, error)),
    }
}

pub(crate) fn check_spec(name: &str, spec: Spec, limits: &SoundLimits) -> Result<(), VoiceError> {
    let name = name.to_string();
    if !RATES.contains(&spec.rate) {
        let found = spec.rate;
        return Err(VoiceError::Rate { name, found });
    }
    if spec.channels == 0 || spec.channels > limits.channels {
        let (found, most) = (spec.channels, limits.channels);
        return Err(VoiceError::Channels { name, found, most });
    }
    Ok(())
}

/// An error while the header of a file is read.
pub(crate) fn header(name: &str, container: Container, error: Error) -> VoiceError {
    match error {
        // Readers call a file that is cut short unsupported, too.
        Error::Unsupported(found) if !found.contains("missing") => {
            unsupported(name, container, found)
        }
        error => header_of(name, container, reason(&error)),
    }
}

/// An error about the beginning of a file.
pub(crate) fn header_of(name: &str, container: Container, found: String) -> VoiceError {
    VoiceError::Header {
        name: name.to_string(),
        container: container.name(),
        found,
    }
}

pub(crate) fn is_end(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::UnexpectedEof
}

/// An error of a decoder in a few words.
pub(crate) fn reason(error: &Error) -> String {
    match error {
        Error::IoError(error) if is_end(error) => "the end of the file".to_string(),
        Error::DecodeError(found) | Error::Unsupported(found) | Error::LimitError(found) => {
            (*found).to_string()
        }
        error => error.to_string(),
    }
}

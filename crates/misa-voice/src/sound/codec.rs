//! Names of codecs, and those that are read.

use crate::VoiceError;
use crate::sound::container::Container;
use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};

/// What is decoded, for messages.
#[cfg(feature = "all-formats")]
const READ: &str = "uncompressed sound, FLAC, MP3, Vorbis or AAC-LC";
#[cfg(not(feature = "all-formats"))]
const READ: &str = "WAV or FLAC";

/// Codecs that files of people have, read or not.
const NAMES: [(AudioCodecId, &str); 22] = [
    (CODEC_ID_PCM_U8, "8-bit"),
    (CODEC_ID_PCM_S16LE, "16-bit"),
    (CODEC_ID_PCM_S16BE, "16-bit"),
    (CODEC_ID_PCM_S24LE, "24-bit"),
    (CODEC_ID_PCM_S24BE, "24-bit"),
    (CODEC_ID_PCM_S32LE, "32-bit"),
    (CODEC_ID_PCM_S32BE, "32-bit"),
    (CODEC_ID_PCM_F32LE, "32-bit float"),
    (CODEC_ID_PCM_F64LE, "64-bit float"),
    (CODEC_ID_PCM_ALAW, "A-law"),
    (CODEC_ID_PCM_MULAW, "mu-law"),
    (CODEC_ID_FLAC, "FLAC"),
    (CODEC_ID_MP3, "MP3"),
    (CODEC_ID_VORBIS, "Vorbis"),
    (CODEC_ID_AAC, "AAC"),
    (CODEC_ID_OPUS, "Opus"),
    (CODEC_ID_SPEEX, "Speex"),
    (CODEC_ID_AC3, "AC-3"),
    (CODEC_ID_EAC3, "E-AC-3"),
    (CODEC_ID_ALAC, "ALAC"),
    (CODEC_ID_MP2, "MPEG of layer II"),
    (CODEC_ID_MP1, "MPEG of layer I"),
];

/// The name of a codec.
pub(crate) fn name_of(codec: AudioCodecId) -> &'static str {
    let known = NAMES.iter().find(|(id, _)| *id == codec);
    known.map_or("a codec without a name here", |(_, name)| name)
}

/// Bits of a sample, for sound that is stored without loss.
pub(crate) fn bits_of(parameters: &AudioCodecParameters) -> Option<u32> {
    match parameters.codec {
        CODEC_ID_PCM_F32LE | CODEC_ID_PCM_F32BE => Some(32),
        CODEC_ID_PCM_F64LE | CODEC_ID_PCM_F64BE => Some(64),
        CODEC_ID_MP3 | CODEC_ID_VORBIS | CODEC_ID_AAC => None,
        _ => parameters.bits_per_sample,
    }
}

/// The refusal of a codec in a container.
pub(crate) fn unsupported(name: &str, container: Container, codec: &str) -> VoiceError {
    VoiceError::Unsupported {
        name: name.to_string(),
        expected: READ.to_string(),
        found: format!("{codec} in {}", container.name()),
    }
}

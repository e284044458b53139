//! What is used of sounds and their features.

pub use misa_voice::features::{VOICE_RATE, VOICE_STEP, VoiceStream};
pub use misa_voice::librosa::Librosa33;
pub use misa_voice::sound::{SoundFacts, SoundLimits, SoundOptions, SoundStream};
pub use misa_voice::{LevelMeter, VoiceError, loud_stretches};

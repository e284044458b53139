//! The features in order.

/// A feature of `misa-voice-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VoiceColumn {
    /// Its name.
    pub name: &'static str,
    /// Its unit, in words.
    pub unit: &'static str,
}

const fn column(name: &'static str, unit: &'static str) -> VoiceColumn {
    VoiceColumn { name, unit }
}

const CEPSTRAL: &str = "decibels times the square root of 13";

/// The features of a row, in order.
pub const VOICE_COLUMNS: [VoiceColumn; 30] = [
    column("log_energy", "decibels below full scale"),
    column("f0_semitones", "semitones above 27.5 Hz"),
    column("voicing", "from 0 to 1"),
    column("zero_crossings", "share of samples"),
    column("slope_0_500", "decibels per kilohertz"),
    column("slope_500_1500", "decibels per kilohertz"),
    column("alpha_ratio", "decibels"),
    column("hammarberg_index", "decibels"),
    column("flux", "from 0 to the square root of 2"),
    column("centroid", "hertz"),
    column("rolloff", "hertz"),
    column("hnr", "decibels"),
    column("jitter", "share of the period"),
    column("shimmer", "share of the amplitude"),
    column("formant_1", "hertz"),
    column("formant_2", "hertz"),
    column("formant_3", "hertz"),
    column("mfcc_1", CEPSTRAL),
    column("mfcc_2", CEPSTRAL),
    column("mfcc_3", CEPSTRAL),
    column("mfcc_4", CEPSTRAL),
    column("mfcc_5", CEPSTRAL),
    column("mfcc_6", CEPSTRAL),
    column("mfcc_7", CEPSTRAL),
    column("mfcc_8", CEPSTRAL),
    column("mfcc_9", CEPSTRAL),
    column("mfcc_10", CEPSTRAL),
    column("mfcc_11", CEPSTRAL),
    column("mfcc_12", CEPSTRAL),
    column("mfcc_13", CEPSTRAL),
];

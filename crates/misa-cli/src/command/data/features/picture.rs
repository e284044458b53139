//! The features of a sound over time, drawn.

use crate::command::output;
use misa_recordings::Track;
use misa_recordings::sounds::SoundRecipe;
use misa_report::{VoicePanel, voice};
use std::error::Error;
use std::path::Path;

/// A panel: its axis, its columns, and whether rows are joined by a line.
type Panel = (&'static str, &'static [&'static str], bool);

/// What is drawn of `misa-voice-1`.
const MISA_VOICE_1: [Panel; 6] = [
    ("decibels", &["log_energy"], true),
    ("semitones", &["f0_semitones"], true),
    ("share", &["voicing", "zero_crossings"], true),
    ("hertz", &["formant_1", "formant_2", "formant_3"], false),
    (
        "decibels",
        &["hnr", "alpha_ratio", "hammarberg_index"],
        true,
    ),
    ("cepstrum", &["mfcc_1", "mfcc_2", "mfcc_3"], true),
];
/// What is drawn of `librosa-33`.
const LIBROSA_33: [Panel; 3] = [
    ("cepstrum", &["mfcc_2", "mfcc_3", "mfcc_4"], true),
    ("share", &["zero_crossing_rate"], true),
    (
        "share",
        &["chroma_cqt_1", "chroma_cqt_5", "chroma_cqt_8"],
        true,
    ),
];

/// Draws the features of the sound `name` into the file `path`.
pub(super) fn write(
    path: &Path,
    name: &str,
    track: &Track,
    recipe: SoundRecipe,
) -> Result<(), Box<dyn Error>> {
    let panels: &[Panel] = match recipe {
        SoundRecipe::Librosa33 => &LIBROSA_33,
        _ => &MISA_VOICE_1,
    };
    let panels: Vec<VoicePanel> = panels.iter().map(|panel| panel_of(track, *panel)).collect();
    let times: Vec<f64> = track.times.iter().map(|time| time.middle()).collect();
    let figure = voice(name, &times, &panels);
    let figure =
        figure.ok_or_else(|| format!("sound {name:?}: expected rows to draw, found none"))?;
    output::write(path, figure.svg().as_bytes())
}

fn panel_of(track: &Track, (axis, columns, is_joined): Panel) -> VoicePanel {
    let values = |name: &str| -> Vec<Option<f64>> {
        let column = track.columns.iter().position(|column| column == name);
        let value = |row: usize| {
            let value = f64::from(track.row(row)[column?]);
            (!value.is_nan()).then_some(value)
        };
        (0..track.rows()).map(value).collect()
    };
    let features = columns.iter().map(|name| (name.to_string(), values(name)));
    VoicePanel {
        axis: axis.to_string(),
        features: features.collect(),
        is_joined,
    }
}

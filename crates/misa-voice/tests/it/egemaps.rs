//! Columns of `misa-voice-1` beside those of openSMILE's eGeMAPSv02.
//!
//! Both smooth over three rows in these comparisons, as openSMILE always does. The middle of its rows is 0.01 s after
//! their start; ours are taken at the same moments, between two rows.

use crate::reference::{Reference, at_16_khz, correlation, references};
use misa_voice::features::{VOICE_COLUMNS, VoiceStream};

/// Our column, openSMILE's, and whether it is compared in rows alone that both call voiced.
const PAIRS: [(&str, &str, bool); 14] = [
    ("alpha_ratio", "alphaRatio_sma3", false),
    ("hammarberg_index", "hammarbergIndex_sma3", false),
    ("mfcc_1", "mfcc1_sma3", false),
    ("mfcc_2", "mfcc2_sma3", false),
    ("mfcc_3", "mfcc3_sma3", false),
    ("mfcc_4", "mfcc4_sma3", false),
    ("f0_semitones", "F0semitoneFrom27.5Hz_sma3nz", true),
    ("slope_500_1500", "slope500-1500_sma3", false),
    ("slope_0_500", "slope0-500_sma3", false),
    ("log_energy", "Loudness_sma3", false),
    ("flux", "spectralFlux_sma3", false),
    ("hnr", "HNRdBACF_sma3nz", true),
    ("formant_1", "F1frequency_sma3nz", true),
    ("formant_2", "F2frequency_sma3nz", true),
];
/// The pairs that are the same feature: the first of them.
const SAME: usize = 6;

/// Rows of ours at the moments of openSMILE, smoothed.
fn ours(reference: &Reference) -> Vec<Vec<f64>> {
    let samples = at_16_khz(&reference.name);
    let mut stream = VoiceStream::new();
    let mut values = stream.push(&samples);
    values.extend(stream.finish());
    let rows: Vec<Vec<f64>> = values
        .chunks(VOICE_COLUMNS.len())
        .map(|row| row.iter().map(|&value| f64::from(value)).collect())
        .collect();
    let starts = reference.tensors.floats("opensmile.lld_start");
    let between: Vec<Vec<f64>> = starts.iter().map(|start| at(&rows, start + 0.01)).collect();
    (0..between.len())
        .map(|row| {
            let (first, last) = (row.saturating_sub(1), (row + 2).min(between.len()));
            mean(&between[first..last])
        })
        .collect()
}

/// The row at a moment, between two rows; the one that has a number where the other has none.
fn at(rows: &[Vec<f64>], moment: f64) -> Vec<f64> {
    let place = (moment * 100.0 - 0.5).clamp(0.0, (rows.len() - 1) as f64);
    let (before, after) = (
        &rows[place as usize],
        &rows[(place as usize + 1).min(rows.len() - 1)],
    );
    let share = place.fract();
    let value = |(column, (before, after)): (usize, (&f64, &f64))| match (
        before.is_nan(),
        after.is_nan(),
    ) {
        (true, false) if is_of_voice(column) => *after,
        (false, true) if is_of_voice(column) => *before,
        _ => before + share * (after - before),
    };
    before.iter().zip(after).enumerate().map(value).collect()
}

/// Columns that openSMILE smooths over voiced rows alone, as its names that end with nz say.
fn is_of_voice(column: usize) -> bool {
    let name = VOICE_COLUMNS[column].name;
    name.starts_with("f0") || name == "hnr" || name.starts_with("formant")
}

/// The mean of rows; of those with a number, for columns of voices.
fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    let column = |column: usize| {
        if !is_of_voice(column) {
            return rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64;
        }
        let numbers = rows.iter().map(|row| row[column]).filter(|x| !x.is_nan());
        let (sum, count) = numbers.fold((0.0, 0), |(sum, count), x| (sum + x, count + 1));
        sum / f64::from(count)
    };
    (0..VOICE_COLUMNS.len()).map(column).collect()
}

/// The correlation of a pair of columns over one sentence.
fn compared(
    reference: &Reference,
    rows: &[Vec<f64>],
    pair: &(&str, &str, bool),
    names: &[String],
) -> f64 {
    let ours = VOICE_COLUMNS
        .iter()
        .position(|column| column.name == pair.0)
        .unwrap();
    let theirs = names.iter().position(|name| name == pair.1).unwrap();
    let f0 = names
        .iter()
        .position(|name| name.starts_with("F0semitone"))
        .unwrap();
    let stored = reference.tensors.rows("opensmile.lld");
    let both = rows.iter().zip(&stored);
    let both = both.filter(|(ours, theirs)| !pair.2 || !ours[1].is_nan() && theirs[f0] > 0.0);
    let pairs: Vec<(f64, f64)> = both
        .map(|(row, stored)| (row[ours], stored[theirs]))
        .filter(|(ours, _)| !ours.is_nan())
        .collect();
    correlation(&pairs)
}

#[test]
fn columns_that_are_those_of_egemaps_follow_them() {
    let names = crate::reference::index()["lld_columns"].clone();
    let names: Vec<String> = serde_json::from_value(names).unwrap();
    let sentences = references()
        .into_iter()
        .filter(|sound| sound.name.starts_with("say_"));
    let mut found = vec![Vec::new(); PAIRS.len()];
    for sentence in sentences {
        let rows = ours(&sentence);
        for (pair, found) in PAIRS.iter().zip(&mut found) {
            found.push(compared(&sentence, &rows, pair, &names));
        }
    }
    for (number, (pair, found)) in PAIRS.iter().zip(&found).enumerate() {
        let least = found.iter().copied().fold(1.0, f64::min);
        let shown: Vec<String> = found.iter().map(|x| format!("{x:.3}")).collect();
        println!("{} {}: {}", pair.0, pair.1, shown.join(" "));
        assert!(number >= SAME || least > 0.95, "{}: {shown:?}", pair.0);
    }
}

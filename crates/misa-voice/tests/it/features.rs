//! Properties of `misa-voice-1`.

use crate::reference::{at_16_khz, references, resampled, write_wav};
use misa_voice::features::{VOICE_COLUMNS, VOICE_STEP, VoiceStream};
use misa_voice::sound::{Sound, SoundOptions};

const WIDTH: usize = VOICE_COLUMNS.len();

fn rows(samples: &[f32]) -> Vec<f32> {
    let mut stream = VoiceStream::new();
    let mut rows = stream.push(samples);
    rows.extend(stream.finish());
    rows
}

fn column(name: &str) -> usize {
    VOICE_COLUMNS
        .iter()
        .position(|column| column.name == name)
        .unwrap()
}

/// Whether two values are the same, or both no number.
fn is_near(a: f32, b: f32, tolerance: f32) -> bool {
    a.is_nan() && b.is_nan() || (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

/// Rows that differ beyond a tolerance, without the columns that `skip` names.
fn differing(a: &[f32], b: &[f32], tolerance: f32, skip: &[&str]) -> usize {
    let skip: Vec<usize> = skip.iter().map(|name| column(name)).collect();
    let is_same = |(a, b): (&[f32], &[f32])| {
        let mut cells = a.iter().zip(b).enumerate();
        cells.all(|(place, (&a, &b))| skip.contains(&place) || is_near(a, b, tolerance))
    };
    a.chunks(WIDTH)
        .zip(b.chunks(WIDTH))
        .filter(|pair| !is_same(*pair))
        .count()
}

#[test]
fn there_is_a_row_for_each_step_and_energies_are_numbers() {
    for reference in references() {
        let samples = at_16_khz(&reference.name);
        let rows = rows(&samples);
        assert_eq!(
            rows.len() / WIDTH,
            samples.len() / VOICE_STEP,
            "{}",
            reference.name
        );
        for row in rows.chunks(WIDTH) {
            let numbers = ["log_energy", "voicing", "zero_crossings"].map(|name| row[column(name)]);
            assert!(
                numbers.iter().all(|x| x.is_finite()),
                "{}: {row:?}",
                reference.name
            );
            assert!(
                row.iter().all(|x| !x.is_infinite()),
                "{}: {row:?}",
                reference.name
            );
            assert!((0.0..=1.0).contains(&numbers[1]) && (0.0..=1.0).contains(&numbers[2]));
        }
    }
}

#[test]
fn loudness_changes_energy_alone() {
    for name in ["say_en_us", "say_de", "vowel_a_120", "glide"] {
        let samples = at_16_khz(name);
        let quiet: Vec<f32> = samples.iter().map(|x| 0.25 * x).collect();
        let (loud, quiet) = (rows(&samples), rows(&quiet));
        // What is nearly silent is silent when it is quieter.
        let is_heard = |row: &&[f32]| row[column("log_energy")] > -60.0;
        let heard: Vec<usize> = (0..loud.len() / WIDTH)
            .filter(|row| {
                // The flux of a row is that from the one before.
                let before = row.saturating_sub(1);
                [before, *row]
                    .iter()
                    .all(|row| is_heard(&&loud[row * WIDTH..][..WIDTH]))
            })
            .collect();
        let pick = |rows: &[f32]| -> Vec<f32> {
            heard
                .iter()
                .flat_map(|row| rows[row * WIDTH..][..WIDTH].to_vec())
                .collect()
        };
        let differing = differing(&pick(&loud), &pick(&quiet), 2e-3, &["log_energy"]);
        assert_eq!(differing, 0, "{name}: of {}", heard.len());
        let energy = column("log_energy");
        let twelve = loud
            .chunks(WIDTH)
            .zip(quiet.chunks(WIDTH))
            .filter(|(_, quiet)| quiet[energy] > -80.0);
        for (loud, quiet) in twelve {
            assert!((loud[energy] - quiet[energy] - 12.0412).abs() < 1e-2);
        }
    }
}

#[test]
fn a_shift_by_whole_steps_shifts_rows() {
    let samples = at_16_khz("say_en_gb_f3");
    let steps = 37;
    let mut later = vec![0.0; steps * VOICE_STEP];
    later.extend_from_slice(&samples);
    let (now, later) = (rows(&samples), rows(&later));
    let edge = 5 * WIDTH;
    let inside = now.len() - edge;
    let moved = &later[steps * WIDTH..];
    let differing = differing(&now[edge..inside], &moved[edge..inside], 1e-4, &[]);
    assert_eq!(differing, 0);
}

#[test]
fn a_sound_twice_has_its_rows_twice() {
    let mut samples = at_16_khz("say_en_us");
    samples.truncate(samples.len() / VOICE_STEP * VOICE_STEP);
    let once = rows(&samples);
    let twice = rows(&[samples.clone(), samples].concat());
    assert_eq!(twice.len(), 2 * once.len());
    let edge = 10 * WIDTH;
    let first = differing(
        &once[..once.len() - edge],
        &twice[..once.len() - edge],
        1e-4,
        &[],
    );
    let second = differing(&once[edge..], &twice[once.len() + edge..], 1e-4, &[]);
    assert_eq!((first, second), (0, 0));
}

#[test]
fn silence_has_energy_alone() {
    let silence = rows(&[0.0; 16_000]);
    for row in silence.chunks(WIDTH) {
        assert_eq!(
            (row[column("log_energy")], row[column("zero_crossings")]),
            (-100.0, 0.0)
        );
        assert_eq!(row[column("voicing")], 0.0);
        let others = row.iter().filter(|x| !x.is_nan()).count();
        assert_eq!(others, 3, "{row:?}");
    }
}

/// Long sounds are computed in blocks, which nobody sees.
#[test]
fn rows_depend_neither_on_pieces_nor_on_blocks() {
    let sentence = at_16_khz("say_en_us");
    let samples: Vec<f32> = sentence
        .iter()
        .cycle()
        .take(16_000 * 200)
        .copied()
        .collect();
    let whole = rows(&samples);
    let mut stream = VoiceStream::new();
    let mut pieces = Vec::new();
    for piece in samples.chunks(4_321) {
        pieces.extend(stream.push(piece));
    }
    pieces.extend(stream.finish());
    assert_eq!(whole.len(), pieces.len());
    assert_eq!(differing(&whole, &pieces, 0.0, &[]), 0);
    // The same sound from the middle of a block on.
    let start = 3_000;
    let later = rows(&samples[start * VOICE_STEP..]);
    let edge = 700 * WIDTH;
    let (all, part) = (&whole[start * WIDTH + edge..], &later[edge..]);
    assert_eq!(differing(all, part, 1e-4, &[]), 0);
}

/// Correlation of a column of two sounds, over rows where both have a number.
fn correlation(a: &[f32], b: &[f32], place: usize) -> f64 {
    let both = a.chunks(WIDTH).zip(b.chunks(WIDTH));
    let both: Vec<(f64, f64)> = both
        .map(|(a, b)| (f64::from(a[place]), f64::from(b[place])))
        .filter(|(a, b)| !a.is_nan() && !b.is_nan())
        .collect();
    crate::reference::correlation(&both)
}

/// The correlation of every column with that at 16 kHz, at least: of a recording at 44.1 or 48 kHz, and at 8 kHz,
/// which has nothing above 4 kHz.
#[test]
fn rates_give_close_features() {
    let mut sounds = vec![Vec::new(); 4];
    for name in ["say_en_us", "say_en_gb_f3", "say_de"] {
        let samples = at_16_khz(name);
        for (rate, rows_of_rate) in [16_000, 8_000, 44_100, 48_000].into_iter().zip(&mut sounds) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sound.wav");
            write_wav(&path, &resampled(&samples, rate), rate);
            let sound = Sound::read(&path, &SoundOptions::default()).unwrap();
            rows_of_rate.extend(rows(&sound.samples));
        }
    }
    let mut faults = Vec::new();
    for (place, (column, least)) in VOICE_COLUMNS.iter().zip(LEAST_AT_8_KHZ).enumerate() {
        let [low, cd, dat] = [1, 2, 3].map(|rate| correlation(&sounds[0], &sounds[rate], place));
        println!(
            "{:18} 8 kHz {low:.3}, 44.1 kHz {cd:.4}, 48 kHz {dat:.4}",
            column.name
        );
        if low < least || cd < 0.99 || dat < 0.99 {
            faults.push(column.name);
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

/// Formants are looked for up to 5.5 kHz, where a sound of 8 kHz has nothing: they mean nothing there.
const NONE: f64 = -1.0;

/// At 8 kHz, by column.
#[rustfmt::skip]
const LEAST_AT_8_KHZ: [f64; WIDTH] = [
    0.98, // log_energy
    0.98, // f0_semitones
    0.95, // voicing
    0.7, // zero_crossings
    0.98, // slope_0_500
    0.98, // slope_500_1500
    0.95, // alpha_ratio
    0.94, // hammarberg_index
    0.95, // flux
    0.8, // centroid
    0.85, // rolloff
    0.95, // hnr
    0.75, // jitter
    0.95, // shimmer
    NONE, // formant_1
    NONE, // formant_2
    NONE, // formant_3
    0.65, // mfcc_1
    0.5, // mfcc_2
    0.75, // mfcc_3
    0.9, // mfcc_4
    0.9, // mfcc_5
    0.85, // mfcc_6
    0.8, // mfcc_7
    0.75, // mfcc_8
    0.85, // mfcc_9
    0.9, // mfcc_10
    0.9, // mfcc_11
    0.85, // mfcc_12
    0.75, // mfcc_13
];

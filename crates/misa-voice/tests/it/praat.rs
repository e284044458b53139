//! What a voice does, against what Praat says of it.

use crate::reference::{Reference, reference, references};
use misa_voice::formants::{Formant, FormantFinder, FormantSettings};
use misa_voice::periods::{Harmonics, PeriodFinder, Periods};
use misa_voice::pitch::{Contour, Frames, PitchTracker};

const SENTENCES: [&str; 5] = [
    "say_en_us",
    "say_en_gb_f3",
    "say_en_us_m3_22k",
    "say_cmn_22k",
    "say_de",
];
/// Made with a known pitch.
const VOWELS: [&str; 3] = ["glide", "vowel_a_120", "vowel_i_210_jitter"];

/// The frames that Praat has for one of its analyses.
fn frames(sound: &Reference, part: &str) -> Frames {
    let about = &sound.about["praat"][part];
    Frames {
        first: about["first"].as_f64().unwrap(),
        step: about["step"].as_f64().unwrap(),
        count: about["frames"].as_u64().unwrap() as usize,
    }
}

fn contour(sound: &Reference, frames: Frames) -> Contour {
    PitchTracker::new(sound.rate)
        .unwrap()
        .track(&sound.samples, frames)
}

/// Praat's pitch and ours.
fn pitches(sound: &Reference) -> Vec<(f64, f64)> {
    let ours = contour(sound, frames(sound, "f0")).frequency;
    let praat = sound.tensors.floats("praat.f0");
    assert_eq!(praat.len(), ours.len());
    praat
        .into_iter()
        .zip(ours.into_iter().map(f64::from))
        .collect()
}

/// Relative differences of those that are both voiced.
fn both_voiced(pitches: &[(f64, f64)]) -> Vec<f64> {
    let both = pitches
        .iter()
        .filter(|(praat, ours)| *praat > 0.0 && !ours.is_nan());
    both.map(|(praat, ours)| (ours / praat - 1.0).abs())
        .collect()
}

fn share<T>(values: &[T], is_so: impl Fn(&T) -> bool) -> f64 {
    values.iter().filter(|value| is_so(value)).count() as f64 / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn periods(sound: &Reference) -> Periods {
    let contour = contour(sound, frames(sound, "f0"));
    PeriodFinder::new(sound.rate)
        .unwrap()
        .find(&sound.samples, &contour)
}

fn praat(sound: &Reference, value: &str) -> f64 {
    sound.about["praat"][value].as_f64().unwrap()
}

#[test]
fn voices_are_found_where_praat_finds_them() {
    for name in SENTENCES {
        let pitches = pitches(&reference(name));
        let same = share(&pitches, |(praat, ours)| (*praat > 0.0) != ours.is_nan());
        assert!(same >= 0.97, "{name}: {same}");
    }
}

#[test]
fn pitch_of_sentences_is_that_of_praat() {
    for name in SENTENCES {
        let differences = both_voiced(&pitches(&reference(name)));
        let near = share(&differences, |difference| *difference < 0.02);
        assert!(near >= 0.99, "{name}: {near}");
    }
}

#[test]
fn pitch_of_made_vowels_is_that_of_praat() {
    for name in VOWELS {
        let pitches = pitches(&reference(name));
        let differences = both_voiced(&pitches);
        assert_eq!(differences.len(), pitches.len(), "{name}");
        assert!(
            differences.iter().all(|difference| *difference < 0.01),
            "{name}"
        );
    }
}

#[test]
fn pitch_is_the_truth() {
    for (name, tolerance) in [
        ("vowel_a_120", 0.005),
        ("vowel_i_210_jitter", 0.005),
        ("sine_440", 0.005),
        ("clipped", 0.005),
        ("glide", 0.01),
    ] {
        let sound = reference(name);
        let frames = frames(&sound, "f0");
        for (index, pitch) in contour(&sound, frames).frequency.iter().enumerate() {
            let truth = match name {
                "glide" => 110.0 * (1.5 * frames.middle(index) / 1.2).exp2(),
                _ => sound.about["truth"]["f0"].as_f64().unwrap(),
            };
            let difference = (f64::from(*pitch) / truth - 1.0).abs();
            assert!(difference <= tolerance, "{name}, {index}: {pitch}");
        }
    }
}

#[test]
fn what_is_no_voice_has_no_pitch() {
    for name in ["silence", "clicks", "white_noise"] {
        let sound = reference(name);
        let contour = contour(&sound, Frames::covering(sound.samples.len(), sound.rate));
        let unvoiced = share(&contour.frequency, |pitch| pitch.is_nan());
        assert!(unvoiced >= 0.95, "{name}: {unvoiced}");
    }
}

#[test]
fn strengths_are_shares() {
    for sound in references() {
        let frames = Frames::covering(sound.samples.len(), sound.rate);
        let strength = contour(&sound, frames).strength;
        assert_eq!(strength.len(), frames.count);
        assert!(
            strength
                .iter()
                .all(|strength| (0.0..=1.0).contains(strength))
        );
    }
}

#[test]
fn harmonics_are_those_of_praat() {
    for name in SENTENCES.iter().chain(&VOWELS) {
        let sound = reference(name);
        let contour = contour(&sound, frames(&sound, "hnr_cc"));
        let ours = Harmonics::new(sound.rate)
            .unwrap()
            .measure(&sound.samples, &contour);
        let praat = sound.tensors.floats("praat.hnr_cc");
        // -200 is where Praat finds no period.
        let both = praat
            .iter()
            .zip(&ours)
            .filter(|(praat, ours)| **praat > -200.0 && !ours.is_nan());
        let limits = (f64::from(Harmonics::LEAST), f64::from(Harmonics::MOST));
        let differences: Vec<f64> = both
            .map(|(praat, ours)| (praat.clamp(limits.0, limits.1) - f64::from(*ours)).abs())
            .collect();
        assert!(differences.len() * 5 >= praat.len() * 2, "{name}");
        let middle = median(differences);
        assert!(middle <= 2.0, "{name}: {middle}");
    }
}

#[test]
fn jitter_of_made_vowels_is_that_of_praat() {
    for name in VOWELS {
        let sound = reference(name);
        let (praat, ours) = (praat(&sound, "jitter_local"), periods(&sound).jitter());
        // Without any jitter, Praat's 0.00002 is its own roundings.
        assert!(
            (ours - praat).abs() <= (0.2 * praat).max(1e-4),
            "{name}: {ours}, Praat {praat}"
        );
    }
    let jitter = periods(&reference("vowel_i_210_jitter")).jitter();
    assert!((jitter / 0.02 - 1.0).abs() < 0.05, "{jitter}");
}

/// The truth is that of the source, which resonances change; so this is against Praat alone.
#[test]
fn shimmer_of_made_vowels_is_that_of_praat() {
    for name in VOWELS {
        let sound = reference(name);
        let (praat, ours) = (praat(&sound, "shimmer_local"), periods(&sound).shimmer());
        assert!(
            (ours / praat - 1.0).abs() <= 0.2,
            "{name}: {ours}, Praat {praat}"
        );
    }
}

#[test]
fn periods_of_sentences_are_as_many_as_those_of_praat() {
    for name in SENTENCES {
        let sound = reference(name);
        let periods = periods(&sound);
        let (count, praat_count) = (periods.moments.len() as f64, praat(&sound, "periods"));
        assert!(
            (count / praat_count - 1.0).abs() <= 0.1,
            "{name}: {count}, Praat {praat_count}"
        );
    }
}

/// Formants of the frames that Praat has under the name `part`.
fn formants(sound: &Reference, part: &str, settings: FormantSettings) -> Vec<[Formant; 3]> {
    let mut finder = FormantFinder::new(sound.rate, settings).unwrap();
    finder.find(&sound.samples, frames(sound, part), |_| true)
}

const FOUR: FormantSettings = FormantSettings {
    count: 4,
    ceiling: 4400,
};

/// Median relative difference of each formant to `expected`, `[frames, 3]`.
fn formant_differences(ours: &[[Formant; 3]], expected: &[f64]) -> [f64; 3] {
    assert_eq!(expected.len(), 3 * ours.len());
    std::array::from_fn(|number| {
        let pairs = ours.iter().zip(expected.chunks_exact(3));
        let differences = pairs.map(|(ours, expected)| {
            (f64::from(ours[number].frequency) / expected[number] - 1.0).abs()
        });
        median(
            differences
                .filter(|difference| !difference.is_nan())
                .collect(),
        )
    })
}

#[test]
fn formants_of_made_vowels_are_those_of_praat() {
    for name in VOWELS {
        let sound = reference(name);
        let ours = formants(&sound, "formants", FormantSettings::default());
        let found = formant_differences(&ours, &sound.tensors.floats("praat.formants"));
        let four = formants(&sound, "formants4", FOUR);
        let found_of_four = formant_differences(&four, &sound.tensors.floats("praat.formants4"));
        for found in [found, found_of_four] {
            assert!(
                found[0] <= 0.05 && found[1] <= 0.05 && found[2] <= 0.1,
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn formants_of_made_vowels_are_the_truth() {
    for name in VOWELS {
        let sound = reference(name);
        let ours = formants(&sound, "formants4", FOUR);
        let truth: Vec<f64> = (0..3)
            .map(|number| sound.about["truth"]["formants"][number].as_f64().unwrap())
            .collect();
        let found = formant_differences(&ours, &truth.repeat(ours.len()));
        assert!(found.iter().all(|found| *found <= 0.1), "{name}: {found:?}");
    }
}

#[test]
fn formants_of_sentences_are_mostly_those_of_praat() {
    for name in SENTENCES {
        let sound = reference(name);
        let ours = formants(&sound, "formants", FormantSettings::default());
        let found = formant_differences(&ours, &sound.tensors.floats("praat.formants"));
        assert!(
            found.iter().all(|found| *found <= 0.05),
            "{name}: {found:?}"
        );
    }
}

/// Everything that is told of a sound, by name.
fn everything(rate: u32, samples: &[f32]) -> Vec<(&'static str, Vec<f32>)> {
    let frames = Frames::covering(samples.len(), rate);
    let contour = PitchTracker::new(rate).unwrap().track(samples, frames);
    let periods = PeriodFinder::new(rate).unwrap().find(samples, &contour);
    let harmonics = Harmonics::new(rate).unwrap().measure(samples, &contour);
    let mut finder = FormantFinder::new(rate, FormantSettings::default()).unwrap();
    let formants = finder.find(samples, frames, |index| contour.is_voiced(index));
    let frequencies = formants.iter().flatten().map(|formant| formant.frequency);
    let bandwidths = formants.iter().flatten().map(|formant| formant.bandwidth);
    vec![
        ("formants", frequencies.collect()),
        ("bandwidths", bandwidths.collect()),
        ("harmonics", harmonics),
        ("jitter", periods.jitter_in(frames)),
        ("shimmer", periods.shimmer_in(frames)),
        ("strength", contour.strength),
        ("pitch", contour.frequency),
    ]
}

/// Whether both are not numbers, or nearly equal.
fn is_near(a: f32, b: f32) -> bool {
    a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-3 * a.abs().max(1.0)
}

#[test]
fn gain_changes_nothing() {
    for sound in references() {
        let quiet: Vec<f32> = sound.samples.iter().map(|sample| sample * 0.5).collect();
        let loud = everything(sound.rate, &sound.samples);
        for ((part, loud), (_, quiet)) in loud.iter().zip(everything(sound.rate, &quiet)) {
            for (index, (loud, quiet)) in loud.iter().zip(quiet).enumerate() {
                assert!(
                    is_near(*loud, quiet),
                    "{}, {part}, {index}: {loud} {quiet}",
                    sound.name
                );
            }
        }
    }
}

#[test]
fn shifts_by_whole_steps_shift_frames() {
    // Ten steps, of which eleven thousand a second have whole samples too.
    const STEPS: usize = 10;
    let sound = reference("say_en_us");
    let cut = everything(sound.rate, &sound.samples[160 * STEPS..]);
    let whole = everything(sound.rate, &sound.samples);
    for ((part, whole), (_, cut)) in whole.iter().zip(cut) {
        let columns = cut.len() / ((sound.samples.len() / 160) - STEPS);
        let shifted = &whole[STEPS * columns..];
        assert_eq!(shifted.len(), cut.len());
        let inner = 10 * columns..cut.len() - 10 * columns;
        let pairs = shifted[inner.clone()].iter().zip(&cut[inner]);
        for (index, (whole, cut)) in pairs.enumerate() {
            assert!(is_near(*whole, *cut), "{part}, {index}: {whole} {cut}");
        }
    }
}

#[test]
fn sounds_of_any_length_are_analysed() {
    let sound = reference("vowel_a_120");
    for length in [0, 1, 2, 159, 160, 161, 400, 640, 1000, 1601] {
        for (part, values) in everything(sound.rate, &sound.samples[..length]) {
            assert_eq!(values.len() % (length / 160).max(1), 0, "{part}, {length}");
        }
    }
}

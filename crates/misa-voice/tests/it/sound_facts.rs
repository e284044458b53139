//! What is known about sounds.

use crate::reference::reference;
use crate::sounds::own;
use crate::wav::Wav;
use misa_testing::golden;
use misa_voice::sound::{Sound, SoundFacts, SoundFinding, SoundOptions};

fn facts_of(name: &str) -> SoundFacts {
    Sound::read(&golden("voice").join(name), &SoundOptions::own_rate())
        .unwrap()
        .about
}

fn texts(facts: &SoundFacts) -> Vec<String> {
    facts.findings().iter().map(ToString::to_string).collect()
}

/// The first samples of a voice, as 16 bits.
fn voice(samples: usize) -> Vec<i16> {
    let voice = &reference("vowel_a_120").samples;
    voice[..samples]
        .iter()
        .map(|sample| (sample * 32768.0) as i16)
        .collect()
}

#[test]
fn a_voice_has_no_findings() {
    let facts = facts_of("vowel_a_120.wav");
    assert_eq!(texts(&facts), [""; 0]);
    assert_eq!((facts.container, facts.codec), ("WAV", "16-bit"));
    assert_eq!(
        (facts.rate, facts.channels, facts.frames),
        (16_000, 1, 16_000)
    );
    assert_eq!((facts.seconds, facts.bits), (1.0, Some(16)));
    assert_eq!(
        (facts.clipped, facts.silent_seconds, facts.mean_energy),
        (0.0, 0.0, Some(1.0))
    );
}

#[test]
fn a_sine_has_its_peak_and_level() {
    let facts = facts_of("sine_440.wav");
    let peak = reference("sine_440")
        .samples
        .iter()
        .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert_eq!(facts.peak, peak);
    let level = 20.0 * f64::from(peak).log10() - 3.0103;
    assert!((facts.loudest.unwrap() - level).abs() < 0.05, "{facts:?}");
    assert!((facts.quietest.unwrap() - level).abs() < 0.05, "{facts:?}");
    assert_eq!(facts.clipped, 0.0);
}

#[test]
fn clipping_is_found() {
    let facts = facts_of("clipped.wav");
    assert!(facts.clipped > 0.05, "{facts:?}");
    assert!(
        matches!(facts.findings()[0], SoundFinding::Clipped { .. }),
        "{facts:?}"
    );
}

#[test]
fn runs_of_full_samples_are_counted() {
    let mut samples = vec![0; 1000];
    samples[10..13].fill(32767);
    samples[20..25].fill(-32768);
    samples[30..32].fill(32767);
    // A change of sign ends a run.
    samples[40..44].copy_from_slice(&[32767, 32767, -32768, -32768]);
    let facts = own(&Wav::of_shorts(8000, 1, &samples).bytes()).about;
    assert_eq!(facts.clipped, 8.0 / 1000.0);
}

#[test]
fn silence_is_found() {
    assert_eq!(texts(&facts_of("silence.wav")), ["there is no sound in it"]);
    let zeros = own(&Wav::of_shorts(8000, 2, &[0; 1600]).bytes()).about;
    assert_eq!(texts(&zeros)[0], "there is no sound in it");
    assert_eq!(
        (zeros.silent_seconds, zeros.loudest, zeros.mean_energy),
        (0.1, None, None)
    );
}

#[test]
fn each_finding_has_its_sound() {
    let quiet: Vec<i16> = voice(8000).iter().map(|sample| sample / 500).collect();
    let offset: Vec<i16> = voice(8000).iter().map(|sample| sample / 2 + 2000).collect();
    let opposite: Vec<i16> = voice(8000)
        .iter()
        .flat_map(|sample| [*sample, -sample])
        .collect();
    for (wav, expected) in [
        (Wav::of_shorts(16_000, 1, &quiet), "very quiet: at most"),
        (
            Wav::of_shorts(16_000, 1, &offset),
            "not around zero: its mean is 0.061",
        ),
        (
            Wav::of_shorts(16_000, 2, &opposite),
            "channels of opposite sign: their mean has 0.0 % of the energy",
        ),
        (
            Wav::of_shorts(6_000, 1, &voice(8000)),
            "a low rate: 6000 Hz, where features of 16000 Hz differ",
        ),
        (
            Wav::of_shorts(16_000, 1, &voice(700)),
            "very short: 0.044 s",
        ),
    ] {
        let texts = texts(&own(&wav.bytes()).about);
        assert!(
            texts.len() == 1 && texts[0].starts_with(expected),
            "{texts:?}"
        );
    }
}

#[test]
fn equal_channels_are_told() {
    let both: Vec<i16> = voice(8000).iter().flat_map(|sample| [*sample; 2]).collect();
    let facts = own(&Wav::of_shorts(16_000, 2, &both).bytes()).about;
    assert!(facts.are_channels_equal && facts.findings().is_empty());
    assert_eq!(facts.mean_energy, Some(1.0));
    let one: Vec<i16> = voice(8000).iter().flat_map(|sample| [*sample, 0]).collect();
    let facts = own(&Wav::of_shorts(16_000, 2, &one).bytes()).about;
    assert!(!facts.are_channels_equal);
    assert!((facts.mean_energy.unwrap() - 0.5).abs() < 1e-9, "{facts:?}");
}

#[test]
fn facts_and_findings_are_written() {
    let facts = own(&Wav::of_shorts(6_000, 1, &voice(200)).bytes()).about;
    let written = serde_json::to_value((&facts, facts.findings())).unwrap();
    assert_eq!(written[0]["codec"], "16-bit");
    assert_eq!(written[1][0]["finding"], "low_rate");
    assert_eq!(written[1][0]["rate"], 6000);
}

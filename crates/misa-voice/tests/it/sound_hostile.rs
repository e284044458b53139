//! Sounds that were cut or made to harm.

use crate::sounds::kit;
use crate::wav::Wav;
use misa_testing::{entries, is_long, takes_less_than};
use misa_voice::sound::{Sound, SoundOptions};
use std::time::Duration;

/// Reads `bytes` with and without what comes before a fault.
fn both(bytes: &[u8]) {
    let mut options = SoundOptions::own_rate();
    let whole = Sound::read_bytes(bytes, "a", &options);
    options.keep_before_fault = true;
    let kept = Sound::read_bytes(bytes, "a", &options);
    if let Ok(whole) = whole {
        assert_eq!(whole, kept.unwrap());
    }
}

/// Each prefix in a long run; else those that end in the first bytes, and some others.
#[test]
fn every_prefix_is_read_or_refused() {
    for path in entries(&kit("")) {
        let bytes = std::fs::read(&path).unwrap();
        let is_tried = |length: &usize| is_long() || *length < 64 || length.is_multiple_of(197);
        (0..bytes.len())
            .filter(is_tried)
            .for_each(|length| both(&bytes[..length]));
    }
}

#[test]
fn what_a_header_states_costs_nothing() {
    let mut wav = Wav::of_shorts(384_000, 1, &[0; 100]);
    for stated in [0, 1, 4_000_000_000, u32::MAX - 1, u32::MAX] {
        for (rate, channels) in [
            (0, 1),
            (1, 1),
            (u32::MAX, 1),
            (16_000, 65_535),
            (384_000, 16),
        ] {
            (wav.stated, wav.rate, wav.channels) = (Some(stated), rate, channels);
            let bytes = wav.bytes();
            assert!(takes_less_than(Duration::from_millis(100), || both(&bytes)));
        }
    }
}

#[test]
fn a_cut_sound_is_kept_up_to_its_fault() {
    let bytes = std::fs::read(kit("vowel.flac")).unwrap();
    let mut options = SoundOptions::own_rate();
    options.keep_before_fault = true;
    let whole = Sound::read_bytes(&bytes, "a", &options).unwrap();
    let cut = Sound::read_bytes(&bytes[..bytes.len() * 9 / 10], "a", &options).unwrap();
    assert_eq!(whole.about.fault, None);
    assert!(
        cut.about
            .fault
            .unwrap()
            .contains("found the end of the file")
    );
    assert!(cut.samples.len() > 1000);
    assert_eq!(cut.samples, whole.samples[..cut.samples.len()]);
}

#[test]
fn a_fault_with_nothing_before_it_is_an_error() {
    let mut options = SoundOptions::own_rate();
    options.keep_before_fault = true;
    let bytes = Wav::of_floats(16_000, &[f32::NAN; 100]).bytes();
    let error = Sound::read_bytes(&bytes, "a", &options).unwrap_err();
    assert!(error.to_string().contains("found NaN"), "{error}");
}

#[test]
fn whoever_waits_is_not_kept_waiting() {
    let samples = vec![100; 16_000 * 20];
    let bytes = Wav::of_shorts(16_000, 1, &samples).bytes();
    let mut options = SoundOptions::default();
    options.limits.patience = Some(std::time::Duration::ZERO);
    let error = Sound::read_bytes(&bytes, "a.wav", &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a.wav, second 0.000: expected to be read in 0 seconds, found more work; convert it: ffmpeg -i \"a.wav\" -vn \
         -c:a flac sound.flac"
    );
    assert!(error.is_too_large());
}

//! Sounds from files of each kind.

use crate::reference::{reference, references};
use crate::wav::Wav;
use misa_testing::golden;
use misa_voice::VoiceError;
use misa_voice::sound::{Sound, SoundOptions, SoundStream};
use std::path::PathBuf;

/// A file of the kit: the first second of `vowel_a_120`, or less, by FFmpeg 5.1.
pub fn kit(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/kit")
        .join(name)
}

/// The sound of `bytes` at its own rate.
pub fn own(bytes: &[u8]) -> Sound {
    Sound::read_bytes(bytes, "a.wav", &SoundOptions::own_rate()).unwrap()
}

/// A file of the kit at its own rate.
fn own_kit(name: &str) -> Sound {
    Sound::read(&kit(name), &SoundOptions::own_rate()).unwrap()
}

/// Energy of `expected` over that of the difference, in dB, if `found` is later by `lag` samples.
pub fn likeness(expected: &[f32], found: &[f32], lag: usize) -> f64 {
    let (mut energy, mut difference) = (0.0, 0.0);
    for (a, b) in expected.iter().zip(&found[lag..]) {
        energy += f64::from(*a).powi(2);
        difference += f64::from(a - b).powi(2);
    }
    10.0 * (energy / difference).log10()
}

#[test]
fn references_have_their_length() {
    for reference in references() {
        let (name, about) = (&reference.name, &reference.about);
        assert_eq!(
            Some(reference.samples.len() as u64),
            about["samples"].as_u64(),
            "{name}"
        );
        assert_eq!(
            Some(u64::from(reference.rate)),
            about["rate"].as_u64(),
            "{name}"
        );
        assert!(reference.tensors.names().count() > 0, "{name}");
    }
}

#[test]
fn samples_of_16_bits_are_exact() {
    let bytes = std::fs::read(golden("voice").join("glide.wav")).unwrap();
    let start = bytes.windows(4).position(|name| name == b"data").unwrap() + 8;
    let pairs = bytes[start..].chunks_exact(2);
    let shorts = pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]]));
    let expected: Vec<f32> = shorts.map(|short| f32::from(short) / 32768.0).collect();
    assert_eq!(own(&bytes).samples, expected);
}

#[test]
fn sound_without_loss_is_exact() {
    let expected = &reference("vowel_a_120").samples;
    for (name, samples, bits) in [
        ("vowel_s16le.wav", 3200, 16),
        ("vowel_s24le.wav", 3200, 24),
        ("vowel_s32le.wav", 3200, 32),
        ("vowel_f32le.wav", 3200, 32),
        ("vowel_f64le.wav", 1600, 64),
        ("vowel.flac", 8000, 16),
        ("vowel_flac.ogg", 8000, 16),
    ] {
        let sound = own_kit(name);
        assert_eq!(
            (sound.rate, sound.about.bits),
            (16_000, Some(bits)),
            "{name}"
        );
        assert_eq!(sound.samples, expected[..samples], "{name}");
    }
}

#[test]
fn sound_of_8_bits_is_as_near_as_they_allow() {
    let expected = &reference("vowel_a_120").samples;
    for (name, most) in [("vowel_u8.wav", 1.01 / 128.0), ("vowel_mulaw.wav", 0.02)] {
        let sound = own_kit(name);
        assert_eq!(sound.samples.len(), 3200, "{name}");
        for (found, expected) in sound.samples.iter().zip(expected) {
            assert!(
                (found - expected).abs() <= most,
                "{name}: {found} {expected}"
            );
        }
    }
}

/// Files with loss: the delay, which is that of the encoder where the file does not state it, the samples, and the
/// least likeness in dB.
#[test]
fn sound_with_loss_is_the_same_at_the_same_time() {
    let expected = &reference("vowel_a_120").samples[..16_000];
    for (name, lag, samples, least) in [
        ("vowel.mp3", 0, 16_000, 20.0),
        ("vowel_tagged.mp3", 0, 16_000, 20.0),
        ("vowel_bare.mp3", 1105, 17_280, 20.0),
        ("vowel.ogg", 0, 16_000, 20.0),
        ("vowel.webm", 0, 16_128, 20.0),
        ("vowel.aac", 1024, 17_408, 20.0),
        ("vowel.m4a", 0, 16_000, 20.0),
        ("vowel_fragments.m4a", 1024, 17_408, 20.0),
        ("vowel.mp4", 0, 16_000, 20.0),
        ("vowel.mov", 0, 16_000, 20.0),
        ("vowel.mkv", 1024, 17_408, 20.0),
    ] {
        let sound = own_kit(name);
        let found = likeness(expected, &sound.samples, lag);
        assert_eq!(
            (sound.rate, sound.samples.len()),
            (16_000, samples),
            "{name}"
        );
        assert!(found >= least, "{name}: {found:.1} dB");
    }
}

#[test]
fn the_name_of_a_file_does_not_matter() {
    let bytes = std::fs::read(kit("vowel.mp3")).unwrap();
    assert_eq!(own(&bytes).samples, own_kit("vowel.mp3").samples);
}

#[test]
fn channels_become_their_mean() {
    let sound =
        own(&Wav::of_shorts(8000, 3, &[300, 600, 3, -30, 0, 0, 32767, 32767, 32767]).bytes());
    let expected = [301.0, -10.0, 32767.0].map(|sample: f32| sample / 32768.0);
    assert_eq!(sound.about.channels, 3);
    for (found, expected) in sound.samples.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-7, "{found} {expected}");
    }
}

#[test]
fn a_stream_gives_the_blocks_of_the_whole() {
    for rate in [None, Some(22_050)] {
        let mut options = SoundOptions::default();
        options.rate = rate;
        let whole = Sound::read(&kit("vowel.mp4"), &options).unwrap();
        let mut stream = SoundStream::open(&kit("vowel.mp4"), &options).unwrap();
        let (mut samples, mut longest) = (Vec::new(), 0);
        while let Some(block) = stream.next_block().unwrap() {
            assert!(!block.is_empty());
            longest = longest.max(block.len());
            samples.extend_from_slice(block);
        }
        assert!(longest < 4096);
        assert_eq!(stream.next_block().unwrap(), None);
        assert_eq!(
            (samples, stream.facts()),
            (whole.samples, Some(whole.about))
        );
    }
}

#[test]
fn a_header_without_length_is_of_a_stream() {
    let mut wav = Wav::of_shorts(8000, 1, &[1000; 800]);
    wav.stated = Some(u32::MAX);
    assert_eq!(own(&wav.bytes()).samples.len(), 800);
}

#[test]
fn a_header_with_lengths_that_cannot_be_is_of_a_stream() {
    let whole = Wav::of_shorts(8000, 1, &[1000; 800]);
    let junk = b"junk\x05\0\0\0abcde\0";
    // What the file states: bytes of everything behind, and of data.
    for (length, stated) in [
        (0, 0),
        (36, 0),
        (50, 0),
        (0, 1600),
        (36, 1600),
        (100, 1600),
        (1636, 2000),
        (36, u32::MAX),
        (0, u32::MAX - 8),
        (1636, u32::MAX),
    ] {
        let mut wav = whole.clone();
        wav.stated = Some(stated);
        for chunk in [&junk[..], b""] {
            // A length of 50 is right where there is a chunk.
            if (length, chunk.is_empty()) == (50, true) {
                continue;
            }
            let sound = own(&wav.of_length(length, chunk));
            assert_eq!(
                (sound.samples.len(), sound.about.fault),
                (800, None),
                "{length} {stated} {}",
                chunk.len()
            );
        }
    }
}

#[test]
fn lists_before_the_data_are_no_sound() {
    let wav = Wav::of_shorts(8000, 1, &[1000; 800]);
    let even = b"LIST\x10\0\0\0INFOISFT\x04\0\0\0Lavf";
    let odd = b"LIST\x11\0\0\0INFOISFT\x05\0\0\0Lavf5\0";
    let marks = b"LIST\x09\0\0\0adtlabcde\0";
    // A tag that is longer than its list.
    let broken = b"LIST\x0e\0\0\0INFOISFT\xff\0\0\0ab";
    let both = [&odd[..], marks].concat();
    for chunks in [&even[..], odd, marks, broken, both.as_slice()] {
        let bytes = wav.of_length(1636 + chunks.len() as u32, chunks);
        assert_eq!(own(&bytes).samples, own(&wav.bytes()).samples, "{chunks:?}");
    }
}

#[test]
fn lengths_of_a_header_that_agree_are_kept() {
    let wav = Wav::of_shorts(8000, 1, &[1000; 800]);
    // Chunks behind the data are no sound.
    let mut longer = wav.bytes();
    longer.extend(b"LIST\x04\0\0\0INFO");
    longer[4..8].copy_from_slice(&1648_u32.to_le_bytes());
    assert_eq!(own(&longer).samples.len(), 800);
    // No data at all, and a chunk behind it.
    let mut none = Wav::of_shorts(8000, 1, &[]).of_length(48, b"");
    none.extend(b"LIST\x04\0\0\0INFO");
    let error = Sound::read_bytes(&none, "a", &SoundOptions::own_rate()).unwrap_err();
    assert!(matches!(error, VoiceError::NoSamples { .. }), "{error}");
    // A file that is cut off stays one.
    let cut = &wav.bytes()[..1000];
    let error = Sound::read_bytes(cut, "a", &SoundOptions::own_rate()).unwrap_err();
    assert!(matches!(error, VoiceError::Truncated { .. }), "{error}");
}

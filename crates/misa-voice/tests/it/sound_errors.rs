//! What is said of sounds that cannot be read.

use crate::sounds::kit;
use crate::wav::Wav;
use misa_voice::sound::{Sound, SoundOptions};
use std::path::Path;

/// What follows the name of a file.
const UNKNOWN: &str = "expected WAV, FLAC, MP3, Ogg, AAC, MP4 or MKV, found ";
const UNSUPPORTED: &str = "expected uncompressed sound, FLAC, MP3, Vorbis or AAC-LC, found ";
const CONVERT: &str = "; convert it: ffmpeg -i \"a\" -vn -c:a flac sound.flac";
const AGAIN: &str = "; get the file again or set `keep_before_fault`";

fn error(bytes: &[u8], options: &SoundOptions) -> String {
    let message = Sound::read_bytes(bytes, "a", options)
        .unwrap_err()
        .to_string();
    message.strip_prefix("a: ").unwrap_or(&message).to_string()
}

/// The error of `bytes` at their own rate.
fn of(bytes: &[u8]) -> String {
    error(bytes, &SoundOptions::own_rate())
}

fn of_kit(name: &str) -> String {
    of(&std::fs::read(kit(name)).unwrap())
}

/// A hundred samples.
fn wav(rate: u32, channels: u16) -> Wav {
    Wav::of_shorts(rate, channels, &[100; 100])
}

/// The error under a limit.
fn beyond(limit: impl FnOnce(&mut SoundOptions)) -> String {
    let mut options = SoundOptions::own_rate();
    limit(&mut options);
    error(&wav(16_000, 2).bytes(), &options)
}

#[test]
fn files_that_are_none() {
    let read = |path: &str| {
        Sound::read(Path::new(path), &SoundOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        read("none.wav"),
        "none.wav: expected a file, found none of this name; check the path"
    );
    assert_eq!(
        read("/"),
        "/: expected a file that can be read, found an error of the system: this is no file; check the file"
    );
    assert_eq!(
        of(b""),
        "expected a sound, found no bytes; get the file again"
    );
}

#[test]
fn other_formats() {
    for (start, found) in [
        (
            &b"\x89PNG\r\n\x1a\n1234567890"[..],
            "bytes [89, 50, 4e, 47, 0d, 0a, 1a, 0a]",
        ),
        (b"ab", "bytes [61, 62]"),
        (b"FORM1234AIFFCOMM", "AIFF"),
        (b"ID3\x03\0\0\0\0\0\x05abcdeFORM", "AIFF"),
        (
            b"RF64\xff\xff\xff\xffWAVEds64",
            "WAV of more than 4 GB (RF64)",
        ),
        (b"RIFF1234AVI LIST", "RIFF without WAVE, as AVI is"),
        (b"<!DOCTYPE html>", "text, perhaps a page of the web"),
        (b"#!AMR\n", "AMR"),
        (b"\xff\xfd\x90\x00abc", "MPEG of layer II"),
        (b"\xff\xff\xff\xff", "MPEG of layer I"),
        (b"\xff\xd8\xff\xe0", "no header of a frame that there is"),
    ] {
        assert_eq!(of(start), format!("{UNKNOWN}{found}{CONVERT}"));
    }
}

#[test]
fn other_codecs() {
    let mut other = wav(16_000, 1);
    other.format = 99;
    for (message, found) in [
        (of_kit("vowel_opus.ogg"), "Opus in Ogg"),
        (of_kit("vowel_opus.webm"), "Opus in MKV"),
        (of(&other.bytes()), "wav: unsupported wave format in WAV"),
    ] {
        assert_eq!(message, format!("{UNSUPPORTED}{found}{CONVERT}"));
    }
    assert_eq!(
        of_kit("picture.mp4"),
        "expected a track of sound in MP4, found none; check that the recording has sound"
    );
}

#[test]
fn headers_that_are_not_whole() {
    for (message, container, found) in [
        (
            of(&wav(16_000, 1).bytes()[..30]),
            "WAV",
            "the end of the file",
        ),
        (
            of(&wav(16_000, 0).bytes()),
            "WAV",
            "riff: invalid channel count",
        ),
        (
            of(&wav(16_000, 65_535).bytes()),
            "WAV",
            "riff: invalid channel count",
        ),
        (
            of(b"fLaC\0\0\0\x22aaaaaaaaaaaaaa"),
            "FLAC",
            "the end of the file",
        ),
        (
            of(&[b'O', b'g', b'g', b'S', 1, 2, 3].repeat(10)),
            "Ogg",
            "ogg: invalid ogg version",
        ),
        (
            of(b"\0\0\0\x10ftypisom\0\0\0\0"),
            "MP4",
            "isomp4: missing moov atom",
        ),
        (of(b"\xff\xfb\x90\0aaaa"), "MP3", "the end of the file"),
    ] {
        assert_eq!(
            message,
            format!("expected a whole header of {container}, found: {found}; get the file again")
        );
    }
}

#[test]
fn rates_that_are_none() {
    for rate in [0, 1, 3_999, 384_001, 4_000_000_000] {
        let expected = format!(
            "expected 4000 to 384000 samples a second, found {rate}; convert the file to 16000"
        );
        assert_eq!(of(&wav(rate, 1).bytes()), expected);
    }
    for rate in [0, 400_000] {
        let expected = format!(
            "rate of the options: expected 4000 to 384000 samples a second, found {rate}; ask for 16000"
        );
        assert_eq!(
            error(&wav(16_000, 1).bytes(), &SoundOptions::at(rate)),
            expected
        );
    }
}

#[test]
fn limits() {
    assert_eq!(
        beyond(|options| options.limits.bytes = 50),
        "expected at most 50 bytes, found 244; cut the file or raise `bytes` of the limits"
    );
    assert_eq!(
        beyond(|options| options.limits.channels = 1),
        "expected 1 to 1 channels, found 2; mix them: ffmpeg -i \"a\" -ac 1 sound.flac"
    );
    assert_eq!(
        beyond(|options| options.limits.seconds = 0.001),
        "expected at most 0.001 seconds, found 0.003 or more; cut the file or raise `seconds` of the limits"
    );
    assert_eq!(
        beyond(|options| options.limits.samples = 49),
        "expected at most 49 samples, found 50 or more; read it as a stream or raise `samples`"
    );
    let mut long = wav(16_000, 1);
    long.stated = Some(4_000_000_000);
    assert_eq!(
        of(&long.bytes()),
        "expected at most 43200 seconds, found 125000.000 or more; cut the file or raise `seconds` of the limits"
    );
}

#[test]
fn sounds_that_break() {
    let cut = &Wav::of_shorts(16_000, 1, &[100; 16_000]).bytes()[..20_044];
    assert_eq!(
        of(cut),
        format!("a, second 0.625: expected the rest of a packet, found the end of the file{AGAIN}")
    );
    let mut flac = std::fs::read(kit("vowel.flac")).unwrap();
    let middle = flac.len() * 3 / 4;
    flac[middle..middle + 40]
        .iter_mut()
        .for_each(|byte| *byte ^= 0x5a);
    assert_eq!(
        of(&flac),
        format!(
            "a, second 0.216: expected whole FLAC, found: frames that are missing, repeated or of another rate{AGAIN}"
        )
    );
    assert_eq!(
        of(&wav(16_000, 1).bytes()[..44]),
        format!("a, second 0.000: expected the rest of a packet, found the end of the file{AGAIN}")
    );
    let none = Wav::of_shorts(16_000, 1, &[]).bytes();
    assert_eq!(
        of(&none),
        "expected sound, found WAV without samples; check that the file is whole"
    );
}

#[test]
fn samples_that_are_none() {
    for (sample, text) in [
        (f32::NAN, "NaN"),
        (f32::NEG_INFINITY, "-inf"),
        (2e6, "2000000"),
    ] {
        let mut samples = vec![0.1; 4000];
        samples[1200] = sample;
        let message = of(&Wav::of_floats(16_000, &samples).bytes());
        assert_eq!(
            message,
            format!("a, second 0.075: expected samples of -1 to 1, found {text}{AGAIN}")
        );
    }
}

#[test]
fn sounds_that_change_their_rate() {
    let mut bytes = std::fs::read(kit("vowel_bare.mp3")).unwrap();
    bytes.extend(std::fs::read(kit("low.mp3")).unwrap());
    let message = of(&bytes);
    assert_eq!(
        message,
        format!(
            "a, second 1.080: expected whole MP3, found: mpa: invalid audio buffer signal spec for packet{AGAIN}"
        )
    );
}

//! Packets in the middle of a sound that do not belong there.

use crate::packets::{Ogg, adts_packets, flac_frames, mkv_with, silent, with_rate};
use crate::sounds::{kit, likeness};
use misa_testing::takes_less_than;
use misa_voice::VoiceError;
use misa_voice::sound::{Sound, SoundOptions};
use std::ops::Range;
use std::time::Duration;

/// The beginning of a packet of AAC with one channel and a bit that must not be set.
const RESERVED: [u8; 2] = [0, 1];

/// What is read of `bytes`, in a second of work.
fn read(bytes: &[u8], keep_before_fault: bool) -> Result<Sound, VoiceError> {
    let mut options = SoundOptions::own_rate();
    options.keep_before_fault = keep_before_fault;
    let mut read = None;
    assert!(takes_less_than(Duration::from_secs(1), || {
        read = Some(Sound::read_bytes(bytes, "a", &options));
    }));
    read.unwrap()
}

/// The error of `bytes` without what to do, and the seconds that are kept before it.
fn broken(bytes: &[u8]) -> (String, f64) {
    let error = read(bytes, false).unwrap_err().to_string();
    let error = error.strip_suffix("; get the file again or set `keep_before_fault`");
    let kept = read(bytes, true).unwrap();
    assert_eq!(kept.about.fault.unwrap().split(';').next(), error);
    (error.unwrap().to_string(), kept.about.seconds)
}

/// Whether the file states its length or not, frames of another rate are found where they begin.
#[test]
fn a_flac_whose_rate_changes_breaks_there() {
    let whole = std::fs::read(kit("vowel.flac")).unwrap();
    let frames = flac_frames(&whole);
    assert_eq!(frames.len(), 7);
    let changed = |changed: Range<usize>, is_stated: bool| {
        let mut bytes = whole[..frames[0].start].to_vec();
        if !is_stated {
            // The number of samples is 36 bits from the fourth bit of this byte.
            bytes[21] &= 0xf0;
            bytes[22..26].fill(0);
        }
        for (number, frame) in frames.iter().enumerate() {
            let frame = &whole[frame.clone()];
            let is_changed = changed.contains(&number);
            bytes.extend(if is_changed {
                with_rate(frame, 4)
            } else {
                frame.to_vec()
            });
        }
        bytes
    };
    let of_whole = read(&whole, false).unwrap().samples;
    assert_eq!(
        read(&changed(0..0, false), false).unwrap().samples,
        of_whole
    );
    let start = "a, second 0.216: expected ";
    let missing = "whole FLAC, found: frames that are missing, repeated or of another rate";
    for (range, is_stated, found) in [
        (3..4, true, missing),
        (3..4, false, missing),
        (
            3..7,
            true,
            "the rest of a packet, found the end of the file",
        ),
        (3..7, false, missing),
    ] {
        assert_eq!(
            broken(&changed(range, is_stated)),
            (format!("{start}{found}"), 0.216)
        );
    }
}

/// With a damaged first frame nothing comes before the fault; what another program cut out of a stream is whole.
#[test]
fn a_flac_that_begins_with_a_damaged_frame_is_refused() {
    let whole = std::fs::read(kit("vowel.flac")).unwrap();
    let frames = flac_frames(&whole);
    let mut bytes = whole.clone();
    bytes[frames[0].start + 200] ^= 0xff;
    for keep in [false, true] {
        let error = read(&bytes, keep).unwrap_err().to_string();
        let expected = "a, second 0.000: expected whole FLAC, found: frames that are missing, repeated or of another \
                        rate; get the file again or set `keep_before_fault`";
        assert_eq!(error, expected);
    }
    // The number of samples is 36 bits from the fourth bit of this byte.
    let mut header = whole[..frames[0].start].to_vec();
    header[21] &= 0xf0;
    header[22..26].fill(0);
    let part = [header.as_slice(), &whole[frames[2].start..]].concat();
    let samples = read(&whole, false).unwrap().samples;
    assert_eq!(read(&part, false).unwrap().samples, samples[2 * 1152..]);
    // Such a part may begin with silence, in fewer bytes than the longest header.
    let quiet = silent(&whole[frames[2].clone()]);
    assert!(quiet.len() < 16, "{}", quiet.len());
    let rest = &whole[frames[3].start..];
    let part = [header.as_slice(), quiet.as_slice(), rest].concat();
    let expected = [&[0.0; 1152][..], &samples[3 * 1152..]].concat();
    assert_eq!(read(&part, false).unwrap().samples, expected);
}

/// Packets of AAC have 1024 samples, and a damaged one changes the next, which overlaps it.
#[test]
fn damaged_packets_are_silence_wherever_they_are() {
    let whole = std::fs::read(kit("vowel.aac")).unwrap();
    let expected = read(&whole, true).unwrap().samples;
    let packets = adts_packets(&whole);
    for damaged in [5..7, 0..1, 0..2, 0..5] {
        let mut bytes = whole.clone();
        for packet in &packets[damaged.clone()] {
            bytes[packet.start..packet.start + 2].copy_from_slice(&RESERVED);
        }
        let kept = read(&bytes, true).unwrap();
        assert_eq!(kept.about.damaged_packets, damaged.len() as u64);
        assert_eq!(kept.about.fault, None);
        assert_eq!(kept.samples.len(), expected.len());
        let silent = &kept.samples[1024 * damaged.start..1024 * damaged.end];
        assert!(silent.iter().all(|sample| *sample == 0.0));
        let after = 1024 * (damaged.end + 1);
        let likeness = likeness(&expected[after..], &kept.samples[after..], 0);
        assert!(likeness > 20.0, "{damaged:?}: {likeness} dB");
    }
}

/// The first packet of this MP4 is whole, but no sound by its edit list.
#[test]
fn packets_that_are_cut_tell_the_length_of_damaged_ones() {
    let aac = std::fs::read(kit("vowel.aac")).unwrap();
    let mut bytes = std::fs::read(kit("vowel.m4a")).unwrap();
    let expected = read(&bytes, false).unwrap().samples;
    for packet in &adts_packets(&aac)[1..3] {
        let packet = &aac[packet.clone()];
        let start = bytes.windows(packet.len()).position(|part| part == packet);
        bytes[start.unwrap()..][..2].copy_from_slice(&RESERVED);
    }
    let kept = read(&bytes, true).unwrap();
    assert_eq!((kept.about.damaged_packets, kept.about.fault), (2, None));
    assert_eq!(kept.samples.len(), expected.len());
    assert!(kept.samples[..2048].iter().all(|sample| *sample == 0.0));
}

#[test]
fn garbage_between_frames_of_mp3_is_counted() {
    let squares: Vec<u8> = (0..5000_u32)
        .map(|number| ((number * number) >> 3) as u8)
        .collect();
    for name in ["vowel.mp3", "vowel_bare.mp3", "vowel_tagged.mp3", "low.mp3"] {
        let whole = std::fs::read(kit(name)).unwrap();
        let about = read(&whole, false).unwrap().about;
        assert_eq!(about.garbage_bytes, 0, "{name}");
        let skipped = about.skipped_bytes.unwrap();
        for garbage in [&[0; 5000], squares.as_slice()] {
            let (start, end) = whole.split_at(whole.len() / 2);
            let found = read(&[start, garbage, end].concat(), false).unwrap().about;
            assert_eq!(found.garbage_bytes, skipped + 5000, "{name}");
            assert_eq!(found.frames, about.frames, "{name}");
            let told = format!(
                "garbage between its frames: {} bytes left out",
                skipped + 5000
            );
            assert!(
                found
                    .findings()
                    .iter()
                    .any(|finding| finding.to_string() == told)
            );
            // What follows the sound is no part of it.
            let tailed = read(&[&whole, garbage].concat(), false).unwrap().about;
            assert_eq!(tailed.garbage_bytes, 0, "{name}");
        }
        // This looks like the beginning of a frame, which others follow or do not.
        let (start, end) = whole.split_at(whole.len() / 2);
        match read(&[start, &[0xff; 5000], end].concat(), false) {
            Ok(found) => assert!(found.about.garbage_bytes >= 5000, "{name}"),
            Err(error) => assert!(error.to_string().starts_with("a, second 0."), "{error}"),
        }
    }
}

/// Half a million packets of nothing, or of a track that the file does not have, where sound should go on.
#[test]
fn endless_packets_of_ogg_end() {
    let whole = std::fs::read(kit("vowel.ogg")).unwrap();
    let found = |serial: u32, length: u8| {
        let mut ogg = Ogg::of(&whole);
        (0..2000).for_each(|_| ogg.add(serial, length));
        broken(&ogg.bytes)
    };
    let end = "a, second 0.992: expected the rest of a packet, found the end of the file";
    for (serial, length) in [(0, 0), (7, 0), (7, 1)] {
        assert_eq!(found(serial, length), (end.to_string(), 0.992));
    }
    let idle = "a, second 1.000: expected sound, found 4096 packets without any in a row";
    assert_eq!(found(0, 1), (idle.to_string(), 1.0));
}

/// The same in MKV: packets of the picture, of the sound, and of a track that the file does not have.
#[test]
fn endless_packets_of_mkv_end() {
    let whole = std::fs::read(kit("vowel.mkv")).unwrap();
    for (track, found) in [
        (
            0x81,
            "expected the rest of a packet, found the end of the file",
        ),
        (
            0x82,
            "expected sound, found 4096 packets without any in a row",
        ),
        (
            0x83,
            "expected whole MKV, found: mkv: unvalid track number for block",
        ),
    ] {
        let bytes = mkv_with(&whole, &[track, 0, 0, 0x80], 100_000);
        assert_eq!(broken(&bytes), (format!("a, second 1.088: {found}"), 1.088));
    }
}

//! Golden pickles with damage of many kinds: whatever comes out, nothing panics.

use crate::support::random::Random;
use crate::support::{golden_pickles, read_all};
use misa_files::pickle::{Limits, Pickle};
use misa_testing::{golden, is_long};
use std::fs;
use std::time::{Duration, Instant};

/// Damaged files of a short run and of a long one; `MISA_MUTATIONS` asks for others.
const COUNTS: [u64; 2] = [5_000, 20_000];

/// Opcodes that build, call, remember or fetch something.
const OPCODES: &[u8] =
    b"(.012NRbcdeghjlopqrstu}])aBCFGIJKLMSTUVX\x80\x81\x85\x86\x87\x88\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96PQi";

/// Numbers that lengths and indices are most often wrong by.
const LENGTHS: [u64; 8] = [
    0,
    1,
    255,
    65_536,
    i32::MAX as u64,
    u32::MAX as u64,
    1 << 60,
    u64::MAX,
];

/// One more kind of damage.
fn damage(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    let place = random.below(bytes.len());
    match random.below(9) {
        0 => bytes[place] ^= 1 << random.below(8),
        1 => bytes[place] = random.byte(),
        2 => bytes.truncate(place),
        3 => {
            let end = place + random.below((bytes.len() - place).min(64) + 1);
            bytes.drain(place..end);
        }
        4 => {
            let start = random.below(other.len());
            let end = start + random.below((other.len() - start).min(256) + 1);
            bytes.splice(place..place, other[start..end].iter().copied());
        }
        5 => {
            let end = place + random.below((bytes.len() - place).min(256) + 1);
            let part = bytes[place..end].to_vec();
            let target = random.below(bytes.len());
            bytes.splice(target..target, part);
        }
        6 => bytes[place] = OPCODES[random.below(OPCODES.len())],
        7 => bytes.insert(place, OPCODES[random.below(OPCODES.len())]),
        _ => {
            let length = LENGTHS[random.below(LENGTHS.len())].to_le_bytes();
            let width = [1, 2, 4, 8][random.below(4)].min(bytes.len() - place);
            bytes[place..place + width].copy_from_slice(&length[..width]);
        }
    }
}

/// Reads a pickle in both ways, and converts what there is; whether it was read.
fn read(bytes: &[u8]) -> bool {
    let limits = Limits::default();
    if let Ok((pickle, _)) = Pickle::parse_torch(bytes, 0, &limits) {
        read_all(pickle.root());
    }
    match Pickle::parse(bytes, &limits) {
        Ok(pickle) => {
            read_all(pickle.root());
            true
        }
        Err(_) => false,
    }
}

fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:"));
    peak.unwrap_or("no memory figures").to_owned()
}

#[test]
fn noise_never_panics() {
    let mut random = Random::new(29);
    for _ in 0..2_000 {
        let length = random.below(200);
        let bytes: Vec<u8> = (0..length).map(|_| random.byte()).collect();
        read(&bytes);
    }
}

/// Old, present and new pickles.
#[test]
fn no_single_damaged_byte_panics() {
    let folder = golden("data/pickle_dtypes");
    for dialect in ["np2_p0", "np1_p2", "np1_p5"] {
        let mut bytes = fs::read(folder.join(format!("dtypes.{dialect}.pkl"))).unwrap();
        for place in 0..bytes.len() {
            let before = bytes[place];
            for byte in [0, b'(', 0xff] {
                bytes[place] = byte;
                read(&bytes);
            }
            bytes[place] = before;
        }
    }
}

#[test]
fn damaged_golden_pickles_never_panic() {
    let pickles: Vec<Vec<u8>> = golden_pickles()
        .into_iter()
        .map(|(_, bytes)| bytes)
        .filter(|bytes| (1..=64_000).contains(&bytes.len()))
        .collect();
    let count = std::env::var("MISA_MUTATIONS").map_or(COUNTS[usize::from(is_long())], |count| {
        count.parse().unwrap()
    });
    let mut random = Random::new(17);
    let (mut readable, mut slowest) = (0, Duration::ZERO);
    let before = peak();
    for _ in 0..count {
        let mut bytes = pickles[random.below(pickles.len())].clone();
        let other = &pickles[random.below(pickles.len())];
        for _ in 0..1 + random.below(4) {
            damage(&mut random, &mut bytes, other);
        }
        let start = Instant::now();
        readable += u64::from(read(&bytes));
        slowest = slowest.max(start.elapsed());
    }
    println!("{count} damaged, {readable} still read, slowest {slowest:?}");
    println!("before {before}, after {}", peak());
    // Damage to elements goes unseen, damage to opcodes does not.
    assert!(readable > 0 && readable < count);
}

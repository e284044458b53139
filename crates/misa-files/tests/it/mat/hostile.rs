//! Files that are cut, damaged, or claim what they do not hold.

use super::{element, file, fixture, kit, matrix, numbers, open, packed, read_all};
use crate::support::random::Random;
use flate2::{Compress, Compression, FlushCompress};
use misa_testing::takes_less_than;
use std::time::Duration;

const LONGEST: Duration = Duration::from_millis(100);

fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let field = peak.and_then(|peak| peak.split_whitespace().next());
    field.map_or(0, |kibibytes| kibibytes.parse::<u64>().unwrap() / 1024)
}

/// The message of a file that is refused quickly and in little memory.
fn refused(bytes: &[u8]) -> String {
    let before = peak_mebibytes();
    let mut message = String::new();
    let read = || message = read_all(bytes).unwrap_err().to_string();
    assert!(takes_less_than(LONGEST, read), "{message}");
    let grown = peak_mebibytes() - before;
    assert!(grown < 64, "{grown} MiB: {message}");
    message
}

#[test]
fn prefixes_are_refused_or_hold_fewer_variables() {
    let samples = [
        "covarep_v6.mat",
        "covarep_v7.mat",
        "struct_and_small_types.mat",
    ]
    .map(kit);
    let names = [
        "numbers.mat",
        "packed.mat",
        "others.mat",
        "others_packed.mat",
        "big_endian.mat",
    ];
    for bytes in samples.into_iter().chain(names.map(fixture)) {
        let all = open(&bytes).unwrap().variables().len();
        let steps = (0..bytes.len().min(4096)).chain((4096..bytes.len()).step_by(97));
        for len in steps {
            if read_all(&bytes[..len]).is_ok() {
                assert!(
                    open(&bytes[..len]).unwrap().variables().len() < all,
                    "{len}"
                );
            }
        }
    }
}

#[test]
fn damaged_bytes_are_survived() {
    let mut random = Random::new(7);
    for name in [
        "numbers.mat",
        "packed.mat",
        "others.mat",
        "others_packed.mat",
        "big_endian.mat",
    ] {
        let bytes = fixture(name);
        for place in 124..bytes.len() {
            for other in [0, 1, 0x80, 0xff, bytes[place] ^ 4, random.byte()] {
                let mut damaged = bytes.clone();
                damaged[place] = other;
                let _ = read_all(&damaged);
            }
        }
    }
}

#[test]
fn claims_of_huge_arrays_are_refused() {
    let huge = matrix(6, &[i32::MAX, i32::MAX], "a", &element(9, &[0; 8]));
    assert!(refused(&file(&huge)).contains("axes of an array 2"));
    let large = matrix(6, &[i32::MAX, 2], "a", &element(9, &[0; 8]));
    assert!(refused(&file(&large)).ends_with("element size 8, found 8 bytes"));
    let rows = matrix(4, &[i32::MAX, 0], "a", &element(4, &[]));
    let bytes = file(&rows);
    assert!(takes_less_than(LONGEST, || read_all(&bytes).unwrap()));
    let cells = matrix(1, &[i32::MAX, 1], "a", &[]);
    assert!(refused(&file(&cells)).contains("expected at most 262144"));
}

/// A packed element of `data` and this many mebibytes of zeros, without an end. The zeros exist only packed.
fn with_zeros(data: &[u8], mebibytes: usize) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut piece = |bytes: &[u8]| {
        let mut packed = Vec::with_capacity(1 << 16);
        compress
            .compress_vec(bytes, &mut packed, FlushCompress::Sync)
            .unwrap();
        packed
    };
    let zeros = vec![0; 1 << 20];
    // What marks a zlib stream, which the other streams follow.
    let mut stream = vec![0x78, 0xda];
    stream.extend(piece(data));
    stream.extend(piece(&zeros));
    stream.extend(piece(&zeros).repeat(mebibytes - 1));
    // Packed elements are not padded.
    let mut bytes = element(15, &stream);
    bytes.truncate(8 + stream.len());
    bytes
}

#[test]
fn bombs_are_refused() {
    // Four numbers, and a gibibyte of zeros after them, in the same element and in the same array.
    let mut array = matrix(6, &[2, 2], "a", &element(9, &[1; 32]));
    let expected =
        "byte 136, unpacked byte 96: expected the end of a packed element, found more bytes";
    assert_eq!(refused(&file(&with_zeros(&array, 1 << 10))), expected);
    array[4..8].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    let expected = "byte 136, unpacked byte 96: expected the end of an array, found more bytes";
    assert_eq!(refused(&file(&with_zeros(&array, 1 << 10))), expected);
    // A false shape that agrees with a false length costs what is there.
    let mut array = matrix(6, &[1 << 28, 1], "a", &numbers(&[9, i32::MIN]));
    array[4..8].copy_from_slice(&(0x8000_0000_u32 + 64).to_le_bytes());
    let message = refused(&file(&packed(&array)));
    assert!(
        message.contains("the data of an element of 65536 bytes, found 0"),
        "{message}"
    );
    // Empty cells take eight bytes each, which pack well.
    let cells = element(14, &[]).repeat(1 << 19);
    let message = refused(&file(&packed(&matrix(1, &[1 << 19, 1], "a", &cells))));
    assert!(
        message.contains("cells, fields and lines 524288"),
        "{message}"
    );
    let most = element(14, &[]).repeat(1 << 18);
    let bytes = file(&packed(&matrix(1, &[1 << 18, 1], "a", &most)));
    let before = peak_mebibytes();
    assert!(takes_less_than(LONGEST, || read_all(&bytes).unwrap()));
    assert!(peak_mebibytes() - before < 64);
}

#[test]
fn many_variables_are_listed_quickly() {
    let one = |i: usize| packed(&matrix(6, &[0, 0], &format!("v{i}"), &[]));
    let variables: Vec<u8> = (0..3000).flat_map(one).collect();
    assert!(refused(&file(&variables)).ends_with("variables 2049, expected at most 2048"));
}

#[test]
fn depth_is_limited() {
    let mut inner = matrix(1, &[0, 0], "", &[]);
    for _ in 0..8 {
        inner = matrix(1, &[1, 1], "a", &inner);
    }
    let message = refused(&file(&inner));
    assert!(
        message.ends_with("depth of cells and structs 9, expected at most 8"),
        "{message}"
    );
    for _ in 0..1000 {
        inner = matrix(1, &[1, 1], "a", &inner);
    }
    let message = refused(&file(&inner));
    assert!(
        message.ends_with("depth of cells and structs 9, expected at most 8"),
        "{message}"
    );
    let names = [element(5, &numbers(&[2])), element(1, b"b\0")].concat();
    let mut inner = matrix(6, &[0, 0], "", &[]);
    for _ in 0..20 {
        inner = matrix(2, &[1, 1], "b", &[&names[..], &inner].concat());
    }
    let bytes = file(&inner);
    let mat = open(&bytes).unwrap();
    assert!(mat.find("b.b.b.b").is_ok());
    let error = mat.find(&["b"; 12].join(".")).unwrap_err().to_string();
    assert!(
        error.ends_with("depth of cells and structs 9, expected at most 8"),
        "{error}"
    );
}

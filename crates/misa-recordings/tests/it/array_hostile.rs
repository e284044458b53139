//! Arrays that are cut, damaged, or claim what they do not hold.

use crate::array_tracks::{KIT, at_rate, f4, kit, npy, parsed};
use crate::tracks::same;
use misa_recordings::FaultKind;
use misa_recordings::tracks::TrackOptions;
use proptest::prelude::*;
use std::time::Duration;

/// The message of a file that is refused quickly and in little memory.
fn refused(name: &str, bytes: &[u8]) -> (FaultKind, String) {
    let (memory, clock) = (peak_mebibytes(), clock());
    let fault = parsed(name, bytes, &at_rate(100.0)).unwrap_err();
    let took = clock.map_or(Duration::ZERO, |start| self::clock().unwrap() - start);
    assert!(took < Duration::from_millis(100), "{took:?}: {fault}");
    let grown = peak_mebibytes() - memory;
    assert!(grown < 64, "{grown} MiB: {fault}");
    (fault.kind, fault.to_string())
}

/// Time of the processor that this thread took, where Linux tells it.
fn clock() -> Option<Duration> {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = status.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

fn peak_mebibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let field = peak.and_then(|peak| peak.split_whitespace().next());
    field.map_or(0, |kibibytes| kibibytes.parse::<u64>().unwrap() / 1024)
}

#[test]
fn prefixes_are_refused_or_hold_the_same_track() {
    for name in KIT {
        let bytes = kit(name);
        let whole = parsed(name, &bytes, &TrackOptions::default()).unwrap();
        let steps = (0..bytes.len().min(4096)).chain((4096..bytes.len()).step_by(97));
        for len in steps {
            if let Ok(file) = parsed(name, &bytes[..len], &TrackOptions::default()) {
                let (track, whole) = (&file.tracks[0].track, &whole.tracks[0].track);
                assert!(same(track, whole), "{name}: {len}");
            }
        }
    }
}

#[test]
fn huge_claims_are_refused() {
    let shape = "(2147483648, 2147483648)";
    let (kind, message) = refused("a.npy", &npy("<f4", false, shape, &[0; 64]));
    assert_eq!(kind, FaultKind::Malformed);
    assert!(message.contains("found 64 bytes"), "{message}");
    for shape in [
        "(9223372036854775808, 0)",
        "(8388609, 0)",
        "(0, 9223372036854775807)",
    ] {
        let (kind, _) = refused("a.npy", &npy("<f4", false, shape, &[]));
        assert!(
            matches!(kind, FaultKind::Empty | FaultKind::Malformed),
            "{shape}"
        );
    }
    let octave =
        "# name: features\n# type: matrix\n# rows: 2147483648\n# columns: 2147483648\n 1\n";
    let (kind, _) = refused("a.txt", octave.as_bytes());
    assert_eq!(kind, FaultKind::TooLarge);
    // Within the limits, but not in the file.
    let octave = "# name: features\n# type: matrix\n# rows: 8388608\n# columns: 32\n 1\n";
    let (kind, message) = refused("a.txt", octave.as_bytes());
    assert_eq!(kind, FaultKind::Malformed);
    assert_eq!(message, "line 5: expected 32 numbers, found 1");
}

#[test]
fn endless_texts_are_refused() {
    let head = "# name: features\n# type: matrix\n# rows: 1\n# columns: 3\n";
    let long = [head, &" 1".repeat(1 << 20)].concat();
    let (kind, message) = refused("a.txt", long.as_bytes());
    assert_eq!(kind, FaultKind::TooLarge);
    assert_eq!(
        message,
        "line 5: expected lines of at most 1048576 bytes, found a longer one"
    );
    let many: String = (0..40_000)
        .map(|i| format!("# name: m{i}\n# type: matrix\n# rows: 0\n# columns: 0\n"))
        .collect();
    let (kind, message) = refused("a.txt", many.as_bytes());
    assert_eq!(kind, FaultKind::TooLarge);
    assert_eq!(
        message,
        "line 16385: expected at most 4096 variables, found more"
    );
    let several: String = (0..1000)
        .map(|i| format!("# name: m{i}\n# type: matrix\n# rows: 1\n# columns: 2\n 1 2\n"))
        .collect();
    let (kind, message) = refused("a.txt", several.as_bytes());
    assert_eq!(kind, FaultKind::Unclear);
    assert!(message.contains("\"m7\" and 992 more"), "{message}");
}

#[test]
fn every_bit_of_a_small_file_may_be_wrong() {
    for name in ["covarep_v7.mat", "struct_and_small_types.mat"] {
        let bytes = kit(name);
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                if let Ok(file) = parsed(name, &damaged, &TrackOptions::default()) {
                    let track = &file.tracks[0].track;
                    assert_eq!(track.values.len(), track.rows() * track.columns.len());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn both_orders_of_numpy_hold_the_same(
        rows in 1_usize..20,
        columns in 1_usize..20,
        rate in 1_f64..200.0,
    ) {
        let at = |row: usize, column: usize| (row * 100 + column) as f32;
        let by_row: Vec<f32> = (0..rows * columns).map(|i| at(i / columns, i % columns)).collect();
        let by_column: Vec<f32> = (0..rows * columns).map(|i| at(i % rows, i / rows)).collect();
        let shape = format!("({rows}, {columns})");
        let read = |fortran, values: &[f32]| {
            let bytes = npy("<f4", fortran, &shape, &f4(values));
            parsed("a.npy", &bytes, &at_rate(rate)).unwrap().tracks.remove(0).track
        };
        let (a, b) = (read(false, &by_row), read(true, &by_column));
        prop_assert!(same(&a, &b));
        prop_assert_eq!(&a.values, &by_row);
        // Rows follow each other without gaps.
        let follow = a.times.windows(2).all(|pair| pair[0].end == pair[1].start);
        prop_assert!(follow && a.times[0].start == 0.0);
    }

    #[test]
    fn random_texts_of_octave_are_survived(text in "[#a-z: 0-9.\n-]{0,200}") {
        let whole = format!("# name: features\n# type: matrix\n# rows: 2\n# columns: 2\n{text}");
        let _ = parsed("a", whole.as_bytes(), &TrackOptions::default());
        let whole = format!("# name: {text}");
        let _ = parsed("a", whole.as_bytes(), &TrackOptions::default());
    }
}

//! Tables that are cut, or want to be a burden.

use crate::kit::kit;
use crate::track_tables::KIT;
use crate::tracks::options;
use misa_files::Source;
use misa_recordings::tracks::{TrackFile, TrackOptions, parse};
use misa_recordings::{Fault, FaultKind};
use std::fs;
use std::time::Duration;

fn attempt(name: &str, bytes: &[u8], options: &TrackOptions) -> Result<TrackFile, Fault> {
    let file = parse(name, &Source::from(bytes), options)?;
    for named in &file.tracks {
        let track = &named.track;
        let rows = track.times.len();
        assert_eq!(
            (track.valid.len(), track.values.len()),
            (rows, rows * track.columns.len())
        );
        assert!(
            track
                .times
                .iter()
                .all(|time| time.start.is_finite() && time.end.is_finite())
        );
        assert!(track.times.is_sorted_by(|a, b| a.start <= b.start));
        assert!(!track.values.iter().any(|value| value.is_infinite()));
    }
    Ok(file)
}

#[test]
fn every_prefix_is_refused_or_read() {
    for (name, _) in KIT {
        let bytes = fs::read(kit(name)).unwrap();
        let options = options(|options| {
            options.fps = Some(25.0);
            options.columns = name.starts_with("smile").then(Vec::new);
        });
        // Every length of the first kilobyte and of small files, then a sample of lengths, and the last bytes.
        let is_tried =
            |&len: &usize| len < 1024 || bytes.len() < 12_000 && len % 31 == 0 || len % 9973 == 0;
        let last = bytes.len() - 40..bytes.len();
        for len in (0..bytes.len()).filter(is_tried).chain(last) {
            let cut = attempt(name, &bytes[..len], &options);
            if let Err(fault) = &cut {
                assert!(fault.to_string().chars().count() < 400, "{fault}");
            }
            assert!(cut.is_ok() || !bytes[..len].is_empty() || len == 0);
        }
        attempt(name, &bytes, &options).unwrap();
    }
}

#[test]
fn a_row_that_is_cut_is_never_taken_for_a_whole_one() {
    let table = "time,x\n0,1.5\n1,2.5\n";
    for len in 0..table.len() {
        let Ok(file) = attempt("x.csv", &table.as_bytes()[..len], &TrackOptions::default()) else {
            continue;
        };
        let is_noted = file
            .notes
            .iter()
            .any(|note| note.to_string() == "1 last line without an end, which may be cut");
        assert!(is_noted, "{:?}", &table[..len]);
    }
}

#[test]
fn burdens_end_at_once() {
    let names: String = (0..200_000).map(|i| format!("{i},")).collect();
    let faces: String = (0..20_000).map(|i| format!("1,{i},0,1,1\n")).collect();
    let openface = "frame,face_id,timestamp,confidence,success\n";
    let arff = "@relation x\n@attribute ";
    let texts: String = (0..16_000)
        .map(|i| format!("{i} string\n@attribute "))
        .collect();
    for (text, kind) in [
        (format!("time,{names}\n"), FaultKind::TooLarge),
        (",".repeat(1 << 20), FaultKind::TooLarge),
        ("a".repeat(4 << 20), FaultKind::TooLarge),
        (
            format!("time,\"{}", "a\"\"".repeat(1 << 18)),
            FaultKind::Malformed,
        ),
        ("\n".repeat(4 << 20), FaultKind::Unsupported),
        ("%\n".repeat(1 << 20), FaultKind::Unsupported),
        ("time,x\n".repeat(100_000), FaultKind::Empty),
        (format!("{openface}{faces}"), FaultKind::TooLarge),
        (
            format!("{arff}{}", "a numeric\n@attribute ".repeat(50_000)),
            FaultKind::TooLarge,
        ),
        (
            format!("{arff}{}time real\n@data\n", texts),
            FaultKind::Empty,
        ),
        (
            format!("{arff}'{}", "\\'".repeat(100_000)),
            FaultKind::Malformed,
        ),
    ] {
        let start: String = text.chars().take(50).collect();
        let refuse = || attempt("x.csv", text.as_bytes(), &TrackOptions::default()).unwrap_err();
        assert_eq!(refuse().kind, kind, "{start}");
        let limit = Duration::from_millis(100);
        assert!(
            misa_testing::takes_less_than(limit, || drop(refuse())),
            "{start}"
        );
    }
}

#[test]
fn many_recordings_of_many_columns_are_refused() {
    let columns: String = (0..16_000).map(|i| format!(";{i:x}")).collect();
    let rows: String = (0..66)
        .map(|i| format!("{i};0{}\n", ";".repeat(16_000)))
        .collect();
    let table = format!("name;frameTime{columns}\n{rows}");
    let fault = attempt("x.csv", table.as_bytes(), &TrackOptions::default()).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "line 67: expected at most 1048576 names of columns in all recordings, found more; ask for fewer columns, or write a file for each recording"
    );
}

#[test]
fn declared_sizes_are_compared_before_memory_is_taken() {
    let mut bytes = vec![0x7f, 0xff, 0xff, 0xff, 0, 1, 0x86, 0xa0, 0xff, 0xfc, 0, 9];
    bytes.extend([0; 64]);
    let fault = attempt("x.htk", &bytes, &TrackOptions::default()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Malformed);
}

#[test]
fn numbers_at_the_edge_are_no_trouble() {
    for text in [
        "frame,timestamp,confidence,success,a\n9007199254740991,0,1,1,1\n0,1,1,1,1\n",
        "start,end,x\n-360000,360000,1e39\n0,1e-320,-1e39\n",
        "time,x\n-0,1\n0,1\n",
        "time,x\n1e-320,1\n2e-320,1\n",
        "start,end,x\n-9999999 days 00:00:00,0 days 00:00:00,1\n",
        "start,end,x\n0 days 00:00:00,0 days 00:00:00.000000001,1\n",
    ] {
        let _ = attempt(
            "x.csv",
            text.as_bytes(),
            &options(|options| options.fps = Some(1e-300)),
        );
    }
}

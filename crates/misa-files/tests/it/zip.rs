//! Archives: which ones are read, and which are refused.

use crate::support::archive::{Member, archive, deflated, end, stored};
use misa_files::Source;
use misa_files::zip::{Archive, Limits, Method, ZipError};

const TEXT: &[u8] = b"so so so so so so so so so so good";

/// Opens the archive and reads all of its members.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Vec<u8>>, String> {
    let read = || -> Result<Vec<Vec<u8>>, ZipError> {
        let archive = Archive::open(Source::from(bytes), limits)?;
        let entries = archive.entries().iter();
        entries
            .map(|entry| {
                archive.verify(entry)?;
                let source = archive.read(entry)?;
                let bytes = source.bytes(0, source.len() as usize).unwrap();
                Ok(bytes.into_owned())
            })
            .collect()
    };
    read().map_err(|error| error.to_string())
}

fn refused(bytes: &[u8], message: &str) {
    let error = read(bytes, &Limits::default()).unwrap_err();
    assert_eq!(error, message);
}

#[test]
fn members_are_read_as_they_were_written() {
    let members = [
        deflated("packed", TEXT),
        stored("a/b", TEXT),
        stored("", b""),
    ];
    let bytes = archive(&members);
    let archive = Archive::open(Source::from(bytes.as_slice()), &Limits::default()).unwrap();
    let described: Vec<_> = archive
        .entries()
        .iter()
        .map(|entry| (entry.name(), entry.method(), entry.len()))
        .collect();
    let len = TEXT.len() as u64;
    let expected = [
        ("packed", Method::Deflated, len),
        ("a/b", Method::Stored, len),
        ("", Method::Stored, 0),
    ];
    assert_eq!(described, expected);
    let entry = archive.entry("a/b").unwrap();
    let start = entry.start() as usize;
    assert_eq!(&bytes[start..start + TEXT.len()], TEXT);
    assert!(archive.entry("b").is_none());
    let contents = read(&bytes, &Limits::default()).unwrap();
    assert_eq!(contents, [TEXT, TEXT, b""]);
}

#[test]
fn comments_may_look_like_the_end() {
    let mut bytes = archive(&[stored("a", TEXT)]);
    let comment = end(0, 0, 0);
    let len = bytes.len();
    bytes[len - 2..].copy_from_slice(&(comment.len() as u16 + 1).to_le_bytes());
    bytes.extend(comment);
    bytes.push(b'!');
    assert_eq!(read(&bytes, &Limits::default()).unwrap(), [TEXT]);
}

#[test]
fn files_that_are_not_archives_are_refused() {
    refused(
        b"",
        "last 0 bytes: expected the end record of a zip archive, found none",
    );
    refused(
        TEXT,
        "last 34 bytes: expected the end record of a zip archive, found none",
    );
    let mut longer = archive(&[stored("a", TEXT)]);
    longer.push(0);
    refused(
        &longer,
        "last 135 bytes: expected the end record of a zip archive, found none",
    );
}

#[test]
fn directories_that_are_not_there_are_refused() {
    // More entries than bytes, a start beyond the end, a length that wraps around.
    refused(
        &end(u16::MAX, 0, 0),
        "byte 0: directory of 0 bytes, found 65535 entries",
    );
    refused(
        &end(1, 46, u32::MAX),
        "byte 4294967295: directory of 46 bytes, expected its end at byte 0",
    );
    refused(
        &end(1, u32::MAX, 0),
        "byte 0: directory of 4294967295 bytes, expected its end at byte 0",
    );
    let mut bytes = vec![0; 46];
    bytes.extend(end(1, 46, 0));
    refused(
        &bytes,
        "byte 0: expected a directory entry, found 0x00000000",
    );
    // One entry that the end record does not count.
    let mut bytes = archive(&[stored("a", TEXT)]);
    let count = bytes.len() - 14;
    bytes[count..count + 4].fill(0);
    refused(&bytes, "byte 65: directory of 47 bytes, found 0 entries");
}

#[test]
fn parts_of_archives_are_refused() {
    let mut bytes = archive(&[stored("a", TEXT)]);
    let disk = bytes.len() - 18;
    bytes[disk] = 1;
    refused(
        &bytes,
        "byte 112: expected an archive in one file, found one part of a split archive",
    );
}

#[test]
fn the_wide_end_record_is_checked_too() {
    let bytes = include_bytes!("../fixtures/npy/wide.npz");
    assert_eq!(read(bytes, &Limits::default()).unwrap().len(), 1);
    let record = bytes.len() - 22 - 20 - 56;
    // Length of the record, disk, number of entries here, length of the directory.
    let places = [
        (4, "end record"),
        (16, "part of a split archive"),
        (24, "part of a split archive"),
        (40, "directory of"),
    ];
    for (place, message) in places {
        let mut bytes = bytes.to_vec();
        bytes[record + place] ^= 1;
        let error = read(&bytes, &Limits::default()).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    let mut bytes = bytes.to_vec();
    let locator = record + 56;
    bytes[locator + 8..locator + 16].fill(0xff);
    refused(
        &bytes,
        "byte 18446744073709551615: expected the 64-bit end record",
    );
}

#[test]
fn members_that_share_bytes_are_refused() {
    let twice = Member {
        header: Some(0),
        ..deflated("b", TEXT)
    };
    let names_differ = archive(&[deflated("a", TEXT), twice.clone()]);
    refused(
        &names_differ,
        "byte 0: header of another entry, expected that of \"b\"",
    );
    let same = archive(&[deflated("b", TEXT), twice]);
    refused(
        &same,
        "\"b\": ends at byte 42, expected at most 0, where the next record is",
    );
    // A member that holds the header of the next one.
    let mut inner = archive(&[stored("in", TEXT)]);
    inner.truncate(32 + TEXT.len());
    let outer = Member {
        header: Some(0),
        ..stored("out", &inner)
    };
    let hidden = Member {
        header: Some(33),
        ..stored("in", TEXT)
    };
    let overlapping = archive(&[outer, hidden]);
    refused(
        &overlapping,
        "\"out\": ends at byte 99, expected at most 33, where the next record is",
    );
    // A member that extends into the directory.
    let mut long = archive(&[stored("a", TEXT)]);
    let entry = 65;
    long[entry + 20] += 1;
    refused(
        &long,
        "\"a\": ends at byte 66, expected at most 65, where the next record is",
    );
    let outside = archive(&[Member {
        header: Some(4000),
        ..stored("a", TEXT)
    }]);
    refused(&outside, "byte 4000: expected the header of an entry");
}

#[test]
fn names_are_unique_and_stay_inside_the_archive() {
    let twice = archive(&[stored("a", TEXT), stored("a", TEXT)]);
    refused(&twice, "\"a\": expected one entry of that name, found two");
    for name in ["../a", "a/../../b", "/etc/passwd", "..", "a\\b", "a\0"] {
        let error = read(&archive(&[stored(name, TEXT)]), &Limits::default()).unwrap_err();
        assert!(
            error.ends_with("expected a relative path without `..`"),
            "{error}"
        );
    }
    assert!(read(&archive(&[stored("a..b", TEXT)]), &Limits::default()).is_ok());
}

#[test]
fn unreadable_members_are_named() {
    let secret = Member {
        flags: 1,
        ..stored("a", TEXT)
    };
    refused(
        &archive(&[secret]),
        "\"a\": encrypted, expected a readable entry",
    );
    let other = Member {
        method: 14,
        ..stored("a", TEXT)
    };
    refused(
        &archive(&[other]),
        "\"a\": packed by method 14, expected 0 (stored) or 8 (deflated)",
    );
}

#[test]
fn false_lengths_and_checksums_are_noticed() {
    let fewer = Member {
        len: 33,
        ..deflated("a", TEXT)
    };
    let error = read(&archive(&[fewer]), &Limits::default()).unwrap_err();
    assert_eq!(error, "\"a\": expected 33 bytes, found 34");
    let more = Member {
        len: 35,
        ..deflated("a", TEXT)
    };
    refused(&archive(&[more]), "\"a\": expected 35 bytes, found 34");
    let more = Member {
        len: 35,
        ..stored("a", TEXT)
    };
    refused(&archive(&[more]), "\"a\": expected 35 bytes, found 34");
    let mut padded = deflated("a", TEXT);
    let len = padded.packed.len();
    padded.packed.push(0);
    refused(
        &archive(&[padded.clone()]),
        &format!("\"a\": expected {} bytes, found {len}", len + 1),
    );
    padded.packed.truncate(len - 1);
    let error = read(&archive(&[padded]), &Limits::default()).unwrap_err();
    assert!(error.contains("expected deflated data"), "{error}");
    for member in [stored("a", TEXT), deflated("a", TEXT)] {
        let wrong = Member {
            checksum: 7,
            ..member
        };
        refused(
            &archive(&[wrong]),
            "\"a\": checksum 0x4a4bb53e, expected 0x00000007; the file is damaged: get it again",
        );
    }
}

#[test]
fn stored_members_are_compared_when_they_are_read() {
    let mut bytes = archive(&[stored("a", TEXT), stored("b", TEXT)]);
    // Behind the header of 30 bytes and the name.
    bytes[31] ^= 1;
    let archive = Archive::open(Source::from(bytes.as_slice()), &Limits::default()).unwrap();
    let found = stored("a", &bytes[31..31 + TEXT.len()]).checksum;
    for _ in 0..2 {
        let error = archive.read(archive.entry("a").unwrap()).unwrap_err();
        let expected = format!(
            "\"a\": checksum 0x{found:08x}, expected 0x4a4bb53e; the file is damaged: get it again"
        );
        assert_eq!(error.to_string(), expected);
        let whole = archive.read(archive.entry("b").unwrap()).unwrap();
        assert_eq!(*whole.bytes(0, TEXT.len()).unwrap(), *TEXT);
    }
}

#[test]
fn limits_hold() {
    let bytes = archive(&[deflated("a", TEXT), deflated("b", TEXT)]);
    let limits = Limits::default();
    let cases = [
        (
            Limits {
                entries: 1,
                ..limits
            },
            "\"\": entries, expected at most 1, found 2",
        ),
        (
            Limits {
                entry_bytes: 33,
                ..limits
            },
            "\"a\": unpacked bytes, expected at most 33, found 34",
        ),
        (
            Limits {
                total_bytes: 67,
                ..limits
            },
            "\"b\": unpacked bytes up to this entry, expected at most 67, found 68",
        ),
        (
            Limits {
                expansion: 2,
                ..limits
            },
            "\"a\": unpacked bytes for its packed bytes, expected at most 22, found 34",
        ),
    ];
    for (limits, message) in cases {
        assert_eq!(read(&bytes, &limits).unwrap_err(), message);
    }
    let just = Limits {
        entries: 2,
        entry_bytes: 34,
        total_bytes: 68,
        expansion: 4,
    };
    assert!(read(&bytes, &just).is_ok());
}

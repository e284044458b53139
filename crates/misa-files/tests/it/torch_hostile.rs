//! PyTorch files that are unusual, damaged or malicious.

use crate::support::archive::{Member, archive, deflated, stored};
use misa_files::Source;
use misa_files::torch::{File, Limits, TorchError};
use misa_testing::golden;
use std::fs;
use std::path::{Path, PathBuf};

/// A pickle of one tensor in a storage `0` of floats.
fn tensor(len: &str, offset: &str, shape: &str, strides: &str) -> Vec<u8> {
    let axes = |axes: &str| -> String {
        let axes = axes.split_whitespace();
        axes.map(|axis| format!("I{axis}\n")).collect()
    };
    let mut bytes =
        b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\n".to_vec();
    bytes.extend(format!("S'0'\nS'cpu'\nI{len}\ntQI{offset}\n").as_bytes());
    bytes.extend(format!("({}t({}tI00\nNtR.", axes(shape), axes(strides)).as_bytes());
    bytes
}

fn zip_of(pickle: &[u8], storage: &[u8]) -> Vec<u8> {
    archive(&[stored("x/data.pkl", pickle), stored("x/data/0", storage)])
}

/// Opens the file and reads its outermost tensor.
fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<f64>, TorchError> {
    let source = Source::from(bytes);
    let file = File::open(&source, limits)?;
    match file.tensor(file.root())? {
        Some(tensor) => tensor.to_doubles(),
        None => Ok(Vec::new()),
    }
}

fn message(bytes: &[u8]) -> String {
    read(bytes, &Limits::default()).unwrap_err().to_string()
}

#[test]
fn tensors_stay_in_their_storage() {
    let storage = [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64];
    let with = |offset: &str, shape: &str, strides: &str| {
        zip_of(&tensor("4", offset, shape, strides), &storage)
    };
    let values = read(&with("1", "1 2", "2 2"), &Limits::default()).unwrap();
    assert_eq!(values, [2.0, 4.0]);
    for (offset, shape, strides) in [
        ("0", "5", "1"),
        ("4", "1", "1"),
        ("1", "2 2", "2 1"),
        ("9223372036854775807", "2", "9223372036854775807"),
        ("0", "9223372036854775807 9223372036854775807", "0 0"),
        ("0", "4", "1 1"),
        ("0", "", "1"),
    ] {
        let message = message(&with(offset, shape, strides));
        assert!(message.ends_with("expected all in 4 elements"), "{message}");
    }
    for (offset, shape, strides) in [("-1", "1", "1"), ("0", "-1", "1"), ("0", "1", "-1")] {
        let message = message(&with(offset, shape, strides));
        assert_eq!(
            message,
            "tensor: expected a number of at least 0, found int"
        );
    }
    let many = "1 ".repeat(65);
    assert_eq!(
        message(&with("0", &many, &many)),
        "tensor: expected a tuple of at most 64, found tuple of 65"
    );
}

#[test]
fn repetition_has_a_limit() {
    // Eight terabytes of one element, also where another member claims to be large.
    let pickle = tensor("1", "0", "1000000 1000000", "0 0");
    let claim = Member {
        method: 14,
        len: u32::MAX - 1,
        ..stored("x/claim", b"")
    };
    let members = [
        stored("x/data.pkl", &pickle),
        stored("x/data/0", &[0; 4]),
        claim,
    ];
    for count in [2, 3] {
        let bytes = archive(&members[..count]);
        let packed: usize = pickle.len() + 4;
        let limit = 8 * packed + (1 << 20);
        assert_eq!(
            message(&bytes),
            format!("tensors of the file, expected at most {limit} bytes, found more")
        );
    }
    // Just as much as is allowed; a second read is not.
    let bytes = zip_of(&tensor("1", "0", "400 200", "0 0"), &[0; 4]);
    let source = Source::from(bytes.as_slice());
    let file = File::open(&source, &Limits::default()).unwrap();
    let tensor = file.tensor(file.root()).unwrap().unwrap();
    assert_eq!(tensor.to_floats().unwrap(), vec![0.0; 80_000]);
    assert!(matches!(tensor.to_floats(), Err(TorchError::Limit { .. })));
}

#[test]
fn tensors_have_a_storage() {
    let message = message(&zip_of(
        b"ctorch._utils\n_rebuild_tensor_v2\n(NI0\n))tR.",
        &[],
    ));
    assert_eq!(message, "tensor: expected a storage, found none");
}

#[test]
fn storages_have_the_length_that_the_pickle_says() {
    let of = |len: &str| message(&zip_of(&tensor(len, "0", "1", "1"), &[0; 16]));
    assert_eq!(of("3"), "storage \"0\": expected 12 bytes, found 16");
    assert_eq!(
        of("9223372036854775807"),
        "storage \"0\": expected 18446744073709551615 bytes, found 16"
    );
    assert_eq!(
        of("-1"),
        "reference to a storage: expected a number of elements, found int"
    );
    let without = archive(&[stored("x/data.pkl", &tensor("4", "0", "1", "1"))]);
    assert_eq!(
        message(&without),
        "storage \"0\": expected a storage of that key"
    );
}

#[test]
fn repacked_archives_are_read() {
    let pickle = tensor("2", "0", "2", "1");
    let storage = [0, 0, 128, 63, 0, 0, 0, 64];
    let members = [
        deflated("x/data.pkl", &pickle),
        deflated("x/data/0", &storage),
        deflated("x/byteorder", b"little"),
    ];
    assert_eq!(
        read(&archive(&members), &Limits::default()).unwrap(),
        [1.0, 2.0]
    );
    let swapped = [63, 128, 0, 0, 64, 0, 0, 0];
    let big = [
        stored("x/data.pkl", &pickle),
        stored("x/data/0", &swapped),
        stored("x/byteorder", b"big"),
    ];
    assert_eq!(
        read(&archive(&big), &Limits::default()).unwrap(),
        [1.0, 2.0]
    );
    let mut odd = big.clone();
    odd[2] = stored("x/byteorder", b"middle, of course");
    assert!(message(&archive(&odd)).ends_with("expected `little` or `big`"));
    let short = Member {
        len: 3,
        ..big[1].clone()
    };
    let bytes = archive(&[big[0].clone(), short]);
    assert_eq!(message(&bytes), "storage \"0\": expected 8 bytes, found 3");
}

#[test]
fn storages_have_the_checksum_that_the_archive_says() {
    let pickle = stored("x/data.pkl", &tensor("2", "0", "2", "1"));
    let storage = stored("x/data/0", &[0, 0, 128, 63, 0, 0, 0, 64]);
    let mut changed = storage.clone();
    changed.packed[2] ^= 1;
    let found = stored("", &changed.packed).checksum;
    let expected = storage.checksum;
    assert_eq!(
        message(&archive(&[pickle.clone(), changed])),
        format!(
            "\"x/data/0\": checksum 0x{found:08x}, expected 0x{expected:08x}; the file is damaged: \
             get it again"
        )
    );
    // As PyTorch writes it where it computes none.
    let without = Member {
        checksum: 0,
        ..storage
    };
    let bytes = archive(&[pickle, without]);
    assert_eq!(read(&bytes, &Limits::default()).unwrap(), [1.0, 2.0]);
}

#[test]
fn nothing_is_executed() {
    let pickles: [(&[u8], &str); 4] = [
        (b"cposix\nsystem\n(S'true'\ntR.", "posix.system"),
        (
            b"ccollections\ndefaultdict\n(cos\nsystem\ntR0cos\nsystem\n(S'true'\ntR.",
            "os.system",
        ),
        (b"ctorch\nload\n.", "torch.load"),
        (b"cbuiltins\neval\n)R.", "builtins.eval"),
    ];
    for (pickle, name) in pickles {
        let message = message(&zip_of(pickle, &[]));
        assert!(message.starts_with("data.pkl: byte "), "{message}");
        assert!(
            message.ends_with(&format!("global `{name}` is not allowed")),
            "{message}"
        );
    }
}

#[test]
fn other_files_are_refused() {
    let expected = "byte 0: expected an archive or the magic number of PyTorch";
    for bytes in [&b""[..], b"P", b"\x80\x02K\x01.", b"so so"] {
        assert_eq!(message(bytes), expected);
    }
    let none = archive(&[stored("data.pkl", b"N.")]);
    assert_eq!(
        message(&none),
        "archive: expected one `data.pkl` in a folder, found 0"
    );
    let two = archive(&[stored("a/data.pkl", b"N."), stored("b/data.pkl", b"N.")]);
    assert_eq!(
        message(&two),
        "archive: expected one `data.pkl` in a folder, found 2"
    );
    let longer = zip_of(b"N.N.", &[]);
    assert!(message(&longer).ends_with("expected the end of `data.pkl`"));
}

/// An older file, with one storage of two floats.
fn legacy(version: i64, keys: &str, count: u64) -> Vec<u8> {
    let mut bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.".to_vec();
    bytes.extend(format!("I{version}\n.").as_bytes());
    bytes.extend(b"}.");
    bytes.extend(tensor("2", "0", "2", "1"));
    bytes.extend(format!("({keys}l.").as_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend([0, 0, 128, 63, 0, 0, 0, 64]);
    bytes
}

#[test]
fn older_files_are_checked_as_strictly() {
    let good = legacy(1001, "S'0'\n", 2);
    assert_eq!(read(&good, &Limits::default()).unwrap(), [1.0, 2.0]);
    let start = good.len() - 8;
    for (bytes, expected) in [
        (
            legacy(1002, "S'0'\n", 2),
            "byte 15: expected version 1001".to_string(),
        ),
        (
            legacy(1001, "S'0'\n", 3),
            "storage \"0\": expected 8 bytes, found 12".to_string(),
        ),
        (
            legacy(1001, "S'0'\n", u64::MAX),
            format!("storage \"0\": expected 8 bytes, found {}", u64::MAX),
        ),
        (
            legacy(1001, "S'1'\n", 2),
            "storage \"1\": expected a tensor that uses it".to_string(),
        ),
        (
            legacy(1001, "", 2),
            format!("byte {}: expected the end of the file", start - 13),
        ),
        (
            good[..good.len() - 1].to_vec(),
            format!("byte {start}: expected the elements of a storage"),
        ),
        (
            [&good[..], b"!"].concat(),
            format!("byte {}: expected the end of the file", good.len()),
        ),
    ] {
        assert_eq!(message(&bytes), expected);
    }
}

#[test]
fn every_prefix_is_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/torch");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    for kind in ["zip", "legacy"] {
        let file = format!("embedding_and_mapping.{kind}.pt");
        paths.push(golden("data/misa_mosi_f32/pkl").join(file));
    }
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        for len in 0..bytes.len() {
            let source = Source::from(&bytes[..len]);
            let opened = File::open(&source, &Limits::default());
            assert!(opened.is_err(), "{} cut to {len}", path.display());
        }
    }
}

//! Files that are wrong or mean harm: one typed error each, quickly, and nothing happens.

use misa_data::{DataError, Format, UtteranceDataset};
use misa_files::pickle::{ConvertError, Limits, Pickle, PickleError};
use std::fs;

fn parse(bytes: &[u8]) -> Result<(), PickleError> {
    Pickle::parse(bytes, &Limits::default()).map(drop)
}

#[test]
fn nothing_beyond_the_list_can_be_named() {
    for global in [
        "os\nsystem\n",
        "builtins\nexec\n",
        "builtins\ngetattr\n",
        "numpy\nload\n",
        "create_dataset\nreturn_unk\n",
    ] {
        let error = parse(format!("c{global}.").as_bytes()).unwrap_err();
        let name = global.trim_end().replace('\n', ".");
        assert_eq!(error, PickleError::GlobalNotAllowed { offset: 0, name });
    }
}

#[test]
fn opcodes_that_build_objects_are_refused() {
    let cases: [(&[u8], &str); 9] = [
        (b"(ibuiltins\nlist\n.", "INST"),
        (b"(o.", "OBJ"),
        (b"))\x81.", "NEWOBJ"),
        (b")))\x92.", "NEWOBJ_EX"),
        (b"\x82\x01.", "EXT1"),
        (b"Pid\n.", "PERSID"),
        (b"NQ.", "BINPERSID"),
        (b"\x97.", "NEXT_BUFFER"),
        (b"\x98.", "READONLY_BUFFER"),
    ];
    for (bytes, expected) in cases {
        match parse(bytes) {
            Err(PickleError::OpcodeNotAllowed { name, .. }) => assert_eq!(name, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

#[test]
fn a_name_of_an_attack_is_refused_whatever_uses_it() {
    for bytes in [
        &b"(ios\nsystem\n."[..],
        b"(cos\nsystem\no.",
        b"cos\nsystem\n)\x81.",
        b"(cmine\nX\ncos\nsystem\no.",
    ] {
        match parse(bytes) {
            Err(PickleError::GlobalNotAllowed { name, .. }) => assert_eq!(name, "os.system"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn only_names_can_be_called() {
    for bytes in [
        b"\x8c\x01a)R.".as_slice(),
        b"N)R.",
        b"cbuiltins\nset\nNR.",
        b")R.",
    ] {
        assert!(
            matches!(parse(bytes), Err(PickleError::Stack { .. })),
            "{bytes:?}"
        );
    }
}

#[test]
fn marks_bound_the_stack() {
    for bytes in [
        b"(.".as_slice(),
        b"N(a.",
        b"Na.",
        b"Nt.",
        b"N(\x85.",
        b"]N(a.",
    ] {
        assert!(
            matches!(parse(bytes), Err(PickleError::Stack { .. })),
            "{bytes:?}"
        );
    }
    assert_eq!(parse(b"N(0."), Ok(()));
}

#[test]
fn memo_entries_are_bounded_by_the_file() {
    assert!(matches!(
        parse(b"Nr\xff\xff\xff\xff."),
        Err(PickleError::Limit { .. })
    ));
    assert!(matches!(
        parse(b"Nj\xff\xff\xff\xff."),
        Err(PickleError::Memo {
            index: 0xffff_ffff,
            ..
        })
    ));
}

#[test]
fn files_of_other_kinds_are_refused_at_once() {
    for bytes in [
        b"hello".as_slice(),
        b"\xff\xff",
        b"a.",
        b"id,label\n",
        b"Introduction\n",
    ] {
        let error = parse(bytes).unwrap_err();
        assert!(
            matches!(
                error,
                PickleError::Start { .. } | PickleError::OpcodeNotAllowed { .. }
            ),
            "{error}"
        );
    }
}

#[test]
fn bytes_after_the_end_are_an_error() {
    assert_eq!(
        parse(b"N.N."),
        Err(PickleError::Trailing {
            offset: 2,
            found: 2
        })
    );
}

#[test]
fn a_newer_protocol_is_refused() {
    assert_eq!(
        parse(b"\x80\x06N."),
        Err(PickleError::Protocol {
            offset: 0,
            found: 6
        })
    );
}

#[test]
fn limits_are_those_of_the_caller() {
    let limits = Limits {
        values: 3,
        ..Limits::default()
    };
    assert!(Pickle::parse(b"(NNNl.", &limits).is_err());
    assert!(Pickle::parse(b"(NNl.", &limits).is_ok());
    let limits = Limits {
        file_bytes: 1,
        ..Limits::default()
    };
    assert!(Pickle::parse(b"N.", &limits).is_err());
}

/// A list of references to one long text, 64 KiB, that takes 2 bytes each.
fn shared_text() -> Vec<u8> {
    let mut bytes = b"X\0\0\x01\0".to_vec();
    bytes.extend([b'a'; 1 << 16]);
    bytes.extend(b"q\x000(");
    for _ in 0..50_000 {
        bytes.extend(b"h\0");
    }
    bytes.extend(b"l.");
    bytes
}

#[test]
fn shared_values_do_not_expand_without_bound() {
    let bytes = shared_text();
    let pickle = Pickle::parse(&bytes, &Limits::default()).unwrap();
    let error = pickle.root().to_texts().unwrap_err();
    assert!(matches!(error, ConvertError::Limit { .. }), "{error}");
}

#[test]
fn decoding_the_same_text_again_and_again_is_bounded() {
    let mut bytes = b"X\0\0\x01\0".to_vec();
    bytes.extend([b'a'; 1 << 16]);
    bytes.extend(b"q\0");
    for _ in 0..10_000 {
        bytes.extend(b"c_codecs\nencode\nh\0X\x06\0\0\0latin1\x86R0");
    }
    bytes.push(b'.');
    match parse(&bytes).unwrap_err() {
        PickleError::Limit { limit, .. } => assert_eq!(limit, 8 * bytes.len() as u64 + (1 << 20)),
        error => panic!("{error}"),
    }
}

#[test]
fn cycles_are_harmless() {
    // A list that holds itself.
    let pickle = Pickle::parse(b"]q\0h\0a.", &Limits::default()).unwrap();
    let inner = pickle.root().items().unwrap().get(0).unwrap();
    assert_eq!(inner.describe(), "list of 1");
    assert!(pickle.root().to_texts().is_err());
}

#[test]
fn half_built_arrays_stay_empty() {
    let bytes = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R.";
    let pickle = Pickle::parse(bytes, &Limits::default()).unwrap();
    assert!(pickle.root().array().is_none());
    assert!(pickle.root().to_floats().is_err());
}

fn open_text(content: &[u8], format: Option<Format>) -> DataError {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.pkl");
    fs::write(&path, content).unwrap();
    match format {
        Some(format) => UtteranceDataset::open_as(&path, format).unwrap_err(),
        None => UtteranceDataset::open(&path).unwrap_err(),
    }
}

#[test]
fn formats_can_be_forced_and_still_check() {
    let error = open_text(b"}.", Some(Format::Misa)).to_string();
    assert!(
        error.ends_with("data.pkl: expected a list of utterances, found dict of 0"),
        "{error}"
    );
    let error = open_text(b"].", Some(Format::Mmsa)).to_string();
    assert!(
        error.ends_with("expected a dict of splits or a list of utterances, found list of 0"),
        "{error}"
    );
    let error = open_text(b"N.", Some(Format::Safetensors));
    assert!(matches!(error, DataError::Io { .. }), "{error}");
}

#[test]
fn utterances_of_another_shape_are_named() {
    let error = open_text(b"(NNl.", None).to_string();
    assert!(
        error.ends_with("data.pkl: data[0]: expected (features, label, segment), found none"),
        "{error}"
    );
}

#[test]
fn splits_of_another_shape_are_named() {
    let error = open_text(b"}\x8c\x05train}s.", None).to_string();
    assert!(
        error.ends_with(
            "data.pkl: train: expected a dict with \"regression_labels\", found dict of 0"
        ),
        "{error}"
    );
}

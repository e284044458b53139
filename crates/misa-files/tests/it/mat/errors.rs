//! The exact message of each fault.

use super::{element, file, fixture, matrix, numbers, open, packed, read_all};
use misa_files::Source;
use misa_files::mat::{Limits, Mat};

fn message(bytes: &[u8]) -> String {
    read_all(bytes).unwrap_err().to_string()
}

/// The message for one array in a file.
fn array(class: i32, shape: &[i32], content: &[u8]) -> String {
    message(&file(&matrix(class, shape, "a", content)))
}

#[test]
fn heads_are_checked() {
    assert_eq!(
        message(b"MATLAB"),
        "byte 124: expected the head of a file of level 5"
    );
    let mut bytes = file(&[]);
    bytes[126] = b'X';
    let expected =
        "byte 124: expected the version and the mark of a file of level 5, found \"\\x00\\x01XM\"";
    assert_eq!(message(&bytes), expected);
    bytes[124..].copy_from_slice(b"\x00\x02IM");
    assert_eq!(message(&bytes), "byte 124: version 2.0, expected 1.0");
}

#[test]
fn elements_are_checked() {
    let cases = [
        (
            vec![14, 0, 0],
            "byte 128: the tag of an element of 8 bytes, found 3",
        ),
        (
            numbers(&[14, 100]),
            "byte 128: an element of 100 bytes, found 0",
        ),
        (
            numbers(&[9, 0]),
            "byte 128: expected a variable, found an element of type 9",
        ),
        (
            numbers(&[0x5000e, 0]),
            "byte 128: bytes of a small element 5, expected at most 4",
        ),
        (
            element(15, b"no zlib!"),
            "byte 136: the deflated data is damaged",
        ),
        (
            element(14, &element(6, &[0; 3])),
            "byte 136: the flags of an array of 8 bytes, found 3",
        ),
        (
            element(14, &element(5, &[0; 8])),
            "byte 136: expected the flags of an array, found an element of type 5",
        ),
        (
            matrix(18, &[1, 1], "a", &[]),
            "byte 136: class 18, expected 1 to 17",
        ),
        (
            matrix(6, &[1], "a", &[]),
            "byte 152: bytes of a shape 4, expected 8 and more, 4 for each axis",
        ),
        (
            matrix(6, &[1, -1], "a", &[]),
            "byte 152: length of an axis -1, expected at least 0",
        ),
        (
            matrix(6, &[i32::MAX, i32::MAX, 0], "a", &[]),
            "byte 152: axes of an array 3, expected a product that can be counted",
        ),
        (
            matrix(6, &[1; 33], "a", &[]),
            "byte 152: bytes of a shape 132, expected at most 128",
        ),
    ];
    for (variables, expected) in cases {
        assert_eq!(message(&file(&variables)), expected);
    }
}

#[test]
fn content_is_checked() {
    let eight = element(9, &[0; 8]);
    let cases = [
        (
            array(6, &[2, 2], &eight),
            "byte 184: array of shape [2, 2] and element size 8, found 8 bytes",
        ),
        (
            array(6, &[1, 1], &element(16, b"a")),
            "byte 184: expected numbers, found an element of type 16",
        ),
        (
            array(6, &[1, 1], &[]),
            "byte 184: the tag of an element of 8 bytes, found 0",
        ),
        (
            array(6, &[1, 1], &[&eight[..], &eight].concat()),
            "byte 200: expected the end of an array, found more bytes",
        ),
        (
            array(0x806, &[1, 1], &eight),
            "\"a\": complex numbers are not supported",
        ),
        (
            array(5, &[1, 1], &eight),
            "\"a\": sparse numbers are not supported",
        ),
        (
            array(3, &[1, 1], &eight),
            "\"a\": objects are not supported",
        ),
        (
            array(16, &[1, 1], &eight),
            "\"a\": function handles are not supported",
        ),
        (
            array(4, &[1, 1], &element(4, &[0, 0xd8])),
            "byte 184: expected a text, found bytes that are none",
        ),
        (
            array(4, &[1, 1], &element(16, b"\xff")),
            "byte 184: expected a text, found bytes that are none",
        ),
        (
            array(4, &[1, 3], &element(16, b"ab")),
            "byte 184: array of shape [1, 3] and element size 1, found 2 bytes",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn cells_and_structs_are_checked() {
    let lengths =
        |length: i32, names: &[u8]| [element(5, &numbers(&[length])), element(1, names)].concat();
    let cases = [
        (
            array(1, &[1, 9], &[]),
            "byte 128: cells or fields of 72 bytes, found 0",
        ),
        (
            array(1, &[1 << 20, 1], &[]),
            "byte 128: cells, fields and lines 1048576, expected at most 262144",
        ),
        (
            array(2, &[1, 1], &lengths(0, b"")),
            "byte 184: length of the names of fields 0, expected 1 and more, as many as names may have",
        ),
        (
            array(2, &[1, 1], &lengths(-5, b"")),
            "byte 184: length of the names of fields -5, expected 1 and more, as many as names may have",
        ),
        (
            array(2, &[1, 1], &lengths(2, b"abc")),
            "byte 200: bytes of the names of fields 3, expected a multiple of the length of a name",
        ),
        (
            array(2, &[1, 1], &lengths(1, b"aa")),
            "\"a\": expected one of that name, found two",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn names_are_checked() {
    let bytes = fixture("others.mat");
    let mat = open(&bytes).unwrap();
    let found = |path: &str| mat.floats(path).unwrap_err().to_string();
    assert_eq!(
        found("none"),
        "\"none\": expected one of [\"line\", \"lines\", \"unicode\", \"nothing\", \"cells\", \"data\", \
         \"many\"], found nothing of that name"
    );
    assert_eq!(
        found("data.inner.x"),
        "\"data.inner.x\": expected one of [\"features\", \"name\"], found nothing of that name"
    );
    assert_eq!(
        found("line"),
        "\"line\": expected numbers, found char [1, 9]"
    );
    assert_eq!(
        found("data"),
        "\"data\": expected numbers, found struct [1, 1]"
    );
    assert_eq!(
        found("line.x"),
        "\"line\": expected a single struct, found char [1, 9]"
    );
    assert_eq!(
        found("many.name"),
        "\"many\": expected a single struct, found struct [1, 2]"
    );
    let twice = matrix(6, &[0, 0], "a", &[]).repeat(2);
    assert_eq!(
        message(&file(&twice)),
        "\"a\": expected one of that name, found two"
    );
}

#[test]
fn refused_values_are_named() {
    let bytes = fixture("refused.mat");
    let mat = open(&bytes).unwrap();
    let found = |path: &str| mat.read(path).unwrap_err().to_string();
    assert_eq!(
        found("complex"),
        "\"complex\": complex numbers are not supported"
    );
    assert_eq!(
        found("sparse"),
        "\"sparse\": sparse numbers are not supported"
    );
    assert_eq!(
        found("data.before"),
        "\"data.before\": complex numbers are not supported"
    );
    assert_eq!(
        mat.find("complex").unwrap().to_string(),
        "complex double [1, 2]"
    );
}

#[test]
fn packed_elements_are_checked() {
    let array = matrix(6, &[1, 2], "a", &element(9, &[1; 16]));
    let bytes = file(&packed(&array));
    assert!(read_all(&bytes).is_ok());
    // The checksum at the end.
    let mut damaged = bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(message(&damaged), "byte 136: the deflated data is damaged");
    let longer = file(&packed(&[&array[..], &[0; 8]].concat()));
    let expected =
        "byte 136, unpacked byte 80: expected the end of a packed element, found more bytes";
    assert_eq!(message(&longer), expected);
    let shorter = file(&packed(&array[..72]));
    let expected = "byte 136, unpacked byte 64: the data of an element of 16 bytes, found 8";
    assert_eq!(message(&shorter), expected);
    let nested = file(&packed(&packed(&array)));
    let expected = "byte 136, unpacked byte 0: expected an array, found an element of type 15";
    assert_eq!(message(&nested), expected);
}

#[test]
fn limits_are_named() {
    let array = matrix(6, &[1, 2], "a", &element(9, &[1; 16]));
    let bytes = file(&packed(&array));
    let open = |bytes: &[u8], limits: &Limits| {
        Mat::open(Source::from(bytes), limits)
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    let limits = Limits {
        unpacked_bytes: 64,
        ..Limits::default()
    };
    let expected = "byte 136, unpacked byte 0: unpacked bytes 72, expected at most 64";
    // 8 bytes fewer than `array`, which has a tag.
    assert_eq!(
        open(&bytes, &limits),
        expected.replace("72", &(array.len() - 8).to_string())
    );
    let limits = Limits {
        variables: 1,
        ..Limits::default()
    };
    let two = file(&[array, matrix(6, &[0, 0], "b", &[])].concat());
    assert_eq!(
        open(&two, &limits),
        "byte 208: variables 2, expected at most 1"
    );
    let limits = Limits {
        name_bytes: 2,
        ..Limits::default()
    };
    let named = file(&matrix(6, &[0, 0], "abc", &[]));
    assert_eq!(
        open(&named, &limits),
        "byte 168: bytes of a name 3, expected at most 2"
    );
    let limits = Limits {
        text_bytes: 3,
        ..Limits::default()
    };
    let text = file(&matrix(4, &[1, 2], "t", &element(4, b"a\0b\0")));
    let mat = Mat::open(Source::from(&text), &limits).unwrap();
    let found = mat.read("t").unwrap_err().to_string();
    assert_eq!(found, "byte 128: bytes of texts 4, expected at most 3");
}

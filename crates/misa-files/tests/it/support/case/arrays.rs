//! Arrays whose parts contradict each other.

use super::super::py::Py;
use super::{Case, Expected, in_all_protocols};

fn array(dtype: &str, shape: Py, data: Py) -> Py {
    Py::array(Py::dtype(dtype, "<"), shape, Py::Bool(false), data)
}

fn zeros(count: usize) -> Py {
    Py::Bytes(vec![0; count])
}

/// A whole number of 8 bytes.
fn long(value: i64) -> Py {
    let mut bytes = vec![0x8a, 8];
    bytes.extend(value.to_le_bytes());
    Py::Raw(bytes)
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, value, text) in [types(), elements(), shapes()].concat() {
        cases.extend(in_all_protocols(&name, &value, Expected::Refused(text)));
    }
    cases
}

type Wrong = (String, Py, &'static str);
type WrongArray = (&'static str, Py, &'static str);

fn types() -> Vec<Wrong> {
    [
        "V8",
        "M8",
        "m8",
        "c8",
        "c16",
        "f1",
        "f3",
        "f16",
        "f-4",
        "i-1",
        "i0",
        "u3",
        "S-1",
        "S0",
        "U0",
        "U99999999999999999999",
        "U9223372036854775807",
        "4f",
        "f4,f4",
        "",
        "(2,)f4",
        "object",
    ]
    .into_iter()
    .map(|name| {
        let value = array(name, Py::ints(&[1]), zeros(4));
        (format!("element type {name}"), value, "is not supported")
    })
    .collect()
}

/// States of an element type, and elements, of another kind than they should be.
fn elements() -> Vec<Wrong> {
    let structured = Py::Build(
        Box::new(Py::call("numpy", "dtype", vec![Py::text("f4")])),
        Box::new(Py::Tuple(vec![
            Py::Int(3),
            Py::text("<"),
            Py::None,
            Py::Tuple(vec![Py::text("a")]),
            Py::None,
        ])),
    );
    let short = Py::Build(
        Box::new(Py::call("numpy", "dtype", vec![Py::text("f4")])),
        Box::new(Py::Tuple(vec![Py::Int(3)])),
    );
    let one = || Py::ints(&[1]);
    let objects = Py::List(vec![Py::None]);
    vec![
        ("structured".into(), structured, "is not supported"),
        (
            "a short state".into(),
            short,
            "expected an array or element type",
        ),
        (
            "objects of bytes".into(),
            array("O8", one(), zeros(8)),
            "the elements of an array",
        ),
        (
            "floats of a list".into(),
            array("f4", one(), objects),
            "the elements of an array",
        ),
        (
            "floats of a text".into(),
            array("f4", one(), Py::text("abcd")),
            "the elements",
        ),
        (
            "floats of floats".into(),
            array("f4", one(), Py::Float(1.0)),
            "the elements",
        ),
    ]
}

fn shapes() -> Vec<Wrong> {
    let refused = [wrong_counts(), overflows(), axes(), parts()].concat();
    let named = |(name, value, text)| (format!("array: {name}"), value, text);
    refused.into_iter().map(named).collect()
}

/// What the message of an array of another size says.
const SIZED: &str = "array of shape";

/// Shapes and bytes that disagree.
fn wrong_counts() -> Vec<WrongArray> {
    let objects = |count| array("O8", Py::ints(&[count]), Py::List(vec![Py::None]));
    vec![
        (
            "too few bytes",
            array("f4", Py::ints(&[2]), zeros(7)),
            SIZED,
        ),
        (
            "too many bytes",
            array("f4", Py::ints(&[2]), zeros(9)),
            SIZED,
        ),
        ("no bytes", array("f4", Py::ints(&[1000]), zeros(0)), SIZED),
        (
            "bytes for nothing",
            array("f4", Py::ints(&[0]), zeros(4)),
            SIZED,
        ),
        ("a scalar of 8", array("f4", Py::ints(&[]), zeros(8)), SIZED),
        (
            "a wrong product",
            array("f4", Py::ints(&[2, 3]), zeros(4)),
            SIZED,
        ),
        ("too few objects", objects(2), SIZED),
        ("too many objects", objects(0), SIZED),
    ]
}

fn overflows() -> Vec<WrongArray> {
    let huge = || Py::Tuple(vec![long(1 << 40), long(1 << 40)]);
    let fortran = |shape| Py::array(Py::dtype("f4", "<"), shape, Py::Bool(true), zeros(4));
    vec![
        (
            "an overflowing product",
            array("f4", huge(), zeros(0)),
            SIZED,
        ),
        (
            "an overflowing size",
            array("f4", Py::Tuple(vec![long(i64::MAX)]), zeros(4)),
            SIZED,
        ),
        (
            "texts that overflow",
            array("U536870912", Py::Tuple(vec![long(1 << 40)]), zeros(4)),
            SIZED,
        ),
        ("Fortran, overflowing", fortran(huge()), SIZED),
        (
            "Fortran, huge",
            fortran(Py::Tuple(vec![long(1 << 40), Py::Int(3)])),
            SIZED,
        ),
        (
            "overflow hidden by 0",
            array(
                "f4",
                Py::Tuple(vec![long(i64::MAX), long(4), Py::Int(0)]),
                zeros(0),
            ),
            SIZED,
        ),
    ]
}

fn axes() -> Vec<WrongArray> {
    let axes = "axes of at least 0";
    vec![
        (
            "rank 65",
            array("f4", Py::ints(&[1; 65]), zeros(4)),
            "axes of an array",
        ),
        (
            "rank 1000",
            array("f4", Py::ints(&[0; 1000]), zeros(0)),
            "axes of an array",
        ),
        (
            "a negative axis",
            array("f4", Py::ints(&[-1]), zeros(4)),
            axes,
        ),
        (
            "two negative axes",
            array("f4", Py::ints(&[-1, -1]), zeros(4)),
            axes,
        ),
        (
            "an axis of text",
            array("f4", Py::Tuple(vec![Py::text("1")]), zeros(4)),
            axes,
        ),
        (
            "a broken axis",
            array("f4", Py::Tuple(vec![Py::Float(1.0)]), zeros(4)),
            axes,
        ),
        (
            "an axis beyond 64 bits",
            array(
                "f4",
                Py::Tuple(vec![Py::Raw(b"\x8a\x09\0\0\0\0\0\0\0\0\x01".to_vec())]),
                zeros(4),
            ),
            axes,
        ),
    ]
}

/// Parts of another kind than they should be.
fn parts() -> Vec<WrongArray> {
    vec![
        (
            "a list as shape",
            array("f4", Py::List(vec![Py::Int(1)]), zeros(4)),
            "a tuple of axes",
        ),
        (
            "no shape",
            array("f4", Py::None, zeros(4)),
            "a tuple of axes",
        ),
        (
            "no order",
            Py::array(Py::dtype("f4", "<"), Py::ints(&[1]), Py::None, zeros(4)),
            "a bool",
        ),
        (
            "no element type",
            Py::array(Py::text("f4"), Py::ints(&[1]), Py::Bool(false), zeros(4)),
            "an element type",
        ),
    ]
}

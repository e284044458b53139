//! Names that are almost allowed, and calls with wrong functions or arguments.

use super::super::py::Py;
use super::{Case, Expected, in_all_protocols};

pub fn cases() -> Vec<Case> {
    [odd_names(), odd_calls()].concat()
}

/// Names that look like allowed ones.
fn odd_names() -> Vec<Case> {
    let long = [b"(c".as_slice(), &[b'a'; 10_000], b"\nb\n."].concat();
    let long_text = [
        b"X\x10\x27\0\0".as_slice(),
        &[b'a'; 10_000],
        b"X\x04\0\0\0load\x93.",
    ]
    .concat();
    let no = "is not allowed";
    vec![
        Case::refused("a Cyrillic numpy", "cn\u{443}mpy\ndtype\n)R.", no),
        Case::refused("a name with a space", b"cnumpy \ndtype\n)R.", no),
        Case::refused("a name with a zero", b"cnumpy\0\ndtype\n)R.", no),
        Case::refused(
            "a name that is not valid UTF-8",
            b"c\xff\xfe\n\xff\n)R.",
            no,
        ),
        Case::refused("a name in capitals", b"cNumPy\ndtype\n)R.", no),
        Case::refused("no name", b"c\n\n)R.", no),
        Case::refused("dots in the module", b"cbuiltins.dict\n__class__\n)R.", no),
        Case::refused(
            "an attribute of a class",
            b"cbuiltins\ndict.__class__\n)R.",
            no,
        ),
        Case::refused("a long name", long, "a line of at most"),
        Case::refused("a long name from the stack", long_text, ""),
        Case::refused(
            "a name that is a number",
            b"K\x01K\x02\x93.",
            "expected a text",
        ),
        Case::refused("a name that is a list", b"]]\x93.", "expected a text"),
        Case::refused(
            "a name that is bytes",
            b"C\x05numpyC\x05dtype\x93.",
            "expected a text",
        ),
    ]
}

/// Calls of values that are not functions, and of functions with wrong arguments.
fn odd_calls() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, function) in [
        ("none", Py::None),
        ("a number", Py::Int(1)),
        ("a text", Py::text("os.system")),
        ("a list", Py::List(vec![])),
        ("a dict", Py::Dict(vec![])),
        ("an element type", Py::dtype("f4", "<")),
        ("an array", Py::floats(&[1], &[0.0])),
    ] {
        let call = Py::Call(Box::new(function), Box::new(Py::Tuple(vec![])));
        let name = format!("{name} is called");
        cases.extend(in_all_protocols(
            &name,
            &call,
            Expected::Refused("expected a global"),
        ));
    }
    for (module, name, arguments, text) in wrong_arguments() {
        let count = arguments.len();
        let call = Py::call(module, name, arguments);
        let name = format!("{module}.{name} of {count}");
        cases.extend(in_all_protocols(&name, &call, Expected::Refused(text)));
    }
    cases
}

/// Module and name of a function, arguments, and what the message says of them.
fn wrong_arguments() -> [(&'static str, &'static str, Vec<Py>, &'static str); 13] {
    [
        ("numpy", "ndarray", vec![Py::ints(&[1 << 30])], "arguments"),
        ("numpy", "dtype", vec![], "arguments"),
        ("numpy", "dtype", vec![Py::List(vec![])], "expected a text"),
        (
            "_codecs",
            "encode",
            vec![Py::text("a"), Py::text("rot13")],
            "`latin1`",
        ),
        ("_codecs", "encode", vec![Py::text("a")], "arguments"),
        (
            "_codecs",
            "encode",
            vec![Py::text("a"), Py::text("latin1"), Py::None],
            "arguments",
        ),
        ("builtins", "int", vec![Py::text("1")], "arguments"),
        (
            "builtins",
            "list",
            vec![Py::Int(1 << 30)],
            "expected a list or tuple",
        ),
        (
            "builtins",
            "bytes",
            vec![Py::Int(1 << 30)],
            "expected bytes",
        ),
        (
            "builtins",
            "bytearray",
            vec![Py::Int(1 << 30)],
            "expected bytes",
        ),
        (
            "builtins",
            "dict",
            vec![Py::List(vec![Py::Int(1)])],
            "expected a pair",
        ),
        (
            "collections",
            "OrderedDict",
            vec![Py::None],
            "expected a list or tuple",
        ),
        ("collections", "defaultdict", vec![Py::None; 3], "arguments"),
    ]
}

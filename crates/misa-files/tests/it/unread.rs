//! Objects of other classes and arrays of other types: left out, counted, and named where a value is
//! wanted.

use crate::support::py::Py;
use misa_files::pickle::{Limits, Pickle, PickleError, Value};
use std::fs;
use std::path::Path;

const ADVICE: &str =
    "(not read: save it as a NumPy array of numbers, a list, a dict, a text or a number)";

fn parse(bytes: &[u8]) -> Result<Pickle<'_>, PickleError> {
    Pickle::parse(bytes, &Limits::default())
}

/// The values that are not read: class and count.
fn unread(pickle: &Pickle<'_>) -> Vec<(String, usize)> {
    let found = pickle.unread().into_iter();
    found.map(|unread| (unread.class, unread.count)).collect()
}

/// A file of `scripts/pickle_fixtures.py`, written by Python 3.11 with NumPy 2.
fn fixture(protocol: u8) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pickle");
    fs::read(folder.join(format!("objects.p{protocol}.pkl"))).unwrap()
}

#[test]
fn what_stands_beside_objects_is_read() {
    for protocol in 0..=5 {
        let bytes = fixture(protocol);
        let pickle = parse(&bytes).unwrap();
        let root = pickle.root();
        let get = |key: &str| root.get(key).unwrap();
        assert_eq!(get("floats").to_floats().unwrap(), [1.5, -2.0]);
        let last = get("last").get("text").unwrap();
        assert_eq!(last.to_text().unwrap(), "end");
        assert_eq!(get("paths").describe(), "list of 2");
        let (_, value) = get("by path").entries().unwrap().next().unwrap();
        assert_eq!(value.as_float(), Some(1.5));
        let factories = get("factories").items().unwrap();
        let hello = |index| factories.get(index).unwrap().get("hello").unwrap().as_int();
        assert_eq!((hello(0), hello(1)), (Some(2), Some(3)));
        let objects: Vec<Value<'_>> = get("object array").items().unwrap().iter().collect();
        assert_eq!(objects[0].to_text().unwrap(), "a");
        assert!(objects[1].is_unread());
        assert_eq!(objects[2].as_int(), Some(3));
    }
}

/// Class and number of values in the fixture, counted in the script. The 16 classes that come first
/// are counted by name.
fn expected(protocol: u8) -> Vec<(&'static str, usize)> {
    let (builtins, range) = match protocol {
        0..=2 => ("__builtin__", "__builtin__.xrange"),
        _ => ("builtins", "builtins.range"),
    };
    let complex = if builtins == "builtins" {
        "builtins.complex"
    } else {
        "__builtin__.complex"
    };
    let slice = if builtins == "builtins" {
        "builtins.slice"
    } else {
        "__builtin__.slice"
    };
    vec![
        ("collections.Counter", 1),
        // One under two keys, two in a list, and one as a key.
        ("pathlib.PurePosixPath", 4),
        ("mine.Plain", 1),
        ("mine.Words", 1),
        ("mine.Table", 1),
        ("mine.Side", 1),
        ("mine.Pair", 1),
        ("mine.Named", 1),
        ("datetime.datetime", 1),
        ("fractions.Fraction", 1),
        // One of them in an array of objects.
        ("decimal.Decimal", 2),
        (complex, 1),
        (slice, 1),
        (range, 1),
        ("functools.partial", 1),
        // A scalar and an array.
        ("numpy array of M8", 2),
        // c8, f16, V12, recarray, matrix, masked array, random numbers, and slots from protocol 2 on.
        ("other classes", if protocol < 2 { 7 } else { 8 }),
    ]
}

#[test]
fn every_object_is_counted_once_by_its_class() {
    for protocol in 0..=5 {
        let bytes = fixture(protocol);
        let pickle = parse(&bytes).unwrap();
        let expected: Vec<(String, usize)> = expected(protocol)
            .into_iter()
            .map(|(class, count)| (class.to_string(), count))
            .collect();
        assert_eq!(unread(&pickle), expected, "protocol {protocol}");
    }
    let plain = Py::floats(&[2], &[1.0, 2.0]).pickle(2);
    assert_eq!(parse(&plain).unwrap().unread(), []);
}

#[test]
fn an_object_is_named_where_a_value_is_wanted() {
    let bytes = fixture(4);
    let pickle = parse(&bytes).unwrap();
    for (key, expected) in [
        ("counter", "object of class `collections.Counter`"),
        ("words", "object of class `mine.Words`"),
        ("side", "object of class `mine.Side`"),
        ("masked", "object of class `numpy.ma.MaskedArray`"),
        ("matrix", "object of class `numpy.matrix`"),
        ("records", "object of class `numpy.rec.recarray`"),
        ("dates", "array of element type M8"),
        ("structured", "array of element type V12"),
        ("long", "array of element type f16"),
    ] {
        let value = pickle.root().get(key).unwrap();
        let found = format!("{expected} {ADVICE}");
        assert_eq!(value.describe(), found, "{key}");
        assert_eq!((value.is_unread(), value.is_none()), (true, false));
        assert!(value.items().is_none() && value.entries().is_none() && value.array().is_none());
        let message = |error: misa_files::pickle::ConvertError| error.to_string();
        let errors = [
            value.to_floats().map(drop).map_err(message),
            value.to_doubles().map(drop).map_err(message),
            value.to_ints().map(drop).map_err(message),
            value.to_text().map(drop).map_err(message),
            value.to_texts().map(drop).map_err(message),
            value.to_bytes().map(drop).map_err(message),
        ];
        for error in errors {
            let message = error.unwrap_err();
            assert!(message.ends_with(&format!(", found {found}")), "{message}");
        }
    }
    let class = pickle.root().get("a class").unwrap();
    assert_eq!(class.describe(), "name `mine.Named`");
}

#[test]
fn the_item_that_is_no_number_is_named() {
    let decimal = Py::call("decimal", "Decimal", vec![Py::text("0.1")]);
    let bytes = Py::List(vec![Py::Float(1.0), decimal]).pickle(2);
    let pickle = parse(&bytes).unwrap();
    assert_eq!(
        pickle.root().to_floats().unwrap_err().to_string(),
        format!(
            "expected numbers, found list of 2, of which item 1 is object of class \
             `decimal.Decimal` {ADVICE}"
        )
    );
}

/// Instances as Python 2 writes those of its old classes, and with arguments by keyword.
#[test]
fn instances_are_read_whatever_opcode_makes_them() {
    for object in [
        &b"(imine\nX\n"[..],
        b"(I1\nI2\nimine\nX\n(dS'a'\nI1\nsb",
        b"(cmine\nX\nK\x01o}U\x01aK\x01sb",
        b"cmine\nX\n)\x81",
        b"cmine\nX\n)}\x92",
        b"cmine\nX\n)\x81(K\x01K\x02e",
        b"cmine\nX\n)R(K\x01K\x02u",
        b"cmine\nX\n)R(K\x01\x90",
        b"ccopy_reg\n__newobj__\ncmine\nX\n\x85R",
        b"c__builtin__\ngetattr\ncmine\nX\nU\x01a\x86R",
        // An object that is called makes another one.
        b"cmine\nX\n)R)R",
        // A part that is not built makes the whole so.
        b"ccollections\nOrderedDict\ncmine\nX\n)R\x85R",
        b"ccollections\ndefaultdict\nNcmine\nX\n)R\x86R",
        b"cnumpy\ndtype\ncmine\nX\n\x85R",
    ] {
        let bytes = [b"\x80\x02}(U\x01xK\x05U\x01y", object, b"u."].concat();
        let pickle = parse(&bytes).unwrap();
        assert_eq!(pickle.root().get("x").unwrap().as_int(), Some(5));
        let value = pickle.root().get("y").unwrap();
        assert!(value.is_unread(), "{object:?}: {}", value.describe());
        assert_eq!(unread(&pickle), [("mine.X".to_string(), 1)], "{object:?}");
    }
}

#[test]
fn nothing_but_an_object_is_refused() {
    for (value, expected) in [
        (
            Py::call("pandas.core.frame", "DataFrame", vec![]),
            "class `pandas.core.frame.DataFrame` is not allowed as the whole content, expected a \
             list, a dict, a text, a number or a NumPy array",
        ),
        (Py::Global("mine", "X"), "global `mine.X` is not allowed"),
        (
            Py::array(
                Py::dtype("M8", "<"),
                Py::ints(&[1]),
                Py::Bool(false),
                Py::Bytes(vec![0; 8]),
            ),
            "element type \"M8\" is not supported",
        ),
    ] {
        let bytes = value.pickle(2);
        let message = parse(&bytes).unwrap_err().to_string();
        assert!(message.ends_with(expected), "{message}");
        assert!(parse(&Py::List(vec![value]).pickle(2)).is_ok());
    }
}

/// What runs code is refused wherever it stands, what cannot be a name of Python too.
#[test]
fn attacks_are_refused_in_parts_that_nobody_reads() {
    for (attack, name) in [
        (&b"cos\nsystem\nU\x02id\x85R"[..], "os.system"),
        (b"cmine\nX\ncposix\nsystem\n\x85R", "posix.system"),
        (b"(cmine\nX\ncsubprocess\nPopen\no", "subprocess.Popen"),
        (
            b"\x8c\x0ctest.support\x8c\x09os.system\x93",
            "test.support.os.system",
        ),
        (
            b"ccollections\ndefaultdict\ncbuiltins\neval\n\x85R",
            "builtins.eval",
        ),
        (b"cno name\nX\n)R", "no name.X"),
    ] {
        let bytes = [b"\x80\x04}(U\x01xK\x05U\x01y", attack, b"u."].concat();
        match parse(&bytes) {
            Err(PickleError::GlobalNotAllowed { name: found, .. }) => assert_eq!(found, name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// PyTorch's files hold tensors; their reader has no use for other objects.
#[test]
fn files_of_pytorch_are_read_as_strictly_as_before() {
    let object = Py::Dict(vec![(Py::text("x"), Py::call("mine", "X", vec![]))]);
    let bytes = object.pickle(2);
    assert!(parse(&bytes).is_ok());
    let error = Pickle::parse_torch(&bytes, 0, &Limits::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("global `mine.X` is not allowed")
    );
    // A tensor in a pickle of Python brings its elements along, as a file of PyTorch.
    let tensor = Py::call(
        "torch.storage",
        "_load_from_bytes",
        vec![Py::Bytes(vec![0; 8])],
    );
    let bytes = Py::List(vec![tensor]).pickle(3);
    let pickle = parse(&bytes).unwrap();
    let class = "torch.storage._load_from_bytes".to_string();
    assert_eq!(unread(&pickle), [(class, 1)]);
}

/// Twenty thousand objects, each of a class of its own: counted in one pass, in bounded memory.
#[test]
fn many_objects_are_counted_in_one_pass() {
    let mut bytes = b"\x80\x02(".to_vec();
    for number in 0..20_000 {
        bytes.extend(format!("cmine\nClass{number}\n)R").as_bytes());
        if number % 10_000 == 9_999 {
            bytes.extend(b"l");
        }
        if number == 9_999 {
            bytes.extend(b"(");
        }
    }
    bytes.extend(b"\x86.");
    let pickle = parse(&bytes).unwrap();
    let found = unread(&pickle);
    assert_eq!(found.len(), 17);
    assert_eq!(found[0], ("mine.Class0".to_string(), 1));
    assert_eq!(found[16], ("other classes".to_string(), 19_984));
}

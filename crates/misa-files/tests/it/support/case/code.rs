//! Pickles that try to run code.

use super::super::py::Py;
use super::{Case, Expected, in_all_protocols};

/// Functions that run code, directly or indirectly, and the expected message.
const FUNCTIONS: [(&str, &str, &str); 32] = [
    ("os", "system", "`os.system` is not"),
    ("posix", "system", "`posix.system` is not"),
    ("nt", "system", "`nt.system` is not"),
    ("os", "popen", "`os.popen` is not"),
    ("os", "execv", "`os.execv` is not"),
    ("subprocess", "Popen", "`subprocess.Popen` is not"),
    ("subprocess", "run", "`subprocess.run` is not"),
    ("builtins", "eval", "`builtins.eval` is not"),
    ("builtins", "exec", "`builtins.exec` is not"),
    ("builtins", "getattr", "`builtins.getattr` is not"),
    ("builtins", "__import__", "`builtins.__import__` is not"),
    ("builtins", "compile", "`builtins.compile` is not"),
    ("builtins", "open", "`builtins.open` is not"),
    ("builtins", "object", "`builtins.object` is not"),
    ("__builtin__", "eval", "`__builtin__.eval` is not"),
    ("__builtin__", "file", "`__builtin__.file` is not"),
    ("builtins", "list.append", "`builtins.list.append` is not"),
    ("numpy", "load", "`numpy.load` is not"),
    ("numpy", "fromfile", "`numpy.fromfile` is not"),
    ("numpy", "ndarray.tofile", "`numpy.ndarray.tofile` is not"),
    ("numpy.f2py", "compile", "`numpy.f2py.compile` is not"),
    (
        "numpy.testing._private.utils",
        "runstring",
        "`numpy.testing._private.utils.runstring` is not",
    ),
    ("numpy.core", "multiarray._reconstruct", "is not allowed"),
    ("pickle", "loads", "`pickle.loads` is not"),
    ("_pickle", "loads", "`_pickle.loads` is not"),
    (
        "copyreg",
        "_reconstructor",
        "`copyreg._reconstructor` is not",
    ),
    (
        "copy_reg",
        "_reconstructor",
        "`copy_reg._reconstructor` is not",
    ),
    ("functools", "partial", "`functools.partial` is not"),
    ("operator", "attrgetter", "`operator.attrgetter` is not"),
    ("codecs", "encode", "`codecs.encode` is not"),
    (
        "torch.storage",
        "_load_from_bytes",
        "`torch.storage._load_from_bytes` is not",
    ),
    ("torch", "load", "`torch.load` is not"),
];

/// Opcodes that build instances or refer to data outside the file.
const OPCODES: [(&str, &[u8], &str); 15] = [
    (
        "INST",
        b"(X\x02\0\0\0idios\nsystem\n.",
        "`os.system` is not",
    ),
    ("INST of a dict", b"(i__builtin__\ndict\n.", "opcode `INST`"),
    ("OBJ", b"(cbuiltins\nlist\no.", "opcode `OBJ`"),
    (
        "NEWOBJ",
        b"\x80\x02cbuiltins\nlist\n)\x81.",
        "opcode `NEWOBJ`",
    ),
    (
        "NEWOBJ_EX",
        b"\x80\x04cbuiltins\nlist\n)}\x92.",
        "opcode `NEWOBJ_EX`",
    ),
    ("EXT1", b"\x80\x02\x82\x01.", "opcode `EXT1`"),
    ("EXT2", b"\x80\x02\x83\x01\0.", "opcode `EXT2`"),
    ("EXT4", b"\x80\x02\x84\x01\0\0\0.", "opcode `EXT4`"),
    ("NEXT_BUFFER", b"\x80\x05\x97.", "opcode `NEXT_BUFFER`"),
    (
        "READONLY_BUFFER",
        b"\x80\x05N\x98.",
        "opcode `READONLY_BUFFER`",
    ),
    ("OBJ of os.system", b"(cos\nsystem\no.", ""),
    ("state of a list", b"]}b.", "expected a tuple, found dict"),
    (
        "state of a list, slots",
        b"](N}tb.",
        "expected an array or element type",
    ),
    (
        "state of a text",
        b"X\x01\0\0\0a(NNtb.",
        "expected an array or element type",
    ),
    (
        "state of a name",
        b"cnumpy\ndtype\n}b.",
        "expected a tuple, found dict",
    ),
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (module, name, text) in FUNCTIONS {
        let call = Py::call(module, name, vec![Py::text("id")]);
        cases.extend(in_all_protocols(
            &format!("{module}.{name}"),
            &call,
            Expected::Refused(text),
        ));
    }
    for (name, bytes, text) in OPCODES {
        cases.push(Case::refused(name, bytes, text));
    }
    for (name, bytes, text) in [
        ("PERSID", b"P1\n.".as_slice(), "opcode `PERSID`"),
        ("BINPERSID", b"K\x01Q.", "opcode `BINPERSID`"),
    ] {
        cases.push(Case::new(name, bytes, Expected::RefusedPlain(text)));
    }
    cases.extend(hidden());
    cases.extend(factories());
    cases
}

/// Attacks inside every kind of container.
fn hidden() -> Vec<Case> {
    let attacks = [
        (
            "os.system",
            Py::call("os", "system", vec![Py::text("id")]),
            "`os.system` is not",
        ),
        (
            "eval",
            Py::call("builtins", "eval", vec![Py::text("1")]),
            "`builtins.eval` is not",
        ),
        (
            "INST",
            Py::Raw(b"(ios\nsystem\n".to_vec()),
            "`os.system` is not",
        ),
        (
            "INST of a list",
            Py::Raw(b"(ibuiltins\nlist\n".to_vec()),
            "`INST`",
        ),
        (
            "the state of an object",
            Py::Raw(b"cmine\nX\n)\x81}X\x01\0\0\0acos\nsystem\nX\x02\0\0\0id\x85Rsb".to_vec()),
            "is not allowed",
        ),
        (
            "NEWOBJ",
            Py::Raw(b"cbuiltins\nlist\n)\x81".to_vec()),
            "`NEWOBJ`",
        ),
        ("EXT1", Py::Raw(b"\x82\x07".to_vec()), "`EXT1`"),
    ];
    let mut cases = Vec::new();
    for (attack, value, text) in attacks {
        for (place, holder) in holders(&value) {
            let name = format!("{attack} in {place}");
            cases.extend(in_all_protocols(&name, &holder, Expected::Refused(text)));
        }
    }
    cases
}

fn holders(inner: &Py) -> Vec<(&'static str, Py)> {
    let value = || inner.clone();
    let list = |item| Py::List(vec![item]);
    let shape = || Py::ints(&[1]);
    let bytes = || Py::Bytes(vec![0; 4]);
    let dtype_state = Py::Build(
        Box::new(Py::call("numpy", "dtype", vec![Py::text("f4")])),
        Box::new(Py::Tuple(vec![Py::Int(3), value(), Py::None, Py::None])),
    );
    let codecs = |text, encoding| Py::call("_codecs", "encode", vec![text, encoding]);
    let multiarray = |name, arguments| Py::call("numpy.core.multiarray", name, arguments);
    let mut holders = vec![
        ("a list", list(value())),
        ("a tuple", Py::Tuple(vec![Py::None, value()])),
        ("a value", Py::Dict(vec![(Py::text("key"), value())])),
        ("a key", Py::Dict(vec![(value(), Py::None)])),
        ("a set", Py::Set(vec![value()])),
        ("deep lists", list(list(list(list(value()))))),
        ("an element type", Py::call("numpy", "dtype", vec![value()])),
        ("the state of an element type", dtype_state),
        (
            "an array's class",
            multiarray("_reconstruct", vec![value(), shape(), bytes()]),
        ),
        ("a scalar", multiarray("scalar", vec![value(), bytes()])),
        ("a text to encode", codecs(value(), Py::text("latin1"))),
        ("an encoding", codecs(Py::text("a"), value())),
        (
            "pairs",
            Py::call("collections", "OrderedDict", vec![list(value())]),
        ),
        (
            "a called default factory",
            Py::call("collections", "defaultdict", vec![value()]),
        ),
        (
            "arguments",
            Py::Call(Box::new(Py::Global("builtins", "list")), Box::new(value())),
        ),
        (
            "a function",
            Py::Call(Box::new(value()), Box::new(Py::Tuple(vec![]))),
        ),
    ];
    holders.extend(arrays(inner));
    holders
}

/// Arrays with the value as one of their parts.
fn arrays(inner: &Py) -> [(&'static str, Py); 5] {
    let value = || inner.clone();
    let shape = || Py::ints(&[1]);
    let bytes = || Py::Bytes(vec![0; 4]);
    let floats = || Py::dtype("f4", "<");
    let no = || Py::Bool(false);
    let list = Py::List(vec![value()]);
    [
        (
            "an array's element type",
            Py::array(value(), shape(), no(), bytes()),
        ),
        (
            "an array's shape",
            Py::array(floats(), Py::Tuple(vec![value()]), no(), bytes()),
        ),
        (
            "an array's order",
            Py::array(floats(), shape(), value(), bytes()),
        ),
        (
            "an array's bytes",
            Py::array(floats(), shape(), no(), value()),
        ),
        (
            "objects",
            Py::array(Py::dtype("O8", "|"), shape(), no(), list),
        ),
    ]
}

/// Unknown names as default factories: harmless, but allowed in PyTorch files only.
fn factories() -> Vec<Case> {
    let factory = Py::call(
        "collections",
        "defaultdict",
        vec![Py::Global("os", "system")],
    );
    let expected = Expected::RefusedPlain("`os.system` is not");
    in_all_protocols("a default factory", &factory, expected)
}

//! Pickles that are broken: lengths, texts, numbers, stack and memo.

use super::{Case, Expected};

pub fn cases() -> Vec<Case> {
    [
        lengths(),
        texts(),
        numbers(),
        stack(),
        memo(),
        keys(),
        ends(),
    ]
    .concat()
}

/// Lengths that the file does not have.
fn lengths() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut lie = |opcode: u8, length: &[u8]| {
        for before in [b"".as_slice(), b"\x80\x04", b"\x80\x04]"] {
            let bytes = [before, &[opcode], length, b"abc."].concat();
            let name = format!("0x{opcode:02x} with {length:?} after {before:?}");
            cases.push(Case::refused(name, bytes, "the file ends, expected"));
        }
    };
    for opcode in [0x8d, 0x8e, 0x96, 0x95] {
        for length in [5, 1 << 32, 1 << 60, 1 << 63, (1 << 63) - 1, u64::MAX] {
            lie(opcode, &length.to_le_bytes());
        }
    }
    for opcode in [b'X', b'B', b'T', 0x8b] {
        for length in [5, 1000, i32::MAX as u32] {
            lie(opcode, &length.to_le_bytes());
        }
    }
    for opcode in [b'X', b'B'] {
        lie(opcode, &u32::MAX.to_le_bytes());
    }
    for opcode in [0x8a, 0x8c, b'C', b'U'] {
        lie(opcode, &[5]);
        lie(opcode, &[255]);
    }
    for opcode in [b'T', 0x8b] {
        for length in [-1, -1000, i32::MIN] {
            let bytes = [b"\x80\x02", &[opcode][..], &length.to_le_bytes(), b"abc."].concat();
            let name = format!("0x{opcode:02x} with {length}");
            cases.push(Case::refused(name, bytes, "a length of at least 0"));
        }
    }
    cases
}

fn texts() -> Vec<Case> {
    let mut cases = Vec::new();
    for wrong in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"\xf8\x88\x80\x80\x80",
    ] {
        let length = wrong.len() as u8;
        for (name, head) in [
            ("SHORT_BINUNICODE", vec![0x8c, length]),
            ("BINUNICODE", vec![b'X', length, 0, 0, 0]),
            ("BINUNICODE8", vec![0x8d, length, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            let bytes = [b"\x80\x04", &head[..], wrong, b"."].concat();
            let name = format!("{name} of {wrong:?}");
            cases.push(Case::refused(name, bytes, "expected UTF-8 text"));
        }
    }
    // Far into a text that stays in the file.
    let mut long = b"\x80\x04X\x01\0\x10\0".to_vec();
    long.extend(vec![b'a'; 1 << 20]);
    long.extend(b"\xff.");
    cases.push(Case::refused("a long text", long, "expected UTF-8 text"));
    for (name, line) in [
        ("S without quotes", &b"Stext\n"[..]),
        ("S with one quote", b"S'\n"),
        ("S with two kinds", b"S'a\"\n"),
        ("S that ends in a backslash", b"S'\\'\n"),
        ("S with an unknown escape", b"S'\\q'\n"),
        ("S with half an escape", b"S'\\x1'\n"),
        ("V with half an escape", b"V\\u12\n"),
        ("V with a wrong escape", b"V\\u+123\n"),
        ("V with half a long escape", b"V\\U0001\n"),
    ] {
        let bytes = [b"(", line, b"l."].concat();
        cases.push(Case::refused(name, bytes, "in the notation of protocol 0"));
    }
    cases
}

fn numbers() -> Vec<Case> {
    let mut cases = Vec::new();
    for line in [
        "I", "I-", "Ix", "I1e3", "I0x10", "I1_000", "I1L1", "I--1", "L", "LL", "L-L", "L1.5", "F",
        "Fx", "F1e", "F--1", "F0x1p3", "F1_0",
    ] {
        let bytes = format!("({line}\nl.");
        cases.push(Case::refused(line, bytes, "in the notation of protocol 0"));
    }
    for opcode in [b'I', b'L', b'F'] {
        let name = char::from(opcode);
        let digits = vec![b'9'; 3 << 20];
        let whole = [b"(", &[opcode][..], &digits, b"\nl."].concat();
        let text = "a line of at most 8192 bytes";
        cases.push(Case::refused(format!("{name} of 3 MiB"), whole, text));
        let open = [b"(", &[opcode][..], &digits[..5000]].concat();
        let text = "the file ends";
        cases.push(Case::refused(format!("{name} without an end"), open, text));
    }
    let mut long = b"\x80\x02\x8b\0\0\x30\0".to_vec();
    long.extend(vec![0x7f; 3 << 20]);
    long.push(b'.');
    let text = "an integer of at most 8192 bytes";
    cases.push(Case::refused("LONG4 of 3 MiB", long, text));
    cases
}

fn stack() -> Vec<Case> {
    let mut cases = Vec::new();
    // Nothing there, or nothing above the last mark.
    for before in [&b"\x80\x04"[..], b"\x80\x04N(", b"\x80\x04](("] {
        for opcode in [
            b'a', b'b', b'2', b's', b'R', b'p', b'q', b'r', 0x85, 0x86, 0x87, 0x93, 0x94, b'.',
        ] {
            let bytes = [before, &[opcode], b"0\n\0\0\0."].concat();
            let name = format!("0x{opcode:02x} after {before:?}");
            cases.push(Case::refused(
                name,
                bytes,
                "expected a value, found nothing",
            ));
        }
    }
    for opcode in [b'l', b't', b'd', b'e', b'u', b'1', 0x90, 0x91] {
        let bytes = [b"\x80\x04]", &[opcode][..], b"."].concat();
        let name = format!("0x{opcode:02x} without a mark");
        cases.push(Case::refused(name, bytes, "expected a mark, found none"));
    }
    for (name, bytes, text) in [
        ("POP of nothing", &b"\x80\x020."[..], "found nothing"),
        ("POP below a mark", b"N(00.", "found nothing"),
        ("POP_MARK twice", b"N(11.", "expected a mark"),
        ("one value for 2", b"\x80\x02N\x86.", "found nothing"),
        ("two values for 3", b"\x80\x02NN\x87.", "found nothing"),
        ("a key without a value", b"}Ns.", "a key that cannot change"),
        ("a value for a list", b"]NNs.", "expected a container"),
        ("an item for a dict", b"}Na.", "expected a container"),
        ("items for a tuple", b")(NNe.", "expected a container"),
        ("items for a number", b"K\x01(NNe.", "expected a container"),
        ("entries for a list", b"](NNu.", "expected a container"),
        (
            "items of a set for a list",
            b"](N\x90.",
            "expected a container",
        ),
        (
            "arguments that are a list",
            b"cbuiltins\nlist\n]R.",
            "expected a tuple",
        ),
        ("odd entries", b"}(NNNu.", "an odd number of values"),
        ("an odd dict", b"(NNNd.", "an odd number of values"),
    ] {
        cases.push(Case::refused(name, bytes, text));
    }
    cases
}

fn memo() -> Vec<Case> {
    let huge = [b"Nr", &u32::MAX.to_le_bytes()[..], b"."].concat();
    let far = [vec![b'N'; 1000], b"r\0\0\x0f\0.".to_vec()].concat();
    let again = [b"N".to_vec(), vec![0x94; 1000], b".".to_vec()].concat();
    let none = "does not exist";
    vec![
        Case::refused("BINGET of nothing", b"\x80\x02h\0.", none),
        Case::refused(
            "LONG_BINGET of nothing",
            b"\x80\x02j\xff\xff\xff\xff.",
            none,
        ),
        Case::refused("GET of nothing", b"(g0\nl.", none),
        Case::refused("GET beyond 32 bits", b"(g4294967296\nl.", none),
        Case::refused("GET below 0", b"(g-1\nl.", "a memo index"),
        Case::refused("GET of a text", b"(gx\nl.", "a memo index"),
        Case::refused(
            "GET beyond 64 bits",
            b"(g99999999999999999999\nl.",
            "a memo index",
        ),
        Case::refused("GET between", b"\x80\x02Nq\0Nq\x020h\x01.", none),
        Case::refused("LONG_BINPUT far away", huge, "memo index"),
        Case::refused("LONG_BINPUT far away, later", far, "memo index"),
        Case::refused("PUT far away", b"Np999999999\n.", "memo index"),
        Case::refused("PUT below 0", b"Np-1\n.", "a memo index"),
        Case::refused("PUT of a float", b"Np1.0\n.", "a memo index"),
        Case::refused("MEMOIZE of one value again and again", again, "memo index"),
    ]
}

/// What Python would not take as a key.
fn keys() -> Vec<Case> {
    let list: &[u8] = b"]";
    let mut cases = Vec::new();
    for (name, key) in [
        ("a list", list),
        ("a dict", b"}"),
        ("a set", b"\x8f"),
        ("a tuple of a list", b"]\x85"),
        ("a tuple of a tuple of a dict", b"}\x85\x85"),
        ("a called list", b"cbuiltins\nlist\n)R"),
        ("a called set", b"cbuiltins\nset\n)R"),
        (
            "an array",
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R",
        ),
    ] {
        for (place, head, tail) in [
            ("SETITEM", &b"}"[..], &b"Ns"[..]),
            ("SETITEMS", b"}(", b"Nu"),
            ("DICT", b"(", b"Nd"),
            ("ADDITEMS", b"\x8f(", b"\x90"),
            ("FROZENSET", b"(", b"\x91"),
            ("set()", b"cbuiltins\nset\n(", b"l\x85R"),
            ("frozenset()", b"cbuiltins\nfrozenset\n(", b"t\x85R"),
            ("dict()", b"cbuiltins\ndict\n(", b"N\x86l\x85R"),
        ] {
            let bytes = [b"\x80\x04", head, key, tail, b"."].concat();
            let name = format!("{name} as key of {place}");
            cases.push(Case::refused(name, bytes, "a key that cannot change"));
        }
    }
    cases
}

fn ends() -> Vec<Case> {
    let plain = |name, bytes: &[u8], text| Case::new(name, bytes, Expected::RefusedPlain(text));
    vec![
        Case::refused("nothing", b"", "no bytes, expected a pickle"),
        Case::refused("a stop alone", b".", ""),
        Case::refused("protocol 6", b"\x80\x06N.", "protocol 6"),
        Case::refused("protocol 255", b"\x80\xffN.", "protocol 255"),
        plain("a second pickle", b"N.N.", "2 bytes after the end"),
        plain("a zero", b"N.\0", "1 bytes after the end"),
        plain("a line feed", b"N.\n", "1 bytes after the end"),
        plain(
            "an attack behind",
            b"N.cos\nsystem\n)R.",
            "bytes after the end",
        ),
        Case::refused(
            "an unknown opcode",
            b"\x80\x04N\xff.",
            "0xff is no pickle opcode",
        ),
        Case::refused(
            "HTML",
            b"<html><body>404</body></html>",
            "start of a pickle",
        ),
        Case::refused("a zip", b"PK\x03\x04\0\0\0\0\0\0", ""),
        Case::refused("HDF5", b"\x89HDF\r\n\x1a\n\0\0\0\0\0\0", ""),
    ]
}

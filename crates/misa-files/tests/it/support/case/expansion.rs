//! Pickles that are small and want to become large, deep or slow.

use super::{Case, Expected};

pub fn cases() -> Vec<Case> {
    [depth(), sharing(), copies(), capacity()].concat()
}

const DEEP: usize = 100_001;

/// Opcodes again and again.
fn times(count: usize, opcodes: &[u8]) -> Vec<u8> {
    opcodes.repeat(count)
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn depth() -> Vec<Case> {
    let deep = "values nested too deep";
    let no = Expected::NotConverted("expected");
    let chain = |each: &[u8]| join(&[b"]q\0", &times(DEEP, each), b"."]);
    vec![
        Case::refused("open lists", join(&[&times(DEEP, b"]"), &times(DEEP - 1, b"a"), b"."]), deep),
        Case::refused("open dicts", join(&[&times(DEEP, b"}N"), b"N", &times(DEEP, b"s"), b"."]), deep),
        Case::refused("marks", times(DEEP, b"("), deep),
        Case::refused("marks and values", times(DEEP, b"(N"), deep),
        Case::refused("lists in marks", join(&[&times(DEEP, b"("), &times(DEEP, b"l"), b"."]), deep),
        Case::refused("values", times(2 * DEEP, b"N"), deep),
        Case::refused("copies of one value", join(&[b"N", &times(DEEP, b"2")]), deep),
        Case::refused("one remembered value", join(&[b"Nq\0", &times(DEEP, b"h\0")]), deep),
        Case::new("tuples in tuples", join(&[b")", &times(DEEP, b"\x85"), b"."]), no),
        Case::new("lists in lists", chain(b"]q\x01h\0a0h\x01q\0"), Expected::Refused("too deep")),
        Case::new("lists in lists, closed", join(&[b"]", &times(DEEP, b"q\x000(h\x00l"), b"."]), no),
        Case::new("dicts in dicts", join(&[b"}", &times(DEEP, b"q\x000}Nh\x00s"), b"."]), no),
        Case::new("a list of itself", b"]q\0h\0a.".as_slice(), no),
        Case::new("a dict of itself", b"}q\0Nh\0s.".as_slice(), no),
        Case::new("a tuple in a list in the tuple", b"]q\0h\0\x85q\x01a.".as_slice(), no),
        Case::new("two lists of each other", b"]q\0]q\x01h\0aa.".as_slice(), no),
        Case::new(
            "an array of itself",
            b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85Rq\0(K\x01K\x01\x85cnumpy\ndtype\nX\x02\0\0\0O8\x85R\x89]h\0atb.".as_slice(),
            no,
        ),
    ]
}

/// Ten times the last one, again and again.
fn laughs(levels: usize, head: &[u8], open: &[u8], close: &[u8]) -> Vec<u8> {
    let mut bytes = join(&[head, b"q\x000"]);
    for _ in 0..levels {
        bytes.extend(open);
        bytes.extend(b"h\0".repeat(10));
        bytes.extend(close);
        bytes.extend(b"q\x000");
    }
    bytes.extend(b"h\0.");
    bytes
}

fn sharing() -> Vec<Case> {
    let no = Expected::NotConverted("expected");
    let too_much = Expected::NotConverted("expand to more than");
    let mut text = b"X\0\0\x01\0".to_vec();
    text.extend([b'a'; 1 << 16]);
    let many = |head: &[u8]| join(&[head, b"q\x000(", &times(50_000, b"h\0"), b"l."]);
    let array =
        b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x06\0\0\0U50000\x85RB\x40\x0d\x03\0";
    let array = join(&[array, &[0; 200_000], b"\x86R"]);
    vec![
        Case::new(
            "laughing lists",
            laughs(1000, b"X\x03\0\0\0lol", b"(", b"l"),
            no,
        ),
        Case::new(
            "laughing tuples",
            laughs(1000, b"X\x03\0\0\0lol", b"(", b"t"),
            no,
        ),
        Case::new(
            "laughing sets",
            laughs(1000, b"X\x03\0\0\0lol", b"(", b"\x91"),
            no,
        ),
        Case::new(
            "laughing dicts",
            laughs(1000, b"X\x03\0\0\0lol", b"(", b"d"),
            no,
        ),
        Case::new("one long text", many(&text), too_much),
        Case::new("one long text of an array", many(&array), too_much),
    ]
}

fn copies() -> Vec<Case> {
    let too_much = "the values expand too much";
    let items = join(&[b"(", &times(10_000, b"N"), b"l"]);
    let entries = join(&[b"(", &times(10_000, b"NN"), b"d"]);
    let pairs = join(&[b"(", &times(10_000, b"NN\x86"), b"l"]);
    let again = |head: &[u8], name: &str| {
        let call = join(&[b"c", name.as_bytes(), b"\nh\0\x85R0"]);
        join(&[head, b"q\0", &times(3_000, &call), b"."])
    };
    let mut text = b"X\0\0\x01\0".to_vec();
    text.extend([b'a'; 1 << 16]);
    let encode = b"c_codecs\nencode\nh\0X\x06\0\0\0latin1\x86R0";
    let encodings = join(&[&text, b"q\0", &times(3_000, encode), b"."]);
    // One shape of 64 axes for every array.
    let shapes = join(&[
        b"cnumpy.core.numeric\n_frombuffer\nq\x010cnumpy\ndtype\nX\x02\0\0\0u1\x85Rq\x020B\x01\0\0\0aq\x030(",
        &times(64, b"K\x01"),
        b"tq\x040X\x01\0\0\0Cq\x050",
        &times(50_000, b"h\x01(h\x03h\x02h\x04h\x05tR0"),
        b"N.",
    ]);
    [
        ("list of a list", again(&items, "builtins\nlist")),
        ("tuple of a list", again(&items, "builtins\ntuple")),
        ("set of a list", again(&items, "builtins\nset")),
        ("dict of a dict", again(&entries, "builtins\ndict")),
        ("dict of pairs", again(&pairs, "builtins\ndict")),
        (
            "ordered dict of pairs",
            again(&pairs, "collections\nOrderedDict"),
        ),
        ("bytes of a text", encodings),
        ("arrays of one shape", shapes),
    ]
    .into_iter()
    .map(|(name, bytes)| Case::refused(name, bytes, too_much))
    .collect()
}

/// Containers that are empty, made where the stack was once large.
fn capacity() -> Vec<Case> {
    let before = join(&[b"(", &times(90_000, b"N"), b"1"]);
    [
        ("lists", &b"(l0"[..]),
        ("tuples", b"(t0"),
        ("dicts", b"(d0"),
        ("frozen sets", b"(\x910"),
    ]
    .into_iter()
    .map(|(name, each)| {
        let bytes = join(&[&before, &times(30_000, each), b"."]);
        Case::refused(format!("{name} on a large stack"), bytes, "found nothing")
    })
    .collect()
}

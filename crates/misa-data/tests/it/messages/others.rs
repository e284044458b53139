//! Messages about files beside the data: tables, vocabularies, word vectors, our own format.

use super::*;

pub(super) fn of_other_files() -> Vec<(&'static str, String)> {
    let own = |csv: &str| {
        let archive = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        open(&[
            ("labels.csv", csv.as_bytes().to_vec()),
            ("visual.npz", archive),
        ])
    };
    let torch = with(&[("a.pt", b"not a tensor".to_vec())], |folder| {
        let error = read_embedding(folder.join("a.pt"), &vocabulary(), 3).err();
        error.map(|error| error.to_string())
    });
    vec![
        ("a table without labels", table("id,text\na,b\n")),
        ("a label that is a word", table("id,label\na,good\n")),
        ("a split that is none", table("id,label,split\na,1,all\n")),
        ("a row that is short", table("id,label\na,1\nb\n")),
        ("a table without rows", table("id,label\n")),
        (
            "own features without archives of them",
            own("id,split,label,text\na,train,1,b\n"),
        ),
        (
            "sequences that are no HDF5",
            open(&[("words.csd", b"not HDF5 at all".to_vec())]),
        ),
        ("vectors of another size", glove("a 1 2\n")),
        ("vectors of other words", glove("x 1 2 3\n")),
        ("a file that is none of PyTorch", torch),
        (
            "a changed value",
            saved(|bytes| *bytes.last_mut().unwrap() ^= 1),
        ),
        (
            "a cut file of ours",
            saved(|bytes| bytes.truncate(bytes.len() - 4)),
        ),
        (
            "a header that is a lie",
            saved(|bytes| bytes[..8].copy_from_slice(&[255; 8])),
        ),
    ]
}

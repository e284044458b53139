//! Kinds of zip archives, judged by the names of their entries.

use super::{FileKind, contains};

/// The names of entries that tell the kinds apart.
const ENTRIES: [(&[u8], FileKind); 6] = [
    (b"xl/", FileKind::Excel),
    (b"word/", FileKind::Word),
    (b"[Content_Types].xml", FileKind::Office),
    (b"application/vnd.oasis", FileKind::OpenDocument),
    (b"/data.pkl", FileKind::Torch),
    (b".npy", FileKind::Npz),
];

/// The kind of a zip archive; `None` for anything else.
pub(super) fn detect(head: &[u8]) -> Option<FileKind> {
    // The start of the first entry, or the end of an archive without entries.
    if !head.starts_with(b"PK\x03\x04") && !head.starts_with(b"PK\x05\x06") {
        return None;
    }
    let named = ENTRIES.iter().find(|(name, _)| contains(head, name));
    Some(named.map_or(FileKind::Zip, |&(_, kind)| kind))
}

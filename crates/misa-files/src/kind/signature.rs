//! Kinds with fixed bytes at a fixed position.

use super::{FileKind, contains};

/// Offset, bytes and kind, the longest of several first.
const SIGNATURES: [(usize, &[u8], FileKind); 38] = [
    (0, b"\x89HDF\r\n\x1a\n", FileKind::Hdf5),
    (0, b"MATLAB 7.3 MAT-file", FileKind::Matlab73),
    (0, b"MATLAB 5.0 MAT-file", FileKind::Matlab),
    (0, b"\x93NUMPY", FileKind::Npy),
    (
        0,
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19",
        FileKind::OldTorch,
    ),
    (0, b"\x1f\x8b", FileKind::Gzip),
    (0, b"BZh", FileKind::Bzip2),
    (0, b"\xfd7zXZ\0", FileKind::Xz),
    (0, b"\x78\x01", FileKind::Zlib),
    (0, b"\x78\x5e", FileKind::Zlib),
    (0, b"\x78\x9c", FileKind::Zlib),
    (0, b"\x78\xda", FileKind::Zlib),
    (0, b"\x04\x22\x4d\x18", FileKind::Lz4),
    (0, b"\x02\x21\x4c\x18", FileKind::Lz4),
    (0, b"\x28\xb5\x2f\xfd", FileKind::Zstd),
    (0, b"7z\xbc\xaf\x27\x1c", FileKind::SevenZip),
    (0, b"Rar!\x1a\x07", FileKind::Rar),
    (257, b"ustar", FileKind::Tar),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::OldOffice),
    (8, b"WAVE", FileKind::Wav),
    (8, b"AVI ", FileKind::Avi),
    (0, b"fLaC", FileKind::Flac),
    (0, b"ID3", FileKind::Mp3),
    (0, b"\xff\xfb", FileKind::Mp3),
    (0, b"\xff\xf3", FileKind::Mp3),
    (0, b"\xff\xf2", FileKind::Mp3),
    (0, b"OggS", FileKind::Ogg),
    (4, b"ftyp", FileKind::Mp4),
    (4, b"moov", FileKind::Mp4),
    (0, b"\x1a\x45\xdf\xa3", FileKind::Matroska),
    (0, b"\x89PNG\r\n\x1a\n", FileKind::Png),
    (0, b"\xff\xd8\xff", FileKind::Jpeg),
    (0, b"GIF8", FileKind::Gif),
    (0, b"%PDF-", FileKind::Pdf),
    (0, b"SQLite format 3\0", FileKind::Sqlite),
    (0, b"PAR1", FileKind::Parquet),
    (0, b"ARROW1", FileKind::Arrow),
    (0, b"FEA1", FileKind::Arrow),
];

/// The kind that the first bytes state.
pub(super) fn detect(head: &[u8]) -> Option<FileKind> {
    let is_it = |&&(offset, bytes, kind): &&(usize, &[u8], FileKind)| {
        let found = head
            .get(offset..)
            .is_some_and(|rest| rest.starts_with(bytes));
        found && is_sure(kind, head)
    };
    let known = SIGNATURES.iter().find(is_it).map(|&(_, _, kind)| kind);
    known.or_else(|| is_safetensors(head).then_some(FileKind::Safetensors))
}

/// Whether more than a short signature agrees, where text may start with its bytes.
fn is_sure(kind: FileKind, head: &[u8]) -> bool {
    match kind {
        FileKind::Wav | FileKind::Avi => head.starts_with(b"RIFF") || head.starts_with(b"RF64"),
        FileKind::Bzip2 => head.get(4..10) == Some(b"1AY&SY") || head.get(4) == Some(&0x17),
        FileKind::Mp3 | FileKind::Zlib | FileKind::Mp4 => head.iter().take(64).any(is_binary),
        _ => true,
    }
}

/// Whether no text holds this byte.
fn is_binary(byte: &u8) -> bool {
    *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || *byte >= 0xf8
}

/// A length of 8 bytes, and a JSON object with the types and positions of tensors.
fn is_safetensors(head: &[u8]) -> bool {
    match head.split_first_chunk::<8>() {
        Some((length, rest @ [b'{', ..])) => {
            u64::from_le_bytes(*length) < 1 << 40
                && (contains(rest, b"\"dtype\"") || contains(rest, b"\"__metadata__\""))
        }
        _ => false,
    }
}

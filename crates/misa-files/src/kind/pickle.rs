//! Pickles, and those that a conversion of line ends damaged.

use super::FileKind;

/// A pickle of protocol 2 or later, which starts with its protocol.
pub(super) fn detect_binary(head: &[u8]) -> Option<FileKind> {
    match head {
        [0x80, 0..=5, ..] => Some(kind(head)),
        // Protocol 1 has no start, but its empty containers are followed by a memo, or by their content
        // if an optimiser has removed the memos.
        [b']' | b'}' | b')', b'q', ..] | [b']' | b'}', b'(' | b'U' | b'X', ..] => Some(kind(head)),
        _ => None,
    }
}

/// A pickle of protocol 0, which is text: an opcode, and arguments that end with their line.
pub(super) fn detect_text(text: &[u8]) -> Option<FileKind> {
    let mut lines = text.split(|&byte| byte == b'\n');
    let first = lines.next()?.trim_ascii_end();
    let second = lines.next()?.trim_ascii_end();
    let third = lines.next().unwrap_or_default();
    let is_name = |line: &[u8]| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
        !line.is_empty() && line.iter().all(is_part)
    };
    let is_pickle = match first {
        [b'(', b'd' | b'l' | b't', b'p', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        // Without memos, a text follows, and then another value.
        [b'(', b'd' | b'l', b'S' | b'V', name @ ..] => {
            let is_cell_end = |byte: &u8| b",;\t".contains(byte);
            let is_value = second.first().is_some_and(|op| b"FILSVN(]})c".contains(op));
            is_value && !name.iter().any(is_cell_end)
        }
        [b'c', module @ ..] => {
            // Without a use of the name, it could be a column of words.
            is_name(module)
                && is_name(second)
                && third.first().is_none_or(|op| b"()p]}".contains(op))
        }
        _ => false,
    };
    is_pickle.then(|| kind(text))
}

/// In a file that was copied as text to Windows, every LF follows a CR.
fn kind(head: &[u8]) -> FileKind {
    let mut ends = 0;
    for (index, _) in head.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        if index == 0 || head[index - 1] != b'\r' {
            return FileKind::Pickle;
        }
        ends += 1;
    }
    match ends {
        0 => FileKind::Pickle,
        _ => FileKind::PickleWithCrlf,
    }
}

//! Kinds of text files.

use super::{FileKind, contains, pickle};

/// The kind of a text; `None` if the bytes are not text.
pub(super) fn detect(head: &[u8]) -> Option<FileKind> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let narrow = narrow(head);
    let head = narrow.as_deref().unwrap_or(head);
    if !is_text(head) {
        return None;
    }
    if let Some(kind) = pickle::detect_text(head) {
        return Some(kind);
    }
    let text = head.trim_ascii_start().to_ascii_lowercase();
    let line = text.split(|&byte| byte == b'\n').next()?.trim_ascii_end();
    markup(&text)
        .or_else(|| json(&text))
        .or_else(|| marked(&text))
        .or_else(|| rows(line))
        .or_else(|| python(&text))
        .or(Some(FileKind::Text))
}

/// The Latin letters of a text in UTF-16, in which every second byte of them is 0.
fn narrow(head: &[u8]) -> Option<Vec<u8>> {
    let body = match head {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
        [b' '..=b'~', 0, b' '..=b'~', 0, ..] | [0, b' '..=b'~', 0, b' '..=b'~', ..] => head,
        _ => return None,
    };
    let bytes = body.iter().copied();
    Some(bytes.filter(|byte| *byte != 0 && byte.is_ascii()).collect())
}

/// Whether the bytes are UTF-8, apart from a last character that the end cuts, or Latin-1, and no
/// controls.
fn is_text(head: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if head.iter().any(is_control) {
        return false;
    }
    let is_wide = |byte: &u8| !byte.is_ascii();
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) if error.valid_up_to() + 4 > head.len() && head.len() > 4 => true,
        // Letters with accents are few in Latin-1.
        Err(_) => head.iter().filter(|byte| is_wide(byte)).count() * 4 < head.len(),
    }
}

/// Web pages and XML.
fn markup(text: &[u8]) -> Option<FileKind> {
    let page = [&b"<!doctype html"[..], b"<html", b"<head", b"<!--"];
    let is_page = page.iter().any(|start| text.starts_with(start));
    match text {
        _ if !text.starts_with(b"<") => None,
        _ if contains(text, b"google drive") => Some(FileKind::GoogleDrive),
        _ if is_page || contains(text, b"<html") => Some(FileKind::WebPage),
        _ => Some(FileKind::Xml),
    }
}

/// JSON of programs that are known, and any other.
fn json(text: &[u8]) -> Option<FileKind> {
    let (first, rest) = text.split_first()?;
    let next = rest.trim_ascii_start().first().copied();
    let is_json = match first {
        b'{' => matches!(next, Some(b'"' | b'}')),
        b'[' => matches!(
            next,
            Some(b'"' | b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b'n' | b't' | b'f')
        ),
        _ => false,
    };
    let has = |key: &[u8]| contains(text, key);
    let is_transcript = has(b"\"segments\"") && has(b"\"text\"");
    is_json.then(|| match () {
        () if has(b"\"nbformat\"") || has(b"\"cell_type\"") => FileKind::Notebook,
        () if has(b"\"word_segments\"") => FileKind::WhisperX,
        () if is_transcript && has(b"\"seek\"") => FileKind::Whisper,
        () if is_transcript && has(b"\"words\"") => FileKind::WhisperX,
        () => FileKind::Json,
    })
}

/// Texts with a mark at the start.
fn marked(text: &[u8]) -> Option<FileKind> {
    const MARKS: [(&[u8], FileKind); 7] = [
        (b"version https://git-lfs", FileKind::LfsPointer),
        (b"/annex/objects/", FileKind::AnnexPointer),
        (b"@relation", FileKind::Arff),
        (b"file type = \"ootextfile", FileKind::TextGrid),
        (b"webvtt", FileKind::Subtitles),
        (b"1\n00:", FileKind::Subtitles),
        (b"1\r\n00:", FileKind::Subtitles),
    ];
    let mark = MARKS.iter().find(|(mark, _)| text.starts_with(mark));
    mark.map(|&(_, kind)| kind)
}

/// Rows under a header; `line` is the header in lower case.
fn rows(line: &[u8]) -> Option<FileKind> {
    let has = |part: &[u8]| contains(line, part);
    let separators = line.iter().filter(|byte| b",;\t".contains(byte)).count();
    let is_openface = has(b"confidence") && (has(b"success") || has(b"face_id"));
    let is_opensmile = has(b"_sma") || has(b"frametime") && has(b"name") || has(b"file,start,end");
    // A sentence has commas too, but spaces beside them.
    let prose = line.windows(2).filter(|pair| pair == b", ").count();
    match separators {
        0 => None,
        _ if is_openface => Some(FileKind::OpenFace),
        _ if is_opensmile => Some(FileKind::OpenSmileCsv),
        _ if line.starts_with(b"sep=") => Some(FileKind::Csv),
        _ if line.starts_with(b"import ") || line.ends_with(b";") => None,
        _ => (prose * 2 < separators).then_some(FileKind::Csv),
    }
}

/// A program, by its first statement or the line that names its interpreter.
fn python(text: &[u8]) -> Option<FileKind> {
    const STARTS: [&[u8]; 7] = [
        b"import ",
        b"from ",
        b"def ",
        b"class ",
        b"\"\"\"",
        b"@",
        b"if __name__",
    ];
    if text.starts_with(b"#!") && contains(text, b"python") {
        return Some(FileKind::Python);
    }
    let mut lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"#"))?;
    let starts = STARTS.iter().any(|start| first.starts_with(start));
    let is_code = contains(text, b"import ") || contains(text, b"def ");
    (starts && is_code).then_some(FileKind::Python)
}

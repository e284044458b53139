//! Every kind of file that people have, its name and the advice, in `kinds.txt`.
//!
//! After a change on purpose: `MISA_UPDATE=1 cargo test -p misa-files kinds`, and read the
//! difference.

use misa_files::{FileKind, Source};
use std::fs;
use std::path::Path;

/// `bytes` at `offset` of a file of zeros.
fn at(offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0; offset];
    file.extend(bytes);
    file.resize(file.len().max(64), 0);
    file
}

/// A zip archive with these entries, as far as the first bytes go.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut file = Vec::new();
    for name in names {
        file.extend(b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0\x12\x34\x56\x78\x05\0\0\0\x05\0\0\0");
        file.extend((name.len() as u16).to_le_bytes());
        file.extend([0, 0]);
        file.extend(name.as_bytes());
        file.extend(b"\xcbH\xcd\xc9\x07");
    }
    file
}

/// A RIFF file of this form.
fn riff(form: &[u8]) -> Vec<u8> {
    [b"RIFF\x24\x08\0\0", form, b"fmt \x10\0\0\0"].concat()
}

/// An MP4 family file of this brand.
fn ftyp(brand: &[u8]) -> Vec<u8> {
    [b"\0\0\0\x20ftyp", brand, b"\0\0\x02\0isomiso2"].concat()
}

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn of_archives() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("empty", Vec::new()),
        ("zeros", vec![0; 5000]),
        ("zip", zip(&["MOSI/readme.txt", "MOSI/a.csv"])),
        ("empty zip", at(0, b"PK\x05\x06")),
        ("npz", zip(&["visual.npy", "acoustic.npy"])),
        ("torch", zip(&["archive/data.pkl", "archive/data/0"])),
        ("xlsx", zip(&["[Content_Types].xml", "xl/workbook.xml"])),
        (
            "xlsx of openpyxl",
            zip(&["docProps/app.xml", "xl/worksheets/sheet1.xml"]),
        ),
        ("docx", zip(&["[Content_Types].xml", "word/document.xml"])),
        (
            "pptx",
            zip(&["[Content_Types].xml", "ppt/presentation.xml"]),
        ),
        (
            "ods",
            zip(&["mimetypeapplication/vnd.oasis.opendocument.spreadsheet"]),
        ),
        ("xls", at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
        ("gzip", at(0, b"\x1f\x8b\x08\0\x11\x22\x33\x44\x02\xff")),
        ("bzip2", at(0, b"BZh91AY&SY\x65\x8c")),
        ("empty bzip2", at(0, b"BZh9\x17\x72\x45\x38\x50\x90")),
        ("xz", at(0, b"\xfd7zXZ\0\0\x04")),
        ("zlib", at(0, b"\x78\x9c\xcbH\xcd\xc9\xc9\x07\0")),
        ("zlib, fast", at(0, b"\x78\x5e\xcbH\xcd\xc9\xc9\x07\0")),
        ("lz4", at(0, b"\x04\x22\x4d\x18\x64\x40\xa7")),
        ("zstd", at(0, b"\x28\xb5\x2f\xfd\x24\x05")),
        ("7z", at(0, b"7z\xbc\xaf\x27\x1c\0\x04")),
        ("rar", at(0, b"Rar!\x1a\x07\x01\0")),
        (
            "tar",
            [at(0, b"MOSI/train.pkl"), at(257 - 64, b"ustar\x0000")].concat(),
        ),
    ]
}

fn of_pages() -> Vec<(&'static str, Vec<u8>)> {
    let drive = "<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>";
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    vec![
        ("Google Drive", text(drive)),
        (
            "web page",
            text("\u{feff}\n<!doctype HTML>\n<html lang=en><title>404</title>"),
        ),
        (
            "web page without a type",
            text("<HTML><BODY>Moved</BODY></HTML>"),
        ),
        ("LFS pointer", text(lfs)),
        (
            "annex pointer",
            text("/annex/objects/SHA256E-s31--fb7.pkl\n"),
        ),
        (
            "XML",
            text("<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>"),
        ),
        ("PDF", text("%PDF-1.7\n%")),
    ]
}

fn of_media() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("WAV", riff(b"WAVE")),
        ("AVI", riff(b"AVI ")),
        ("FLAC", at(0, b"fLaC\0\0\0\x22")),
        ("MP3 with a tag", at(0, b"ID3\x04\0\0\0")),
        ("MP3", at(0, b"\xff\xfb\x90\x64\0\0")),
        ("Ogg", at(0, b"OggS\0\x02")),
        ("MP4", ftyp(b"isom")),
        ("MOV", ftyp(b"qt  ")),
        ("MKV", at(0, b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01")),
        ("PNG", at(0, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
        ("JPEG", at(0, b"\xff\xd8\xff\xe0\0\x10JFIF")),
        ("GIF", at(0, b"GIF89a\x01\0")),
    ]
}

fn of_data() -> Vec<(&'static str, Vec<u8>)> {
    let header = br#"{"__metadata__":{"format":"pt"},"w":{"dtype":"F32"}}"#;
    vec![
        ("SQLite", at(0, b"SQLite format 3\0\x10\0")),
        ("Parquet", at(0, b"PAR1\x15\x04")),
        ("Arrow", at(0, b"ARROW1\0\0")),
        ("Feather", at(0, b"FEA1\0\0")),
        ("HDF5", at(0, b"\x89HDF\r\n\x1a\n\0")),
        ("MATLAB 5", at(0, b"MATLAB 5.0 MAT-file, Platform: PCWIN64")),
        ("NumPy", at(0, b"\x93NUMPY\x01\0v\0{'descr': '<f4'")),
        ("safetensors", [&52_u64.to_le_bytes()[..], header].concat()),
        (
            "old PyTorch",
            at(0, b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02"),
        ),
        (
            "pickle of protocol 4",
            at(0, b"\x80\x04\x95\x10\0\0\0\0\0\0\0]"),
        ),
        (
            "pickle of protocol 2",
            at(0, b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\0"),
        ),
        ("pickle of protocol 0", text("(dp0\nVtrain\np1\n(lp2\n")),
        ("pickle of a name", text("ccopy_reg\n_reconstructor\np0\n")),
        (
            "pickle with CRLF",
            at(0, b"\x80\x02cnumpy.core.multiarray\r\n_reconstruct\r\nq\0"),
        ),
        (
            "pickle of protocol 0 with CRLF",
            text("(dp0\r\nVtrain\r\np1\r\n(lp2\r\n"),
        ),
    ]
}

fn of_texts() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "Python",
            text("# Reads MOSI.\nimport pickle\n\nwith open('x') as f:\n"),
        ),
        (
            "Python with an interpreter",
            text("#!/usr/bin/env python3\nprint(1)\n"),
        ),
        (
            "notebook",
            text("{\n \"cells\": [{\"cell_type\": \"code\"}], \"nbformat\": 4}"),
        ),
        ("JSON", text("{\"train\": [1, 2]}")),
        ("JSON list", text("[\n  {\"id\": 1}]")),
        (
            "labels",
            text("id,split,label,text\na,train,1.5,\"so, it goes\"\n"),
        ),
        ("labels of Germany", text("id;split;label\na;train;1,5\n")),
        (
            "labels of Excel",
            utf16("id\tsplit\tlabel\na\ttrain\t1,5\n", true),
        ),
        ("labels of UTF-16", utf16("id\tsplit\tlabel\n", false)),
        ("text", text("hello world")),
        (
            "text of Latin-1",
            b"Sch\xf6nen Tag auch, alter Freund".to_vec(),
        ),
        ("prose", text("Dear all, as you know, this is no table.\n")),
    ]
}

/// The first bytes of real files of other programs.
fn of_programs() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kinds");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

fn cases() -> Vec<(String, Vec<u8>)> {
    let made = [of_archives(), of_pages(), of_media(), of_data(), of_texts()];
    let made = made.into_iter().flatten();
    made.map(|(case, bytes)| (case.to_owned(), bytes))
        .chain(of_programs())
        .collect()
}

#[test]
fn kinds_are_named_as_on_record() {
    let cases = cases();
    let kinds: std::collections::HashSet<FileKind> = cases
        .iter()
        .filter_map(|(_, bytes)| FileKind::detect(bytes))
        .collect();
    assert!(kinds.len() >= 45, "{} kinds", kinds.len());
    let line = |(case, bytes): &(String, Vec<u8>)| {
        let kind = FileKind::of(&Source::from(bytes)).unwrap();
        let words = kind.map_or("nothing known".to_owned(), |kind| {
            format!("{kind}; {}", kind.advice())
        });
        format!("{case}\n    {words}\n")
    };
    let text: String = cases.iter().map(line).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/kinds.txt");
    if std::env::var_os("MISA_UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (found, expected) in text.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(text.len(), expected.len());
}

#[test]
fn cut_files_are_no_panic() {
    for (_, bytes) in cases() {
        for end in 0..bytes.len().min(80) {
            let _ = FileKind::detect(&bytes[..end]);
        }
    }
    // Bytes without a pattern.
    let noise: Vec<u8> = (0..4096_u32)
        .map(|i| (i * i * 31 % 253) as u8 | 1)
        .collect();
    let _ = FileKind::detect(&noise);
}

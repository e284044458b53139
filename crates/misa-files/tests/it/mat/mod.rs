//! MATLAB files of level 5.

mod errors;
mod hostile;
mod values;

use misa_files::Source;
use misa_files::mat::{Limits, Mat, MatError};
use std::fs;
use std::path::Path;

/// A fixture, written by `scripts/mat_fixtures.py`.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mat");
    fs::read(folder.join(name)).unwrap()
}

/// A file of the samples for recordings.
fn kit(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../misa-recordings/tests/kit");
    fs::read(folder.join(name)).unwrap()
}

fn open(bytes: &[u8]) -> Result<Mat<'_>, MatError> {
    Mat::open(Source::from(bytes), &Limits::default())
}

/// Reads everything, and returns the first error.
fn read_all(bytes: &[u8]) -> Result<(), MatError> {
    let file = open(bytes)?;
    for variable in file.variables() {
        file.find(variable.name())?;
        file.read(variable.name())?;
    }
    Ok(())
}

/// An element with its padding.
fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn numbers(values: &[i32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// An array of this class, with flags in the second byte.
fn matrix(class: i32, shape: &[i32], name: &str, content: &[u8]) -> Vec<u8> {
    let flags = element(6, &numbers(&[class, 0]));
    let shape = element(5, &numbers(shape));
    let name = element(1, name.as_bytes());
    element(14, &[&flags, &shape, &name, content].concat())
}

fn file(variables: &[u8]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(variables);
    bytes
}

/// An element that is packed.
fn packed(data: &[u8]) -> Vec<u8> {
    use flate2::{Compress, Compression, FlushCompress};
    let mut stream = Vec::with_capacity(data.len() + 1024);
    Compress::new(Compression::best(), true)
        .compress_vec(data, &mut stream, FlushCompress::Finish)
        .unwrap();
    let mut bytes = 15_u32.to_le_bytes().to_vec();
    bytes.extend((stream.len() as u32).to_le_bytes());
    bytes.extend(stream);
    bytes
}

//! A file that is not too large, and its SHA-256.

use crate::SpeechError;
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A larger file is refused before it is read; the published ones have 1.25 MB.
const MOST_BYTES: u64 = 16 << 20;
/// SHA-256 of `silero_vad_16k_sequence.onnx` and of `silero_vad_16k.safetensors` in silero-vad 6.2.3 on PyPI.
const GRAPH: &str = "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85";
const TENSORS: &str = "c59271c284ae9c8335d795d60e0bfdb71aaaceec578d9bd9ffc1b8153c319ea1";

/// The bytes of a file; one that grows while it is read is not read further than the limit.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, SpeechError> {
    let io = |source| SpeechError::Io {
        path: path.to_path_buf(),
        source,
    };
    let too_large = || SpeechError::TooLarge {
        path: path.to_path_buf(),
        limit: MOST_BYTES,
    };
    let file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.len() > MOST_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let mut file = file.take(MOST_BYTES + 1);
    match file.read_to_end(&mut bytes).map_err(io)? as u64 {
        0..=MOST_BYTES => Ok(bytes),
        _ => Err(too_large()),
    }
}

/// Checks that the bytes are those of a published file.
pub(super) fn check(path: &Path, bytes: &[u8]) -> Result<(), SpeechError> {
    let found = hex(&Sha256::digest(bytes));
    if [GRAPH, TENSORS].contains(&found.as_str()) {
        return Ok(());
    }
    Err(SpeechError::OtherFile {
        path: path.to_path_buf(),
        graph: GRAPH,
        tensors: TENSORS,
        found,
    })
}

//! Graphs that were cut or changed.

use crate::graph;
use crate::made_up::file;
use burn::tensor::Device;
use misa_speech::{SpeechDetector, SpeechError};
use misa_terms::Random;
use std::fs;
use std::path::Path;

/// Changes of a byte that are tried.
const CHANGES: usize = 2000;

/// A graph of three small tensors, of which the network has two.
fn small() -> Vec<u8> {
    graph::file(&[
        graph::tensor("output.bias", &[1], 1, &[0; 4]),
        graph::tensor("encoder.3.bias", &[128], 1, &[0; 512]),
        graph::tensor("other", &[300, 2], 10, b"abc"),
    ])
}

/// Whether the file at `path` is refused as one of other contents.
fn is_refused(path: &Path, bytes: &[u8]) -> bool {
    fs::write(path, bytes).unwrap();
    let error = SpeechDetector::load_other(path, &Device::flex()).unwrap_err();
    let is_typed = matches!(
        error,
        SpeechError::Kind { .. } | SpeechError::Format { .. } | SpeechError::Tensor { .. }
    );
    is_typed && error.to_string().len() < 2000
}

#[test]
fn every_prefix_of_a_graph_is_refused() {
    let (bytes, (_folder, path)) = (small(), file(b""));
    for length in 0..=bytes.len() {
        assert!(is_refused(&path, &bytes[..length]), "{length} bytes");
    }
}

#[test]
fn a_graph_with_any_byte_changed_is_refused() {
    let (bytes, (_folder, path)) = (small(), file(b""));
    let mut random = Random::new(7);
    for _ in 0..CHANGES {
        let position = (random.uniform() * bytes.len() as f64) as usize;
        let byte = (random.uniform() * 256.0) as u8;
        let mut changed = bytes.clone();
        changed[position] = byte;
        assert!(
            is_refused(&path, &changed),
            "byte {position} changed to {byte}"
        );
    }
}

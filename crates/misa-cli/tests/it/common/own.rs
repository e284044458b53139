//! Data sets of own features.

use super::{json, misa, text};
use misa_files::npy::NpzWriter;
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Steps of the visual and acoustic features.
pub const STEPS: usize = 4;

/// A folder of own features with these transcripts, of which the last `valid` are for validation. Of
/// each utterance, the first `real` steps are not zero.
pub fn own(
    folder: &Path,
    transcripts: &[&str],
    valid: usize,
    real: impl Fn(usize) -> usize,
) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let count = transcripts.len();
    let mut labels = "id,split,label,text\n".to_string();
    for (index, transcript) in transcripts.iter().enumerate() {
        let split = if index < count - valid {
            "train"
        } else {
            "valid"
        };
        let label = (index % 5) as f32 - 2.0;
        labels.push_str(&format!("v{index}[0],{split},{label},\"{transcript}\"\n"));
    }
    fs::write(folder.join("labels.csv"), labels).unwrap();
    let values = |d_input: usize| -> Vec<f32> {
        let value = |place: usize| {
            let (index, step) = (place / d_input / STEPS, place / d_input % STEPS);
            if step < real(index) {
                1.0 + (place % 7) as f32
            } else {
                0.0
            }
        };
        (0..count * STEPS * d_input).map(value).collect()
    };
    let file = File::create(folder.join("features.npz")).unwrap();
    let mut archive = NpzWriter::new(file);
    for (name, d_input) in [("visual", 2), ("acoustic", 3)] {
        let shape = [count, STEPS, d_input];
        archive.floats(name, &shape, &values(d_input)).unwrap();
    }
    archive.finish().unwrap();
    folder.to_path_buf()
}

/// What the data doctor says.
pub fn doctor(data: &Path, more: &[&str]) -> Value {
    let output = misa(&[&["data", "doctor", text(data), "--json"], more].concat());
    json(&String::from_utf8(output.stdout).unwrap())
}

/// The first finding of a kind.
pub fn finding<'e>(examination: &'e Value, kind: &str) -> Option<&'e Value> {
    let findings = examination["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["kind"] == kind)
}

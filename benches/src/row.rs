//! The result of a case, in the form that all implementations share.

use crate::BenchError;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// One measured case.
///
/// Names are those of the shared form. An utterance is a sample there; times are of a whole batch.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Name of the workload.
    pub case: String,
    /// The implementation.
    #[serde(rename = "impl")]
    pub implementation: &'static str,
    /// Its version.
    pub version: &'static str,
    /// `cpu`, or another device.
    pub device: String,
    /// The device by the name this implementation gives it.
    pub device_name: String,
    /// Threads that compute.
    pub threads: usize,
    /// Utterances trained on per second.
    pub train_samples_per_s: f64,
    /// Utterances predicted per second.
    pub infer_samples_per_s: f64,
    /// Milliseconds of a training step.
    pub train_ms_per_step: f64,
    /// Milliseconds of a forward pass.
    pub infer_ms_per_step: f64,
    /// Largest resident memory of the process.
    pub peak_rss_mib: Option<f64>,
    /// Seconds from the creation of the process to the end of the first training step.
    pub start_to_first_step_s: f64,
    /// Milliseconds of the fastest training steps.
    pub train_ms_best: f64,
    /// Milliseconds of the fastest forward passes.
    pub infer_ms_best: f64,
    /// Training steps timed.
    pub train_steps: usize,
    /// Forward passes timed.
    pub infer_steps: usize,
    /// Processor seconds per second of training.
    pub cpu_per_wall_train: Option<f64>,
    /// Processor seconds per second of inference.
    pub cpu_per_wall_infer: Option<f64>,
    /// Load average at the start.
    pub load_before: Option<f64>,
    /// Load average at the end.
    pub load_after: Option<f64>,
    /// Parameters of the model or the layer.
    pub parameters: usize,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |value: Option<f64>, digits: usize| match value {
            Some(value) => format!("{value:.digits$}"),
            None => "?".to_owned(),
        };
        write!(
            f,
            "{:20} {} t{}  train {:8.1}/s ({:.2} ms)  infer {:8.1}/s ({:.2} ms)  rss {} MiB  \
             first step after {:.1} s  cpu {} and {}  load {}",
            self.case,
            self.device_name,
            self.threads,
            self.train_samples_per_s,
            self.train_ms_per_step,
            self.infer_samples_per_s,
            self.infer_ms_per_step,
            known(self.peak_rss_mib, 0),
            self.start_to_first_step_s,
            known(self.cpu_per_wall_train, 2),
            known(self.cpu_per_wall_infer, 2),
            known(self.load_after, 1),
        )
    }
}

/// A file with a list of rows.
#[derive(Debug)]
pub struct RowFile {
    path: PathBuf,
    rows: Vec<Value>,
}

impl RowFile {
    /// A file whose old rows are discarded.
    pub fn replace(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            rows: Vec::new(),
        }
    }

    /// A file that keeps the rows it has; it may be empty or absent.
    ///
    /// # Errors
    ///
    /// [`BenchError`] if the file cannot be read, or is not a list.
    pub fn append(path: impl Into<PathBuf>) -> Result<Self, BenchError> {
        let path = path.into();
        let rows = match fs::exists(&path) {
            Ok(false) => Vec::new(),
            _ => read(&path)?,
        };
        Ok(Self { path, rows })
    }

    /// Adds rows and writes the file, so that they are kept if a later case fails.
    ///
    /// # Errors
    ///
    /// [`BenchError::File`] if the file cannot be written.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Value>) -> Result<(), BenchError> {
        self.rows.extend(rows);
        let text = format!("{:#}\n", json!(self.rows));
        fs::write(&self.path, text).map_err(|source| BenchError::File {
            path: self.path.clone(),
            source,
        })
    }

    /// The rows of a file.
    ///
    /// # Errors
    ///
    /// As [`RowFile::append`], and if the file is absent.
    pub fn rows(path: &Path) -> Result<Vec<Value>, BenchError> {
        read(path)
    }
}

fn read(path: &Path) -> Result<Vec<Value>, BenchError> {
    let text = fs::read_to_string(path).map_err(|source| BenchError::File {
        path: path.to_owned(),
        source,
    })?;
    if text.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_str(&text).map_err(|source| BenchError::Rows {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_kept_when_others_are_added() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.json");
        let mut file = RowFile::append(&path).unwrap();
        file.add([json!({"case": "a"})]).unwrap();
        file.add([json!({"case": "b"})]).unwrap();
        let mut file = RowFile::append(&path).unwrap();
        file.add([json!({"case": "c"})]).unwrap();
        let expected = [
            json!({"case": "a"}),
            json!({"case": "b"}),
            json!({"case": "c"}),
        ];
        assert_eq!(RowFile::rows(&path).unwrap(), expected);

        let mut file = RowFile::replace(&path);
        file.add([json!({"case": "d"})]).unwrap();
        assert_eq!(RowFile::rows(&path).unwrap(), [json!({"case": "d"})]);
    }

    #[test]
    fn a_file_that_is_not_a_list_is_not_changed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(RowFile::rows(file.path()).unwrap(), Vec::<Value>::new());
        fs::write(file.path(), "{}").unwrap();
        let error = RowFile::append(file.path()).unwrap_err().to_string();
        assert!(error.contains("expected a sequence"), "{error}");
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "{}");
    }
}

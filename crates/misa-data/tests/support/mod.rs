//! What several test files need.

// Every test file uses its own part.
#![allow(dead_code)]

pub mod pickled;

use safetensors::{Dtype, SafeTensors};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of golden data of this crate; `None`, with a printed line, where there is none.
///
/// # Panics
///
/// Panics if `CI` is set and there is none, or if `MISA_GOLDEN_DIR` names no folder.
pub fn golden_folder() -> Option<PathBuf> {
    golden_root().map(|root| root.join("data"))
}

/// The folder of all golden data, under the conditions of [`golden_folder`].
pub fn golden_root() -> Option<PathBuf> {
    let named = std::env::var_os("MISA_GOLDEN_DIR").map(PathBuf::from);
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/golden");
    let folder = named.clone().unwrap_or(default);
    if folder.join("data").is_dir() {
        return Some(folder);
    }
    let missing = format!("no golden data in {}", folder.display());
    assert!(
        named.is_none() && std::env::var_os("CI").is_none(),
        "{missing}"
    );
    println!("skipped: {missing}");
    None
}

/// The entries of a folder, sorted.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The last part of a path.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// A safetensors file of expected values.
pub struct Golden {
    bytes: Vec<u8>,
    path: PathBuf,
}

impl Golden {
    pub fn open(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self {
            bytes,
            path: path.to_owned(),
        }
    }

    fn tensors(&self) -> SafeTensors<'_> {
        SafeTensors::deserialize(&self.bytes).unwrap()
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .tensors()
            .names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    }

    pub fn contains(&self, name: &str) -> bool {
        self.tensors().tensor(name).is_ok()
    }

    pub fn is_single(&self, name: &str) -> bool {
        self.tensors().tensor(name).unwrap().dtype() == Dtype::F32
    }

    /// All numbers of a tensor, exactly.
    pub fn floats(&self, name: &str) -> Vec<f64> {
        let tensors = self.tensors();
        let tensor = tensors
            .tensor(name)
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        let size = tensor.dtype().bitsize() / 8;
        let number = |b: &[u8]| match tensor.dtype() {
            Dtype::F64 => f64::from_le_bytes(b.try_into().unwrap()),
            Dtype::F32 => f32::from_le_bytes(b.try_into().unwrap()).into(),
            Dtype::F16 => half(u16::from_le_bytes(b.try_into().unwrap())),
            Dtype::I64 => i64::from_le_bytes(b.try_into().unwrap()) as f64,
            Dtype::I32 => i32::from_le_bytes(b.try_into().unwrap()).into(),
            Dtype::I16 => i16::from_le_bytes(b.try_into().unwrap()).into(),
            Dtype::I8 => (b[0] as i8).into(),
            Dtype::U8 | Dtype::BOOL => b[0].into(),
            other => panic!("{name}: {other:?}"),
        };
        tensor.data().chunks_exact(size).map(number).collect()
    }

    pub fn ints(&self, name: &str) -> Vec<i64> {
        self.floats(name)
            .into_iter()
            .map(|value| value as i64)
            .collect()
    }

    /// A matrix row by row.
    pub fn rows(&self, name: &str) -> Vec<Vec<f64>> {
        let width = self.tensors().tensor(name).unwrap().shape()[1];
        self.floats(name)
            .chunks(width)
            .map(<[f64]>::to_vec)
            .collect()
    }
}

/// A normal half-precision float.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 31) - 15;
    sign * (1.0 + f64::from(bits & 1023) / 1024.0) * 2.0_f64.powi(exponent)
}

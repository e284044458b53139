//! The tensors of a golden file.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A stored tensor. Integers are converted to floats, which is exact for those of golden files.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Sizes of the axes.
    pub shape: Vec<usize>,
    /// Elements row by row.
    pub values: Vec<f64>,
    /// Whether the elements are stored in single precision.
    pub is_single: bool,
}

/// Every tensor of a file, by name.
#[derive(Debug)]
pub struct Tensors(BTreeMap<String, Stored>);

impl Tensors {
    /// Reads a safetensors file.
    ///
    /// # Panics
    ///
    /// Panics if the file is not valid, or has elements of a type that golden files do not have.
    pub fn read(path: &Path) -> Self {
        let fail = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", path.display()) };
        let bytes = fs::read(path).unwrap_or_else(|error| fail(&error));
        let file = SafeTensors::deserialize(&bytes).unwrap_or_else(|error| fail(&error));
        let tensors = file.iter();
        Self(
            tensors
                .map(|(name, view)| (name.to_string(), Stored::new(&view)))
                .collect(),
        )
    }

    /// Names in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The tensor of a name, if there is one.
    pub fn find(&self, name: &str) -> Option<&Stored> {
        self.0.get(name)
    }

    /// The tensor of a name.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    pub fn get(&self, name: &str) -> &Stored {
        self.find(name)
            .unwrap_or_else(|| panic!("no tensor `{name}`"))
    }

    /// Name without `prefix`, and value, of each tensor that has the prefix.
    pub fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, &Stored)> {
        let tensors = self.0.iter();
        tensors.filter_map(move |(name, stored)| Some((name.strip_prefix(prefix)?, stored)))
    }

    /// Elements of a tensor.
    ///
    /// # Panics
    ///
    /// Panics if there is no tensor of that name.
    pub fn floats(&self, name: &str) -> Vec<f64> {
        self.get(name).values.clone()
    }

    /// Elements of a tensor of integers.
    ///
    /// # Panics
    ///
    /// Panics if there is no tensor of that name.
    pub fn ints(&self, name: &str) -> Vec<i64> {
        let values = self.get(name).values.iter();
        values.map(|&value| value as i64).collect()
    }

    /// A matrix row by row.
    ///
    /// # Panics
    ///
    /// Panics if there is no tensor of that name, or it has no second axis.
    pub fn rows(&self, name: &str) -> Vec<Vec<f64>> {
        let stored = self.get(name);
        let rows = stored.values.chunks(stored.shape[1]);
        rows.map(<[f64]>::to_vec).collect()
    }
}

impl Stored {
    fn new(view: &TensorView<'_>) -> Self {
        let data = view.data();
        let values = match view.dtype() {
            Dtype::F64 => elements(data, f64::from_le_bytes),
            Dtype::F32 => elements(data, |x| f32::from_le_bytes(x).into()),
            Dtype::F16 => elements(data, |x| half(u16::from_le_bytes(x))),
            Dtype::I64 => elements(data, |x| i64::from_le_bytes(x) as f64),
            Dtype::I32 => elements(data, |x| i32::from_le_bytes(x).into()),
            Dtype::I16 => elements(data, |x| i16::from_le_bytes(x).into()),
            Dtype::I8 => elements(data, |[x]| (x as i8).into()),
            Dtype::U64 => elements(data, |x| u64::from_le_bytes(x) as f64),
            Dtype::U32 => elements(data, |x| u32::from_le_bytes(x).into()),
            Dtype::U16 => elements(data, |x| u16::from_le_bytes(x).into()),
            Dtype::U8 | Dtype::BOOL => elements(data, |[x]| x.into()),
            other => panic!("no golden file has elements of type {other:?}"),
        };
        Self {
            shape: view.shape().to_vec(),
            values,
            is_single: view.dtype() == Dtype::F32,
        }
    }

    /// `[batch, steps, width]` as `[steps, batch, width]`.
    ///
    /// # Panics
    ///
    /// Panics if there are not three axes.
    pub fn time_first(&self) -> Self {
        let [batch, steps, width] = self.shape[..] else {
            panic!("{:?}", self.shape)
        };
        let rows = (0..steps).flat_map(|step| (0..batch).map(move |index| index * steps + step));
        let rows = rows.flat_map(|row| &self.values[row * width..][..width]);
        Self {
            shape: vec![steps, batch, width],
            values: rows.copied().collect(),
            is_single: self.is_single,
        }
    }

    /// The largest magnitude; NaN is never the largest.
    pub fn largest(&self) -> f64 {
        let values = self.values.iter();
        values.fold(0.0, |largest, x| x.abs().max(largest))
    }
}

fn elements<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    bytes.as_chunks().0.iter().copied().map(read).collect()
}

/// A normal half-precision float.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 31) - 15;
    sign * (1.0 + f64::from(bits & 1023) / 1024.0) * 2.0_f64.powi(exponent)
}

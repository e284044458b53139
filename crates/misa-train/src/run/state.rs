//! Everything that a trainer needs to continue, as named tensors and as a file.

use crate::TrainError;
use crate::run::files;
use burn::tensor::TensorData;
use misa_core::StateDict;
use misa_terms::{hex, write_whole};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The number of optimiser steps of each parameter, by name.
pub(crate) type Times = BTreeMap<String, usize>;

const WEIGHTS: &str = "weights";
const MOMENTS: [&str; 2] = ["first", "second"];
/// Values converted to bytes at once.
const CHUNK: usize = 1 << 12;
/// The data of a safetensors file begins at a multiple of this.
const ALIGNMENT: usize = 8;

/// The state of a trainer between two steps. Values are read from the device one tensor at a time,
/// when they are needed.
pub(crate) struct TrainerState<'a> {
    pub(crate) tensors: Vec<NamedValues<'a>>,
    /// Optimiser steps of each parameter.
    pub(crate) times: Times,
}

/// One tensor of the state.
pub(crate) struct NamedValues<'a> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values<'a>,
}

/// Where the values are.
pub(crate) enum Values<'a> {
    Device(Box<dyn Fn() -> TensorData + 'a>),
    Host(&'a [f32]),
    /// In double precision.
    Double(&'a [f64]),
}

/// A copy of a state in the host's memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    tensors: StateDict,
    /// Tensors in double precision, which have one axis.
    doubles: BTreeMap<String, Vec<f64>>,
    times: Times,
}

/// The name of a parameter's weights in a state.
pub(crate) fn weights(parameter: &str) -> String {
    format!("{WEIGHTS}/{parameter}")
}

/// The names of a parameter's moments in a state.
pub(crate) fn moments(parameter: &str) -> [String; 2] {
    MOMENTS.map(|moment| format!("{moment}/{parameter}"))
}

impl NamedValues<'_> {
    /// `None` in double precision.
    fn data(&self) -> Option<TensorData> {
        match &self.values {
            Values::Device(read) => Some(read()),
            Values::Host(values) => Some(TensorData::new(values.to_vec(), self.shape.clone())),
            Values::Double(_) => None,
        }
    }

    /// The element type in a safetensors file, and its bytes.
    fn dtype(&self) -> (&'static str, u64) {
        match self.values {
            Values::Device(_) | Values::Host(_) => ("F32", 4),
            Values::Double(_) => ("F64", 8),
        }
    }

    fn bytes(&self) -> u64 {
        self.dtype().1 * self.shape.iter().product::<usize>() as u64
    }
}

impl TrainerState<'_> {
    /// The weights alone.
    pub(crate) fn weights(mut self) -> Self {
        let prefix = weights("");
        self.tensors
            .retain(|tensor| tensor.name.starts_with(&prefix));
        self.times.clear();
        self
    }

    /// A copy in the host's memory.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let tensors = self.tensors.iter();
        let single = tensors.clone();
        let single = single.filter_map(|tensor| Some((tensor.name.clone(), tensor.data()?)));
        let double = tensors.filter_map(|tensor| match tensor.values {
            Values::Double(values) => Some((tensor.name.clone(), values.to_vec())),
            Values::Device(_) | Values::Host(_) => None,
        });
        Snapshot {
            tensors: single.collect(),
            doubles: double.collect(),
            times: self.times.clone(),
        }
    }

    /// Writes a safetensors file, whole or not at all; returns its SHA-256 in hexadecimal.
    pub(crate) fn write(&self, path: &Path) -> Result<String, TrainError> {
        let mut checksum = String::new();
        let written = write_whole(path, |file| {
            checksum = self.write_to(file)?;
            Ok(())
        });
        written.map_err(|source| files::io_error(path, source))?;
        Ok(checksum)
    }

    /// The SHA-256 of the file that [`Self::write`] would write; `None` without tensors.
    pub(crate) fn checksum(&self) -> Option<String> {
        let is_empty = self.tensors.is_empty();
        (!is_empty).then(|| {
            self.write_to(&mut io::sink())
                .expect("a sink takes everything")
        })
    }

    fn write_to(&self, file: &mut dyn Write) -> io::Result<String> {
        let mut file = Hashing {
            file,
            checksum: Sha256::new(),
        };
        file.write_all(&self.header())?;
        for tensor in &self.tensors {
            match &tensor.values {
                Values::Host(values) => write_numbers(&mut file, values, f32::to_le_bytes),
                Values::Double(values) => write_numbers(&mut file, values, f64::to_le_bytes),
                Values::Device(read) => {
                    let values: Vec<f32> = read().iter::<f32>().collect();
                    write_numbers(&mut file, &values, f32::to_le_bytes)
                }
            }?;
        }
        Ok(hex(&file.checksum.finalize()))
    }

    fn header(&self) -> Vec<u8> {
        let mut start = 0;
        let mut entries = Map::new();
        for tensor in &self.tensors {
            let end = start + tensor.bytes();
            let entry = json!({
                "dtype": tensor.dtype().0,
                "shape": tensor.shape,
                "data_offsets": [start, end],
            });
            entries.insert(tensor.name.clone(), entry);
            start = end;
        }
        let mut header = Value::Object(entries).to_string().into_bytes();
        header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
        let length = header.len() as u64;
        [&length.to_le_bytes(), header.as_slice()].concat()
    }
}

impl Snapshot {
    /// Reads what [`TrainerState::write`] wrote.
    pub(crate) fn read(path: &Path, checksum: &str, times: &Times) -> Result<Self, TrainError> {
        let bytes = fs::read(path).map_err(|source| files::io_error(path, source))?;
        let found = hex(&Sha256::digest(&bytes));
        if found != checksum {
            return Err(TrainError::Damaged {
                path: path.to_path_buf(),
                expected: checksum.to_string(),
                found,
            });
        }
        let weights = |source| TrainError::Weights {
            path: path.to_path_buf(),
            source,
        };
        let mut tensors = StateDict::from_bytes(&bytes).map_err(weights)?;
        let doubles = StateDict::doubles(&bytes).map_err(weights)?;
        for name in doubles.keys() {
            tensors.remove(name);
        }
        Ok(Self {
            tensors,
            doubles,
            times: times.clone(),
        })
    }

    /// The same state in the form that can be written.
    pub(crate) fn state(&self) -> TrainerState<'_> {
        let tensor = |name: &str| {
            let data = self.tensors.get(name)?;
            Some(NamedValues {
                name: name.to_string(),
                shape: data.shape().to_vec(),
                values: Values::Device(Box::new(|| data.clone())),
            })
        };
        let doubles = self.doubles.iter().map(|(name, values)| NamedValues {
            name: name.clone(),
            shape: vec![values.len()],
            values: Values::Double(values),
        });
        TrainerState {
            tensors: (self.tensors.names().filter_map(tensor))
                .chain(doubles)
                .collect(),
            times: self.times.clone(),
        }
    }

    /// The tensors that `other` has as well, by their names.
    pub(crate) fn same_tensors(&self, other: &TrainerState<'_>) -> TrainerState<'_> {
        let names: BTreeSet<&str> = (other.tensors.iter())
            .map(|tensor| tensor.name.as_str())
            .collect();
        let mut state = self.state();
        state
            .tensors
            .retain(|tensor| names.contains(tensor.name.as_str()));
        state
    }

    /// Whether it holds weights and nothing else.
    pub(crate) fn is_weights_alone(&self) -> bool {
        self.times.is_empty() && self.doubles.is_empty()
    }

    /// A tensor that is not a parameter's.
    pub(crate) fn tensor(&self, name: &str) -> Option<&TensorData> {
        self.tensors.get(name)
    }

    /// A tensor in double precision.
    pub(crate) fn doubles(&self, name: &str) -> Option<&[f64]> {
        self.doubles.get(name).map(Vec::as_slice)
    }

    /// The weights of a parameter.
    pub(crate) fn weights(&self, parameter: &str) -> Option<&TensorData> {
        self.tensors.get(&weights(parameter))
    }

    /// The optimiser steps of a parameter and its moments, if it has been updated.
    pub(crate) fn moments(&self, parameter: &str) -> Option<(usize, [&TensorData; 2])> {
        let time = *self.times.get(parameter)?;
        let [first, second] = moments(parameter).map(|name| self.tensors.get(&name));
        Some((time, [first?, second?]))
    }
}

/// Writes to a file and computes its checksum.
struct Hashing<'a> {
    file: &'a mut dyn Write,
    checksum: Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn write_numbers<T: Copy, const N: usize>(
    file: &mut impl Write,
    values: &[T],
    to_bytes: fn(T) -> [u8; N],
) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(N * CHUNK);
    for chunk in values.chunks(CHUNK) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|&value| to_bytes(value)));
        file.write_all(&bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(rows: &[f32]) -> TrainerState<'_> {
        let data = || TensorData::from([1.5f32, f32::MIN_POSITIVE, -0.0]);
        let named = |name: &str, shape: &[usize], values| NamedValues {
            name: name.to_string(),
            shape: shape.to_vec(),
            values,
        };
        TrainerState {
            tensors: vec![
                named("weights/a", &[3], Values::Device(Box::new(data))),
                named("weights/b", &[2, 1], Values::Host(rows)),
                named("labels/text", &[2], Values::Double(&[0.1, -1.0 / 3.0])),
            ],
            times: Times::from([("a".to_string(), 7)]),
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.safetensors");
        let rows = [2.0, 3.0];
        let checksum = state(&rows).write(&path).unwrap();
        let read = Snapshot::read(&path, &checksum, &state(&rows).times).unwrap();
        for (name, values) in [
            ("a", vec![1.5, f32::MIN_POSITIVE, -0.0]),
            ("b", rows.to_vec()),
        ] {
            let found: Vec<f32> = read.weights(name).unwrap().iter::<f32>().collect();
            assert_eq!(found, values);
        }
        assert_eq!(read.weights("b").unwrap().shape().to_vec(), [2, 1]);
        let again = folder.path().join("again.safetensors");
        assert_eq!(read.state().write(&again).unwrap(), checksum);
        assert!(read.moments("a").is_none());
        let doubles = read.doubles("labels/text").unwrap();
        assert_eq!(doubles, [0.1, -1.0 / 3.0]);
        assert!(read.tensor("labels/text").is_none());
    }

    #[test]
    fn one_changed_bit_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.safetensors");
        let checksum = state(&[2.0, 3.0]).write(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, bytes).unwrap();
        let error = Snapshot::read(&path, &checksum, &Times::new()).unwrap_err();
        assert!(matches!(error, TrainError::Damaged { .. }), "{error}");
    }
}

//! Everything that a trainer needs to go on, as named tensors and as a file.

use crate::{TrainError, run::files};
use burn::tensor::TensorData;
use misa_core::StateDict;
use misa_terms::{hex, write_whole};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

/// The steps that each parameter has made, by name.
pub(crate) type Times = BTreeMap<String, usize>;

const WEIGHTS: &str = "weights";
const MOMENTS: [&str; 2] = ["first", "second"];
/// Numbers converted to bytes at once.
const PIECE: usize = 1 << 12;
/// safetensors wants its data to begin at a multiple of this.
const ALIGNMENT: usize = 8;

/// The state of a trainer while it stands still: numbers are read when they are asked for, one
/// tensor at a time.
pub(crate) struct TrainerState<'a> {
    pub(crate) tensors: Vec<NamedValues<'a>>,
    /// The steps that each parameter has made.
    pub(crate) times: Times,
}

/// One tensor of the state.
pub(crate) struct NamedValues<'a> {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values<'a>,
}

/// Where the numbers are.
pub(crate) enum Values<'a> {
    Device(Box<dyn Fn() -> TensorData + 'a>),
    Host(&'a [f32]),
}

/// A state on the host.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    tensors: StateDict,
    times: Times,
}

/// The name in a state of the weights of a parameter.
pub(crate) fn weights(parameter: &str) -> String {
    format!("{WEIGHTS}/{parameter}")
}

/// The names in a state of the moments of a parameter.
pub(crate) fn moments(parameter: &str) -> [String; 2] {
    MOMENTS.map(|moment| format!("{moment}/{parameter}"))
}

impl NamedValues<'_> {
    fn data(&self) -> TensorData {
        match &self.values {
            Values::Device(read) => read(),
            Values::Host(values) => TensorData::new(values.to_vec(), self.shape.clone()),
        }
    }

    fn bytes(&self) -> u64 {
        4 * self.shape.iter().product::<usize>() as u64
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

    /// A copy on the host.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let tensors = self.tensors.iter();
        Snapshot {
            tensors: tensors
                .map(|tensor| (tensor.name.clone(), tensor.data()))
                .collect(),
            times: self.times.clone(),
        }
    }

    /// Writes a safetensors file, whole or not at all; gives its SHA-256 in hexadecimal.
    pub(crate) fn write(&self, path: &Path) -> Result<String, TrainError> {
        let mut checksum = Sha256::new();
        let written = write_whole(path, |file| {
            let mut file = Hashing {
                file,
                checksum: &mut checksum,
            };
            file.write_all(&self.header())?;
            self.tensors
                .iter()
                .try_for_each(|tensor| match &tensor.values {
                    Values::Host(values) => write_numbers(&mut file, values),
                    Values::Device(read) => {
                        let values: Vec<f32> = read().iter::<f32>().collect();
                        write_numbers(&mut file, &values)
                    }
                })
        });
        written.map_err(|source| files::at(path, source))?;
        Ok(hex(&checksum.finalize()))
    }

    fn header(&self) -> Vec<u8> {
        let mut start = 0;
        let mut entries = Map::new();
        for tensor in &self.tensors {
            let end = start + tensor.bytes();
            let entry = json!({
                "dtype": "F32",
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
        let bytes = fs::read(path).map_err(|source| files::at(path, source))?;
        let found = hex(&Sha256::digest(&bytes));
        if found != checksum {
            return Err(TrainError::Damaged {
                path: path.to_path_buf(),
                expected: checksum.to_string(),
                found,
            });
        }
        let tensors = StateDict::from_bytes(&bytes).map_err(|source| TrainError::Weights {
            path: path.to_path_buf(),
            source,
        })?;
        Ok(Self {
            tensors,
            times: times.clone(),
        })
    }

    /// The same state as one that can be written.
    pub(crate) fn state(&self) -> TrainerState<'_> {
        let tensor = |name: &str| {
            let data = self.tensors.get(name)?;
            Some(NamedValues {
                name: name.to_string(),
                shape: data.shape().to_vec(),
                values: Values::Device(Box::new(|| data.clone())),
            })
        };
        TrainerState {
            tensors: self.tensors.names().filter_map(tensor).collect(),
            times: self.times.clone(),
        }
    }

    /// The weights of a parameter.
    pub(crate) fn weights(&self, parameter: &str) -> Option<&TensorData> {
        self.tensors.get(&weights(parameter))
    }

    /// The moments of a parameter and the steps it has made, if it has made any.
    pub(crate) fn moments(&self, parameter: &str) -> Option<(usize, [&TensorData; 2])> {
        let time = *self.times.get(parameter)?;
        let [first, second] = moments(parameter).map(|name| self.tensors.get(&name));
        Some((time, [first?, second?]))
    }
}

/// Writes through to a file and keeps its checksum.
struct Hashing<'a> {
    file: &'a mut dyn Write,
    checksum: &'a mut Sha256,
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

fn write_numbers(file: &mut impl Write, values: &[f32]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(4 * PIECE);
    for piece in values.chunks(PIECE) {
        bytes.clear();
        bytes.extend(piece.iter().flat_map(|value| value.to_le_bytes()));
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

//! Writing archives of arrays for NumPy.

use flate2::Crc;
use std::io::{self, Write};

/// Version 1.0 of the array format; its header is at most 65,535 bytes long.
const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
/// NumPy expects the elements to begin at a multiple of this.
const ALIGNMENT: usize = 64;
/// The first date that an archive can store: a fixed one, so that equal arrays give equal bytes.
const DATE: u16 = 0x21;

/// Writes an `.npz` file: arrays by name, uncompressed.
///
/// `numpy.load` returns the arrays under the same names.
#[derive(Debug)]
pub struct NpzWriter<W: Write> {
    file: W,
    written: u64,
    directory: Vec<u8>,
    members: u16,
}

impl<W: Write> NpzWriter<W> {
    /// An empty archive that is written to `file`.
    pub fn new(file: W) -> Self {
        Self {
            file,
            written: 0,
            directory: Vec::new(),
            members: 0,
        }
    }

    /// Adds an array of single-precision numbers.
    ///
    /// # Errors
    ///
    /// The error of the system; `InvalidInput` when the archive exceeds 4 GiB.
    ///
    /// # Panics
    ///
    /// Panics if `shape` does not have as many elements as `values`.
    pub fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) -> io::Result<()> {
        assert_eq!(
            shape.iter().product::<usize>(),
            values.len(),
            "shape of `{name}`"
        );
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        self.array(name, "<f4", shape, bytes)
    }

    /// Adds a list of whole numbers.
    ///
    /// # Errors
    ///
    /// As for [`Self::floats`].
    pub fn integers(&mut self, name: &str, values: &[i64]) -> io::Result<()> {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        self.array(name, "<i8", &[values.len()], bytes)
    }

    /// Adds a list of texts.
    ///
    /// # Errors
    ///
    /// As for [`Self::floats`].
    pub fn texts(&mut self, name: &str, values: &[String]) -> io::Result<()> {
        let lengths = values.iter().map(|value| value.chars().count());
        let width = lengths.max().unwrap_or(0).max(1);
        let bytes = values.iter().flat_map(|value| {
            let characters = value.chars().map(u32::from).chain(std::iter::repeat(0));
            characters.take(width).flat_map(u32::to_le_bytes)
        });
        self.array(name, &format!("<U{width}"), &[values.len()], bytes)
    }

    /// Writes the directory and returns the file.
    ///
    /// # Errors
    ///
    /// As for [`Self::floats`].
    pub fn finish(mut self) -> io::Result<W> {
        let start = small(self.written)?;
        let length = small(self.directory.len() as u64)?;
        self.file.write_all(&self.directory)?;
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend(self.members.to_le_bytes());
        end.extend(self.members.to_le_bytes());
        end.extend(length.to_le_bytes());
        end.extend(start.to_le_bytes());
        end.extend([0, 0]);
        self.file.write_all(&end)?;
        Ok(self.file)
    }

    fn array(
        &mut self,
        name: &str,
        dtype: &str,
        shape: &[usize],
        elements: impl Iterator<Item = u8>,
    ) -> io::Result<()> {
        let mut bytes = header(dtype, shape);
        bytes.extend(elements);
        self.member(&format!("{name}.npy"), &bytes)
    }

    fn member(&mut self, name: &str, data: &[u8]) -> io::Result<()> {
        let mut crc = Crc::new();
        crc.update(data);
        let (start, length) = (small(self.written)?, small(data.len() as u64)?);
        let mut common = Vec::new();
        // Version, flags, method (stored), time, date.
        for field in [20u16, 0, 0, 0, DATE] {
            common.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), length, length] {
            common.extend(field.to_le_bytes());
        }
        let name_length = u16::try_from(name.len()).map_err(|_| too_large("a name"))?;
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);
        let local = [b"PK\x03\x04", common.as_slice(), name.as_bytes()].concat();
        self.file.write_all(&local)?;
        self.file.write_all(data)?;
        self.written += (local.len() + data.len()) as u64;
        self.directory.extend(b"PK\x01\x02\x14\0");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend(start.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.members = self
            .members
            .checked_add(1)
            .ok_or_else(|| too_large("the directory"))?;
        Ok(())
    }
}

fn header(dtype: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let mut text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}");
    let before = MAGIC.len() + 2;
    let end = (before + text.len() + 1).next_multiple_of(ALIGNMENT);
    text.extend(std::iter::repeat_n(' ', end - before - text.len() - 1));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a few sizes fit into a header");
    [MAGIC, &length.to_le_bytes(), text.as_bytes()].concat()
}

fn small(bytes: u64) -> io::Result<u32> {
    u32::try_from(bytes).map_err(|_| too_large("the archive"))
}

fn too_large(what: &str) -> io::Error {
    let message = format!("{what} is larger than an .npz file of this kind can hold");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

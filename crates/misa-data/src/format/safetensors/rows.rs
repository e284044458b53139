//! The feature rows and word ids of our own file.

use super::container::Container;
use super::read::named;
use crate::{DataError, Sequence, Split, TextSequence};
use misa_files::Source;
use misa_terms::Modality;
use safetensors::tensor::Dtype;
use std::path::Path;

/// The steps of one modality of one split, utterance after utterance.
#[derive(Debug)]
pub(super) struct Column<'c> {
    container: &'c Container,
    name: String,
    /// A separate source, so that three columns do not compete for one window of the file.
    source: Source<'static>,
    dtype: Dtype,
    /// Values of a step.
    d_input: usize,
    steps: Vec<usize>,
    offset: u64,
    /// A flag for each step of all utterances, if some are absent.
    absent: Option<Vec<bool>>,
    /// Steps of the utterances before the next one.
    start: usize,
}

impl<'c> Column<'c> {
    pub fn open(
        container: &'c Container,
        split: Option<Split>,
        modality: Modality,
        count: usize,
    ) -> Result<Self, DataError> {
        let name = named(split, &modality.to_string());
        let info = match modality {
            Modality::Text => container.info(&name, &[Dtype::U32, Dtype::F32])?,
            _ => container.info(&name, &[Dtype::F32])?,
        };
        let (rows, d_input) = match (info.dtype, info.shape.as_slice()) {
            (Dtype::U32, &[rows]) => (rows, 1),
            (Dtype::F32, &[rows, d_input]) if d_input > 0 => (rows, d_input),
            _ => {
                let expected = "[steps] word ids or [steps, d_input] features";
                return Err(container.layout(&name, expected, format!("{:?}", info.shape)));
            }
        };
        let steps = container.counts(&format!("{name}.steps"), count, rows)?;
        let absent = container.absent(&name, rows)?;
        if info.dtype == Dtype::U32 && absent.is_some() {
            let expected = "no absent words, which are unknown words";
            return Err(container.layout(&name, expected, "flags"));
        }
        let path = Path::new(&container.path);
        Ok(Self {
            container,
            absent,
            start: 0,
            name,
            source: Source::open(path).map_err(DataError::io(path))?,
            dtype: info.dtype,
            d_input,
            steps,
            offset: container.base + info.data_offsets.0 as u64,
        })
    }

    /// The four-byte values of the next utterance.
    fn next(&mut self, index: usize) -> Result<Vec<[u8; 4]>, DataError> {
        // This cannot overflow, because the steps of all utterances were checked against the file.
        let len = 4 * self.steps[index] * self.d_input;
        let path = Path::new(&self.container.path);
        let bytes = self.source.bytes(self.offset, len);
        let bytes = bytes.map_err(DataError::io(path))?;
        self.offset += len as u64;
        let (values, _) = bytes.as_chunks::<4>();
        Ok(values.to_vec())
    }

    pub fn sequence(&mut self, index: usize) -> Result<Sequence, DataError> {
        let values = self.next(index)?.into_iter().map(f32::from_le_bytes);
        let steps = self.start..self.start + self.steps[index];
        self.start = steps.end;
        let sequence = match &self.absent {
            None => Sequence::new(self.d_input, values.collect()),
            // There is a flag for each step.
            Some(absent) => {
                Sequence::with_absent(self.d_input, values.collect(), absent[steps].to_vec())
            }
        };
        sequence.ok_or_else(|| {
            let expected = "whole steps, and zeros in absent ones";
            (self.container).layout(&self.name, expected, "others")
        })
    }

    pub fn text(&mut self, index: usize) -> Result<TextSequence, DataError> {
        if self.dtype == Dtype::F32 {
            return self.sequence(index).map(TextSequence::Features);
        }
        let ids = self.next(index)?.into_iter().map(u32::from_le_bytes);
        Ok(TextSequence::Words(ids.collect()))
    }
}

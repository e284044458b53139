//! Chunks: their place in the file, and copying their values into rows.
//!
//! Source: HDF5 specification, IV.A.2.i and VII.

use super::dataspace::{Dataspace, product};
use super::error::{Fault, Result};
use super::layout::Chunked;
use std::ops::Range;

/// A chunk that has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Number of the chunk, counted with the last axis fastest.
    pub number: u64,
    pub address: u64,
    /// Bytes in the file.
    pub stored: u64,
    /// Bit `k` is set if filter `k` was skipped for this chunk.
    pub mask: u32,
}

/// The division of a dataset into chunks.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Lengths of the dataset's axes.
    shape: Vec<u64>,
    /// Lengths of a chunk's axes.
    chunk: Vec<u64>,
    /// Chunks along each axis.
    pub counts: Vec<u64>,
    /// Chunks along each axis at the maximum size of the dataset; `None` if unlimited.
    most: Vec<Option<u64>>,
    element: usize,
    /// Bytes of a chunk.
    pub chunk_bytes: u64,
}

impl Grid {
    pub fn new(space: &Dataspace, chunked: &Chunked, element: usize) -> Result<Self> {
        let shape = &space.shape;
        let offset = chunked.offset;
        if chunked.shape.len() != shape.len() || chunked.element != element as u64 {
            return Err(Fault::Value {
                offset,
                what: "axes of a chunk",
                found: chunked.shape.len() as u64 + 1,
                expected: "as many as the dataset has, plus one for the element size",
            });
        }
        let counts: Vec<u64> = shape
            .iter()
            .zip(&chunked.shape)
            .map(|(axis, chunk)| axis.div_ceil(*chunk))
            .collect();
        let most = space
            .most
            .iter()
            .zip(&chunked.shape)
            .map(|(axis, chunk)| axis.map(|axis| axis.div_ceil(*chunk)))
            .collect();
        // Checked here, so that numbers of chunks cannot overflow.
        product(&counts, offset)?;
        let chunk_bytes = product(&chunked.shape, offset)?.checked_mul(element as u64);
        Ok(Self {
            shape: shape.to_vec(),
            chunk: chunked.shape.clone(),
            counts,
            most,
            element,
            chunk_bytes: chunk_bytes.ok_or(Fault::Limit {
                offset,
                what: "bytes of a chunk",
                limit: u64::MAX,
            })?,
        })
    }

    pub fn len(&self) -> u64 {
        self.counts.iter().product()
    }

    /// The first chunk of the band that contains `row`.
    pub fn first(&self, row: u64) -> u64 {
        row / self.chunk[0] * self.per_band()
    }

    /// Rows of the band that contains a chunk, including rows beyond the edge of the dataset.
    pub fn rows(&self, number: u64) -> Range<u64> {
        let start = number / self.per_band() * self.chunk[0];
        start..start.saturating_add(self.chunk[0])
    }

    fn per_band(&self) -> u64 {
        self.counts[1..].iter().product()
    }

    /// Number of the chunk whose first element has the index `first`; `None` if no chunk starts
    /// there.
    pub fn number(&self, first: &[u64]) -> Option<u64> {
        let mut index = Vec::with_capacity(first.len());
        for (position, chunk) in first.iter().zip(&self.chunk) {
            if position % chunk != 0 {
                return None;
            }
            index.push(position / chunk);
        }
        self.number_at(&index)
    }

    /// Chunks at the maximum size of the dataset; `None` if unlimited.
    pub fn most(&self) -> Option<u64> {
        let times = |total: u64, count: &Option<u64>| total.checked_mul((*count)?);
        self.most.iter().try_fold(1, times)
    }

    /// The axis that may grow without limit.
    pub fn growing(&self) -> Option<usize> {
        self.most.iter().position(Option::is_none)
    }

    /// Number of the chunk at position `entry` of an index array.
    ///
    /// The array has room for the dataset at its maximum size, with the axis `growing` first.
    /// `None` if the dataset has not grown that far.
    pub fn entry(&self, entry: u64, growing: Option<usize>) -> Option<u64> {
        let mut index = vec![0; self.counts.len()];
        let mut rest = entry;
        let others = (0..index.len()).filter(|&axis| Some(axis) != growing);
        for axis in others.rev() {
            let most = self.most[axis]?.max(1);
            index[axis] = rest % most;
            rest /= most;
        }
        match growing {
            Some(axis) => index[axis] = rest,
            None if rest > 0 => return None,
            None => {}
        }
        self.number_at(&index)
    }

    /// Number of the chunk with this index along each axis.
    pub fn number_at(&self, index: &[u64]) -> Option<u64> {
        let mut number = 0;
        for (index, count) in index.iter().zip(&self.counts) {
            if index >= count {
                return None;
            }
            number = number * count + index;
        }
        Some(number)
    }

    /// Index of the first element of a chunk.
    fn first_element(&self, number: u64) -> Vec<u64> {
        let mut rest = number;
        let mut first = vec![0; self.shape.len()];
        for axis in (0..first.len()).rev() {
            first[axis] = rest % self.counts[axis] * self.chunk[axis];
            rest /= self.counts[axis];
        }
        first
    }

    /// Whether a chunk extends beyond the edge of the dataset.
    pub fn is_edge(&self, number: u64) -> bool {
        self.first_element(number)
            .iter()
            .zip(&self.chunk)
            .zip(&self.shape)
            .any(|((first, chunk), axis)| axis - first < *chunk)
    }

    /// Copies the values of a chunk into `target`, which holds the rows `rows` of the dataset.
    pub fn copy(&self, number: u64, values: &[u8], rows: &Range<u64>, target: &mut [u8]) {
        let first = self.first_element(number);
        // The part of the chunk to copy, per axis. The chunk is in memory, so its size fits `usize`.
        let mut wanted: Vec<Range<usize>> = first
            .iter()
            .zip(&self.chunk)
            .zip(&self.shape)
            .map(|((first, chunk), axis)| 0..(*chunk).min(axis - first) as usize)
            .collect();
        wanted[0].start = rows.start.saturating_sub(first[0]) as usize;
        wanted[0].end = wanted[0]
            .end
            .min(rows.end.saturating_sub(first[0]) as usize);
        if wanted.iter().any(Range::is_empty) {
            return;
        }
        let last = wanted.len() - 1;
        let run = wanted[last].len() * self.element;
        let mut index: Vec<usize> = wanted.iter().map(|axis| axis.start).collect();
        loop {
            let (mut from, mut to) = (0, 0);
            for axis in 0..=last {
                let base = if axis == 0 { rows.start } else { 0 };
                from = from * self.chunk[axis] as usize + index[axis];
                let target_index = first[axis] + index[axis] as u64 - base;
                let width = if axis == 0 {
                    0
                } else {
                    self.shape[axis] as usize
                };
                to = to * width + target_index as usize;
            }
            let (from, to) = (from * self.element, to * self.element);
            target[to..to + run].copy_from_slice(&values[from..from + run]);
            if !advance(&mut index[..last], &wanted) {
                return;
            }
        }
    }
}

/// Advances `index` within `wanted`, the last axis fastest; false after the last index.
fn advance(index: &mut [usize], wanted: &[Range<usize>]) -> bool {
    for (axis, wanted) in index.iter_mut().zip(wanted).rev() {
        *axis += 1;
        if *axis < wanted.end {
            return true;
        }
        *axis = wanted.start;
    }
    false
}

//! Chunks: where they are in the file, and where their values go.

use std::ops::Range;

use super::dataspace::{Dataspace, product};
use super::error::{Fault, Result};
use super::layout::Chunked;

/// A chunk that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Number of the chunk, counted along the last axis first.
    pub number: u64,
    pub address: u64,
    /// Bytes in the file.
    pub stored: u64,
    /// Filters that were left out, a bit each.
    pub mask: u32,
}

/// How a dataset is cut into chunks.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Lengths of the dataset's axes.
    shape: Vec<u64>,
    /// Lengths of a chunk's axes.
    chunk: Vec<u64>,
    /// Chunks along each axis.
    pub counts: Vec<u64>,
    /// Chunks along each axis once the dataset is as large as it may get.
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
                expected: "those of the dataset and of its elements",
            });
        }
        let axes = shape.iter().zip(&chunked.shape);
        let counts: Vec<u64> = axes.map(|(axis, chunk)| axis.div_ceil(*chunk)).collect();
        let axes = space.most.iter().zip(&chunked.shape);
        let most = axes.map(|(axis, chunk)| axis.map(|axis| axis.div_ceil(*chunk)));
        // So that numbers of chunks do not overflow.
        product(&counts, offset)?;
        let chunk_bytes = product(&chunked.shape, offset)?.checked_mul(element as u64);
        let what = "bytes of a chunk";
        let limit = u64::MAX;
        Ok(Self {
            shape: shape.to_vec(),
            chunk: chunked.shape.clone(),
            counts,
            most: most.collect(),
            element,
            chunk_bytes: chunk_bytes.ok_or(Fault::Limit {
                offset,
                what,
                limit,
            })?,
        })
    }

    pub fn len(&self) -> u64 {
        self.counts.iter().product()
    }

    /// The first chunk of the band that a row is in.
    pub fn first(&self, row: u64) -> u64 {
        row / self.chunk[0] * self.per_band()
    }

    /// Rows of the band that a chunk is in, those beyond the edge included.
    pub fn rows(&self, number: u64) -> Range<u64> {
        let start = number / self.per_band() * self.chunk[0];
        start..start.saturating_add(self.chunk[0])
    }

    fn per_band(&self) -> u64 {
        self.counts[1..].iter().product()
    }

    /// Number of the chunk whose first element is at `place`; `None` where no chunk starts.
    pub fn number(&self, place: &[u64]) -> Option<u64> {
        let mut index = Vec::with_capacity(place.len());
        for (place, chunk) in place.iter().zip(&self.chunk) {
            if place % chunk != 0 {
                return None;
            }
            index.push(place / chunk);
        }
        self.number_at(&index)
    }

    /// Chunks of the dataset once it is as large as it may get.
    pub fn most(&self) -> Option<u64> {
        let times = |total: u64, count: &Option<u64>| total.checked_mul((*count)?);
        self.most.iter().try_fold(1, times)
    }

    /// The axis that may grow without bound.
    pub fn growing(&self) -> Option<usize> {
        self.most.iter().position(Option::is_none)
    }

    /// Number of the chunk that is number `entry` in an array with room for the largest dataset,
    /// in which the axis `growing` comes first; `None` where the dataset does not reach.
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

    /// Number of the chunk with this number along each axis.
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

    /// First element of a chunk.
    fn place(&self, number: u64) -> Vec<u64> {
        let mut rest = number;
        let mut place = vec![0; self.shape.len()];
        for axis in (0..place.len()).rev() {
            place[axis] = rest % self.counts[axis] * self.chunk[axis];
            rest /= self.counts[axis];
        }
        place
    }

    /// Whether a chunk reaches over the edge of the dataset.
    pub fn is_edge(&self, number: u64) -> bool {
        let place = self.place(number);
        let axes = place.iter().zip(&self.chunk).zip(&self.shape);
        axes.into_iter()
            .any(|((place, chunk), axis)| axis - place < *chunk)
    }

    /// Copies the values of a chunk to the rows `rows` of the dataset, which `target` holds.
    pub fn copy(&self, number: u64, values: &[u8], rows: &Range<u64>, target: &mut [u8]) {
        let place = self.place(number);
        // What of the chunk is wanted, per axis; all of it is in memory, so that it fits.
        let mut wanted: Vec<Range<usize>> = place
            .iter()
            .zip(&self.chunk)
            .zip(&self.shape)
            .map(|((place, chunk), axis)| 0..(*chunk).min(axis - place) as usize)
            .collect();
        wanted[0].start = rows.start.saturating_sub(place[0]) as usize;
        wanted[0].end = wanted[0]
            .end
            .min(rows.end.saturating_sub(place[0]) as usize);
        if wanted.iter().any(Range::is_empty) {
            return;
        }
        let last = wanted.len() - 1;
        let run = wanted[last].len() * self.element;
        let mut at: Vec<usize> = wanted.iter().map(|axis| axis.start).collect();
        loop {
            let (mut from, mut to) = (0, 0);
            for axis in 0..=last {
                let base = if axis == 0 { rows.start } else { 0 };
                from = from * self.chunk[axis] as usize + at[axis];
                let there = place[axis] + at[axis] as u64 - base;
                let width = if axis == 0 {
                    0
                } else {
                    self.shape[axis] as usize
                };
                to = to * width + there as usize;
            }
            let (from, to) = (from * self.element, to * self.element);
            target[to..to + run].copy_from_slice(&values[from..from + run]);
            if !advance(&mut at[..last], &wanted) {
                return;
            }
        }
    }
}

/// Moves on to the next place, the last axis first; false after the last place.
fn advance(at: &mut [usize], wanted: &[Range<usize>]) -> bool {
    for (axis, wanted) in at.iter_mut().zip(wanted).rev() {
        *axis += 1;
        if *axis < wanted.end {
            return true;
        }
        *axis = wanted.start;
    }
    false
}

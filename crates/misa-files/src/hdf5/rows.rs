//! A range of rows of a dataset, and their values.

use super::chunk::{Chunk, Grid};
use super::dataset::Dataset;
use super::element::Element;
use super::error::{Fault, Hdf5Error, Result};
use super::filter::zeros;
use super::index::Finder;
use super::layout::{Chunked, Layout};
use super::texts::Texts;
use crate::dtype::Dtype;
use std::borrow::Cow;
use std::ops::Range;

/// Bytes of a contiguous dataset that are held in memory at once.
const PIECE: u64 = 1 << 20;

/// Bytes that a text takes in memory besides its contents.
const TEXT: u64 = 32;

/// A range of rows of a dataset, read on demand.
#[derive(Clone, Debug)]
pub struct Rows<'d> {
    dataset: &'d Dataset<'d>,
    range: Range<u64>,
}

/// Receives elements as stored in the file, the offset of the first one, and how often they repeat.
type Take<'t> = dyn FnMut(&[u8], u64, u64) -> Result<()> + 't;

type Read<T> = std::result::Result<T, Hdf5Error>;

impl<'d> Rows<'d> {
    /// The rows `range`, which the caller has checked to exist.
    pub(super) fn new(dataset: &'d Dataset<'d>, range: Range<u64>) -> Self {
        Self { dataset, range }
    }

    /// The values in single precision, with the last axis fastest.
    ///
    /// # Errors
    ///
    /// As for [`Dataset::to_floats`].
    pub fn to_floats(&self) -> Read<Vec<f32>> {
        self.numbers(|dtype, bytes, values| dtype.floats(bytes, values))
    }

    /// The values in double precision, with the last axis fastest.
    ///
    /// # Errors
    ///
    /// As for [`Dataset::to_doubles`].
    pub fn to_doubles(&self) -> Read<Vec<f64>> {
        self.numbers(|dtype, bytes, values| dtype.doubles(bytes, values))
    }

    /// The texts, with the last axis fastest.
    ///
    /// # Errors
    ///
    /// As for [`Dataset::to_texts`].
    pub fn to_texts(&self) -> Read<Vec<String>> {
        self.texts().map_err(|fault| self.dataset.error(fault))
    }

    /// The values, where `append` converts the elements in a piece of bytes.
    fn numbers<T: Copy>(
        &self,
        append: impl Fn(Dtype, &[u8], &mut Vec<T>) -> Option<()>,
    ) -> Read<Vec<T>> {
        self.convert_numbers(append)
            .map_err(|fault| self.dataset.error(fault))
    }

    fn convert_numbers<T: Copy>(
        &self,
        append: impl Fn(Dtype, &[u8], &mut Vec<T>) -> Option<()>,
    ) -> Result<Vec<T>> {
        let Element::Number(dtype) = self.dataset.element else {
            return Err(self.kind("numbers"));
        };
        let mut values = self.reserve::<T>(0)?;
        let is_not = || self.kind("numbers");
        self.visit(&mut |bytes, _, times| {
            if times == 1 {
                return append(dtype, bytes, &mut values).ok_or_else(is_not);
            }
            let mut once = Vec::new();
            append(dtype, bytes, &mut once).ok_or_else(is_not)?;
            for value in once {
                values.extend((0..times).map(|_| value));
            }
            Ok(())
        })?;
        Ok(values)
    }

    fn texts(&self) -> Result<Vec<String>> {
        let element = self.dataset.element;
        if matches!(element, Element::Number(_)) {
            return Err(self.kind("texts"));
        }
        let mut values = self.reserve(TEXT)?;
        let mut heaps = Texts::new(self.dataset.store);
        self.visit(&mut |bytes, offset, times| {
            for bytes in bytes.chunks_exact(self.dataset.size) {
                for _ in 0..times {
                    values.push(match element.text(bytes) {
                        Some(text) => text,
                        None => heaps.read(bytes, offset)?,
                    });
                }
            }
            Ok(())
        })?;
        Ok(values)
    }

    fn kind(&self, expected: &'static str) -> Fault {
        let found = self.dataset.element.to_string();
        Fault::Kind { expected, found }
    }

    /// Bytes of a row. Opening the dataset has checked that the bytes of all rows do not overflow.
    fn row_bytes(&self) -> u64 {
        self.dataset.row_len() * self.dataset.size as u64
    }

    /// An empty vector with capacity for all values, each of which takes `more` bytes in memory besides
    /// those in the file.
    fn reserve<T>(&self, more: u64) -> Result<Vec<T>> {
        let rows = self.range.end - self.range.start;
        let count = rows.saturating_mul(self.dataset.row_len());
        let bytes = count.saturating_mul(self.dataset.size as u64 + more);
        // Before the claim: if the file is too short, the error is about the file, not about a limit.
        if let Layout::Contiguous { address, .. } = self.dataset.layout
            && let Some(address) = address
        {
            let start = address.saturating_add(self.range.start * self.row_bytes());
            self.dataset.store.locate(start, rows * self.row_bytes())?;
        }
        self.dataset.store.claim(self.dataset.offset, bytes)?;
        let mut values = Vec::new();
        // If all bytes fit `usize`, so do those of each piece.
        let fault = || Fault::Memory { bytes };
        usize::try_from(bytes).map_err(|_| fault())?;
        values
            .try_reserve_exact(count as usize)
            .map_err(|_| fault())?;
        Ok(values)
    }

    /// Passes all bytes to `take`, in order and in pieces of whole elements.
    fn visit(&self, take: &mut Take<'_>) -> Result<()> {
        if self.range.is_empty() || self.row_bytes() == 0 {
            return Ok(());
        }
        let start = self.range.start * self.row_bytes();
        let end = self.range.end * self.row_bytes();
        match &self.dataset.layout {
            Layout::Compact(bytes) => {
                take(&bytes[start as usize..end as usize], self.dataset.offset, 1)
            }
            Layout::Contiguous {
                address: Some(address),
                ..
            } => self.visit_stored(*address, start..end, take),
            Layout::Contiguous { address: None, .. } => self.visit_fill(end - start, take),
            Layout::Chunked(chunked) => self.visit_chunks(chunked, take),
        }
    }

    /// Bytes of the whole elements that fit into a piece.
    fn piece(&self) -> u64 {
        let size = self.dataset.size as u64;
        (PIECE / size).max(1) * size
    }

    fn visit_stored(&self, address: u64, bytes: Range<u64>, take: &mut Take<'_>) -> Result<()> {
        let mut start = bytes.start;
        while start < bytes.end {
            let len = self.piece().min(bytes.end - start);
            let block = self
                .dataset
                .store
                .fetch(address.saturating_add(start), len)?;
            take(&block.bytes, block.offset, 1)?;
            start += len;
        }
        Ok(())
    }

    fn visit_fill(&self, bytes: u64, take: &mut Take<'_>) -> Result<()> {
        let size = self.dataset.size as u64;
        take(&self.filled(size)?, self.dataset.offset, bytes / size)
    }

    /// `len` bytes of elements that were never written.
    fn filled(&self, len: u64) -> Result<Vec<u8>> {
        let mut bytes = zeros(len as usize)?;
        let fill = &self.dataset.fill;
        if fill.iter().any(|&byte| byte != 0) {
            for element in bytes.chunks_exact_mut(fill.len()) {
                element.copy_from_slice(fill);
            }
        }
        Ok(bytes)
    }

    /// Walks through the rows in bands, each as high as a chunk.
    fn visit_chunks(&self, chunked: &Chunked, take: &mut Take<'_>) -> Result<()> {
        let (grid, chunks) = self.chunks(chunked)?;
        let mut start = self.range.start;
        let first = grid.first(start);
        let mut next = chunks.partition_point(|chunk| chunk.number < first);
        while start < self.range.end {
            let Some(chunk) = chunks.get(next) else {
                return self.visit_fill((self.range.end - start) * self.row_bytes(), take);
            };
            // Bands without chunks are skipped together, since there may be very many.
            let band = grid.rows(chunk.number);
            let written = band.start.clamp(start, self.range.end);
            self.visit_fill((written - start) * self.row_bytes(), take)?;
            let end = self.range.end.min(band.end);
            if written == self.range.end {
                return Ok(());
            }
            let mut bytes = self.filled((end - written) * self.row_bytes())?;
            while let Some(chunk) = chunks.get(next)
                && grid.rows(chunk.number) == band
            {
                let values = self.unpack(chunked, grid, chunk)?;
                grid.copy(chunk.number, &values, &(written..end), &mut bytes);
                next += 1;
            }
            take(&bytes, self.dataset.offset, 1)?;
            start = end;
        }
        Ok(())
    }

    fn chunks(&self, chunked: &Chunked) -> Result<&'d (Grid, Vec<Chunk>)> {
        let dataset = self.dataset;
        if let Some(chunks) = dataset.chunks.get() {
            return Ok(chunks);
        }
        let grid = Grid::new(&dataset.space, chunked, dataset.size)?;
        let finder = Finder {
            store: dataset.store,
            chunked,
            grid: &grid,
            filtered: !dataset.filters.is_empty(),
        };
        let chunks = finder.find()?;
        Ok(dataset.chunks.get_or_init(|| (grid, chunks)))
    }

    /// The values of a chunk.
    fn unpack(&self, chunked: &Chunked, grid: &Grid, chunk: &Chunk) -> Result<Cow<'d, [u8]>> {
        let dataset = self.dataset;
        let block = dataset.store.fetch(chunk.address, chunk.stored)?;
        let offset = block.offset;
        let limit = dataset.store.limits().dataset_bytes;
        let size = usize::try_from(grid.chunk_bytes)
            .ok()
            .filter(|_| grid.chunk_bytes <= limit)
            .ok_or(Fault::Limit {
                offset,
                what: "bytes of a chunk",
                limit,
            })?;
        let plain = chunked.plain_edges && grid.is_edge(chunk.number);
        let mask = if plain { u32::MAX } else { chunk.mask };
        dataset.filters.undo(block.bytes, mask, size, offset)
    }
}

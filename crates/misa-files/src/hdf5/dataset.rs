//! Datasets: arrays of numbers or texts.

use super::chunk::{Chunk, Grid};
use super::dataspace::Dataspace;
use super::element::Element;
use super::error::{Fault, Hdf5Error, Result};
use super::filter::Filters;
use super::header::{Header, Kind};
use super::layout::Layout;
use super::rows::Rows;
use super::store::Store;
use super::{dataspace, fill};
use std::cell::OnceCell;
use std::ops::Range;

/// A dataset of a file. Its values are read on demand.
#[derive(Clone, Debug)]
pub struct Dataset<'f> {
    pub(super) store: &'f Store<'f>,
    pub(super) path: String,
    /// Offset of its header in the file.
    pub(super) offset: u64,
    pub(super) space: Dataspace,
    pub(super) element: Element,
    /// Bytes of an element.
    pub(super) size: usize,
    pub(super) layout: Layout,
    pub(super) filters: Filters,
    /// One element; empty if it is zero.
    pub(super) fill: Vec<u8>,
    pub(super) chunks: OnceCell<(Grid, Vec<Chunk>)>,
}

type Read<T> = std::result::Result<T, Hdf5Error>;

impl<'f> Dataset<'f> {
    /// The dataset whose header is at `address`.
    pub(super) fn open(store: &'f Store<'f>, path: String, address: u64) -> Result<Self> {
        let header = Header::read(store, address)?;
        let offset = header.offset;
        let layout = header
            .find(Kind::Layout, Layout::parse)?
            .ok_or(Fault::NotADataset)?;
        if header.has(Kind::ExternalFiles) {
            return Err(Fault::unsupported(offset, "values in other files"));
        }
        let missing = |what| Fault::Missing { offset, what };
        let space = header.find(Kind::Dataspace, Dataspace::parse)?;
        let (element, size) = header
            .find(Kind::Datatype, Element::parse)?
            .ok_or(missing("element type"))?;
        let filters = header.find(Kind::Filters, Filters::parse)?;
        let fill = fill::parse(&header)?;
        if !fill.is_empty() && fill.len() != size {
            return Err(Fault::Value {
                offset,
                what: "bytes of the fill value",
                found: fill.len() as u64,
                expected: "the size of an element",
            });
        }
        let dataset = Self {
            store,
            path,
            offset,
            space: space.ok_or(missing("shape"))?,
            element,
            size,
            layout,
            filters: filters.unwrap_or_default(),
            fill,
            chunks: OnceCell::new(),
        };
        dataset.check()?;
        Ok(dataset)
    }

    /// Checks that the parts of the header agree, so that lengths computed from them cannot
    /// overflow.
    fn check(&self) -> Result<()> {
        let offset = self.offset;
        // Checked for empty datasets too: the lengths of a row are computed even if there are none.
        let most = dataspace::product(&self.space.shape, offset)?
            .checked_mul(self.size as u64)
            .ok_or(Fault::Limit {
                offset,
                what: "bytes of a dataset",
                limit: u64::MAX,
            })?;
        let is_empty = self.space.shape.contains(&0);
        let bytes = if is_empty { 0 } else { most };
        let (found, stored) = match &self.layout {
            Layout::Compact(bytes) => (bytes.len() as u64, true),
            Layout::Contiguous { address, len } => (*len, address.is_some()),
            Layout::Chunked(_) => return Ok(()),
        };
        if stored && found < bytes {
            return Err(Fault::Truncated {
                offset,
                expected: bytes,
                found,
            });
        }
        if !self.filters.is_empty() {
            return Err(Fault::unsupported(offset, "a filter without chunks"));
        }
        Ok(())
    }

    /// Path in the file, such as `/data/abc/features`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Lengths of the axes; empty for a scalar.
    pub fn shape(&self) -> &[u64] {
        &self.space.shape
    }

    /// Type of the elements.
    pub fn element(&self) -> Element {
        self.element
    }

    /// Length of the first axis; 1 for a scalar.
    pub fn row_count(&self) -> u64 {
        self.space.shape.first().copied().unwrap_or(1)
    }

    /// Values of a row: the product of all axes except the first.
    pub fn row_len(&self) -> u64 {
        // Checked for overflow when the dataset was opened.
        self.space.shape.iter().skip(1).product()
    }

    /// A range of rows. Only these are read, on demand.
    ///
    /// # Errors
    ///
    /// [`Fault::Rows`] when the range exceeds the dataset.
    pub fn rows(&self, range: Range<u64>) -> Read<Rows<'_>> {
        let rows = self.row_count();
        let Range { start, end } = range;
        if start > end || end > rows {
            return Err(self.error(Fault::Rows { start, end, rows }));
        }
        Ok(Rows::new(self, range))
    }

    /// All values in single precision, with the last axis fastest. Values that need more precision
    /// are rounded.
    ///
    /// # Errors
    ///
    /// [`Fault::Kind`] for texts, [`Fault::Limit`] when there are too many values, and any fault of
    /// the file.
    pub fn to_floats(&self) -> Read<Vec<f32>> {
        self.all().to_floats()
    }

    /// All values in double precision, with the last axis fastest. Integers beyond 2^53 are rounded.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats).
    pub fn to_doubles(&self) -> Read<Vec<f64>> {
        self.all().to_doubles()
    }

    /// All texts, with the last axis fastest. Bytes that are not valid UTF-8 are read as Latin-1.
    ///
    /// # Errors
    ///
    /// As for [`to_floats`](Self::to_floats), but [`Fault::Kind`] for numbers.
    pub fn to_texts(&self) -> Read<Vec<String>> {
        self.all().to_texts()
    }

    fn all(&self) -> Rows<'_> {
        Rows::new(self, 0..self.row_count())
    }

    pub(super) fn error(&self, fault: Fault) -> Hdf5Error {
        Hdf5Error::new(self.path.clone(), fault)
    }
}

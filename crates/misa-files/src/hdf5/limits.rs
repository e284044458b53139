//! Limits on memory and work for reading an HDF5 file.

/// Upper limits on the memory and work that reading one file may take.
///
/// Each limit is checked before the memory is allocated or the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of values that are read from a dataset at once, as stored in the file. Default 8 GiB.
    pub dataset_bytes: u64,
    /// Bytes of values that all reads together may return, per byte of the file. Default 1100:
    /// deflate compresses to 1/1032 at best.
    pub expansion: u64,
    /// How often each byte of the open file may be visited, on average. Default 16: reading
    /// everything once takes about 2. Open the file again for further passes.
    pub visits: u64,
    /// Links of one group. Default 2^20.
    pub links: usize,
    /// Groups in the path of an object. Default 64.
    pub depth: usize,
    /// Messages of one object header. Default 2^16.
    pub messages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            dataset_bytes: 8 << 30,
            expansion: 1100,
            visits: 16,
            links: 1 << 20,
            depth: 64,
            messages: 1 << 16,
        }
    }
}

/// Bytes that even the smallest file may use, because small datasets may be read many times.
const FLOOR: u64 = 1 << 20;

impl Limits {
    /// Bytes that may be visited in a file of `file_bytes`.
    pub(super) fn visited(&self, file_bytes: u64) -> u64 {
        file_bytes.saturating_mul(self.visits).saturating_add(FLOOR)
    }

    /// Bytes of values that may be read from a file of `file_bytes`.
    pub(super) fn values(&self, file_bytes: u64) -> u64 {
        file_bytes
            .saturating_mul(self.expansion)
            .saturating_add(FLOOR)
    }
}

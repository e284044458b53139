//! How large an HDF5 file may make its reader.

/// Upper bounds on what reading one file may cost.
///
/// Every bound is checked before the memory or the work that it guards is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the values of one reading of a dataset, as they are in the file. Default 8 GiB.
    pub dataset_bytes: u64,
    /// Bytes of values that all readings together may take, per byte of the file. Default 1100:
    /// deflate shrinks to one part in 1032 at best.
    pub expansion: u64,
    /// How often the bytes of the file may be visited, on average, as long as it is open. Default
    /// 16: to read everything once takes about 2. Open the file again for further passes.
    pub visits: u64,
    /// Links of one group. Default 2^20.
    pub links: usize,
    /// Groups on the way to an object. Default 64.
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

/// Bytes that the smallest file may use up: a few small datasets may well be read often.
const FLOOR: u64 = 1 << 20;

impl Limits {
    /// Bytes of a file of `file_bytes` that may be visited.
    pub(super) fn visited(&self, file_bytes: u64) -> u64 {
        file_bytes.saturating_mul(self.visits).saturating_add(FLOOR)
    }

    /// Bytes of values that a file of `file_bytes` may give.
    pub(super) fn values(&self, file_bytes: u64) -> u64 {
        file_bytes
            .saturating_mul(self.expansion)
            .saturating_add(FLOOR)
    }
}

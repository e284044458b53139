//! Limits on memory for reading a pickle.

/// Upper limits on the memory that reading one pickle may take.
///
/// Each limit is checked before memory is allocated. Long byte strings, such as the elements of
/// arrays, stay in the file and are read on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file. Default 16 GiB: unaligned MOSEI, the largest public file, has about 9.
    pub file_bytes: u64,
    /// Values on the stack at once, marks included. Default 100,000: writers emit containers in
    /// pieces of 1,000, so real files stay in the thousands.
    pub stack: usize,
    /// Values in the whole file. Each takes 32 bytes in memory and at least one in the file. Default
    /// 2^26: MOSEI in the layout of MISA has about 2^21.
    pub values: usize,
    /// Bytes that decoding and conversion may produce, per byte of the file. Default 8: the
    /// smallest elements, one byte, become a four-byte float, and real files share few values.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 16 << 30,
            stack: 100_000,
            values: 1 << 26,
            expansion: 8,
        }
    }
}

impl Limits {
    /// Bytes that decoding and conversion of a file of `file_bytes` may produce.
    pub(crate) fn budget(&self, file_bytes: u64) -> u64 {
        // A minimum, because tiny files may share a value several times.
        const FLOOR: u64 = 1 << 20;
        file_bytes
            .saturating_mul(self.expansion)
            .saturating_add(FLOOR)
    }
}

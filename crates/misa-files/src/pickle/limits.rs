//! How large a pickle may make its reader.

/// Upper bounds on what reading one pickle may cost.
///
/// Every bound is checked before the memory it guards is allocated. Long byte strings, such as the
/// elements of arrays, stay in the file, and are read when they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file. Default 16 GiB: unaligned MOSEI, the largest public file, has about 9.
    pub file_bytes: u64,
    /// Values on the stack at once, marks included. Default 100 000: writers emit containers in
    /// pieces of 1 000, so honest files stay in the thousands.
    pub stack: usize,
    /// Values in the whole file, of 32 bytes each and at least one byte in the file. Default 2^26:
    /// MOSEI in the layout of MISA has about 2^21.
    pub values: usize,
    /// Bytes that decoding and conversion may produce, per byte of the file. Default 8: the
    /// smallest elements, one byte, become a four-byte float, and honest files share few values.
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
        // A floor, because tiny files may well share a value a few times.
        const FLOOR: u64 = 1 << 20;
        file_bytes
            .saturating_mul(self.expansion)
            .saturating_add(FLOOR)
    }
}

//! Limits on memory for reading an archive.

/// Upper limits on the memory that reading one archive may take.
///
/// They apply to members that are unpacked into memory; stored members stay in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Number of members. Default 65,536: a file of weights has a few hundred.
    pub entries: u64,
    /// Bytes of one unpacked member. Default 4 GiB: the text features of MOSEI, the largest
    /// array of the public sets, take 3.3 GiB.
    pub entry_bytes: u64,
    /// Bytes of all unpacked members together. Default 16 GiB.
    pub total_bytes: u64,
    /// Bytes that one packed byte may expand to. Default 1,100: deflate reaches 1,032 at best, so only
    /// a false length exceeds it.
    pub expansion: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1 << 16,
            entry_bytes: 4 << 30,
            total_bytes: 16 << 30,
            expansion: 1100,
        }
    }
}

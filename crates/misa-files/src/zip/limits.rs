//! How large an archive may make its reader.

/// Upper bounds on what reading one archive may cost.
///
/// They bound what is unpacked into memory; members that are stored as they are stay in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Members. Default 65 536: a file of weights has a few hundred.
    pub entries: u64,
    /// Bytes of one unpacked member. Default 4 GiB: the text features of MOSEI, the largest
    /// array of the public sets, take 3.3 GiB.
    pub entry_bytes: u64,
    /// Bytes of all unpacked members together. Default 16 GiB.
    pub total_bytes: u64,
    /// Bytes that one packed byte may become. Default 1 100: deflate reaches 1 032 at best, so
    /// only a false claim exceeds it.
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

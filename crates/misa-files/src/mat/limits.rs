//! Limits on memory and work for reading a MATLAB file.

/// Upper limits on the memory and work that reading one variable may take.
///
/// Each is checked before memory is allocated. Memory for unpacked values grows as they are unpacked, so a
/// false shape costs no more than the real bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Variables of a file. Default 2,048.
    pub variables: usize,
    /// Bytes of a variable as it is unpacked, by the length that it states. Default 4 GiB, the most that the
    /// format can state.
    pub unpacked_bytes: u64,
    /// Cells, fields and lines of text of a variable, at all depths. Default 2^18.
    pub items: usize,
    /// Depth of cells and structs in each other. Default 8.
    pub depth: usize,
    /// Bytes of a name, and of all names of the fields of a struct. Default 65,536; names of MATLAB have at
    /// most 63.
    pub name_bytes: u64,
    /// Bytes of all texts of a variable. Default 16 MiB.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            variables: 1 << 11,
            unpacked_bytes: 4 << 30,
            items: 1 << 18,
            depth: 8,
            name_bytes: 1 << 16,
            text_bytes: 16 << 20,
        }
    }
}

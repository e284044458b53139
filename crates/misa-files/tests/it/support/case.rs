//! Hostile pickles of our own making.

mod arrays;
mod calls;
mod code;
mod damage;
mod expansion;

use super::py::Py;

/// What must come of a pickle.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// Parsing fails, plain and as PyTorch does it, and the message has this text.
    Refused(&'static str),
    /// The same, but parsing as PyTorch does it is another matter.
    RefusedPlain(&'static str),
    /// Parsing may do, for nothing is expanded by it; converting does not.
    NotConverted(&'static str),
}

/// A hostile pickle.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub bytes: Vec<u8>,
    pub expected: Expected,
}

impl Case {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>, expected: Expected) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            expected,
        }
    }

    fn refused(name: impl Into<String>, bytes: impl Into<Vec<u8>>, text: &'static str) -> Self {
        Self::new(name, bytes, Expected::Refused(text))
    }
}

/// `value` in every protocol.
fn in_all_protocols(name: &str, value: &Py, expected: Expected) -> Vec<Case> {
    let case = |protocol| {
        Case::new(
            format!("{name}, protocol {protocol}"),
            value.pickle(protocol),
            expected,
        )
    };
    (0..=5).map(case).collect()
}

/// All cases.
pub fn cases() -> Vec<Case> {
    [
        code::cases(),
        calls::cases(),
        arrays::cases(),
        damage::cases(),
        expansion::cases(),
    ]
    .concat()
}

//! Hostile pickles, built by hand.

mod arrays;
mod calls;
mod code;
mod damage;
mod expansion;

use super::py::Py;

/// The expected outcome of a pickle.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// Parsing fails, both as a plain pickle and as one of PyTorch, and the message contains this text.
    Refused(&'static str),
    /// Parsing as a plain pickle fails; parsing as one of PyTorch may succeed.
    RefusedPlain(&'static str),
    /// Parsing may succeed, because it expands nothing; conversion fails.
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

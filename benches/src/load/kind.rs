//! Kinds of requests, and what a server has to answer.

use misa_terms::Random;

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One that is predicted.
    Good,
    /// Bytes that are not JSON.
    Malformed,
    /// Nothing.
    Empty,
    /// Rows of a width that the model does not take.
    Invalid,
    /// A body larger than the limit, which says so.
    TooLarge,
    /// The same in chunks, which do not say how many come.
    TooLargeInChunks,
    /// A body that comes a byte a second.
    SlowBody,
    /// A head that comes a byte a second.
    SlowHead,
    /// A connection that is closed in the middle of a body.
    CutOff,
    /// A wrong key, for a server with keys.
    WrongKey,
    /// A body of another type.
    MediaType,
    /// A model that there is not.
    UnknownModel,
}

impl Kind {
    /// The kinds that are refused.
    pub const BAD: [Self; 11] = [
        Self::Malformed,
        Self::Empty,
        Self::Invalid,
        Self::TooLarge,
        Self::TooLargeInChunks,
        Self::SlowBody,
        Self::SlowHead,
        Self::CutOff,
        Self::WrongKey,
        Self::MediaType,
        Self::UnknownModel,
    ];

    /// A kind at random: a bad one for this share of the draws.
    pub fn draw(random: &mut Random, bad: f64, has_keys: bool) -> Self {
        if random.uniform() >= bad {
            return Self::Good;
        }
        let kind = Self::BAD[random.below(Self::BAD.len())];
        // Without keys none is wrong.
        if kind == Self::WrongKey && !has_keys {
            return Self::Malformed;
        }
        kind
    }

    /// Status and type of the refusal; `None` for what is not answered, or not refused.
    pub fn refusal(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Good | Self::CutOff => None,
            Self::Malformed => Some((400, "malformed")),
            Self::Empty => Some((400, "empty")),
            Self::Invalid => Some((422, "invalid")),
            Self::TooLarge | Self::TooLargeInChunks => Some((413, "too_large")),
            Self::SlowBody | Self::SlowHead => Some((408, "too_slow")),
            Self::WrongKey => Some((401, "unauthorized")),
            Self::MediaType => Some((415, "media_type")),
            Self::UnknownModel => Some((404, "unknown_model")),
        }
    }

    /// Its name in the results.
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

//! What becomes of numbers that are none.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What becomes of labels and features that are NaN or infinite.
///
/// | Found | `Strict` | `Compat` |
/// |---|---|---|
/// | label NaN | error | 0, counted |
/// | label infinite | error | the largest `f32` of its sign, counted |
/// | feature NaN | 0, counted | 0, counted |
/// | feature infinite | error | 0, counted |
///
/// Files of raw features are built into utterances on the way (`csd`, `ur_funny`); there `Compat`
/// turns an infinite feature into the largest number of the file's precision before it is scaled.
///
/// - Source: official MISA, `numpy.nan_to_num`; MMSA, -inf in acoustic features becomes 0.
/// - Differs: nothing is replaced without a count, and by default nothing infinite is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// An error that lists the utterances.
    #[default]
    Strict,
    /// The replacements of the original codes, counted.
    Compat,
}

impl Policy {
    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Compat => "compat",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy {found:?}, expected strict or compat")]
pub struct UnknownPolicy {
    /// The name.
    pub found: String,
}

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownPolicy> {
        let policy = [Self::Strict, Self::Compat].into_iter();
        let found = policy.into_iter().find(|policy| policy.name() == name);
        found.ok_or_else(|| UnknownPolicy {
            found: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for policy in [Policy::Strict, Policy::Compat] {
            assert_eq!(policy.to_string().parse(), Ok(policy));
        }
        let error = "lenient".parse::<Policy>().unwrap_err();
        let text = "policy \"lenient\", expected strict or compat";
        assert_eq!(error.to_string(), text);
    }
}

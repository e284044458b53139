//! The policy for NaN and infinite values.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

misa_terms::choice! {
    /// How NaN and infinite labels and features are treated.
    ///
    /// | Value | `Strict` | `Compat` |
    /// |---|---|---|
    /// | label NaN | error | 0, counted |
    /// | label infinite | error | the largest `f32` of its sign, counted |
    /// | feature NaN | 0, counted | 0, counted |
    /// | feature infinite | error | 0, counted |
    ///
    /// For formats of raw features (`csd`, `ur_funny`), `Compat` replaces an infinite feature by the
    /// largest number in the precision of the file, before scaling.
    ///
    /// - Source: official MISA, `numpy.nan_to_num`; MMSA, -inf in acoustic features becomes 0.
    /// - Differs: every replacement is counted, and infinite values are not replaced by default.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Policy {
        /// An error that lists the utterances.
        #[default]
        Strict,
        /// The replacements of the original codes, counted.
        Compat,
    }
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

/// An unknown name of a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("policy {found:?}, expected strict or compat")]
#[non_exhaustive]
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

//! The three splits of a data set.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// What the model learns from.
    Train,
    /// What decides when to stop and which model to keep.
    Valid,
    /// What is scored once, at the end.
    Test,
}

impl Split {
    /// The three splits in train, valid, test order.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// The name in lower case: `train`, `valid` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }

    /// Its index in [`Split::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_files() {
        for split in Split::ALL {
            assert_eq!(
                serde_json::to_string(&split).unwrap(),
                format!("\"{split}\"")
            );
            assert_eq!(Split::ALL[split.index()], split);
        }
    }
}

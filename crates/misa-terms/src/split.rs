//! The three splits of a data set.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Part of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// The split that the model is trained on.
    Train,
    /// The split for early stopping and for choosing the model.
    Valid,
    /// The split that is scored once, at the end.
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

    /// The split that a file calls `name`, in letters of any case: `train` or `training`; `valid`,
    /// `val`, `dev`, `validation` or `development`; `test` or `testing`.
    pub fn of_name(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "train" | "training" => Some(Self::Train),
            "valid" | "val" | "dev" | "validation" | "development" => Some(Self::Valid),
            "test" | "testing" => Some(Self::Test),
            _ => None,
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
            assert_eq!(Split::of_name(&split.name().to_uppercase()), Some(split));
        }
    }
}

//! What the model predicts.

use serde::{Deserialize, Serialize};

crate::choice! {
    /// Kind of prediction.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Task {
        /// One number, such as a sentiment from -3 (negative) to 3 (positive).
        #[default]
        Regression,
        /// One of several classes, such as humorous or not.
        Classification {
            /// Number of classes. Range: `[2, inf)`.
            classes: usize,
        },
    }
}

impl Task {
    /// Columns of a prediction.
    pub fn d_output(self) -> usize {
        match self {
            Self::Regression => 1,
            Self::Classification { classes } => classes,
        }
    }
}

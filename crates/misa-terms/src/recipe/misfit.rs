//! Why a model must not be applied to features.

use crate::recipe::RecipeScaling;
use thiserror::Error;

/// Features that a model must not be applied to.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum RecipeMisfit {
    /// They were made by another recipe.
    #[error("recipe: expected {expected} as in training, found {found}")]
    Recipe {
        /// Name and version of the model's recipe.
        expected: String,
        /// Name and version of the features' recipe.
        found: String,
    },
    /// They were made by a recipe of the same name and version whose content differs.
    #[error(
        "recipe {name}: expected the SHA-256 {expected} as in training, found {found}; the recipe was changed: make the features with the one of the model"
    )]
    Content {
        /// Name of the recipe.
        name: String,
        /// First digits of the model's checksum.
        expected: String,
        /// First digits of the features' checksum.
        found: String,
    },
    /// They were made by another tool.
    #[error(
        "recipe {name}: expected features of {expected} as in training, found those of {found}"
    )]
    Tool {
        /// Name of the recipe.
        name: String,
        /// The model's tool.
        expected: String,
        /// The features' tool.
        found: String,
    },
    /// They are scaled in another way.
    #[error("recipe {name}: expected the scaling {expected} as in training, found {found}")]
    Scaling {
        /// Name of the recipe.
        name: String,
        /// The model's scaling.
        expected: RecipeScaling,
        /// The features' scaling.
        found: RecipeScaling,
    },
    /// Their rows became steps in another way.
    #[error("recipe {name}: expected the alignment {expected:?} as in training, found {found:?}")]
    Mode {
        /// Name of the recipe.
        name: String,
        /// The model's mode.
        expected: String,
        /// The features' mode.
        found: String,
    },
    /// Their rows became steps by other settings.
    #[error(
        "recipe {name}: expected steps made with {setting} {expected} as in training, found {found}"
    )]
    Steps {
        /// Name of the recipe.
        name: String,
        /// The setting.
        setting: String,
        /// The model's value, or `nothing`.
        expected: String,
        /// The features' value, or `nothing`.
        found: String,
    },
    /// They have another number of rows a second.
    #[error("recipe {name}: expected {expected} rows a second as in training, found {}", rate(*found))]
    Rate {
        /// Name of the recipe.
        name: String,
        /// The model's rate.
        expected: f64,
        /// The features' rate, if it is known.
        found: Option<f64>,
    },
    /// Columns of the model are missing.
    #[error(
        "recipe {name}: expected the columns of training, found none called {}",
        listed(columns)
    )]
    Missing {
        /// Name of the recipe.
        name: String,
        /// Names of the columns.
        columns: Vec<String>,
    },
    /// There are columns that the model does not know, or several of one name.
    #[error(
        "recipe {name}: expected the columns of training alone, found also {}; leave them out",
        listed(columns)
    )]
    Beyond {
        /// Name of the recipe.
        name: String,
        /// Names of the columns.
        columns: Vec<String>,
    },
}

/// Names in a message.
const LISTED: usize = 10;

/// The first ten names, and the number of the others.
fn listed(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
    match names.len().saturating_sub(LISTED) {
        0 => first.join(", "),
        others => format!("{} and {others} more", first.join(", ")),
    }
}

fn rate(rate: Option<f64>) -> String {
    rate.map_or("an unknown number".to_string(), |rate| rate.to_string())
}

//! How features were made, as far as a model must know it.

mod fit;
mod misfit;

pub use fit::{RecipeFit, ToolVersions};
pub use misfit::RecipeMisfit;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// How the features of one modality were made: what travels with data and with a model, so that a model is
/// only applied to features of its own kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RecipeStamp {
    /// Name of the recipe, such as `egemaps-lld`.
    pub name: String,
    /// Version of the recipe.
    pub version: u32,
    /// SHA-256 of the recipe in hexadecimal.
    pub sha256: String,
    /// The tool that made the features.
    pub tool: String,
    /// Its version, if the recipe states one.
    pub tool_version: Option<String>,
    /// Names of the features, in order.
    pub columns: Vec<String>,
    /// Rows a second before alignment, if the recipe fixes it.
    pub rate: Option<f64>,
    /// How rows became steps: `words`, `sdk`, `unaligned` or `utterance`.
    pub mode: String,
    /// The settings by which they did, by name, such as `reach`; empty where they are not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub steps: BTreeMap<String, String>,
    /// How the features are scaled before a model reads them, by statistics of the train split.
    pub scaling: RecipeScaling,
}

/// How the features of a recipe are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecipeScaling {
    /// Not at all.
    None,
    /// To mean 0 and deviation 1 over the train split.
    #[default]
    Standard,
    /// By median and interquartile range over the train split.
    Robust,
}

impl RecipeStamp {
    /// A stamp of features without a tool's version or rate, aligned to words, scaled by mean and deviation.
    pub fn new(
        name: impl Into<String>,
        version: u32,
        sha256: impl Into<String>,
        tool: impl Into<String>,
        columns: Vec<String>,
    ) -> Self {
        Self {
            name: name.into(),
            version,
            sha256: sha256.into(),
            tool: tool.into(),
            tool_version: None,
            columns,
            rate: None,
            mode: "words".to_string(),
            steps: BTreeMap::new(),
            scaling: RecipeScaling::default(),
        }
    }
}

impl fmt::Display for RecipeScaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Standard => "standard",
            Self::Robust => "robust",
        })
    }
}

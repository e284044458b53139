//! Recipes: which numbers of a tool become the features of a modality, and how.
//!
//! A recipe is a small file in TOML:
//!
//! ```toml
//! name = "my-voice"
//! version = 1
//! modality = "acoustic"          # text, visual or acoustic
//! tool = "openSMILE"
//! rate = 100.0                   # rows a second, if they are always as many
//! time = "interval"              # start, centre or interval: what the times of a row are
//! validity = "every row"
//! scaling = "standard"           # none, standard or robust
//! depends_on_cut = "…"           # why values change with the cut, if they do
//! licence = "…"
//! remarks = ["…"]                # optional
//! available = true               # whether the tool can still be had; true if it is left out
//!
//! [[columns]]
//! names = ["F0", "mfcc_{1..13}"] # `{1..13}` stands for the numbers from 1 to 13
//! unit = "hertz"
//! missing = 0.0                  # optional: the number that says that there is none
//! needs = "VUV"                  # optional: a column that is not 0 where these have numbers
//! ```
//!
//! | File | Holds |
//! |---|---|
//! | `keys.rs` | values of a table by their keys, and nothing beyond them |
//! | `parse.rs` | a recipe from its file |
//! | `names.rs` | names of columns in short |
//! | `builtin.rs`, `builtin/` | recipes of the tools of the field |
//! | `stamp.rs` | what travels with data and models |
//! | `select.rs` | the columns of a recipe out of a track |

mod builtin;
mod keys;
mod names;
mod parse;
mod select;
mod stamp;

use crate::segments::bytes;
use crate::{Fault, FaultKind, Place, RecordingError, Track};
use misa_terms::{Modality, RecipeScaling};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Largest file of a recipe, in bytes. Those of the field have a few thousand.
const MAX_BYTES: u64 = 1 << 20;

/// Which numbers of a tool become the features of a modality, and how.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recipe {
    /// Its name, such as `egemaps-lld`: letters, digits and signs, without spaces.
    pub name: String,
    /// Its version, from 1.
    pub version: u32,
    /// The modality that the features are of.
    pub modality: Modality,
    /// The tool that computes them.
    pub tool: String,
    /// The features in order; at least one, with different names.
    pub columns: Vec<RecipeColumn>,
    /// Rows a second, if they are always as many. Above 0.
    pub rate: Option<f64>,
    /// What the times of a row are.
    pub time: RecipeTime,
    /// Which rows may be used, in words.
    pub validity: String,
    /// How the features are scaled before a model reads them.
    pub scaling: RecipeScaling,
    /// Why values change with the cut of a recording, if they do.
    pub depends_on_cut: Option<String>,
    /// What the licence of the tool allows, in words.
    pub licence: String,
    /// What a user should know besides, such as `contains emotion scores`.
    pub remarks: Vec<String>,
    /// Whether the tool can still be had. If it cannot, a model of its features is of no use for new
    /// recordings.
    pub is_available: bool,
}

/// A feature of a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecipeColumn {
    /// Its name in the tool's table.
    pub name: String,
    /// Its unit, in words.
    pub unit: String,
    /// The number that says that there is none, such as the frequency 0 of a sound without voice.
    pub missing: Option<f32>,
    /// The column that is not 0 where this one has a number.
    pub needs: Option<String>,
}

/// What the times of a row are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipeTime {
    /// The row has one time, its start.
    Start,
    /// The row has one time, its middle.
    Centre,
    /// The row has a start and an end.
    Interval,
}

impl Recipe {
    /// The built-in recipe of this name.
    pub fn builtin(name: &str) -> Option<Self> {
        Self::builtins()
            .into_iter()
            .find(|recipe| recipe.name == name)
    }

    /// The recipe in the file at `path`.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when the file cannot be read, is no TOML, or has keys that are missing, unknown or
    /// of another type.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let bytes = bytes::read(path, MAX_BYTES)?;
        Self::parse(&bytes).map_err(RecordingError::file(path))
    }

    /// The recipe of a file in memory.
    ///
    /// # Errors
    ///
    /// [`Fault`] when it is no TOML, or has keys that are missing, unknown or of another type.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        bytes::check(bytes, MAX_BYTES)?;
        parse::recipe(bytes)
    }

    /// A recipe of all columns of a track, for features of one's own: `merbench:MODEL`, or any name without
    /// spaces. Its tool is the part of `name` before a colon, or else `own`.
    ///
    /// # Errors
    ///
    /// [`Fault`] when the name has spaces or control characters, or the track has no columns or two of one
    /// name.
    pub fn of_columns(name: &str, modality: Modality, track: &Track) -> Result<Self, Fault> {
        let column = |name: &String| RecipeColumn {
            name: name.clone(),
            unit: "unknown".to_string(),
            missing: None,
            needs: None,
        };
        let tool = name.split_once(':').map_or("own", |(tool, _)| tool);
        let recipe = Self {
            name: name.to_string(),
            version: 1,
            modality,
            tool: tool.to_string(),
            columns: track.columns.iter().map(column).collect(),
            rate: None,
            time: RecipeTime::Interval,
            validity: "as the table states it".to_string(),
            scaling: RecipeScaling::default(),
            depends_on_cut: None,
            licence: "unknown".to_string(),
            remarks: Vec::new(),
            is_available: true,
        };
        recipe.check()?;
        Ok(recipe)
    }

    /// Checks what no value shows by itself.
    fn check(&self) -> Result<(), Fault> {
        let invalid = |part: &str, expected: &'static str, found: String| {
            let place = Place::Part(part.to_string());
            Err(Fault::new(FaultKind::Invalid, place, expected, found))
        };
        let is_name =
            !self.name.is_empty() && self.name.chars().all(|letter| letter.is_ascii_graphic());
        if !is_name || self.name.len() > MAX_NAME {
            let expected = "a name of at most 200 letters, digits and signs, without spaces";
            return invalid("name", expected, crate::error::quoted(&self.name));
        }
        if self.columns.is_empty() {
            return invalid("columns", "at least one column", "none".to_string());
        }
        let mut names = std::collections::HashSet::with_capacity(self.columns.len());
        match self
            .columns
            .iter()
            .find(|column| !names.insert(column.name.as_str()))
        {
            None => Ok(()),
            Some(column) => {
                let found = format!("{} twice", crate::error::quoted(&column.name));
                invalid("columns", "different names", found)
            }
        }
    }
}

/// Most letters of a recipe's name.
const MAX_NAME: usize = 200;

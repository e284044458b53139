//! What travels with data and models.

use crate::recipe::{Recipe, RecipeColumn, RecipeTime};
use misa_terms::{Modality, RecipeScaling, RecipeStamp, hex};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What the numbers depend on, in the order in which it is written for the checksum.
#[derive(Serialize)]
struct Canonical<'r> {
    name: &'r str,
    version: u32,
    modality: Modality,
    tool: &'r str,
    rate: Option<f64>,
    time: RecipeTime,
    validity: &'r str,
    scaling: RecipeScaling,
    columns: &'r [RecipeColumn],
}

impl Recipe {
    /// SHA-256 in hexadecimal of what the numbers depend on: everything but licence, remarks, the words on
    /// cuts, and whether the tool can be had. Comments, spaces, the order of keys and short names do not
    /// matter.
    pub fn sha256(&self) -> String {
        let canonical = Canonical {
            name: &self.name,
            version: self.version,
            modality: self.modality,
            tool: &self.tool,
            rate: self.rate,
            time: self.time,
            validity: &self.validity,
            scaling: self.scaling,
            columns: &self.columns,
        };
        let json =
            serde_json::to_vec(&canonical).expect("texts and numbers can be written as JSON");
        hex(&Sha256::digest(json))
    }

    /// What travels with features of this recipe, made by `tool_version` of the tool, whose rows became steps
    /// by `mode`: `words`, `sdk`, `unaligned` or `utterance`.
    pub fn stamp(&self, mode: impl Into<String>, tool_version: Option<String>) -> RecipeStamp {
        let columns = self
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let mut stamp =
            RecipeStamp::new(&self.name, self.version, self.sha256(), &self.tool, columns);
        stamp.tool_version = tool_version;
        stamp.rate = self.rate;
        stamp.mode = mode.into();
        stamp.scaling = self.scaling;
        stamp
    }
}

//! What is known of the models.

use crate::{ModelFacts, SCHEMA};
use misa_terms::{FeatureSizes, Modalities, Modality, Recipes, Task};
use serde::Serialize;
use std::collections::BTreeMap;

/// The models and limits of the server.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Info {
    /// Layout of the answer, 1.
    schema: u32,
    /// The version of misa.
    version: &'static str,
    /// The models; the first one answers requests that name none.
    models: Vec<ModelInfo>,
    /// What a request may hold.
    limits: LimitsInfo,
}

/// A model.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ModelInfo {
    /// Its name on this server.
    name: String,
    /// SHA-256 of everything that decides its answers, in hexadecimal.
    id: String,
    /// `"regression"`, or `{"classification": {"classes": 2}}`.
    #[cfg_attr(feature = "schema", schema(value_type = serde_json::Value))]
    task: Task,
    /// What it reads.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    modalities: Modalities,
    /// Features of a step per modality; of text `{"words": {"vocabulary": 5000}}`,
    /// `{"features": {"d_input": 300}}` or `{"bert": {…}}`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    sizes: FeatureSizes,
    /// Type of the numbers it computes with, `f32`.
    dtype: &'static str,
    /// Probabilities of the intervals around its predictions.
    levels: Vec<f64>,
    /// How the features were made on which it was trained, by modality, as far as that is known.
    recipes: BTreeMap<&'static str, RecipeInfo>,
}

/// A recipe of features.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecipeInfo {
    /// Its name.
    name: String,
    /// Its version.
    version: u32,
    /// SHA-256 of the recipe, in hexadecimal.
    sha256: String,
    /// The tool that made the features.
    tool: String,
}

/// What a request may hold.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LimitsInfo {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Clips of a request.
    pub clips: usize,
    /// Clips of a request for an explanation.
    pub explain_clips: usize,
    /// Steps of a modality of a clip.
    pub steps: usize,
}

impl Info {
    /// What is told of these models.
    pub fn of(models: Vec<ModelInfo>, limits: LimitsInfo) -> Self {
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            models,
            limits,
        }
    }
}

impl ModelInfo {
    /// What is told of the model of these facts under this name.
    pub fn of(name: &str, facts: &ModelFacts) -> Self {
        Self {
            name: name.to_string(),
            id: facts.id.clone(),
            task: facts.task,
            modalities: facts.modalities,
            sizes: facts.sizes,
            dtype: "f32",
            levels: facts.levels.clone(),
            recipes: recipes(&facts.recipes),
        }
    }
}

fn recipes(recipes: &Recipes) -> BTreeMap<&'static str, RecipeInfo> {
    let info = |modality: Modality| {
        let recipe = recipes.get(modality).as_ref()?;
        let info = RecipeInfo {
            name: recipe.name.clone(),
            version: recipe.version,
            sha256: recipe.sha256.clone(),
            tool: recipe.tool.clone(),
        };
        Some((modality.name(), info))
    };
    Modality::ALL.into_iter().filter_map(info).collect()
}

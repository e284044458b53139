//! What the server has.

use super::answer::{SCHEMA, json};
use crate::app::App;
use crate::model::Loaded;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use misa_terms::{FeatureSizes, Modalities, Modality, Recipes, Task};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The models and limits of the server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Info {
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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelInfo {
    /// Its name on this server.
    name: String,
    /// SHA-256 of everything that decides its answers, in hexadecimal.
    id: String,
    /// `"regression"`, or `{"classification": {"classes": 2}}`.
    #[schema(value_type = serde_json::Value)]
    task: Task,
    /// What it reads.
    #[schema(value_type = Vec<String>)]
    modalities: Modalities,
    /// Features of a step per modality; of text `{"words": {"vocabulary": 5000}}`,
    /// `{"features": {"d_input": 300}}` or `{"bert": {…}}`.
    #[schema(value_type = Object)]
    sizes: FeatureSizes,
    /// Type of the numbers it computes with, `f32`.
    dtype: &'static str,
    /// Probabilities of the intervals around its predictions.
    levels: Vec<f64>,
    /// How the features were made on which it was trained, by modality, as far as that is known.
    recipes: BTreeMap<&'static str, RecipeInfo>,
}

/// A recipe of features.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecipeInfo {
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
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitsInfo {
    /// Bytes of a body.
    body_bytes: usize,
    /// Clips of a request.
    clips: usize,
    /// Clips of a request for an explanation.
    explain_clips: usize,
    /// Steps of a modality of a clip.
    steps: usize,
}

impl ModelInfo {
    fn of(loaded: &Loaded) -> Self {
        Self {
            name: loaded.name.to_string(),
            id: loaded.facts.id.clone(),
            task: loaded.facts.task,
            modalities: loaded.facts.modalities,
            sizes: loaded.facts.sizes,
            dtype: "f32",
            levels: loaded.facts.levels.clone(),
            recipes: recipes(&loaded.facts.recipes),
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

/// Models and limits
#[utoipa::path(
    get, path = "/info", tag = "models",
    responses((status = 200, description = "Models and limits", body = Info)),
)]
pub(super) async fn info(State(app): State<Arc<App>>) -> Response {
    let limits = LimitsInfo {
        body_bytes: app.config.body_bytes,
        clips: app.config.clips,
        explain_clips: app.config.explain_clips,
        steps: app.config.steps,
    };
    let info = Info {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        models: app
            .models
            .all()
            .iter()
            .map(|loaded| ModelInfo::of(loaded))
            .collect(),
        limits,
    };
    json(StatusCode::OK, &info)
}

/// Models and limits, under another name
#[utoipa::path(
    get, path = "/v1/models", tag = "models",
    responses((status = 200, description = "Models and limits", body = Info)),
)]
pub(super) async fn models(state: State<Arc<App>>) -> Response {
    info(state).await
}

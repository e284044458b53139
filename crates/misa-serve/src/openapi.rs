//! The description of all routes, made from them and from the types they answer with.

use crate::api_error::ErrorBody;
use crate::routes::{self, Reloaded};
use misa_answer::{ExplainAnswer, Info, ModelInfo, ModelName, PredictAnswer};
use serde::Serialize;
use std::sync::LazyLock;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// A request for predictions. A single clip may stand in its place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestBody {
    /// The model; without a name, the first one of the server.
    model: Option<String>,
    /// The modalities to read; without it, all that a clip has.
    #[schema(value_type = Option<Vec<String>>, example = json!(["text", "acoustic"]))]
    modalities: Option<Vec<&'static str>>,
    /// The clips.
    clips: Vec<ClipBody>,
}

/// What is said, seen and heard; at least one of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClipBody {
    /// A name, which the answer repeats.
    id: Option<String>,
    /// What is said: a sentence, or its words.
    text: Option<TextBody>,
    /// Vectors of what is said, `[steps, features]`.
    text_vectors: Option<RowsBody>,
    /// Ids of the model's vocabulary.
    text_ids: Option<Vec<u32>>,
    /// What is seen, `[steps, features]`.
    visual: Option<RowsBody>,
    /// What is heard, `[steps, features]`.
    acoustic: Option<RowsBody>,
}

/// A sentence, or words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its form is read")]
pub(crate) enum TextBody {
    /// A sentence.
    Sentence(String),
    /// Words.
    Words(Vec<String>),
}

/// Rows of features.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its form is read")]
pub(crate) enum RowsBody {
    /// A list of numbers per step.
    Numbers(Vec<Vec<f32>>),
    /// The same as bytes.
    Bytes {
        /// `[steps, features]`
        shape: [usize; 2],
        /// Numbers of 32 bits, the lowest byte first, in base64.
        base64: String,
    },
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "misa",
        description = "Sentiment and humour from what is said, seen and heard.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        routes::predict::predict, routes::predict::predict_alias, routes::explain::explain,
        routes::info::info, routes::info::models, routes::health::live, routes::health::ready,
        routes::health::health, routes::metrics::metrics, routes::admin::reload,
        routes::pages::openapi, routes::pages::docs, routes::pages::page, routes::pages::page_file,
    ),
    components(schemas(
        RequestBody, ClipBody, TextBody, RowsBody, PredictAnswer, ExplainAnswer, ModelName, Info,
        ModelInfo, Reloaded, ErrorBody,
    )),
    modifiers(&Keys),
)]
struct Description;

/// The two kinds of keys.
struct Keys;

impl Modify for Keys {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for (name, text) in [
            ("key", "A key of --api-key-file, if the server has one"),
            ("admin", "A key of --admin-key-file"),
        ] {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(text))
                .build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// The description as JSON.
pub(crate) fn json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| {
        Description::openapi()
            .to_json()
            .expect("a description of constants has a form in JSON")
    });
    &JSON
}

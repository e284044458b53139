//! A model for JavaScript.

#![allow(
    unsafe_code,
    reason = "the macro of wasm-bindgen exchanges pointers with JavaScript"
)]

use crate::model::{self, LocalModel, SoundQuery};
use js_sys::{Error, Object, Reflect, Uint8Array};
use misa_answer::{ErrorType, Refusal};
use misa_infer::ModelFiles;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(message: &str);
}

/// What a panic says goes to the console of the browser; the page is told that there was one.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| console_error(&panic.to_string())));
}

/// The version of misa.
#[wasm_bindgen]
pub fn version() -> String {
    model::version().to_string()
}

/// A trained model.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Predictor(LocalModel);

#[wasm_bindgen]
impl Predictor {
    /// The model of `files`, an object of a `Uint8Array` per name of a file, which answers under `name`.
    ///
    /// # Errors
    ///
    /// An `Error` with `status` and `error_type` of the HTTP interface, as everything here.
    pub fn load(name: &str, files: &Object) -> Result<Self, Error> {
        let mut read = ModelFiles::new();
        for entry in Object::entries(files).iter() {
            let file = Reflect::get_u32(&entry, 0)
                .ok()
                .and_then(|name| name.as_string());
            let bytes = Reflect::get_u32(&entry, 1).ok();
            let bytes = bytes.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
            let (Some(file), Some(bytes)) = (file, bytes) else {
                let message = "files: expected a Uint8Array per name, found another value";
                return Err(error(&Refusal::new(ErrorType::Invalid, message)));
            };
            read.insert(file, bytes.to_vec());
        }
        LocalModel::load(name, &read)
            .map(Self)
            .map_err(|refusal| error(&refusal))
    }

    /// What is known of the model: the JSON of `GET /info`.
    ///
    /// # Errors
    ///
    /// As `load`.
    pub fn info(&self) -> Result<String, Error> {
        self.0.info().map_err(|refusal| error(&refusal))
    }

    /// The answer to the JSON of a request: that of `POST /v1/predict`.
    ///
    /// # Errors
    ///
    /// As `load`.
    pub fn predict(&self, request: &str) -> Result<String, Error> {
        let answer = self.0.predict(request.as_bytes());
        answer.map_err(|refusal| error(&refusal))
    }

    /// The answer to the JSON of a request: that of `POST /v1/explain`.
    ///
    /// # Errors
    ///
    /// As `load`.
    pub fn explain(&self, request: &str) -> Result<String, Error> {
        let answer = self.0.explain(request.as_bytes());
        answer.map_err(|refusal| error(&refusal))
    }

    /// The prediction of the bytes of a sound, with what is said in it and the modalities to read, if wanted.
    ///
    /// # Errors
    ///
    /// As `load`.
    #[wasm_bindgen(js_name = predictSound)]
    pub fn predict_sound(
        &self,
        sound: &[u8],
        text: Option<String>,
        modalities: Option<String>,
    ) -> Result<String, Error> {
        let answer = self.0.predict_sound(sound, query(&text, &modalities));
        answer.map_err(|refusal| error(&refusal))
    }

    /// The explanation of the bytes of a sound, as `predictSound`.
    ///
    /// # Errors
    ///
    /// As `load`.
    #[wasm_bindgen(js_name = explainSound)]
    pub fn explain_sound(
        &self,
        sound: &[u8],
        text: Option<String>,
        modalities: Option<String>,
    ) -> Result<String, Error> {
        let answer = self.0.explain_sound(sound, query(&text, &modalities));
        answer.map_err(|refusal| error(&refusal))
    }
}

fn query<'a>(text: &'a Option<String>, modalities: &'a Option<String>) -> SoundQuery<'a> {
    SoundQuery {
        text: text.as_deref(),
        modalities: modalities.as_deref(),
    }
}

/// The refusal as an `Error` with `status` and `error_type`.
fn error(refusal: &Refusal) -> Error {
    let error = Error::new(&refusal.message);
    error.set_name("Refusal");
    let kind = serde_json::to_value(refusal.kind);
    let kind = kind
        .ok()
        .and_then(|kind| Some(JsValue::from_str(kind.as_str()?)));
    // An object that was just made takes every key.
    let _ = Reflect::set(&error, &"status".into(), &refusal.kind.status().into());
    let _ = Reflect::set(&error, &"error_type".into(), &kind.unwrap_or_default());
    error
}

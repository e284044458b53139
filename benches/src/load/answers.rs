//! What a model has answered, to recognise another answer of the same model as wrong.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The first answer to each body of each model, by the model's id.
#[derive(Debug, Default)]
pub struct Answers(Mutex<HashMap<(String, usize), Value>>);

impl Answers {
    /// Whether an answer to body `index` is whole, and the same as the first one of the same model.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self, index: usize, answer: &Value) -> Result<(), String> {
        let prediction = &answer["predictions"][0];
        let id = answer["model"]["id"].as_str().unwrap_or_default();
        if id.len() != 64 || prediction["model"] != id {
            return Err(format!("an answer of no single model: {answer}"));
        }
        if prediction["id"] != format!("clip-{index}") {
            return Err(format!("the answer to another clip: {prediction}"));
        }
        if prediction["value"].as_f64().is_none() {
            return Err(format!("no number: {prediction}"));
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known
            .entry((id.to_string(), index))
            .or_insert_with(|| prediction.clone());
        if first == prediction {
            Ok(())
        } else {
            Err(format!("expected {first}, found {prediction}"))
        }
    }

    /// Number of models that have answered.
    pub fn models(&self) -> usize {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ids: std::collections::HashSet<&String> = known.keys().map(|(id, _)| id).collect();
        ids.len()
    }
}

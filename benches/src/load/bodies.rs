//! Bodies of requests that fit a model.

use misa_terms::{Clip, ClipText, Random, Sequence};
use misa_wire::Request;
use serde_json::Value;
use std::error::Error;

/// Bodies of requests that fit the model of a server.
#[derive(Clone, Debug)]
pub struct Bodies {
    /// What is sent, and its type.
    pub good: Vec<Vec<u8>>,
    /// The header that names the type.
    pub content_type: &'static str,
    /// Largest body that the server takes.
    pub most_bytes: usize,
}

impl Bodies {
    /// `count` bodies of one clip of `steps` steps, for a model as `/info` describes it.
    ///
    /// # Errors
    ///
    /// If the description is not one of a model.
    pub fn new(
        info: &Value,
        model: &str,
        count: usize,
        steps: usize,
        is_json: bool,
    ) -> Result<Self, Box<dyn Error>> {
        let models = info["models"].as_array();
        let found = models.and_then(|models| models.iter().find(|found| found["name"] == model));
        let sizes = &found.ok_or("the server has no such model")?["sizes"];
        let size = |name: &str| -> Result<usize, Box<dyn Error>> {
            let size = sizes[name].as_u64();
            Ok(size.ok_or("/info: expected sizes of features")? as usize)
        };
        let (visual, acoustic) = (size("visual")?, size("acoustic")?);
        let mut random = Random::new(7);
        let good = (0..count).map(|index| {
            let clip = Clip {
                id: format!("clip-{index}"),
                text: Some(text(&mut random, &sizes["text"], steps)),
                visual: rows(&mut random, steps, visual),
                acoustic: rows(&mut random, steps, acoustic),
            };
            let request = Request {
                model: Some(model.to_string()),
                modalities: None,
                clips: vec![clip],
            };
            if is_json {
                request.to_json()
            } else {
                request.to_safetensors()
            }
        });
        Ok(Self {
            good: good.collect::<Result<_, _>>()?,
            content_type: if is_json {
                "content-type: application/json"
            } else {
                "content-type: application/x-safetensors"
            },
            most_bytes: info["limits"]["body_bytes"].as_u64().unwrap_or(0) as usize,
        })
    }
}

fn text(random: &mut Random, size: &Value, steps: usize) -> ClipText {
    if let Some(vocabulary) = size["words"]["vocabulary"].as_u64() {
        let id = |_| random.below(vocabulary as usize) as u32;
        return ClipText::Ids((0..steps).map(id).collect());
    }
    if let Some(d_input) = size["features"]["d_input"].as_u64() {
        let vectors = rows(random, steps, d_input as usize);
        let words = Vec::new();
        return vectors.map_or_else(
            || ClipText::Sentence("-".to_string()),
            |vectors| ClipText::Vectors { vectors, words },
        );
    }
    let words = ["what", "fun", "that", "was", "not", "really", "good", "bad"];
    let word = |_| words[random.below(words.len())];
    ClipText::Sentence((0..steps).map(word).collect::<Vec<_>>().join(" "))
}

fn rows(random: &mut Random, steps: usize, d_input: usize) -> Option<Sequence> {
    let values = (0..steps * d_input).map(|_| random.normal() as f32);
    Sequence::new(d_input, values.collect())
}

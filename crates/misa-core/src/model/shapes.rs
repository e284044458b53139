//! Shapes that weights must have before a model is made for them.

use crate::encoder::bert::BertConfig;
use crate::{MisaConfig, Modality, StateDict, TextSize, WeightsError};

impl MisaConfig {
    /// Checks that `weights` have the sizes of this configuration, as far as they decide how much
    /// memory the model takes.
    ///
    /// A configuration from a file can ask for any size: this refuses it before
    /// [`MisaConfig::init`] allocates.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] lists every tensor that is missing or of another shape.
    pub fn check_weights(&self, weights: &StateDict) -> Result<(), WeightsError> {
        check_shapes(weights, self.decisive_shapes())
    }

    /// Official names and shapes of tensors that, together, depend on every size.
    fn decisive_shapes(&self) -> Vec<(String, Vec<usize>)> {
        let d_hidden = self.settings.d_hidden;
        let mut shapes = vec![(
            "shared.shared_1.weight".to_string(),
            vec![d_hidden, d_hidden],
        )];
        shapes.push(self.fusion().decisive_shape());
        for modality in self.settings.modalities.iter() {
            let d_input = match (modality, self.sizes.text) {
                (Modality::Visual, _) => self.with_column(self.sizes.visual),
                (Modality::Acoustic, _) => self.with_column(self.sizes.acoustic),
                (Modality::Text, TextSize::Features { d_input }) => d_input,
                (Modality::Text, TextSize::Words { vocabulary }) => {
                    let shape = vec![vocabulary, self.settings.d_embedding];
                    shapes.push(("embed.weight".to_string(), shape));
                    self.settings.d_embedding
                }
                (Modality::Text, TextSize::Bert(bert)) => {
                    shapes.extend(bert_shapes(&bert));
                    continue;
                }
            };
            let name = format!("{}rnn1.weight_ih_l0", &modality.name()[..1]);
            let rows = self.settings.cell.gates().saturating_mul(d_input);
            shapes.push((name, vec![rows, d_input]));
        }
        shapes
    }
}

/// [`MisaConfig::check_weights`] of BERT alone.
///
/// # Errors
///
/// [`WeightsError::Mismatch`] lists every tensor that is missing or of another shape.
pub fn check_bert_weights(bert: &BertConfig, weights: &StateDict) -> Result<(), WeightsError> {
    check_shapes(weights, bert_shapes(bert))
}

fn check_shapes(
    weights: &StateDict,
    shapes: Vec<(String, Vec<usize>)>,
) -> Result<(), WeightsError> {
    let (mut missing, mut misshaped) = (Vec::new(), Vec::new());
    for (name, expected) in shapes {
        match weights.get(&name).map(|data| data.shape().to_vec()) {
            None => missing.push(name),
            Some(found) if found != expected => misshaped.push((name, expected, found)),
            Some(_) => {}
        }
    }
    if missing.is_empty() && misshaped.is_empty() {
        Ok(())
    } else {
        Err(WeightsError::Mismatch { missing, misshaped })
    }
}

/// Every tensor that decides how much memory a BERT takes.
fn bert_shapes(bert: &BertConfig) -> Vec<(String, Vec<usize>)> {
    let d_model = bert.d_model;
    let table = |name: &str, rows| (format!("embeddings.{name}_embeddings"), rows);
    let mut named = vec![
        table("word", bert.vocabulary),
        table("position", bert.positions),
        table("token_type", bert.token_types),
    ];
    for layer in 0..bert.n_layers {
        let of_layer = |name: &str, rows| (format!("encoder.layer.{layer}.{name}"), rows);
        named.push(of_layer("attention.self.query", d_model));
        named.push(of_layer("intermediate.dense", bert.d_feed_forward));
    }
    let named = named.into_iter();
    named
        .map(|(name, rows)| (format!("bertmodel.{name}.weight"), vec![rows, d_model]))
        .collect()
}

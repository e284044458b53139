//! The weights of a model.

use super::Misa;
use crate::encoder::TextEncoder;
use crate::weights::{load, state_dict, transfer};
use crate::{ConfigError, LoadedWeights, StateDict, TransferredWeights, WeightsError};
use burn::prelude::*;

impl Misa {
    /// The parameters by their official names, in the official layout.
    pub fn state_dict(&self) -> StateDict {
        state_dict(self, "")
    }

    /// The same model with the weights of a checkpoint by the official code.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] lists every tensor that is missing or of another shape.
    pub fn load_state_dict(
        self,
        weights: &StateDict,
    ) -> Result<(Self, LoadedWeights), WeightsError> {
        load(self, "", weights)
    }

    /// The same model with every tensor of another model that fits it; the others stay as they
    /// are.
    ///
    /// Word vectors fit if they have as many rows, whatever the words: leave out `embed.weight` where
    /// vocabularies differ.
    pub fn transfer(self, weights: &StateDict) -> (Self, TransferredWeights) {
        transfer(self, weights)
    }

    /// The same model with the weights of a pre-trained BERT, under their official names.
    ///
    /// # Errors
    ///
    /// [`WeightsError::Mismatch`] lists every tensor of BERT that is missing or of another shape;
    /// [`WeightsError::NoBert`] if the model has no BERT.
    pub fn with_bert(mut self, weights: &StateDict) -> Result<(Self, LoadedWeights), WeightsError> {
        let Some(TextEncoder::Bert(bert)) = self.text else {
            return Err(WeightsError::NoBert);
        };
        let (bert, loaded) = load(bert, "text.Bert", weights)?;
        self.text = Some(TextEncoder::Bert(bert));
        Ok((self, loaded))
    }

    /// The same model with other word vectors, such as GloVe's.
    ///
    /// # Shapes
    ///
    /// - rows: `[vocabulary, d_embedding]`
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the model reads no word ids or the shape differs.
    pub fn with_embedding(mut self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        self.text = (self.text.map(|text| text.with_embedding(rows))).transpose()?;
        Ok(self)
    }

    /// The same model with another table of word or token vectors, see [`Misa::text_table`].
    ///
    /// # Shapes
    ///
    /// - rows: `[vocabulary, columns]`
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the model reads no ids or the shape differs.
    pub fn with_text_table(mut self, rows: Tensor<2>) -> Result<Self, ConfigError> {
        self.text = (self.text.map(|text| text.with_table(rows))).transpose()?;
        Ok(self)
    }
}

//! Kinds of recurrent units.

use serde::{Deserialize, Serialize};

misa_terms::choice! {
    /// Recurrent unit of a layer.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum CellKind {
        /// Long short-term memory; gates input, forget, candidate, output.
        #[default]
        Lstm,
        /// Gated recurrent unit; gates reset, update, candidate, the reset applied after the
        /// recurrent product.
        Gru,
    }
}

impl CellKind {
    /// Number of gates stacked in each weight.
    pub fn gates(self) -> usize {
        match self {
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }
}

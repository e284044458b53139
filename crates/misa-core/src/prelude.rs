//! What nearly every program with a model needs: `use misa_core::prelude::*`.

pub use crate::loss::{MisaLoss, MisaLossConfig, MisaLossTerms, Term};
pub use crate::{
    FeatureSizes, Misa, MisaConfig, MisaInput, MisaOutput, Modalities, Modality, PerModality,
    Presence, StateDict, Task, TextInput, TextSize, Videos,
};

//! What nearly every program that predicts needs: `use misa_infer::prelude::*`.

pub use crate::{
    Checkpoint, Evaluation, InferError, Modality, PerModality, Predictions, Scores, Sequence,
    Split, Task, TextSequence, Utterance, UtteranceBatch, UtteranceBatcher,
};

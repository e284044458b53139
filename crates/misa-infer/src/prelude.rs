//! What nearly every program that predicts needs: `use misa_infer::prelude::*`.

pub use crate::{
    Checkpoint, Clip, ClipText, Evaluation, InferError, Modalities, Modality, PerModality,
    Prediction, Predictions, Predictor, Scores, Sequence, Split, Task, TextSequence, Utterance,
    UtteranceBatch, UtteranceBatcher,
};

//! Weights of a trained model as initial weights of another.

use crate::{Checkpoint, TrainError};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_core::{Misa, StateDict};
use misa_data::Vocabulary;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Official name of the word vectors.
const EMBEDDING: &str = "embed.weight";

/// Which tensors a model took over from another one, and which start from random values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransferSummary {
    /// Folder of the other model.
    pub from: PathBuf,
    /// Number of tensors taken over.
    pub taken: usize,
    /// Tensors that the other model lacks.
    pub missing: Vec<String>,
    /// Tensors of another shape: name, shape in this model, shape in the other one.
    pub misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Tensors of the other model that this one lacks.
    pub unused: Vec<String>,
    /// Number of words whose vectors were taken over, and of all words, if the vocabularies differ
    /// or one is not known. A vector that is taken over replaces one from a file of word vectors.
    pub words: Option<(usize, usize)>,
}

/// `model` with every tensor of the model in `folder` that fits.
pub(crate) fn transfer(
    model: Misa,
    vocabulary: Option<&Vocabulary>,
    folder: &Path,
    device: &Device,
) -> Result<(Misa, TransferSummary), TrainError> {
    let inside = folder.join(Checkpoint::FOLDER);
    let from = if inside.is_dir() {
        inside
    } else {
        folder.to_path_buf()
    };
    let checkpoint = Checkpoint::load(&from, &device.clone().inner())?;
    let mut weights = checkpoint.model.state_dict();
    let words = match (
        vocabulary,
        checkpoint.vocabulary.as_ref(),
        model.embedding(),
    ) {
        (Some(vocabulary), Some(other), Some(rows)) if vocabulary != other => {
            let taken = match shared_words(vocabulary, other, rows, &weights) {
                Some((rows, taken)) => {
                    weights.insert(EMBEDDING.to_string(), rows);
                    taken
                }
                None => 0,
            };
            Some((taken, vocabulary.len()))
        }
        (Some(_), Some(_), _) | (_, _, None) => None,
        // Without both vocabularies, an id may mean different words in the two models.
        (None, _, Some(rows)) | (_, None, Some(rows)) => {
            weights.remove(EMBEDDING);
            Some((0, rows.dims()[0]))
        }
    };
    let (model, transferred) = model.transfer(&weights);
    let summary = TransferSummary {
        from,
        taken: transferred.taken.len(),
        missing: transferred.missing,
        misshaped: transferred.misshaped,
        unused: transferred.unused,
        words,
    };
    Ok((model, summary))
}

/// The `rows` of a vocabulary, `[words, d_embedding]`, in which the words that `other` has take its
/// vectors, and the number of such words; `None` if the vectors differ in size.
fn shared_words(
    vocabulary: &Vocabulary,
    other: &Vocabulary,
    rows: Tensor<2>,
    weights: &StateDict,
) -> Option<(TensorData, usize)> {
    let [count, width] = rows.dims();
    let other_rows = weights.get(EMBEDDING)?;
    if other_rows.shape().to_vec().get(1) != Some(&width) {
        return None;
    }
    let other_rows: Vec<f32> = other_rows.iter().collect();
    let mut rows: Vec<f32> = rows.into_data().iter().collect();
    let mut shared = 0;
    for (id, word) in vocabulary.iter() {
        // Both have the unknown word, so `id` alone does not mean that `other` has this one.
        let other_id = other.id(word);
        if other.word(other_id) != Some(word) {
            continue;
        }
        let (to, from) = (id as usize * width, other_id as usize * width);
        rows[to..][..width].copy_from_slice(&other_rows[from..][..width]);
        shared += 1;
    }
    Some((TensorData::new(rows, [count, width]), shared))
}

//! A trained model as the start of another.

use crate::{Checkpoint, TrainError};
use burn::{prelude::*, tensor::TensorData};
use misa_core::{Misa, StateDict};
use misa_data::Vocabulary;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Official name of the word vectors.
const EMBEDDING: &str = "embed.weight";

/// What a model took over from another one, and what starts from random numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransferSummary {
    /// Folder of the other model.
    pub from: PathBuf,
    /// Number of tensors taken over.
    pub taken: usize,
    /// Tensors that the other model lacks.
    pub missing: Vec<String>,
    /// Tensors of another shape: name, shape here and shape there.
    pub misshaped: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Tensors of the other model that have no place here.
    pub unused: Vec<String>,
    /// Words whose vectors were taken over and all words, where vocabularies differ or one is not
    /// known. Vectors from a file are replaced by those of words that the other model knows.
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
        (Some(own), Some(other), Some(rows)) if own != other => {
            let (rows, found) = shared_words(own, other, rows, &weights);
            let taken = match rows {
                Some(rows) => {
                    weights.insert(EMBEDDING.to_string(), rows);
                    found
                }
                None => 0,
            };
            Some((taken, own.len()))
        }
        (Some(_), Some(_), _) | (_, _, None) => None,
        // Ids of words that one side does not name cannot be told to mean the same.
        (None, _, Some(rows)) | (_, None, Some(rows)) => {
            weights.remove(EMBEDDING);
            Some((0, rows.dims()[0]))
        }
    };
    let (model, found) = model.transfer(&weights);
    let summary = TransferSummary {
        from,
        taken: found.taken.len(),
        missing: found.missing,
        misshaped: found.misshaped,
        unused: found.unused,
        words,
    };
    Ok((model, summary))
}

/// The rows of the model's vocabulary with those of the words that the other one has, and how
/// many; none where vectors differ in size.
fn shared_words(
    own: &Vocabulary,
    other: &Vocabulary,
    rows: Tensor<2>,
    weights: &StateDict,
) -> (Option<TensorData>, usize) {
    let [count, width] = rows.dims();
    let Some(table) = weights.get(EMBEDDING) else {
        return (None, 0);
    };
    if table.shape().to_vec().get(1) != Some(&width) {
        return (None, 0);
    }
    let table: Vec<f32> = table.iter().collect();
    let mut rows: Vec<f32> = rows.into_data().iter().collect();
    let mut found = 0;
    for (id, word) in own.iter() {
        // The unknown word is known by both.
        let place = other.id(word);
        if other.word(place) != Some(word) {
            continue;
        }
        let (id, place) = (id as usize, place as usize * width);
        rows[id * width..][..width].copy_from_slice(&table[place..][..width]);
        found += 1;
    }
    (Some(TensorData::new(rows, [count, width])), found)
}

//! Weights from a file of safetensors.

use super::stored::{Problem, Stored, checked};
use safetensors::SafeTensors;
use std::collections::BTreeMap;

/// Every tensor of the file and its shape, as PyTorch has it; gates are input, forget, candidate, output.
pub(super) const TENSORS: [(&str, &[usize]); 15] = [
    ("stft_conv.weight", &[258, 1, 256]),
    ("conv1.weight", &[128, 129, 3]),
    ("conv1.bias", &[128]),
    ("conv2.weight", &[64, 128, 3]),
    ("conv2.bias", &[64]),
    ("conv3.weight", &[64, 64, 3]),
    ("conv3.bias", &[64]),
    ("conv4.weight", &[128, 64, 3]),
    ("conv4.bias", &[128]),
    ("lstm_cell.weight_ih", &[512, 128]),
    ("lstm_cell.weight_hh", &[512, 128]),
    ("lstm_cell.bias_ih", &[512]),
    ("lstm_cell.bias_hh", &[512]),
    ("final_conv.weight", &[1, 128, 1]),
    ("final_conv.bias", &[1]),
];

/// The tensors of the network.
pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<&'static str, Vec<f32>>, Problem> {
    let file = SafeTensors::deserialize(bytes);
    let file = file.map_err(|source| Problem::Format("safetensors", Box::new(source)))?;
    let mut stored: Vec<_> = file
        .iter()
        .map(|(name, view)| Stored {
            name,
            element_type: format!("{:?}", view.dtype()),
            shape: view.shape().to_vec(),
            bytes: view.data(),
        })
        .collect();
    stored.sort_unstable_by_key(|tensor| tensor.name);
    checked(&stored, &TENSORS)
}

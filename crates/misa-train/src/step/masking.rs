//! Random choice of the steps that are hidden in masked pre-training.

use burn::prelude::*;
use misa_terms::{Random, mix};

/// A mask of the steps to hide, `[batch, steps]`, where 1 is hidden. It is a function of `seed`:
/// each step that is not padding is hidden with probability `share`, and at least one of each
/// sequence of two or more steps.
pub(crate) fn hide(
    lengths: &[usize],
    steps: usize,
    share: f64,
    seed: u64,
    device: &Device,
) -> Tensor<2> {
    let mut random = Random::new(mix(seed, 0, 0, "hidden steps"));
    let mut hidden = vec![0.0_f32; lengths.len() * steps];
    for (row, &length) in hidden.chunks_mut(steps.max(1)).zip(lengths) {
        let row = &mut row[..length];
        for step in row.iter_mut() {
            *step = f32::from(u8::from(random.uniform() < share));
        }
        if length > 1 && row.iter().all(|&step| step == 0.0) {
            row[random.below(length)] = 1.0;
        }
    }
    Tensor::from_data(TensorData::new(hidden, [lengths.len(), steps]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_not_hidden_and_every_longer_sequence_has_a_hidden_step() {
        let lengths = [50, 2, 1];
        let hidden = hide(&lengths, 50, 0.15, 3, &Device::flex()).into_data();
        let hidden: Vec<f32> = hidden.iter().collect();
        let rows: Vec<&[f32]> = hidden.chunks(50).collect();
        for (row, length) in rows.iter().zip(lengths) {
            assert!(row[length..].iter().all(|&step| step == 0.0));
        }
        assert!((1.0..20.0).contains(&rows[0].iter().sum::<f32>()));
        assert!(rows[1].iter().sum::<f32>() >= 1.0);
        let none = hide(&[2; 9], 4, 1e-9, 3, &Device::flex()).sum_dim(1);
        assert_eq!(none.into_data().iter::<f32>().collect::<Vec<_>>(), [1.0; 9]);
    }
}

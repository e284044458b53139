//! Random choice of the steps that are hidden in masked pre-training.

use burn::prelude::*;
use misa_core::AbsentSteps;
use misa_terms::{Random, mix};

/// A mask of the steps to hide, `[batch, steps]`, where 1 is hidden. It is a function of `seed`:
/// each step that is neither padding nor absent is hidden with probability `share`, and at least one of
/// each sequence with two or more of them.
pub(crate) fn hide(
    lengths: &[usize],
    absent: Option<&AbsentSteps>,
    steps: usize,
    share: f64,
    seed: u64,
    device: &Device,
) -> Tensor<2> {
    let mut random = Random::new(mix(seed, 0, 0, "hidden steps"));
    let mut hidden = vec![0.0_f32; lengths.len() * steps];
    let rows = hidden.chunks_mut(steps.max(1)).zip(lengths);
    for (utterance, (row, &length)) in rows.enumerate() {
        let is_absent = |step| absent.is_some_and(|absent| absent.is_absent(utterance, step));
        for (step, value) in row[..length].iter_mut().enumerate() {
            // An absent step has a draw, too.
            let is_drawn = random.uniform() < share;
            *value = f32::from(u8::from(is_drawn && !is_absent(step)));
        }
        let present: Vec<usize> = (0..length).filter(|&step| !is_absent(step)).collect();
        if present.len() > 1 && row.iter().all(|&value| value == 0.0) {
            row[present[random.below(present.len())]] = 1.0;
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
        let hidden = hide(&lengths, None, 50, 0.15, 3, &Device::flex()).into_data();
        let hidden: Vec<f32> = hidden.iter().collect();
        let rows: Vec<&[f32]> = hidden.chunks(50).collect();
        for (row, length) in rows.iter().zip(lengths) {
            assert!(row[length..].iter().all(|&step| step == 0.0));
        }
        assert!((1.0..20.0).contains(&rows[0].iter().sum::<f32>()));
        assert!(rows[1].iter().sum::<f32>() >= 1.0);
        let none = hide(&[2; 9], None, 4, 1e-9, 3, &Device::flex()).sum_dim(1);
        assert_eq!(none.into_data().iter::<f32>().collect::<Vec<_>>(), [1.0; 9]);
    }

    /// Of ten steps, the last two are there, or one, or none.
    #[test]
    fn a_hidden_step_is_there() {
        let flags = |row: usize| {
            (0..10)
                .map(|step| step < 10 - row % 3)
                .collect::<Vec<bool>>()
        };
        let absent = AbsentSteps::new((0..60).map(flags).collect());
        for share in [1e-9, 0.999] {
            let hidden = hide(&[10; 60], absent.as_ref(), 10, share, 3, &Device::flex());
            let hidden: Vec<f32> = hidden.into_data().iter().collect();
            for (row, hidden) in hidden.chunks(10).enumerate() {
                assert!(hidden[..8].iter().all(|&step| step == 0.0), "{hidden:?}");
                let found = hidden[8..].iter().sum::<f32>();
                match row % 3 {
                    0 => assert_eq!(found, 0.0),
                    1 => assert!(hidden[8] == 0.0 && found <= 1.0, "{hidden:?}"),
                    _ => assert!(found >= 1.0, "{hidden:?}"),
                }
            }
        }
    }
}

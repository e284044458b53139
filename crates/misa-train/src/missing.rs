//! Modalities that go missing, by a function of a seed.

use burn::prelude::*;
use misa_core::{Modalities, Modality, PerModality, Presence};
use misa_data::{Random, mix};

/// Which modalities are left to each of `batch` utterances, when each goes missing with
/// `probability`, a function of `seed`; one of those in use always stays.
pub(crate) fn draw(modalities: Modalities, batch: usize, probability: f64, seed: u64) -> Presence {
    let used: Vec<Modality> = modalities.iter().collect();
    let mut random = Random::new(mix(seed, 0, 0, "missing modalities"));
    let mut present = PerModality::from_fn(|_| vec![true; batch]);
    for row in 0..batch {
        // Drawn for every modality, so that one draw tells nothing of the next.
        let drawn = used.iter().map(|_| random.uniform() < probability);
        let mut missing: Vec<bool> = drawn.collect();
        let kept = random.below(used.len());
        if missing.iter().all(|&missing| missing) {
            missing[kept] = false;
        }
        for (&modality, missing) in used.iter().zip(missing) {
            present.get_mut(modality)[row] = !missing;
        }
    }
    Presence::new(present).expect("one modality is always kept")
}

/// Steps to hide, 1 in `[batch, steps]`: each real one with probability `share`, and at least one
/// of each sequence of two or more.
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

    fn count(presence: &Presence, modality: Modality) -> usize {
        (0..presence.batch())
            .filter(|&row| presence.has(row, modality))
            .count()
    }

    #[test]
    fn about_as_many_go_missing_as_asked_and_something_is_left() {
        let presence = draw(Modalities::ALL, 3000, 0.3, 7);
        // Of an utterance that would lose all three, 27 in 1000, a third keeps each.
        for modality in Modality::ALL {
            let share = count(&presence, modality) as f64 / 3000.0;
            assert!((share - 0.709).abs() < 0.03, "{modality} {share}");
        }
        assert_eq!(presence, draw(Modalities::ALL, 3000, 0.3, 7));
        assert_ne!(presence, draw(Modalities::ALL, 3000, 0.3, 8));
        let text: Modalities = "text".parse().unwrap();
        assert_eq!(count(&draw(text, 20, 0.9, 1), Modality::Text), 20);
    }

    #[test]
    fn hidden_steps_are_real_ones_and_no_sequence_goes_without() {
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

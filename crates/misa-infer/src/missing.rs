//! Random choice of missing modalities.

use misa_core::Presence;
use misa_terms::{Modalities, Modality, PerModality, Random, mix};

/// Which modalities each of `batch` utterances has, if each is missing with `probability`; at least
/// one of `modalities` always remains. The draw is a function of `seed`.
pub fn draw_presence(
    modalities: Modalities,
    batch: usize,
    probability: f64,
    seed: u64,
) -> Presence {
    let used: Vec<Modality> = modalities.iter().collect();
    let mut random = Random::new(mix(seed, 0, 0, "missing modalities"));
    let mut present = PerModality::from_fn(|_| vec![true; batch]);
    for row in 0..batch {
        // The same number of draws for every utterance, so that each is independent of the others.
        let mut missing: Vec<bool> = (used.iter())
            .map(|_| random.uniform() < probability)
            .collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn count(presence: &Presence, modality: Modality) -> usize {
        (0..presence.batch())
            .filter(|&row| presence.has(row, modality))
            .count()
    }

    #[test]
    fn the_share_of_missing_modalities_is_the_probability_and_one_remains() {
        let presence = draw_presence(Modalities::ALL, 3000, 0.3, 7);
        // 0.7, plus a third of the 0.3^3 that would lose all three.
        for modality in Modality::ALL {
            let share = count(&presence, modality) as f64 / 3000.0;
            assert!((share - 0.709).abs() < 0.03, "{modality} {share}");
        }
        assert_eq!(presence, draw_presence(Modalities::ALL, 3000, 0.3, 7));
        assert_ne!(presence, draw_presence(Modalities::ALL, 3000, 0.3, 8));
        let text: Modalities = "text".parse().unwrap();
        assert_eq!(count(&draw_presence(text, 20, 0.9, 1), Modality::Text), 20);
    }
}

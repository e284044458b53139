//! Modalities that go missing, by a function of a seed.

use misa_core::Presence;
use misa_terms::{Modalities, Modality, PerModality, Random, mix};

/// Which modalities are left to each of `batch` utterances, when each goes missing with
/// `probability`, a function of `seed`; one of those in use always stays.
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
        let presence = draw_presence(Modalities::ALL, 3000, 0.3, 7);
        // Of an utterance that would lose all three, 27 in 1000, a third keeps each.
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

//! Random choice of missing modalities.

use crate::batcher::absent;
use misa_core::Presence;
use misa_terms::{Modalities, Modality, PerModality, Random, Utterance, mix};

/// Which of `modalities` each utterance has: those of which a step is not absent, see [`Presence::found`].
/// Words that a BERT reads are never absent. `None`: all of them.
pub fn found_presence(
    utterances: &[Utterance],
    modalities: Modalities,
    has_bert: bool,
) -> Option<Presence> {
    let utterances: Vec<&Utterance> = utterances.iter().collect();
    let absent = absent(&utterances, has_bert);
    let absent = absent.as_ref().map(Option::as_ref);
    Presence::found(utterances.len(), modalities, None, &absent)
}

/// Which modalities each of `batch` utterances has, if each is missing with `probability`. At least one of
/// those that the utterance has always remains: `found` says which of `modalities` that are; `None`: all of
/// them. The draw is a function of `seed`.
///
/// # Panics
///
/// Panics if `found` is of fewer utterances.
pub fn draw_presence(
    modalities: Modalities,
    batch: usize,
    probability: f64,
    seed: u64,
    found: Option<&Presence>,
) -> Presence {
    let used: Vec<Modality> = modalities.iter().collect();
    let mut random = Random::new(mix(seed, 0, 0, "missing modalities"));
    let mut present = PerModality::from_fn(|_| vec![true; batch]);
    for row in 0..batch {
        let has = |modality| found.is_none_or(|found| found.has(row, modality));
        // The same number of draws for every utterance, so that each is independent of the others.
        let draws: Vec<f64> = used.iter().map(|_| random.uniform()).collect();
        let kept = random.below(used.len());
        let owned: Vec<usize> = (0..used.len()).filter(|&i| has(used[i])).collect();
        let mut remaining: Vec<usize> = (owned.iter().copied())
            .filter(|&i| draws[i] >= probability)
            .collect();
        if remaining.is_empty() {
            let highest = || (owned.iter().copied()).max_by(|&a, &b| draws[a].total_cmp(&draws[b]));
            // Of some modalities alone, each is as likely to have the highest draw as another.
            let is_whole = owned.len() == used.len();
            remaining.extend(if is_whole { Some(kept) } else { highest() });
        }
        for (i, &modality) in used.iter().enumerate() {
            present.get_mut(modality)[row] = remaining.contains(&i);
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

    fn drawn(modalities: Modalities, batch: usize, probability: f64, seed: u64) -> Presence {
        draw_presence(modalities, batch, probability, seed, None)
    }

    #[test]
    fn the_share_of_missing_modalities_is_the_probability_and_one_remains() {
        let presence = drawn(Modalities::ALL, 3000, 0.3, 7);
        // 0.7, plus a third of the 0.3^3 that would lose all three.
        for modality in Modality::ALL {
            let share = count(&presence, modality) as f64 / 3000.0;
            assert!((share - 0.709).abs() < 0.03, "{modality} {share}");
        }
        assert_eq!(presence, drawn(Modalities::ALL, 3000, 0.3, 7));
        assert_ne!(presence, drawn(Modalities::ALL, 3000, 0.3, 8));
        let text: Modalities = "text".parse().unwrap();
        assert_eq!(count(&drawn(text, 20, 0.9, 1), Modality::Text), 20);
    }

    /// Of 0.9, one modality of two is kept where both are drawn: 0.1 + 0.9^2 / 2 = 0.505 each; the only one
    /// of an utterance always is.
    #[test]
    fn one_remains_of_those_that_an_utterance_has() {
        let lacking = |every: usize| (0..3000).map(|row| row % every > 0).collect::<Vec<bool>>();
        let found = Presence::new(PerModality {
            text: vec![true; 3000],
            visual: lacking(2),
            acoustic: lacking(4),
        });
        let found = found.unwrap();
        let drawn = draw_presence(Modalities::ALL, 3000, 0.9, 7, Some(&found));
        let whole = draw_presence(Modalities::ALL, 3000, 0.9, 7, None);
        let mut with_text = 0;
        for row in 0..3000 {
            let has = |modality| drawn.has(row, modality);
            let is_found = |modality| found.has(row, modality);
            assert!(Modality::ALL.iter().all(|&m| is_found(m) || !has(m)));
            match row % 4 {
                0 => assert!(has(Modality::Text)),
                2 => with_text += usize::from(has(Modality::Text)),
                _ => assert!(Modality::ALL.iter().all(|&m| has(m) == whole.has(row, m))),
            }
        }
        let share = with_text as f64 / 750.0;
        assert!((share - 0.505).abs() < 0.06, "{share}");
    }
}

//! Masks for dropout.

use pulp::Arch;
use rayon::prelude::*;

/// Elements of a task.
const CHUNK: usize = 1 << 14;

/// `count` numbers, each 0 with `probability`, else what keeps the mean at 1.
///
/// Element `i` is a function of `seed` and `i`: no state goes from one to the next, so neither
/// threads nor vectors change what comes out.
pub(crate) fn mask(count: usize, probability: f64, seed: u64) -> Vec<f32> {
    let mut mask = vec![0.0; count];
    let kept = (1.0 / (1.0 - probability)) as f32;
    // Of all 2^32 words, those below are dropped.
    let dropped = (probability * 2f64.powi(32)) as u32;
    let tasks = mask.par_chunks_mut(CHUNK).enumerate();
    tasks.for_each(|(chunk, mask)| {
        let seed = seed.wrapping_add((chunk as u64) << 32 | chunk as u64);
        let keys = [
            scramble(seed as u32),
            scramble((seed >> 32) as u32 ^ 0x5bd1_e995),
        ];
        Arch::new().dispatch(|| fill(mask, keys, dropped, kept));
    });
    mask
}

#[inline(always)]
fn fill(mask: &mut [f32], keys: [u32; 2], dropped: u32, kept: f32) {
    for (index, value) in mask.iter_mut().enumerate() {
        let word = scramble(scramble(index as u32 ^ keys[0]).wrapping_add(keys[1]));
        *value = if word < dropped { 0.0 } else { kept };
    }
}

/// A word whose every bit depends on every bit of `x`: the finaliser of MurmurHash3.
#[inline(always)]
fn scramble(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    let x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: usize = 200_000;

    fn dropped(mask: &[f32]) -> Vec<bool> {
        mask.iter().map(|&x| x == 0.0).collect()
    }

    fn share(mask: &[bool]) -> f64 {
        mask.iter().filter(|&&x| x).count() as f64 / mask.len() as f64
    }

    #[test]
    fn the_share_dropped_is_the_probability_and_the_mean_stays() {
        for probability in [0.0, 0.1, 0.5, 0.9] {
            let mask = mask(COUNT, probability, 7);
            // Five standard deviations.
            let spread = 5.0 * (probability * (1.0 - probability) / COUNT as f64).sqrt();
            assert!((share(&dropped(&mask)) - probability).abs() <= spread);
            let mean = mask.iter().map(|&x| f64::from(x)).sum::<f64>() / COUNT as f64;
            assert!((mean - 1.0).abs() <= spread / (1.0 - probability) + 1e-6);
        }
    }

    #[test]
    fn elements_and_seeds_are_independent() {
        let first = dropped(&mask(COUNT, 0.5, 1));
        // Within one mask at every distance up to a few rows, across tasks, and between seeds.
        for distance in [1, 2, 3, 16, 128, 2048, CHUNK, 2 * CHUNK] {
            let pairs = first.iter().zip(&first[distance..]);
            let equal: Vec<bool> = pairs.map(|(a, b)| a == b).collect();
            assert!((share(&equal) - 0.5).abs() < 0.006, "distance {distance}");
        }
        for seed in [2, 3, 1 << 32, (1 << 32) + 1, u64::MAX] {
            let other = dropped(&mask(COUNT, 0.5, seed));
            let equal: Vec<bool> = first.iter().zip(&other).map(|(a, b)| a == b).collect();
            assert!((share(&equal) - 0.5).abs() < 0.006, "seed {seed}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_mask() {
        assert_eq!(mask(1000, 0.3, 5), mask(1000, 0.3, 5));
        assert_eq!(mask(1000, 0.3, 5)[..10], mask(10, 0.3, 5));
    }
}

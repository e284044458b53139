//! Masks for dropout.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Elements of a task.
const CHUNK: usize = 1 << 14;

/// Dropout whose mask is computed wherever it is needed, never stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropout {
    /// In `[0, 1)`; 0 drops nothing.
    pub(crate) probability: f64,
    pub(crate) seed: u64,
}

/// `count` numbers, each 0 with `probability`, else what keeps the mean at 1.
///
/// Element `i` is a function of `seed` and `i`: no state goes from one to the next, so neither
/// threads nor vectors change what comes out.
pub(crate) fn mask(count: usize, probability: f64, seed: u64) -> Vec<f32> {
    let mut mask = vec![0.0; count];
    let dropout = Dropout { probability, seed };
    let tasks = mask.par_chunks_mut(CHUNK).enumerate();
    tasks.for_each(|(chunk, mask)| {
        dropout.fill(chunk * CHUNK, mask);
    });
    mask
}

impl Dropout {
    /// Writes the elements of its [`mask`] from `start` on.
    pub(crate) fn fill(&self, start: usize, mask: &mut [f32]) {
        if self.probability == 0.0 {
            return mask.fill(1.0);
        }
        let mut rest = mask;
        let mut start = start;
        while !rest.is_empty() {
            let count = rest.len().min(CHUNK - start % CHUNK);
            let (piece, next) = rest.split_at_mut(count);
            Arch::new().dispatch(self.task(start, piece));
            rest = next;
            start += count;
        }
    }

    /// A piece of one chunk.
    fn task<'a>(&self, start: usize, mask: &'a mut [f32]) -> Fill<'a> {
        let chunk = (start / CHUNK) as u64;
        let seed = self.seed.wrapping_add(chunk << 32 | chunk);
        Fill {
            mask,
            first: (start % CHUNK) as u32,
            keys: [
                scramble(seed as u32),
                scramble((seed >> 32) as u32 ^ 0x5bd1_e995),
            ],
            // Of all 2^32 words, those below are dropped.
            dropped: (self.probability * 2f64.powi(32)) as u32,
            kept: self.kept(),
        }
    }

    /// The element of a mask that is not 0.
    pub(crate) fn kept(&self) -> f32 {
        (1.0 / (1.0 - self.probability)) as f32
    }
}

/// A piece of a mask, of which element `first` of a chunk is the first.
struct Fill<'a> {
    mask: &'a mut [f32],
    first: u32,
    keys: [u32; 2],
    dropped: u32,
    kept: f32,
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (index, value) in (self.first..).zip(self.mask) {
            let word = scramble(scramble(index ^ self.keys[0]).wrapping_add(self.keys[1]));
            *value = if word < self.dropped { 0.0 } else { self.kept };
        }
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

    #[test]
    fn any_part_can_be_computed_alone() {
        for probability in [0.0, 0.1] {
            let dropout = Dropout {
                probability,
                seed: 9,
            };
            let whole = mask(3 * CHUNK, probability, 9);
            for range in [0..5, 100..117, CHUNK - 3..2 * CHUNK + 9, CHUNK..CHUNK] {
                let mut part = vec![0.0; range.len()];
                dropout.fill(range.start, &mut part);
                assert_eq!(part, whole[range]);
            }
        }
    }

    #[test]
    fn masks_stay_those_of_runs_on_record() {
        let indices = |probability, seed| {
            let dropped = dropped(&mask(40_000, probability, seed));
            let indices = dropped.iter().enumerate().filter(|(_, dropped)| **dropped);
            indices.map(|(index, _)| index).sum::<usize>()
        };
        assert_eq!(
            [indices(0.1, 5), indices(0.5, u64::MAX)],
            [79_930_658, 399_236_281]
        );
    }
}

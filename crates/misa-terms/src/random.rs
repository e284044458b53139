//! Random numbers that depend on nothing but their seed.
//!
//! Burn seeds one state per process, which threads and tests would share. Whatever is drawn here
//! is a function of its seed alone, on every platform.

/// Increment of splitmix64: 2^64 divided by the golden ratio, made odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The seed of one purpose at one moment of a run.
///
/// Different arguments give unrelated seeds, so that the order of an epoch and the dropout of a
/// step never share random numbers.
///
/// Algorithm: FNV-1a of `purpose`, then one round of splitmix64 per number.
pub fn mix(seed: u64, epoch: u64, step: u64, purpose: &str) -> u64 {
    let purpose = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    [seed, epoch, step]
        .into_iter()
        .fold(purpose, |state, number| {
            scramble((state ^ number).wrapping_add(GOLDEN))
        })
}

/// The output function of splitmix64.
fn scramble(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// A small generator, splitmix64. Good for data and order, not for secrets.
///
/// - Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        scramble(self.state)
    }

    /// A number in `[0, 1)`, on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number in `0..bound`.
    ///
    /// # Panics
    ///
    /// Panics if `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "no number lies below 0");
        // The upper half of the product; its bias is below bound / 2^64.
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }

    /// A number of the standard normal distribution, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Brings the items into a random order, each equally likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_those_of_splitmix64() {
        // First outputs for seed 0, from the reference implementation.
        let mut random = Random::new(0);
        assert_eq!(random.bits(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.bits(), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn seeds_differ_in_every_argument() {
        let seeds = [
            mix(1, 0, 0, "order"),
            mix(0, 1, 0, "order"),
            mix(0, 0, 1, "order"),
            mix(0, 0, 0, "order"),
            mix(0, 0, 0, "step"),
        ];
        for (i, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..i].contains(seed));
        }
        assert_eq!(mix(1, 0, 0, "order"), seeds[0]);
    }

    #[test]
    fn normals_have_mean_0_and_deviation_1() {
        let mut random = Random::new(3);
        let values: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let square = values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
        // Five standard errors of 20 000 draws.
        assert!(mean.abs() < 0.036, "{mean}");
        assert!((square - 1.0).abs() < 0.05, "{square}");
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(7).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}

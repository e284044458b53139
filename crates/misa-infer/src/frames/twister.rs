//! NumPy's legacy generator, by which published masks are drawn.

/// Words of the state.
const WORDS: usize = 624;
/// Distance of the word that a word is mixed with.
const DISTANCE: usize = 397;
const UPPER: u32 = 0x8000_0000;

/// The Mersenne Twister MT19937, seeded as `numpy.random.seed` seeds it.
///
/// Only for published numbers, which nothing else repeats: everything else is drawn by
/// [`Random`](misa_terms::Random).
///
/// - Source: Matsumoto and Nishimura, `init_genrand`, `genrand_int32` and `genrand_res53` of
///   `mt19937ar.c`.
#[derive(Clone, Debug)]
pub struct Twister {
    state: [u32; WORDS],
    /// The next word of the state that is given out.
    next: usize,
}

impl Twister {
    /// The generator of `seed`.
    pub fn new(seed: u32) -> Self {
        let mut state = [seed; WORDS];
        for place in 1..WORDS {
            let before = state[place - 1];
            // The place is below 624.
            state[place] = 1_812_433_253_u32
                .wrapping_mul(before ^ (before >> 30))
                .wrapping_add(place as u32);
        }
        Self { state, next: WORDS }
    }

    /// The next 32 random bits.
    pub fn word(&mut self) -> u32 {
        if self.next == WORDS {
            self.twist();
        }
        let mut word = self.state[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A number in `[0, 1)`, on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        let (upper, lower) = (self.word() >> 5, self.word() >> 6);
        let bits = (u64::from(upper) << 26) + u64::from(lower);
        bits as f64 / (1_u64 << 53) as f64
    }

    /// Makes the next words of the state of the last ones.
    fn twist(&mut self) {
        for place in 0..WORDS {
            let pair = (self.state[place] & UPPER) | (self.state[(place + 1) % WORDS] & !UPPER);
            let odd = if pair & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[place] = self.state[(place + DISTANCE) % WORDS] ^ (pair >> 1) ^ odd;
        }
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 10,000th word of the default seed, which the C++ standard states for `std::mt19937`.
    #[test]
    fn words_are_those_of_the_standard() {
        let mut twister = Twister::new(5489);
        let word = (0..10_000).map(|_| twister.word()).last();
        assert_eq!(word, Some(4_123_659_995));
    }
}

//! Rates that cannot be used.

use thiserror::Error;

/// Rates at which voices can be analysed, in samples a second.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=400_000;

/// A rate at which no voice can be analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "voice: expected from {} to {} samples a second, found {rate}; bring the sound to 16000 first",
    RATES.start(),
    RATES.end()
)]
pub struct RateError {
    /// The rate that was given, in samples a second.
    pub rate: u32,
}

impl RateError {
    /// The rate, if voices can be analysed at it.
    pub(crate) fn check(rate: u32) -> Result<f64, Self> {
        RATES
            .contains(&rate)
            .then(|| f64::from(rate))
            .ok_or(Self { rate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_limited() {
        assert_eq!(RateError::check(16_000), Ok(16_000.0));
        let error = RateError::check(0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "voice: expected from 4000 to 400000 samples a second, found 0; bring the sound to 16000 first"
        );
    }
}

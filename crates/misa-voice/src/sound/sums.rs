//! Sums over samples that a processor computes several at once.

/// Values that are added at once.
const LANES: usize = 8;

/// Sum of samples.
pub(super) fn sum(samples: &[f32]) -> f64 {
    sum_of(samples, |sample| sample)
}

/// Sum of the squares of samples.
pub(super) fn energy(samples: &[f32]) -> f64 {
    sum_of(samples, |sample| sample * sample)
}

/// The largest magnitude of a sample, 0 of none.
pub(super) fn largest_magnitude(samples: &[f32]) -> f32 {
    // Not `max`, which asks whether either is a number.
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [0.0; LANES];
    let chunks = samples.chunks_exact(LANES);
    let rest = chunks.remainder().iter().map(|sample| sample.abs());
    let rest = rest.fold(0.0, larger);
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, sample.abs());
        }
    }
    lanes.into_iter().fold(rest, larger)
}

fn sum_of(samples: &[f32], value: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let chunks = samples.chunks_exact(LANES);
    let rest = chunks.remainder().iter();
    let rest: f64 = rest.map(|sample| value(f64::from(*sample))).sum();
    for chunk in chunks {
        for (lane, sample) in lanes.iter_mut().zip(chunk) {
            *lane += value(f64::from(*sample));
        }
    }
    rest + lanes.iter().sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_samples_count() {
        let samples: Vec<f32> = (1..=19)
            .map(|k| if k % 2 == 0 { k as f32 } else { -(k as f32) })
            .collect();
        assert_eq!(sum(&samples), -10.0);
        assert_eq!(energy(&samples), 2470.0);
        assert_eq!(largest_magnitude(&samples), 19.0);
        assert_eq!(
            (sum(&[]), energy(&[]), largest_magnitude(&[])),
            (0.0, 0.0, 0.0)
        );
    }
}

//! Sums of squares, in one order whatever the number of threads.

use rayon::prelude::*;

/// Elements of a task.
const CHUNK: usize = 1 << 14;
/// Sums kept apart, so that the processor need not wait for one of them.
const LANES: usize = 8;

/// The sum of the squares of all values.
pub(crate) fn sum_of_squares(values: &[f32]) -> f64 {
    let parts: Vec<f64> = values.par_chunks(CHUNK).map(of_chunk).collect();
    parts.iter().sum()
}

fn of_chunk(values: &[f32]) -> f64 {
    let mut sums = [0.0f64; LANES];
    let (groups, rest) = values.as_chunks::<LANES>();
    for group in groups {
        for (sum, &value) in sums.iter_mut().zip(group) {
            *sum += f64::from(value) * f64::from(value);
        }
    }
    for (sum, &value) in sums.iter_mut().zip(rest) {
        *sum += f64::from(value) * f64::from(value);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_counts_once() {
        for count in [0, 1, 7, 8, 9, CHUNK - 1, CHUNK, 3 * CHUNK + 5] {
            assert_eq!(sum_of_squares(&vec![-2.0; count]), 4.0 * count as f64);
        }
    }
}

//! Central moment discrepancy of two sets of vectors.

use crate::vectors::{Space, Vectors};

/// Highest moment that is compared, as in MISA.
const MOMENTS: i32 = 5;

/// The distance between the shared vectors of the modalities.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SharedDistance {
    /// Names of two modalities, and the central moment discrepancy (CMD) of their shared vectors:
    /// 0 or more, 0 when the first five moments agree.
    pub pairs: Vec<(String, String, f64)>,
    /// Mean over the pairs.
    pub mean: f64,
}

/// CMD of each pair of modalities; `None` with fewer than two modalities or without utterances.
///
/// `CMD = ||E(x) - E(y)|| + sum_{k=2..5} ||c_k(x) - c_k(y)||`, without the factors
/// `1 / |b - a|^k`, which are 1 for the range of the sigmoid.
pub(crate) fn shared_distance(vectors: &Vectors<'_>) -> Option<SharedDistance> {
    let names = vectors.modalities();
    if names.len() < 2 || vectors.utterances.is_empty() {
        return None;
    }
    let d = vectors.d_hidden();
    let rows = |modality| vectors.rows(Space::Shared, modality);
    let moments: Vec<_> = (0..names.len())
        .map(|modality| moments(&rows(modality), d))
        .collect();
    let mut pairs = Vec::new();
    for first in 0..names.len() {
        for second in first + 1..names.len() {
            let distance = distance(&moments[first], &moments[second], d);
            pairs.push((names[first].clone(), names[second].clone(), distance));
        }
    }
    let mean = pairs.iter().map(|pair| pair.2).sum::<f64>() / pairs.len() as f64;
    Some(SharedDistance { pairs, mean })
}

/// Mean, then central moments 2 to 5 of each column: `[5, d]`, row-major.
fn moments(rows: &[f64], d: usize) -> Vec<f64> {
    let count = (rows.len() / d) as f64;
    let mut moments = vec![0.0; d * MOMENTS as usize];
    for column in 0..d {
        let values = || rows[column..].iter().step_by(d);
        let mean = values().sum::<f64>() / count;
        moments[column] = mean;
        for k in 2..=MOMENTS {
            let sum: f64 = values().map(|value| (value - mean).powi(k)).sum();
            moments[(k as usize - 1) * d + column] = sum / count;
        }
    }
    moments
}

fn distance(left: &[f64], right: &[f64], d: usize) -> f64 {
    let norm = |(a, b): (&[f64], &[f64])| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b) * (a - b))
            .sum::<f64>()
            .sqrt()
    };
    left.chunks_exact(d)
        .zip(right.chunks_exact(d))
        .map(norm)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cmd(left: &[f64], right: &[f64], d: usize) -> f64 {
        distance(&moments(left, d), &moments(right, d), d)
    }

    /// Value of a computation in plain Python on `0.5 + 0.45 sin(a + b i)`, i = 0..12.
    #[test]
    fn matches_an_independent_computation() {
        let wave = |a: f64, b: f64| -> Vec<f64> {
            (0..12)
                .map(|i| 0.5 + 0.45 * (a + b * f64::from(i)).sin())
                .collect()
        };
        let value = cmd(&wave(0.3, 0.7), &wave(1.1, 0.9), 4);
        assert!((value - 0.670_592_370_8).abs() < 1e-10, "{value}");
    }

    #[test]
    fn the_distance_of_a_shift_is_its_length() {
        let rows: Vec<f64> = (0..24).map(|k| f64::from(k * k % 7) / 7.0).collect();
        let shifted: Vec<f64> = rows.iter().map(|value| value + 0.25).collect();
        assert!((cmd(&rows, &shifted, 4) - 4f64.sqrt() * 0.25).abs() < 1e-12);
        assert_eq!(cmd(&rows, &rows, 4), 0.0);
    }
}

//! Sums that a processor computes several at once.

/// Sum of products in several lanes, which a processor adds at once.
pub(crate) fn sum_of_products(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let (left, right) = (left.chunks_exact(16), right.chunks_exact(16));
    let rest = left.remainder().iter().zip(right.remainder());
    let rest: f32 = rest.map(|(left, right)| left * right).sum();
    for (left, right) in left.zip(right) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += left * right;
        }
    }
    rest + lanes.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_products_are_in_the_sum() {
        let values: Vec<f32> = (1..=37).map(|k| k as f32).collect();
        assert_eq!(sum_of_products(&values, &[2.0; 37]), 37.0 * 38.0);
        assert_eq!(sum_of_products(&[], &[]), 0.0);
    }
}

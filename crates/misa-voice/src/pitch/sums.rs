//! Sums that a processor computes several at once.

/// Sum of products in several lanes, which a processor adds at once.
pub(crate) fn sum_of_products(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let (left, right) = (left.chunks_exact(16), right.chunks_exact(16));
    let rest = (
        left.remainder().chunks_exact(4),
        right.remainder().chunks_exact(4),
    );
    for (left, right) in left.zip(right) {
        for ((lane, left), right) in lanes.iter_mut().zip(left).zip(right) {
            *lane += left * right;
        }
    }
    // One lane after the other would take as long as all products of a short sum.
    let mut sums: [f32; 4] =
        std::array::from_fn(|k| (lanes[k] + lanes[k + 8]) + (lanes[k + 4] + lanes[k + 12]));
    let last = rest.0.remainder().iter().zip(rest.1.remainder());
    let last: f32 = last.map(|(left, right)| left * right).sum();
    for (left, right) in rest.0.zip(rest.1) {
        for ((sum, left), right) in sums.iter_mut().zip(left).zip(right) {
            *sum += left * right;
        }
    }
    last + (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// Sum in several lanes.
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    let chunks = values.chunks_exact(16);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += value;
        }
    }
    let sums: [f32; 4] =
        std::array::from_fn(|k| (lanes[k] + lanes[k + 8]) + (lanes[k + 4] + lanes[k + 12]));
    rest + (sums[0] + sums[2]) + (sums[1] + sums[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_products_are_in_the_sum() {
        let values: Vec<f32> = (1..=37).map(|k| k as f32).collect();
        assert_eq!(sum_of_products(&values, &[2.0; 37]), 37.0 * 38.0);
        assert_eq!(sum_of_products(&[], &[]), 0.0);
        assert_eq!((sum(&values), sum(&[])), (37.0 * 19.0, 0.0));
    }
}

//! What the tests of several kernels need.

use rayon::ThreadPoolBuilder;

/// Numbers from -1/2 to 1/2.
pub(crate) fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..count).map(|_| next()).collect()
}

pub(crate) fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

pub(crate) fn assert_close(actual: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (index, (&actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (f64::from(actual) - expected).abs();
        assert!(
            error <= tolerance,
            "{index}: expected {expected}, found {actual}"
        );
    }
}

/// Gradient of `loss` at `x` by central differences.
pub(crate) fn slopes(x: &[f32], loss: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    const STEP: f64 = 1e-5;
    let x = wide(x);
    let at = |index: usize, value: f64| {
        let mut x = x.clone();
        x[index] = value;
        loss(&x)
    };
    let slope = |(index, &x): (usize, &f64)| at(index, x + STEP) - at(index, x - STEP);
    let differences = x.iter().enumerate().map(slope);
    differences.map(|d| d / (2.0 * STEP)).collect()
}

/// What `work` gives on one thread and on two.
pub(crate) fn on_one_and_two_threads<T: Send>(work: impl Fn() -> T + Sync) -> [T; 2] {
    [1, 2].map(|count| on_threads(count, &work))
}

/// What `work` returns where it has `count` threads.
pub(crate) fn on_threads<T: Send>(count: usize, work: impl FnOnce() -> T + Send) -> T {
    let threads = ThreadPoolBuilder::new().num_threads(count).build();
    threads.expect("threads can be started").install(work)
}

//! Rates of matrix products: of our kernels, of Burn's device, and of PyTorch.

use crate::{BenchError, timed};
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_kernels::PackedMatrix;
use rayon::prelude::*;
use serde::Serialize;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

/// Times that a product is repeated at least.
const MIN_REPEATS: usize = 5;

/// A product of two matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Product {
    /// Rows of the left side.
    pub rows: usize,
    /// Columns of the left side, rows of the right.
    pub depth: usize,
    /// Columns of the right side.
    pub width: usize,
    /// Where it occurs.
    pub place: &'static str,
}

/// Rates of a product, in GFLOP per second, each the best of its repeats.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rates {
    /// Our kernels, the right side packed before, as it is in a recurrence.
    pub ours: f64,
    /// The same, with the packing.
    pub packing: f64,
    /// Burn's product on its CPU device.
    pub flex: f64,
    /// PyTorch's, if it was asked.
    pub torch: Option<f64>,
}

/// Products of the workloads, and a large one.
pub const PRODUCTS: [Product; 6] = [
    product(64, 300, 1200, "a step of text's recurrence, batch of 64"),
    product(
        1406,
        600,
        2400,
        "input of text's second layer, both directions",
    ),
    product(1200, 1406, 300, "gradient of a weight of text"),
    product(64, 74, 296, "a step of the acoustic recurrence"),
    product(640, 768, 3072, "feed-forward layer of BERT"),
    product(2048, 2048, 2048, "large"),
];

const fn product(rows: usize, depth: usize, width: usize, place: &'static str) -> Product {
    Product {
        rows,
        depth,
        width,
        place,
    }
}

impl Product {
    /// Multiplications and additions.
    pub fn operations(&self) -> f64 {
        2.0 * self.rows as f64 * self.depth as f64 * self.width as f64
    }

    /// Bytes of the three matrices, in single precision.
    pub fn bytes(&self) -> f64 {
        let numbers = self.rows * self.depth + self.depth * self.width + self.rows * self.width;
        4.0 * numbers as f64
    }

    /// Times our kernels and Burn's device for `time` each, in turn, so that a slow moment of the
    /// machine falls on all of them.
    ///
    /// # Errors
    ///
    /// [`BenchError`] if the device fails.
    pub fn rates(&self, device: &Device, time: Duration) -> Result<Rates, BenchError> {
        let left = numbers(self.rows * self.depth);
        let right = numbers(self.depth * self.width);
        let tensor = |values: &[f32], shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), shape), device)
        };
        let tensors = [
            tensor(&left, [self.rows, self.depth]),
            tensor(&right, [self.depth, self.width]),
        ];
        let packed = PackedMatrix::new(&right, self.width);
        let mut out = vec![0.0; self.rows * self.width];
        let mut best = [f64::INFINITY; 3];
        let mut spent = Duration::ZERO;
        let mut repeats = 0;
        while repeats < MIN_REPEATS || spent < 3 * time {
            let times = [
                timed(|| -> Result<(), BenchError> {
                    packed.multiply(&left, &mut out);
                    Ok(())
                })?,
                timed(|| -> Result<(), BenchError> {
                    PackedMatrix::new(&right, self.width).multiply(&left, &mut out);
                    Ok(())
                })?,
                timed(|| {
                    let [left, right] = tensors.clone();
                    left.matmul(right);
                    Ok::<_, BenchError>(device.sync()?)
                })?,
            ];
            for (best, time) in best.iter_mut().zip(times) {
                *best = best.min(time.as_secs_f64());
                spent += time;
            }
            repeats += 1;
        }
        let [ours, packing, flex] = best.map(|best| self.operations() / best / 1e9);
        Ok(Rates {
            ours,
            packing,
            flex,
            torch: None,
        })
    }

    /// The rate of PyTorch in GFLOP per second, asked through the program `python`, which needs it
    /// installed.
    ///
    /// # Errors
    ///
    /// [`BenchError::Peer`] if the program does not start or does not answer with a number.
    pub fn torch_rate(
        &self,
        python: &str,
        threads: usize,
        time: Duration,
    ) -> Result<f64, BenchError> {
        let sizes = [threads, self.rows, self.depth, self.width].map(|size| size.to_string());
        let output = Command::new(python)
            .args(["-c", TORCH])
            .args(sizes)
            .arg(time.as_secs_f64().to_string())
            .output()
            .map_err(|error| BenchError::Peer(format!("{python}: {error}")))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let best = said.trim().parse::<f64>().map_err(|_| {
            let error = String::from_utf8_lossy(&output.stderr);
            let last = error.lines().last().unwrap_or_default();
            BenchError::Peer(format!("{python}: expected seconds, found {said:?} {last}"))
        })?;
        Ok(self.operations() / best / 1e9)
    }
}

/// The least seconds of a product whose right side is stored as the weights of a layer are.
const TORCH: &str = "
import sys, time, torch
threads, rows, depth, width = map(int, sys.argv[1:5])
torch.set_num_threads(threads)
left, right = torch.rand(rows, depth) - 0.5, torch.rand(width, depth) - 0.5
out = torch.empty(rows, width)
end, best, done = time.perf_counter() + float(sys.argv[5]), float('inf'), 0
while done < 5 or time.perf_counter() < end:
    begin = time.perf_counter()
    torch.mm(left, right.t(), out=out)
    best, done = min(best, time.perf_counter() - begin), done + 1
print(best)
";

/// Gigabytes of memory that all threads of the pool together read per second, the best of a few passes over
/// a block that no cache holds.
pub fn memory_rate() -> f64 {
    const NUMBERS: u64 = 1 << 26;
    // Zeros would be one page of the system, read from the cache.
    let block: Vec<u64> = (0..NUMBERS).collect();
    let part = block.len().div_ceil(4 * rayon::current_num_threads());
    let pass = || {
        let parts = block.par_chunks(part);
        let sums = parts.map(|part| part.iter().fold(0u64, |sum, &x| sum.wrapping_add(x)));
        black_box(sums.reduce(|| 0, u64::wrapping_add));
    };
    let best = (0..MIN_REPEATS).map(|_| {
        let started = Instant::now();
        pass();
        started.elapsed().as_secs_f64()
    });
    size_of_val(&block[..]) as f64 / best.fold(f64::INFINITY, f64::min) / 1e9
}

/// Numbers around zero without a pattern that a product could profit from.
fn numbers(count: usize) -> Vec<f32> {
    (0..count)
        .map(|index| (index * 7919 % 1000) as f32 / 1000.0 - 0.5)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_work_that_was_done() {
        let product = product(8, 20, 33, "");
        assert_eq!(product.operations(), 10_560.0);
        assert_eq!(product.bytes(), 4.0 * (160.0 + 660.0 + 264.0));
        let rates = product.rates(&Device::flex(), Duration::ZERO).unwrap();
        for rate in [rates.ours, rates.packing, rates.flex] {
            assert!(rate.is_finite() && rate > 0.0);
        }
    }

    #[test]
    fn a_peer_that_is_no_python_is_an_error() {
        let product = product(1, 1, 1, "");
        let error = product
            .torch_rate("no/such/python", 1, Duration::ZERO)
            .unwrap_err();
        assert!(error.to_string().starts_with("no/such/python: "), "{error}");
    }
}

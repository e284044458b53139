//! A histogram of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Values counted by the upper bound they do not pass.
pub(super) struct Histogram {
    bounds: &'static [f64],
    /// One more than bounds, for what passes all of them.
    counts: Vec<AtomicU64>,
    /// Bits of the sum.
    sum: AtomicU64,
}

impl Histogram {
    pub fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0.0_f64.to_bits()),
        }
    }

    pub fn observe(&self, value: f64) {
        let index = self.bounds.partition_point(|bound| *bound < value);
        self.counts[index].fetch_add(1, Ordering::Relaxed);
        let add = |bits: u64| Some((f64::from_bits(bits) + value).to_bits());
        let _ = self
            .sum
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Appends the lines of the histogram; `labels` are those of every line, such as `route="/"`.
    pub fn write(&self, text: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        let mut all = 0;
        let bounds = self.bounds.iter().map(f64::to_string);
        for (bound, count) in bounds.chain(["+Inf".to_string()]).zip(&self.counts) {
            all += count.load(Ordering::Relaxed);
            let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {all}");
        }
        let braced = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        let sum = f64::from_bits(self.sum.load(Ordering::Relaxed));
        let _ = writeln!(text, "{name}_sum{braced} {sum}\n{name}_count{braced} {all}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_does_not_pass_their_bound() {
        let histogram = Histogram::new(&[1.0, 2.5]);
        for value in [0.5, 1.0, 2.0, 4.0] {
            histogram.observe(value);
        }
        let mut text = String::new();
        histogram.write(&mut text, "a", "b=\"c\"");
        assert_eq!(
            text,
            "a_bucket{b=\"c\",le=\"1\"} 2\na_bucket{b=\"c\",le=\"2.5\"} 3\n\
             a_bucket{b=\"c\",le=\"+Inf\"} 4\na_sum{b=\"c\"} 7.5\na_count{b=\"c\"} 4\n"
        );
    }
}

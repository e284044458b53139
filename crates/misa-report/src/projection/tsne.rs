//! Exact t-SNE, with equal results in every run and for every number of threads.
//!
//! The crate `bhtsne` is not used: its exact variant adds floating-point numbers in an order that
//! depends on the thread pool, and its tree variant uses an unseeded generator.

use crate::projection::affinity::affinities;
use std::num::NonZero;
use std::thread;

/// Effective number of neighbours, if there are enough points.
const PERPLEXITY: f64 = 30.0;
/// Factor of the attraction while clusters form, and its number of steps.
const EXAGGERATION: (f32, usize) = (12.0, 200);
const STEPS: usize = 700;
/// Smallest learning rate, so that small sets converge in `STEPS` steps.
const SLOWEST: f32 = 50.0;
/// Spread of the first component at the start: small, so that clusters can pass each other.
const START: f64 = 1e-4;
/// Partial sums of a row; a fixed number, so that the order of additions is fixed.
const LANES: usize = 8;
/// Most threads; more gain nothing at the sizes drawn here.
const THREADS: usize = 4;

/// State of the layout. The coordinates are separate so that a row of forces is one simple loop.
struct Layout {
    x: Vec<f32>,
    y: Vec<f32>,
    velocity: Vec<[f32; 2]>,
    gains: Vec<[f32; 2]>,
}

/// Attraction and repulsion of one point, and its part of the sum over all pairs.
#[derive(Clone, Copy, Default)]
struct Forces {
    pull: [f32; 2],
    push: [f32; 2],
    sum: f32,
}

/// Positions in the plane for the points of `rows` (`[points, d]` row-major), starting from the layout
/// `start`, which is scaled first.
///
/// Sums are computed row by row in a fixed order, whatever the number of threads.
///
/// - Source: van der Maaten and Hinton 2008; for the start from principal components and the learning
///   rate `points / exaggeration`, Kobak and Berens 2019.
pub(crate) fn tsne(rows: &[f64], d: usize, start: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let count = start.len();
    let perplexity = PERPLEXITY.min((count.max(1) - 1) as f64 / 3.0).max(1.0);
    if count < 2 {
        return start.to_vec();
    }
    let affinities = affinities(rows, d, perplexity);
    let mut layout = Layout::new(start);
    let rate = (count as f32 / EXAGGERATION.0 / 4.0).max(SLOWEST);
    for step in 0..STEPS {
        let is_early = step < EXAGGERATION.1;
        let (factor, momentum) = if is_early {
            (EXAGGERATION.0, 0.5)
        } else {
            (1.0, 0.8)
        };
        let forces = layout.forces(&affinities);
        layout.advance(&forces, factor, momentum, rate);
    }
    let pair = |(x, y): (&f32, &f32)| [f64::from(*x), f64::from(*y)];
    layout.x.iter().zip(&layout.y).map(pair).collect()
}

impl Layout {
    fn new(start: &[[f64; 2]]) -> Self {
        let count = start.len();
        let variance = start.iter().map(|point| point[0] * point[0]).sum::<f64>() / count as f64;
        let scale = if variance > 0.0 {
            START / variance.sqrt()
        } else {
            0.0
        };
        let axis = |k: usize| {
            start
                .iter()
                .map(|point| (point[k] * scale) as f32)
                .collect()
        };
        Self {
            x: axis(0),
            y: axis(1),
            velocity: vec![[0.0; 2]; count],
            gains: vec![[1.0; 2]; count],
        }
    }

    fn forces(&self, affinities: &[f32]) -> Vec<Forces> {
        let count = self.x.len();
        let threads = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(THREADS);
        let share = count.div_ceil(threads);
        let mut forces = vec![Forces::default(); count];
        let fill = |first: usize, part: &mut [Forces]| {
            for (i, force) in (first..).zip(part) {
                *force = self.row(i, &affinities[i * count..(i + 1) * count]);
            }
        };
        thread::scope(|scope| {
            let mut parts = forces.chunks_mut(share).enumerate();
            let first = parts.next();
            for (k, part) in parts {
                scope.spawn(move || fill(k * share, part));
            }
            first.into_iter().for_each(|(_, part)| fill(0, part));
        });
        forces
    }

    /// Forces of all points on point `i`.
    fn row(&self, i: usize, affinities: &[f32]) -> Forces {
        let point = [self.x[i], self.y[i]];
        let mut lanes = [[0.0_f32; LANES]; 5];
        let whole = affinities.len() / LANES * LANES;
        let chunks = affinities
            .chunks_exact(LANES)
            .zip(self.x.chunks_exact(LANES));
        for ((p, x), y) in chunks.zip(self.y.chunks_exact(LANES)) {
            for k in 0..LANES {
                add(&mut lanes, k, p[k], [point[0] - x[k], point[1] - y[k]]);
            }
        }
        let rest = affinities[whole..].iter().zip(&self.x[whole..]);
        for ((&p, x), y) in rest.zip(&self.y[whole..]) {
            add(&mut lanes, 0, p, [point[0] - x, point[1] - y]);
        }
        let [pull_x, pull_y, push_x, push_y, sum] = lanes.map(|lane| lane.iter().sum::<f32>());
        // The point itself was included with distance 0, which adds no force, but 1 to the sum.
        Forces {
            pull: [pull_x, pull_y],
            push: [push_x, push_y],
            sum: sum - 1.0,
        }
    }

    fn advance(&mut self, forces: &[Forces], factor: f32, momentum: f32, rate: f32) {
        let total: f64 = forces.iter().map(|force| f64::from(force.sum)).sum();
        let inverse = (1.0 / total.max(1e-12)) as f32;
        for (i, force) in forces.iter().enumerate() {
            for k in 0..2 {
                let gradient = 4.0 * (factor * force.pull[k] - inverse * force.push[k]);
                let (velocity, gain) = (&mut self.velocity[i][k], &mut self.gains[i][k]);
                let turns = (gradient > 0.0) == (*velocity > 0.0);
                *gain = if turns {
                    (*gain * 0.8).max(0.01)
                } else {
                    *gain + 0.2
                };
                *velocity = momentum * *velocity - rate * *gain * gradient;
            }
            self.x[i] += self.velocity[i][0];
            self.y[i] += self.velocity[i][1];
        }
        centre(&mut self.x);
        centre(&mut self.y);
    }
}

#[inline(always)]
fn add(lanes: &mut [[f32; LANES]; 5], k: usize, affinity: f32, [dx, dy]: [f32; 2]) {
    let near = 1.0 / (1.0 + dx * dx + dy * dy);
    let (pull, push) = (affinity * near, near * near);
    lanes[0][k] += pull * dx;
    lanes[1][k] += pull * dy;
    lanes[2][k] += push * dx;
    lanes[3][k] += push * dy;
    lanes[4][k] += near;
}

fn centre(values: &mut [f32]) {
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|value| *value -= mean as f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::pca;

    /// Three groups of 20 points far apart in five dimensions.
    fn groups() -> Vec<f64> {
        let mut rows = Vec::new();
        for k in 0..60_usize {
            for axis in 0..5_usize {
                let noise = ((k * 5 + axis) as f64 * 12.9898).sin();
                rows.push(if axis == k % 3 { 20.0 } else { 0.0 } + noise);
            }
        }
        rows
    }

    fn layout(rows: &[f64], d: usize) -> Vec<[f64; 2]> {
        tsne(rows, d, &pca(rows, d).points)
    }

    #[test]
    fn keeps_groups_together() {
        let points = layout(&groups(), 5);
        let distance = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        for (i, point) in points.iter().enumerate() {
            let others = (0..points.len()).filter(|j| *j != i);
            let nearest = others
                .min_by(|a, b| {
                    distance(*point, points[*a]).total_cmp(&distance(*point, points[*b]))
                })
                .unwrap();
            assert_eq!(nearest % 3, i % 3, "point {i}");
        }
    }

    /// Every force must equal that of a plain double loop.
    #[test]
    fn forces_match_a_plain_sum() {
        let points: Vec<[f64; 2]> = (0..19)
            .map(|k| [f64::from(k).sin(), f64::from(k).cos()])
            .collect();
        let layout = Layout::new(&points);
        let affinities = vec![1.0 / 361.0; 361];
        let forces = layout.forces(&affinities);
        for (i, force) in forces.iter().enumerate() {
            let mut expected = [0.0_f64; 2];
            for j in 0..19 {
                let (dx, dy) = (layout.x[i] - layout.x[j], layout.y[i] - layout.y[j]);
                let near = 1.0 / (1.0 + f64::from(dx * dx + dy * dy));
                expected[0] += near * f64::from(dx) / 361.0;
                expected[1] += near * near * f64::from(dx);
            }
            assert!((f64::from(force.pull[0]) - expected[0]).abs() < 1e-9);
            assert!((f64::from(force.push[0]) - expected[1]).abs() < 1e-8);
            assert!((force.sum - 18.0).abs() < 1e-3);
        }
    }

    #[test]
    fn two_runs_are_equal() {
        assert_eq!(layout(&groups(), 5), layout(&groups(), 5));
    }

    #[test]
    fn survives_few_and_equal_points() {
        assert!(layout(&[], 2).is_empty());
        assert_eq!(layout(&[1.0, 2.0], 2), [[0.0, 0.0]]);
        let equal = layout(&[3.0; 12], 2);
        assert!(equal.iter().flatten().all(|value| value.is_finite()));
        assert!(
            layout(&[0.0, 1.0], 1)
                .iter()
                .flatten()
                .all(|value| value.is_finite())
        );
    }
}

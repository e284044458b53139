//! The product that the kernels are made of, on its own: for benches.

use crate::cpu::left::Left;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::Panels;
use crate::cpu::product::{Onto, multiply};
use rayon::prelude::*;

/// A right-hand side of products, `[depth, width]`, in the order in which they read it.
#[derive(Debug)]
pub struct PackedMatrix(Panels);

impl PackedMatrix {
    /// Packs a row-major matrix of `width` columns.
    ///
    /// # Panics
    ///
    /// Panics if `matrix` does not consist of whole rows.
    pub fn new(matrix: &[f32], width: usize) -> Self {
        assert!(matrix.len().is_multiple_of(width), "whole rows");
        Self(Panels::new(Rows::new(matrix, width)))
    }

    /// `left * self`, `[rows, width]`, the rows divided among rayon's threads.
    ///
    /// # Panics
    ///
    /// Panics if `left` is not `[rows, depth]` or `out` not `[rows, width]`.
    pub fn multiply(&self, left: &[f32], out: &mut [f32]) {
        let Self(panels) = self;
        let left = Rows::new(left, panels.depth);
        assert_eq!(left.count() * panels.width, out.len(), "a row for each");
        let rows = left.count().div_ceil(rayon::current_num_threads()).max(1);
        let chunks = out.par_chunks_mut(rows * panels.width);
        chunks.enumerate().for_each(|(chunk, out)| {
            let first = chunk * rows;
            let left = left.range(first..first + out.len() / panels.width);
            multiply(Left::Rows(left), panels, Onto::Nothing, out);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_divided_without_a_gap() {
        let right = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let left: Vec<f32> = (0..14).map(|x| x as f32).collect();
        let mut out = vec![f32::NAN; 7 * 3];
        PackedMatrix::new(&right, 3).multiply(&left, &mut out);
        let expected = left.chunks(2).flat_map(|row| {
            (0..3).map(|column| row[0] * right[column] + row[1] * right[3 + column])
        });
        assert!(out.into_iter().eq(expected));
    }
}

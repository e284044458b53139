//! The product of a few rows and one panel, all of whose sums stay in registers.

use super::Onto;
use crate::cpu::panels::{MAX_ROWS, VECTORS};
use crate::cpu::step::{load, store};
use pulp::{Simd, WithSimd};

/// Steps of depth in a turn of the loop, whose own instructions would otherwise take the place of multiplications. With
/// eight, the loop no longer fits where a processor keeps decoded instructions. One in a browser, which loads the code.
const STEPS_PER_TURN: usize = if cfg!(target_arch = "wasm32") { 1 } else { 4 };

/// Rows of the tallest tile whose sums stay in registers, with one row of the panel and one value of
/// the left side.
pub(super) const fn tallest<S: Simd>() -> usize {
    if S::REGISTER_COUNT >= 32 {
        MAX_ROWS
    } else {
        MAX_ROWS / 2
    }
}

/// Where a tile goes.
pub(super) struct Target<'a, 'b> {
    /// Its rows, and nothing after them.
    pub(super) out: &'a mut [&'b mut [f32]; MAX_ROWS],
    /// The first of its columns.
    pub(super) column: usize,
    /// Columns, at most those of a panel.
    pub(super) filled: usize,
    /// From the first of those columns.
    pub(super) onto: Onto<'a>,
}

/// Chooses the code for a tile of `height` rows.
#[inline(always)]
pub(super) fn choose_tile<S: Simd>(
    simd: S,
    height: usize,
    rows: &[f32],
    panel: &[f32],
    target: Target<'_, '_>,
) {
    macro_rules! heights {
        ($($height:literal)*) => {
            match height {
                // So that there is no code for tiles that do not fit.
                $($height => if const { $height > tallest::<S>() } {
                    unreachable!("no tile is higher than {}", tallest::<S>());
                } else if target.filled == VECTORS * S::F32_LANES {
                    simd.vectorize(Tile::<$height, VECTORS, true> { rows, panel, target });
                } else if target.filled <= S::F32_LANES {
                    simd.vectorize(Tile::<$height, 1, false> { rows, panel, target });
                } else {
                    simd.vectorize(Tile::<$height, VECTORS, false> { rows, panel, target });
                },)*
                _ => unreachable!("a tile has 1 to {MAX_ROWS} rows"),
            }
        };
    }
    heights!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// Repeats `$body` with every row number below `$height` as a constant: the compiler keeps sums in
/// registers only where it knows which are meant.
macro_rules! each_row {
    ($row:ident < $height:ident: $body:block) => {
        each_row!(@ $row $height $body 0 1 2 3 4 5 6 7 8 9 10 11)
    };
    (@ $row:ident $height:ident $body:block $($number:literal)*) => {
        {$(if $number < $height {
            const $row: usize = $number;
            $body
        })*}
    };
}

/// The product of `HEIGHT` rows and the first `WIDTH` vectors of a panel, onto what `target` says;
/// `WHOLE` if it has columns for all of these.
struct Tile<'a, 'b, const HEIGHT: usize, const WIDTH: usize, const WHOLE: bool> {
    rows: &'a [f32],
    panel: &'a [f32],
    target: Target<'a, 'b>,
}

impl<const HEIGHT: usize, const WIDTH: usize, const WHOLE: bool> WithSimd
    for Tile<'_, '_, HEIGHT, WIDTH, WHOLE>
{
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Target {
            out,
            column,
            filled,
            onto,
        } = self.target;
        let filled = if WHOLE { WIDTH * S::F32_LANES } else { filled };
        // The sums begin with what they are added to, and all of them stay in registers.
        let mut sums = [[simd.splat_f32s(0.0); WIDTH]; HEIGHT];
        match onto {
            Onto::Nothing => {}
            Onto::Row(row) => {
                let row = read::<S, WIDTH, WHOLE>(simd, &row[..filled]);
                each_row!(ROW < HEIGHT: { sums[ROW] = row; });
            }
            Onto::Present => each_row!(ROW < HEIGHT: {
                sums[ROW] = read::<S, WIDTH, WHOLE>(simd, &out[ROW][column..][..filled]);
            }),
        }
        let (rows, _) = self.rows.as_chunks::<HEIGHT>();
        let (panel, _) = S::as_simd_f32s(self.panel).0.as_chunks::<VECTORS>();
        let ((many_rows, rows), (many_columns, panel)) = (rows.as_chunks(), panel.as_chunks());
        for (rows, panel) in many_rows.iter().zip(many_columns) {
            let (rows, panel): (&[_; STEPS_PER_TURN], &[_; STEPS_PER_TURN]) = (rows, panel);
            for (row, columns) in rows.iter().zip(panel) {
                add_step(simd, row, columns, &mut sums);
            }
        }
        for (row, columns) in rows.iter().zip(panel) {
            add_step(simd, row, columns, &mut sums);
        }
        each_row!(ROW < HEIGHT: {
            write::<S, WIDTH, WHOLE>(simd, &mut out[ROW][column..][..filled], sums[ROW]);
        });
    }
}

/// Adds the products of one step of depth to `sums`.
#[inline(always)]
fn add_step<S: Simd, const HEIGHT: usize, const WIDTH: usize>(
    simd: S,
    row: &[f32; HEIGHT],
    columns: &[S::f32s; VECTORS],
    sums: &mut [[S::f32s; WIDTH]; HEIGHT],
) {
    each_row!(ROW < HEIGHT: {
        let value = simd.splat_f32s(row[ROW]);
        for (sum, &column) in sums[ROW].iter_mut().zip(columns) {
            *sum = simd.mul_add_e_f32s(value, column, *sum);
        }
    });
}

/// The numbers of a panel's columns in `row`.
#[inline(always)]
fn read<S: Simd, const WIDTH: usize, const WHOLE: bool>(simd: S, row: &[f32]) -> [S::f32s; WIDTH] {
    let mut vectors = [simd.splat_f32s(0.0); WIDTH];
    if WHOLE {
        vectors.copy_from_slice(S::as_simd_f32s(row).0);
    } else {
        for (vector, numbers) in vectors.iter_mut().zip(row.chunks(S::F32_LANES)) {
            *vector = load(simd, numbers);
        }
    }
    vectors
}

/// Writes what [`read`] reads.
#[inline(always)]
fn write<S: Simd, const WIDTH: usize, const WHOLE: bool>(
    simd: S,
    row: &mut [f32],
    vectors: [S::f32s; WIDTH],
) {
    if WHOLE {
        S::as_mut_simd_f32s(row).0.copy_from_slice(&vectors);
    } else {
        for (numbers, &vector) in row.chunks_mut(S::F32_LANES).zip(&vectors) {
            store(simd, numbers, vector);
        }
    }
}

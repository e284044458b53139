//! Where a step lies, and where a unit of the kernels stands in it.

use crate::PackedSteps;
use cubecl::prelude::*;

/// One step of one direction. Sequences before and after are those of the step in the order of
/// reading.
#[derive(CubeLaunch, CubeType)]
pub(crate) struct Place {
    /// Row of its first sequence.
    first: usize,
    /// Sequences alive.
    alive: usize,
    /// Row of the first sequence in the step before.
    before: usize,
    /// Sequences with a step before.
    begun: usize,
    /// Sequences with a step after.
    going_on: usize,
}

/// What is the same in every step.
#[derive(CubeLaunch, CubeType)]
pub(crate) struct Sizes {
    rows: usize,
    sequences: usize,
    pub(crate) d_hidden: usize,
    /// Sequences whose final memory is asked for: all or none.
    memories: usize,
}

/// One feature of the state of one sequence in one direction.
#[derive(CubeType)]
pub(crate) struct Unit {
    pub(crate) direction: usize,
    pub(crate) sequence: usize,
    pub(crate) feature: usize,
    pub(crate) alive: bool,
    pub(crate) begun: bool,
    pub(crate) going_on: bool,
    /// Where it stands in `[2, sequences, d_hidden]`.
    pub(crate) carried: usize,
    /// Column in `[.., 2 * d_hidden]`.
    pub(crate) column: usize,
    /// Row of the step in the packed rows.
    pub(crate) row: usize,
    /// Where it stands in `[rows, 2 * d_hidden]`,
    pub(crate) state: usize,
    /// and one step before, if it has begun.
    pub(crate) state_before: usize,
    /// Row of the final memory.
    pub(crate) memory_row: usize,
    pub(crate) with_memory: bool,
}

impl PlaceLaunch {
    /// Step number `step`, read forward or `reversed`.
    pub(crate) fn of(steps: &PackedSteps, step: usize, reversed: bool) -> Self {
        let rows = steps.step(step);
        let earlier = step.checked_sub(1);
        let later = Some(step + 1).filter(|&step| step < steps.longest());
        let (before, after) = if reversed {
            (later, earlier)
        } else {
            (earlier, later)
        };
        let [before, after] = [before, after].map(|step| step.map_or(0..0, |x| steps.step(x)));
        Self::new(
            rows.start,
            rows.len(),
            before.start,
            before.len().min(rows.len()),
            after.len().min(rows.len()),
        )
    }
}

/// Where this unit stands. What is dead at this step has no row.
#[cube]
pub(crate) fn here(forward: &Place, backward: &Place, sizes: &Sizes) -> Unit {
    let feature = ABSOLUTE_POS % sizes.d_hidden;
    let line = ABSOLUTE_POS / sizes.d_hidden;
    let sequence = line % sizes.sequences;
    let direction = line / sizes.sequences;

    let reversed = direction == 1;
    let first = select(reversed, backward.first, forward.first);
    let alive = select(reversed, backward.alive, forward.alive);
    let before = select(reversed, backward.before, forward.before);
    let begun = select(reversed, backward.begun, forward.begun);
    let going_on = select(reversed, backward.going_on, forward.going_on);

    let width = 2 * sizes.d_hidden;
    let column = direction * sizes.d_hidden + feature;
    let row = first + sequence;
    Unit {
        direction,
        sequence,
        feature,
        alive: direction < 2 && sequence < alive,
        begun: sequence < begun,
        going_on: sequence < going_on,
        carried: ABSOLUTE_POS,
        column,
        row,
        state: row * width + column,
        state_before: (before + sequence) * width + column,
        memory_row: sizes.rows + sequence,
        with_memory: sequence < sizes.memories,
    }
}

/// An element of a matrix, whatever its layout.
#[cube]
pub(crate) fn element(matrix: &Tensor<f32>, row: usize, column: usize) -> f32 {
    matrix[row * matrix.stride(0) + column * matrix.stride(1)]
}

/// A feature of the unit's sequence in `[2, sequences, features]`, zero unless `present`.
#[cube]
pub(crate) fn of_sequence(
    product: &Tensor<f32>,
    unit: &Unit,
    feature: usize,
    present: bool,
) -> f32 {
    let mut value = 0.0f32;
    if present {
        value = product[unit.direction * product.stride(0)
            + unit.sequence * product.stride(1)
            + feature * product.stride(2)];
    }
    value
}

/// `1 / (1 + e^-x)`
#[cube]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

//! The gradients of one direction of a recurrent layer.

use crate::CellKind;
use crate::cpu::buffer::Buffer;
use crate::cpu::direction::{Direction, Weights};
use crate::cpu::group::{cut, groups, longest, rows_at};
use crate::cpu::left::Left;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::Panels;
use crate::cpu::product::{Onto, multiply};
use crate::cpu::row::add_rows;
use crate::cpu::step::BackwardStep;
use crate::cpu::{gru, lstm};
use pulp::Arch;
use rayon::prelude::*;
use std::ops::Range;

/// Columns of gates that one task sums up.
const COLUMNS_PER_TASK: usize = 128;

/// What the backward pass reads, beside the gates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'a> {
    /// `[rows, d_hidden]`
    pub(crate) hidden: Rows<'a>,
    /// `[rows, d_hidden]`
    pub(crate) memory: &'a [f32],
    /// `[rows, d_hidden]`: gradient of the states, if they are returned.
    pub(crate) d_output: Option<Rows<'a>>,
    /// `[sequences, d_hidden]`: gradient of the final states, if they alone are returned.
    pub(crate) d_final: Option<Rows<'a>>,
    /// `[sequences, d_hidden]`: gradient of the final memory of an LSTM, if it is returned.
    pub(crate) d_memory: Option<Rows<'a>>,
}

/// Gradients of what a direction computed from its input, before they meet its weights.
#[derive(Debug)]
pub(crate) struct GateGradients<'a> {
    /// `[rows, gates * d_hidden]`, of the recurrent product.
    pub(crate) recurrent: &'a [f32],
    /// `[rows, d_hidden]`, of the candidate's input product in a GRU; empty in an LSTM.
    pub(crate) candidate: Buffer,
    /// `[gates * d_hidden]`, the sum over the rows of the recurrent product.
    pub(crate) hidden_bias: Vec<f32>,
}

impl Direction<'_> {
    /// Follows the gradient through the recurrence, each group of sequences on its own.
    ///
    /// `gates`, `[rows, gates * d_hidden]`, holds their values; the gradients overwrite them.
    pub(crate) fn backward<'g>(
        &self,
        weights: Weights<'_>,
        recorded: Recorded<'_>,
        gates: &'g mut [f32],
    ) -> GateGradients<'g> {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let panels = Panels::new(Rows::new(weights.hidden, d_hidden));
        let d_candidate = match self.cell {
            CellKind::Lstm => 0,
            CellKind::Gru => d_hidden,
        };
        let mut candidate = Buffer::new(self.steps.rows() * d_candidate);
        let groups = groups(self.steps.sequences());
        let parts = cut(gates, d_gates, self.steps, &groups);
        let candidates = cut(&mut candidate, d_candidate, self.steps, &groups);
        let parts = (groups.par_iter()).zip(parts.into_par_iter().zip(candidates));
        // One group sums up what it has just made; several would do so in another order.
        let at_once = groups.len() == 1;
        let sums: Vec<Vec<f32>> = parts
            .map(|(group, (mut gates, mut candidate))| {
                let parts = [&mut gates[..], &mut candidate[..]];
                self.backward_group(&panels, recorded, group, parts, at_once)
            })
            .collect();
        let hidden_bias = match sums.into_iter().next() {
            Some(sums) if at_once => sums,
            _ => self.sums_by_step(gates),
        };
        GateGradients {
            recurrent: gates,
            candidate,
            hidden_bias,
        }
    }

    /// The same for some sequences, whose gates and candidates are given step by step. Returns the
    /// sum of the gates' gradients, `[gates * d_hidden]`, zeros unless `sums_up`.
    fn backward_group(
        &self,
        panels: &Panels,
        recorded: Recorded<'_>,
        group: &Range<usize>,
        [gates, candidate]: [&mut [&mut [f32]]; 2],
        sums_up: bool,
    ) -> Vec<f32> {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let of = |rows: &Range<usize>| &recorded.memory[rows.start * d_hidden..rows.end * d_hidden];
        let mut sums = vec![0.0; d_gates];
        let mut carried_hidden = Buffer::zeros(group.len() * d_hidden);
        let mut carried_memory = Buffer::zeros(group.len() * d_hidden);
        for (given, carried) in [
            (recorded.d_final, &mut carried_hidden),
            (recorded.d_memory, &mut carried_memory),
        ] {
            if let Some(given) = given {
                let rows = carried.chunks_exact_mut(d_hidden);
                for (row, carried) in group.clone().zip(rows) {
                    carried.copy_from_slice(given.row(row));
                }
            }
        }
        for step in self.in_order(longest(self.steps, group)).rev() {
            let rows = rows_at(self.steps, step, group);
            let before = self.rows_before(step, group);
            let alive = ..rows.len() * d_hidden;
            let gates = &mut *gates[step];
            let step = BackwardStep {
                d_hidden,
                gates: &mut *gates,
                memory: of(&rows),
                memory_before: of(&before),
                hidden_before: recorded.hidden.range(before.clone()),
                d_output: recorded.d_output.map(|d_output| d_output.range(rows)),
                carried_hidden: &mut carried_hidden[alive],
                carried_memory: &mut carried_memory[alive],
                d_candidate: &mut *candidate[step],
            };
            let onto = match self.cell {
                CellKind::Lstm => {
                    Arch::new().dispatch(lstm::Backward(step));
                    Onto::Nothing
                }
                CellKind::Gru => {
                    Arch::new().dispatch(gru::Backward(step));
                    Onto::Present
                }
            };
            if sums_up {
                // While they are in the nearest cache.
                add_rows(Rows::new(gates, d_gates), &mut sums);
            }
            let begun = Rows::new(&gates[..before.len() * d_gates], d_gates);
            let carried = &mut carried_hidden[..before.len() * d_hidden];
            multiply(Left::Rows(begun), panels, onto, carried);
        }
        sums
    }

    /// The sum of the rows of `gates`, in the order in which the backward pass makes them.
    fn sums_by_step(&self, gates: &[f32]) -> Vec<f32> {
        let gates = Rows::new(gates, self.d_gates());
        let mut sums = vec![0.0; self.d_gates()];
        let columns = sums.par_chunks_mut(COLUMNS_PER_TASK).enumerate();
        columns.for_each(|(task, sums)| {
            let first = task * COLUMNS_PER_TASK;
            let gates = gates.columns(first..first + sums.len());
            for step in self.in_order(self.steps.longest()).rev() {
                add_rows(gates.range(self.steps.step(step)), sums);
            }
        });
        sums
    }

    /// Rows of the states that a step of `group` starts from: of its first sequences, none at the
    /// beginning.
    fn rows_before(&self, step: usize, group: &Range<usize>) -> Range<usize> {
        let alive = rows_at(self.steps, step, group).len();
        let Some(before) = self.step_before(step) else {
            return 0..0;
        };
        let rows = rows_at(self.steps, before, group);
        rows.start..rows.end.min(rows.start + alive)
    }
}

//! One direction of a recurrent layer over packed sequences.

use crate::cpu::buffer::Buffer;
use crate::cpu::group::{cut, groups};
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{Left, Panels};
use crate::cpu::product::{Onto, multiply};
use crate::cpu::step::ForwardStep;
use crate::cpu::{gru, lstm};
use crate::{CellKind, PackedSteps};
use pulp::Arch;
use rayon::prelude::*;

/// Fewest rows of a product that are worth a separate task.
const MIN_ROWS_PER_TASK: usize = 48;

/// Weights of one direction, in PyTorch's layout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'a> {
    /// `[gates * d_hidden, d_input]`
    pub(crate) input: &'a [f32],
    /// `[gates * d_hidden, d_hidden]`
    pub(crate) hidden: &'a [f32],
    /// `[gates * d_hidden]`
    pub(crate) input_bias: &'a [f32],
    /// `[gates * d_hidden]`
    pub(crate) hidden_bias: &'a [f32],
}

/// A direction's layout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Direction<'a> {
    pub(crate) cell: CellKind,
    pub(crate) d_input: usize,
    pub(crate) d_hidden: usize,
    pub(crate) steps: &'a PackedSteps,
    /// Last step first.
    pub(crate) reversed: bool,
}

/// Where the forward pass writes, one row per real step each.
pub(crate) struct Trace<'a> {
    /// `[rows, d_hidden]`
    pub(crate) hidden: &'a mut [f32],
    /// `[rows, gates * d_hidden]`: the values of the gates.
    pub(crate) gates: &'a mut [f32],
    /// `[rows, d_hidden]`: of an LSTM its memory, of a GRU the candidate's recurrent product.
    pub(crate) memory: &'a mut [f32],
}

impl Direction<'_> {
    /// Features of all gates together.
    pub(crate) fn d_gates(&self) -> usize {
        self.cell.gates() * self.d_hidden
    }

    /// Reads every sequence.
    pub(crate) fn forward(&self, input: Rows<'_>, weights: Weights<'_>, trace: Trace<'_>) {
        let d_gates = self.d_gates();
        let panels = Panels::transposed(Rows::new(weights.input, self.d_input));
        // The other direction makes as many tasks.
        let rows = rows_per_task(input.count(), rayon::current_num_threads().div_ceil(2));
        let chunks = trace.gates.par_chunks_mut(rows * d_gates);
        chunks.enumerate().for_each(|(chunk, gates)| {
            let first = chunk * rows;
            let input = input.range(first..first + gates.len() / d_gates);
            multiply(
                Left::Rows(input),
                &panels,
                Onto::Row(weights.input_bias),
                gates,
            );
        });
        self.recur(weights, trace);
    }

    /// The recurrence itself, each group of sequences on its own.
    fn recur(&self, weights: Weights<'_>, trace: Trace<'_>) {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let panels = Panels::transposed(Rows::new(weights.hidden, d_hidden));
        let groups = groups(self.steps.sequences());
        let hidden = cut(trace.hidden, d_hidden, self.steps, &groups);
        let memory = cut(trace.memory, d_hidden, self.steps, &groups);
        let gates = cut(trace.gates, d_gates, self.steps, &groups);
        let parts = (gates.into_par_iter()).zip(hidden.into_par_iter().zip(memory));
        parts.for_each(|(mut gates, (mut hidden, mut memory))| {
            self.recur_group(&panels, weights, &mut gates, [&mut hidden, &mut memory]);
        });
    }

    /// The recurrence of some sequences, whose gates, states and memories are given step by step.
    fn recur_group(
        &self,
        panels: &Panels,
        weights: Weights<'_>,
        gates: &mut [&mut [f32]],
        [hidden, memory]: [&mut [&mut [f32]]; 2],
    ) {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let most = gates.first().map_or(0, |gates| gates.len());
        let mut recurrent = Buffer::new(most);
        for step in self.in_order(gates.len()) {
            let gates = &mut *gates[step];
            let (hidden, hidden_before) = self.now_and_before(hidden, step);
            let (memory, memory_before) = self.now_and_before(memory, step);
            let state = Left::Rows(Rows::new(hidden_before, d_hidden));
            let recurrent = &mut recurrent[..gates.len()];
            let begun = hidden_before.len() / d_hidden * d_gates;
            let (begun, beginning) = recurrent.split_at_mut(begun);
            multiply(state, panels, Onto::Row(weights.hidden_bias), begun);
            for row in beginning.chunks_exact_mut(d_gates) {
                row.copy_from_slice(weights.hidden_bias);
            }
            let step = ForwardStep {
                d_hidden,
                gates,
                recurrent,
                hidden_before,
                memory_before,
                hidden,
                memory,
            };
            match self.cell {
                CellKind::Lstm => Arch::new().dispatch(lstm::Forward(step)),
                CellKind::Gru => Arch::new().dispatch(gru::Forward(step)),
            }
        }
    }

    /// The rows of a step to write, and those that it starts from: of its first sequences, none at
    /// the beginning.
    fn now_and_before<'a>(
        &self,
        parts: &'a mut [&mut [f32]],
        step: usize,
    ) -> (&'a mut [f32], &'a [f32]) {
        let (now, before) = if self.reversed {
            let (rest, later) = parts.split_at_mut(step + 1);
            (&mut *rest[step], later.first())
        } else {
            let (earlier, rest) = parts.split_at_mut(step);
            (&mut *rest[0], earlier.last())
        };
        let before = before.map_or(&[][..], |before| &**before);
        let begun = before.len().min(now.len());
        (now, &before[..begun])
    }

    /// Steps in the order in which they are read, of sequences of which the longest has `longest`.
    pub(crate) fn in_order(
        &self,
        longest: usize,
    ) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let reversed = self.reversed;
        (0..longest).map(move |step| if reversed { longest - 1 - step } else { step })
    }

    /// The step that `step` starts from, if there is one.
    pub(crate) fn step_before(&self, step: usize) -> Option<usize> {
        if self.reversed {
            Some(step + 1).filter(|&next| next < self.steps.longest())
        } else {
            step.checked_sub(1)
        }
    }
}

/// Rows per task, where `tasks` of them divide a product over all `rows`.
pub(crate) fn rows_per_task(rows: usize, tasks: usize) -> usize {
    rows.div_ceil(tasks).max(MIN_ROWS_PER_TASK)
}

/// Adds up rows.
pub(crate) fn add_rows(rows: Rows<'_>, out: &mut [f32]) {
    for index in 0..rows.count() {
        for (out, value) in out.iter_mut().zip(rows.row(index)) {
            *out += value;
        }
    }
}

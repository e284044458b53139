//! One direction of a recurrent layer over packed sequences.

use crate::cpu::buffer::Buffer;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{Left, Panels};
use crate::cpu::product::{Onto, multiply};
use crate::cpu::step::{BackwardStep, ForwardStep};
use crate::cpu::{gru, lstm};
use crate::{CellKind, PackedSteps};
use pulp::Arch;
use rayon::prelude::*;
use std::ops::Range;

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

/// What the backward pass reads.
#[derive(Debug)]
pub(crate) struct Recorded<'a> {
    /// `[rows, d_hidden]`
    pub(crate) hidden: Rows<'a>,
    /// `[rows, gates * d_hidden]`: the gradients overwrite the gates.
    pub(crate) gates: &'a mut [f32],
    /// `[rows, d_hidden]`
    pub(crate) memory: &'a [f32],
    /// `[rows, d_hidden]`: gradient of the states.
    pub(crate) d_output: Rows<'a>,
    /// `[sequences, d_hidden]`: gradient of the final memory of an LSTM, if anything reads it.
    pub(crate) d_memory: Option<Rows<'a>>,
}

/// Gradients of what a direction computed from its input, before they meet its weights.
#[derive(Debug)]
pub(crate) struct GateGradients<'a> {
    /// `[rows, gates * d_hidden]`, of the recurrent product.
    recurrent: &'a [f32],
    /// `[rows, d_hidden]`, of the candidate's input product in a GRU; empty in an LSTM.
    candidate: Buffer,
    /// `[gates * d_hidden]`, the sum over the rows of the recurrent product.
    hidden_bias: Vec<f32>,
}

/// Gradients of [`Weights`], in the same layout.
#[derive(Debug)]
pub(crate) struct WeightGradients {
    pub(crate) input: Vec<f32>,
    pub(crate) hidden: Vec<f32>,
    pub(crate) input_bias: Vec<f32>,
    pub(crate) hidden_bias: Vec<f32>,
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
        let rows = rows_per_task(input.count());
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

    /// The recurrence itself.
    fn recur(&self, weights: Weights<'_>, trace: Trace<'_>) {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let panels = Panels::transposed(Rows::new(weights.hidden, d_hidden));
        let mut recurrent = Buffer::new(self.steps.sequences() * d_gates);
        for step in self.in_order() {
            let rows = self.steps.step(step);
            let before = self.before(step);
            let (hidden, hidden_before) = split(trace.hidden, d_hidden, &rows, &before);
            let (memory, memory_before) = split(trace.memory, d_hidden, &rows, &before);
            let recurrent = &mut recurrent[..rows.len() * d_gates];
            let (begun, beginning) = recurrent.split_at_mut(before.len() * d_gates);
            let state = Left::Rows(Rows::new(hidden_before, d_hidden));
            multiply(state, &panels, Onto::Row(weights.hidden_bias), begun);
            for row in beginning.chunks_exact_mut(d_gates) {
                row.copy_from_slice(weights.hidden_bias);
            }
            let step = ForwardStep {
                d_hidden,
                gates: of_rows(trace.gates, d_gates, &rows),
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

    /// Follows the gradient through the recurrence.
    pub(crate) fn backward<'g>(
        &self,
        weights: Weights<'_>,
        recorded: Recorded<'g>,
    ) -> GateGradients<'g> {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let sequences = self.steps.sequences();
        let rows = self.steps.rows();
        let gru = self.cell == CellKind::Gru;
        let panels = Panels::new(Rows::new(weights.hidden, d_hidden));
        let mut candidate = Buffer::new(if gru { rows * d_hidden } else { 0 });
        let mut hidden_bias = vec![0.0; d_gates];
        let mut carried_hidden = Buffer::zeros(sequences * d_hidden);
        let mut carried_memory = Buffer::zeros(sequences * d_hidden);
        if let Some(d_memory) = recorded.d_memory {
            for (row, carried) in carried_memory.chunks_exact_mut(d_hidden).enumerate() {
                carried.copy_from_slice(d_memory.row(row));
            }
        }
        let order: Vec<usize> = self.in_order().collect();
        for step in order.into_iter().rev() {
            let rows = self.steps.step(step);
            let before = self.before(step);
            let alive = ..rows.len() * d_hidden;
            let recurrent = of_rows(recorded.gates, d_gates, &rows);
            let step = BackwardStep {
                d_hidden,
                gates: &mut *recurrent,
                memory: &recorded.memory[rows.start * d_hidden..rows.end * d_hidden],
                memory_before: &recorded.memory[before.start * d_hidden..before.end * d_hidden],
                hidden_before: recorded.hidden.range(before.clone()),
                d_output: recorded.d_output.range(rows.clone()),
                carried_hidden: &mut carried_hidden[alive],
                carried_memory: &mut carried_memory[alive],
                d_candidate: if gru {
                    of_rows(&mut candidate, d_hidden, &rows)
                } else {
                    &mut []
                },
            };
            match self.cell {
                CellKind::Lstm => Arch::new().dispatch(lstm::Backward(step)),
                CellKind::Gru => Arch::new().dispatch(gru::Backward(step)),
            }
            // While they are in the nearest cache.
            add_rows(Rows::new(recurrent, d_gates), &mut hidden_bias);
            let carried = &mut carried_hidden[..before.len() * d_hidden];
            let begun = Left::Rows(Rows::new(&recurrent[..before.len() * d_gates], d_gates));
            let onto = if gru { Onto::Present } else { Onto::Nothing };
            multiply(begun, &panels, onto, carried);
        }
        GateGradients {
            recurrent: recorded.gates,
            candidate,
            hidden_bias,
        }
    }

    /// Adds the gradient of some rows of the input to `out`, or begins with it.
    ///
    /// `panels` are those of the input weight, one per part that [`GateGradients`] keeps apart.
    pub(crate) fn add_input_gradient(
        &self,
        gradients: &GateGradients<'_>,
        panels: &[Panels],
        rows: Range<usize>,
        out: &mut [f32],
        begin: bool,
    ) {
        for ((range, part), panels) in self.input_parts(gradients).zip(panels) {
            let part = Left::Rows(part.range(rows.clone()));
            let empty = begin && range.start == 0;
            let onto = if empty { Onto::Nothing } else { Onto::Present };
            multiply(part, panels, onto, out);
        }
    }

    /// The input weight, packed for [`Self::add_input_gradient`].
    pub(crate) fn input_panels(&self, weights: Weights<'_>) -> Vec<Panels> {
        let matrix = Rows::new(weights.input, self.d_input);
        self.input_ranges()
            .map(|range| Panels::new(matrix.range(range)))
            .collect()
    }

    /// Gradients of the weights.
    pub(crate) fn weight_gradients(
        &self,
        input: Rows<'_>,
        hidden: Rows<'_>,
        gradients: &GateGradients<'_>,
    ) -> WeightGradients {
        let (d_gates, d_input, d_hidden) = (self.d_gates(), self.d_input, self.d_hidden);
        let recurrent = Rows::new(gradients.recurrent, d_gates);
        // A step's state reaches the next one: in time, or against it.
        let begun = self.steps.sequences()..self.steps.rows();
        let earlier = self.steps.previous();
        let (from, to) = if self.reversed {
            (hidden.range(begun), recurrent.list(earlier))
        } else {
            (hidden.list(earlier), recurrent.range(begun))
        };
        let of_input = || {
            let mut weight = vec![0.0; d_gates * d_input];
            let mut bias = gradients.hidden_bias.clone();
            let panels = Panels::new(input);
            for (range, part) in self.input_parts(gradients) {
                let weight = of_rows(&mut weight, d_input, &range);
                multiply(Left::Transposed(part), &panels, Onto::Nothing, weight);
                // What is kept apart has another sum.
                if range.start > 0 {
                    bias[range.clone()].fill(0.0);
                    add_rows(part, &mut bias[range]);
                }
            }
            (weight, bias)
        };
        let of_hidden = || {
            let mut weight = vec![0.0; d_gates * d_hidden];
            let panels = Panels::new(from);
            multiply(Left::Transposed(to), &panels, Onto::Nothing, &mut weight);
            weight
        };
        let ((input, input_bias), hidden) = rayon::join(of_input, of_hidden);
        WeightGradients {
            input,
            hidden,
            input_bias,
            hidden_bias: gradients.hidden_bias.clone(),
        }
    }

    /// Rows of the input weight whose gradients [`GateGradients`] keeps together.
    fn input_ranges(&self) -> impl Iterator<Item = Range<usize>> {
        let d_gates = self.d_gates();
        let cut = match self.cell {
            CellKind::Lstm => d_gates,
            CellKind::Gru => 2 * self.d_hidden,
        };
        [0..cut, cut..d_gates]
            .into_iter()
            .filter(|range| !range.is_empty())
    }

    /// Gradients of the input product, by rows of the input weight.
    fn input_parts<'g>(
        &self,
        gradients: &'g GateGradients<'_>,
    ) -> impl Iterator<Item = (Range<usize>, Rows<'g>)> {
        let recurrent = Rows::new(gradients.recurrent, self.d_gates());
        let candidate = Rows::new(&gradients.candidate, self.d_hidden);
        self.input_ranges().map(move |range| match range.start {
            0 => (range.clone(), recurrent.columns(range)),
            _ => (range, candidate),
        })
    }

    /// Steps in the order in which they are read.
    fn in_order(&self) -> impl Iterator<Item = usize> + use<> {
        let last = self.steps.longest();
        let reversed = self.reversed;
        (0..last).map(move |step| if reversed { last - 1 - step } else { step })
    }

    /// Rows of the states that a step starts from: of its first sequences, none at the beginning.
    fn before(&self, step: usize) -> Range<usize> {
        let alive = self.steps.step(step).len();
        let before = if self.reversed {
            Some(step + 1).filter(|&next| next < self.steps.longest())
        } else {
            step.checked_sub(1)
        };
        let Some(before) = before else {
            return 0..0;
        };
        let rows = self.steps.step(before);
        rows.start..rows.end.min(rows.start + alive)
    }
}

/// Rows per task, for a product over all of them.
pub(crate) fn rows_per_task(rows: usize) -> usize {
    // The other direction makes as many.
    let tasks = rayon::current_num_threads().div_ceil(2);
    rows.div_ceil(tasks).max(MIN_ROWS_PER_TASK)
}

/// Adds up rows.
fn add_rows(rows: Rows<'_>, out: &mut [f32]) {
    for index in 0..rows.count() {
        for (out, value) in out.iter_mut().zip(rows.row(index)) {
            *out += value;
        }
    }
}

/// `rows` of a matrix of `width` columns.
fn of_rows<'a>(data: &'a mut [f32], width: usize, rows: &Range<usize>) -> &'a mut [f32] {
    &mut data[rows.start * width..rows.end * width]
}

/// Two steps of the same record: one to write, and the one it starts from.
fn split<'a>(
    data: &'a mut [f32],
    width: usize,
    rows: &Range<usize>,
    before: &Range<usize>,
) -> (&'a mut [f32], &'a [f32]) {
    if before.start < rows.start {
        let (earlier, rest) = data.split_at_mut(rows.start * width);
        let before = &earlier[before.start * width..before.end * width];
        (&mut rest[..rows.len() * width], before)
    } else {
        let (rest, later) = data.split_at_mut(rows.end * width);
        let shift = |row: usize| row.saturating_sub(rows.end) * width;
        let before = &later[shift(before.start)..shift(before.end)];
        (&mut rest[rows.start * width..], before)
    }
}

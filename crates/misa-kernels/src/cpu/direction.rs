//! One direction of a recurrent layer over packed sequences.

use crate::cpu::buffer::Buffer;
use crate::cpu::group::{cut, groups, longest, rows_at};
use crate::cpu::left::Left;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::Panels;
use crate::cpu::product::{MAX_PACKED_ROWS, Onto, multiply};
use crate::cpu::step::ForwardStep;
use crate::cpu::{gru, lstm};
use crate::{CellKind, PackedSteps, Repeats};
use pulp::Arch;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

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

/// What a direction reads with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) weights: Weights<'a>,
    pub(crate) packed: &'a PackedWeights,
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

/// Weights of one direction in the order in which products read them.
#[derive(Clone, Debug)]
pub(crate) struct PackedWeights {
    pub(crate) input: Arc<Panels>,
    pub(crate) hidden: Arc<Panels>,
}

/// Where the forward pass writes, one row per real step each.
pub(crate) struct Trace<'a> {
    /// `[rows, d_hidden]`
    pub(crate) hidden: &'a mut [f32],
    /// `[rows, d_hidden]`: of an LSTM its memory, of a GRU the candidate's recurrent product.
    pub(crate) memory: &'a mut [f32],
    /// `[rows, gates * d_hidden]`: the values of the gates, if there will be a backward pass.
    pub(crate) gates: Option<&'a mut [f32]>,
}

/// Where input products come from.
#[derive(Clone, Copy)]
struct Source<'a> {
    /// `[rows, d_input]`
    input: Rows<'a>,
    /// The products of the first row of each kind, `[kinds, gates * d_hidden]`, if rows repeat.
    known: Option<(&'a Repeats, &'a [f32])>,
}

/// States of some sequences, step by step.
struct States<'a> {
    hidden: Vec<&'a mut [f32]>,
    memory: Vec<&'a mut [f32]>,
}

/// Steps that are read one after another.
struct Run {
    steps: Vec<usize>,
    /// Rows of all of them.
    rows: Vec<usize>,
}

/// Packs a weight, `[gates * d_hidden, d_input]`, to multiply rows of `d_input` features by.
pub(crate) fn pack(weight: &[f32], d_input: usize) -> Panels {
    Panels::transposed(Rows::new(weight, d_input))
}

impl Direction<'_> {
    /// Features of all gates together.
    pub(crate) fn d_gates(&self) -> usize {
        self.cell.gates() * self.d_hidden
    }

    /// Reads every sequence, each group of them on its own. Rows of `input` that repeat are multiplied once.
    pub(crate) fn forward(
        &self,
        input: Rows<'_>,
        repeats: Option<&Repeats>,
        reader: Reader<'_>,
        trace: Trace<'_>,
    ) {
        let d_hidden = self.d_hidden;
        let groups = groups(self.steps.sequences());
        let hidden = cut(trace.hidden, d_hidden, self.steps, &groups);
        let memory = cut(trace.memory, d_hidden, self.steps, &groups);
        let states = hidden.into_par_iter().zip(memory);
        let states = states.map(|(hidden, memory)| States { hidden, memory });
        // The other direction makes as many tasks.
        let tasks = rayon::current_num_threads().div_ceil(2);
        let all = Source { input, known: None };
        let products = repeats.map(|repeats| {
            let mut products = Buffer::new(repeats.first().len() * self.d_gates());
            self.input_product(all, repeats.first(), reader, tasks, &mut products);
            products
        });
        let known = repeats.zip(products.as_deref());
        let source = Source { input, known };
        match trace.gates {
            Some(gates) if tasks == 1 => {
                let parts = groups.iter().zip(states.collect::<Vec<_>>());
                parts.for_each(|(group, states)| {
                    self.record_in_runs(source, reader, group, &mut *gates, states);
                });
            }
            Some(gates) => {
                let all: Vec<usize> = (0..input.count()).collect();
                self.input_product(source, &all, reader, tasks, gates);
                let gates = cut(gates, self.d_gates(), self.steps, &groups);
                let parts = gates.into_par_iter().zip(states);
                parts.for_each(|(gates, states)| self.record(reader, gates, states));
            }
            None => {
                let tasks = tasks / groups.len().max(1);
                let parts = groups.par_iter().zip(states);
                parts.for_each(|(group, states)| self.follow(source, reader, group, tasks, states));
            }
        }
    }

    /// Writes the given rows times their weight plus its bias, `[rows, gates * d_hidden]`, by at most `tasks` tasks.
    fn input_product(
        &self,
        source: Source<'_>,
        rows: &[usize],
        reader: Reader<'_>,
        tasks: usize,
        out: &mut [f32],
    ) {
        let d_gates = self.d_gates();
        let per_task = rows_per_task(rows.len(), tasks);
        let chunks = out.par_chunks_mut(per_task * d_gates);
        let tasks = chunks.zip(rows.par_chunks(per_task));
        tasks.for_each(|(out, rows)| match source.known {
            Some((repeats, products)) => {
                let products = Rows::new(products, d_gates);
                for (out, &row) in out.chunks_exact_mut(d_gates).zip(rows) {
                    out.copy_from_slice(products.row(repeats.kind(row)));
                }
            }
            None => {
                let left = Left::Rows(source.input.list(rows));
                let bias = Onto::Row(reader.weights.input_bias);
                multiply(left, &reader.packed.input, bias, out);
            }
        });
    }

    /// The recurrence of `group`, all of the sequences, which leaves the values of the gates.
    ///
    /// The input products of a run are read while they are in a cache.
    fn record_in_runs(
        &self,
        source: Source<'_>,
        reader: Reader<'_>,
        group: &Range<usize>,
        gates: &mut [f32],
        mut states: States<'_>,
    ) {
        let d_gates = self.d_gates();
        let mut recurrent = Buffer::new(group.len() * d_gates);
        for run in self.runs(group, MAX_PACKED_ROWS) {
            let ends = [run.steps.first(), run.steps.last()].map(|step| *step.unwrap_or(&0));
            let [first, last] = if self.reversed {
                [ends[1], ends[0]]
            } else {
                ends
            };
            let rows = self.steps.step(first).start..self.steps.step(last).end;
            let gates = &mut gates[rows.start * d_gates..rows.end * d_gates];
            let all: Vec<usize> = rows.clone().collect();
            self.input_product(source, &all, reader, 1, gates);
            for &step in &run.steps {
                let of_step = self.steps.step(step);
                let numbers = |row: usize| (row - rows.start) * d_gates;
                let gates = &mut gates[numbers(of_step.start)..numbers(of_step.end)];
                let recurrent = &mut recurrent[..gates.len()];
                self.advance::<true>(step, reader, [gates, recurrent], &mut states);
            }
        }
    }

    /// The recurrence of some sequences, whose input products are replaced by the values of the gates.
    fn record(&self, reader: Reader<'_>, mut gates: Vec<&mut [f32]>, mut states: States<'_>) {
        let most = gates.first().map_or(0, |gates| gates.len());
        let mut recurrent = Buffer::new(most);
        for step in self.in_order(gates.len()) {
            let gates = &mut *gates[step];
            let recurrent = &mut recurrent[..gates.len()];
            self.advance::<true>(step, reader, [gates, recurrent], &mut states);
        }
    }

    /// The same without a record: what the gates were is forgotten.
    fn follow(
        &self,
        source: Source<'_>,
        reader: Reader<'_>,
        group: &Range<usize>,
        tasks: usize,
        mut states: States<'_>,
    ) {
        let d_gates = self.d_gates();
        // As many rows at once as a product packs: fewer would read the weights more often, and of more the gates
        // would leave the caches. Tasks that have no group share the product of all rows.
        let most = if tasks > 1 {
            usize::MAX
        } else {
            MAX_PACKED_ROWS
        };
        let runs = self.runs(group, most);
        let longest = runs.iter().map(|run| run.rows.len()).max().unwrap_or(0);
        let mut products = Buffer::new(longest * d_gates);
        let mut recurrent = Buffer::new(group.len() * d_gates);
        for run in &runs {
            let mut gates = &mut products[..run.rows.len() * d_gates];
            self.input_product(source, &run.rows, reader, tasks.max(1), gates);
            for &step in &run.steps {
                let rows = states.hidden[step].len() / self.d_hidden;
                let (now, later) = gates.split_at_mut(rows * d_gates);
                gates = later;
                let recurrent = &mut recurrent[..now.len()];
                self.advance::<false>(step, reader, [now, recurrent], &mut states);
            }
        }
    }

    /// Cuts the steps of `group`, in the order in which they are read, into runs of at most `most` rows, or of
    /// a single step.
    fn runs(&self, group: &Range<usize>, most: usize) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for step in self.in_order(longest(self.steps, group)) {
            let rows = rows_at(self.steps, step, group);
            match runs.last_mut() {
                Some(run) if run.rows.len() + rows.len() <= most => {
                    run.steps.push(step);
                    run.rows.extend(rows);
                }
                _ => runs.push(Run {
                    steps: vec![step],
                    rows: rows.collect(),
                }),
            }
        }
        runs
    }

    /// One step of some sequences. `gates` holds its input products, and if `KEEPS_GATES`, the values of the gates
    /// afterwards; `recurrent` has as much room.
    fn advance<const KEEPS_GATES: bool>(
        &self,
        step: usize,
        reader: Reader<'_>,
        [gates, recurrent]: [&mut [f32]; 2],
        states: &mut States<'_>,
    ) {
        let (d_gates, d_hidden) = (self.d_gates(), self.d_hidden);
        let (hidden, hidden_before) = self.now_and_before(&mut states.hidden, step);
        let (memory, memory_before) = self.now_and_before(&mut states.memory, step);
        let state = Left::Rows(Rows::new(hidden_before, d_hidden));
        let begun = hidden_before.len() / d_hidden * d_gates;
        let (begun, beginning) = recurrent.split_at_mut(begun);
        let bias = reader.weights.hidden_bias;
        multiply(state, &reader.packed.hidden, Onto::Row(bias), begun);
        for row in beginning.chunks_exact_mut(d_gates) {
            row.copy_from_slice(bias);
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
            CellKind::Lstm => Arch::new().dispatch(lstm::Forward::<KEEPS_GATES>(step)),
            CellKind::Gru => Arch::new().dispatch(gru::Forward::<KEEPS_GATES>(step)),
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

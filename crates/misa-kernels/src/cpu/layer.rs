//! A bidirectional layer over packed sequences.

use crate::Layer;
use crate::cpu::buffer::Buffer;
use crate::cpu::direction::{self, Direction, Recorded, WeightGradients, Weights, rows_per_task};
use crate::cpu::matrix::Rows;
use rayon::prelude::*;

/// What the forward pass leaves.
#[derive(Debug)]
pub(crate) struct Output {
    /// `[rows, 2 * d_hidden]`, the forward direction's features first; after them, if asked for,
    /// the final memory of each sequence, `[sequences, 2 * d_hidden]`.
    pub(crate) states: Vec<f32>,
    pub(crate) trace: Trace,
}

/// What the forward pass leaves for the backward pass alone.
#[derive(Debug)]
pub struct Trace {
    /// `[2, rows, gates * d_hidden]`
    gates: Buffer,
    /// `[2, rows, d_hidden]`
    memory: Buffer,
}

/// Gradients of the input, `[rows, d_input]`, and of both directions' weights.
#[derive(Debug)]
pub(crate) struct Gradients {
    pub(crate) input: Vec<f32>,
    pub(crate) weights: [WeightGradients; 2],
}

/// What the forward pass read and made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forward<'a> {
    pub(crate) input: &'a [f32],
    pub(crate) weights: [Weights<'a>; 2],
    pub(crate) states: &'a [f32],
}

/// Reads every sequence in both directions.
pub(crate) fn forward(layer: &Layer, input: &[f32], weights: [Weights<'_>; 2]) -> Output {
    let d_hidden = layer.d_hidden;
    let rows = layer.steps.rows();
    let [first, second] = directions(layer);
    let mut hidden = Buffer::new(2 * rows * d_hidden);
    let mut gates = Buffer::new(2 * rows * first.d_gates());
    let mut memory = Buffer::new(2 * rows * d_hidden);

    let input = Rows::new(input, layer.d_input);
    let hidden_halves = hidden.split_at_mut(rows * d_hidden);
    let gate_halves = gates.split_at_mut(rows * first.d_gates());
    let memory_halves = memory.split_at_mut(rows * d_hidden);
    let trace = |hidden, gates, memory| direction::Trace {
        hidden,
        gates,
        memory,
    };
    let traces = [
        trace(hidden_halves.0, gate_halves.0, memory_halves.0),
        trace(hidden_halves.1, gate_halves.1, memory_halves.1),
    ];
    let [first_trace, second_trace] = traces;
    rayon::join(
        || first.forward(input, weights[0], first_trace),
        || second.forward(input, weights[1], second_trace),
    );
    Output {
        states: beside(layer, &hidden, &memory),
        trace: Trace { gates, memory },
    }
}

/// The gradients of [`forward`]; `d_states` has the shape of its states.
pub(crate) fn backward(
    layer: &Layer,
    pass: Forward<'_>,
    mut trace: Trace,
    d_states: &[f32],
) -> Gradients {
    let (d_input, d_hidden) = (layer.d_input, layer.d_hidden);
    let rows = layer.steps.rows();
    let directions = directions(layer);
    let input = Rows::new(pass.input, d_input);
    let states = Rows::new(pass.states, 2 * d_hidden).range(0..rows);
    let d_states = Rows::new(d_states, 2 * d_hidden);
    let middle = trace.gates.len() / 2;
    let gates = trace.gates.split_at_mut(middle);
    let memory = halves(&trace.memory);
    let columns = [0..d_hidden, d_hidden..2 * d_hidden];

    let one = |index: usize, gates| {
        let direction = directions[index];
        let hidden = states.columns(columns[index].clone());
        let d_states = d_states.columns(columns[index].clone());
        let recorded = Recorded {
            hidden,
            gates,
            memory: memory[index],
            d_output: d_states.range(0..rows),
            d_memory: (layer.with_memory)
                .then(|| d_states.range(rows..rows + layer.steps.sequences())),
        };
        let gradients = direction.backward(pass.weights[index], recorded);
        let weights = direction.weight_gradients(input, hidden, &gradients);
        let panels = direction.input_panels(pass.weights[index]);
        (gradients, weights, panels)
    };
    let (first, second) = rayon::join(|| one(0, gates.0), || one(1, gates.1));

    let mut d_rows = vec![0.0; rows * d_input];
    let per_task = rows_per_task(rows);
    let chunks = d_rows.par_chunks_mut(per_task * d_input);
    chunks.enumerate().for_each(|(chunk, out)| {
        let start = chunk * per_task;
        let range = start..start + out.len() / d_input;
        for (index, (gradients, _, panels)) in [&first, &second].into_iter().enumerate() {
            let begin = index == 0;
            directions[index].add_input_gradient(gradients, panels, range.clone(), out, begin);
        }
    });
    Gradients {
        input: d_rows,
        weights: [first.1, second.1],
    }
}

impl Trace {
    /// The same, in memory of its own.
    pub(crate) fn copy(&self) -> Self {
        let copy = |from: &Buffer| {
            let mut to = Buffer::new(from.len());
            to.copy_from_slice(from);
            to
        };
        Self {
            gates: copy(&self.gates),
            memory: copy(&self.memory),
        }
    }
}

fn directions(layer: &Layer) -> [Direction<'_>; 2] {
    [false, true].map(|reversed| Direction {
        cell: layer.cell,
        d_input: layer.d_input,
        d_hidden: layer.d_hidden,
        steps: &layer.steps,
        reversed,
    })
}

/// Both directions' states beside each other, and the final memories if asked for.
fn beside(layer: &Layer, hidden: &[f32], memory: &[f32]) -> Vec<f32> {
    let d_hidden = layer.d_hidden;
    let [forward, backward] = halves(hidden).map(|half| half.chunks_exact(d_hidden));
    let ends = if layer.with_memory {
        layer.steps.sequences()
    } else {
        0
    };
    let mut states = Vec::with_capacity((layer.steps.rows() + ends) * 2 * d_hidden);
    for (forward, backward) in forward.zip(backward) {
        states.extend_from_slice(forward);
        states.extend_from_slice(backward);
    }
    let [forward, backward] = halves(memory).map(|half| Rows::new(half, d_hidden));
    for (sequence, last) in layer.steps.last_rows().into_iter().take(ends).enumerate() {
        states.extend_from_slice(forward.row(last));
        states.extend_from_slice(backward.row(sequence));
    }
    states
}

fn halves(data: &[f32]) -> [&[f32]; 2] {
    data.split_at(data.len() / 2).into()
}

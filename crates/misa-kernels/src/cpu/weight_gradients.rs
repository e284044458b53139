//! The gradients of the weights and of the input of a recurrent layer.

use crate::CellKind;
use crate::cpu::backward::GateGradients;
use crate::cpu::direction::{Direction, Weights};
use crate::cpu::left::Left;
use crate::cpu::matrix::Rows;
use crate::cpu::panels::{MAX_ROWS, Panels};
use crate::cpu::product::{MAX_PACKED_ROWS, Onto, multiply};
use crate::cpu::row::add_rows;
use rayon::prelude::*;
use std::ops::Range;

/// Fewest rows of a weight whose gradient is worth a separate task.
const MIN_ROWS_PER_TASK: usize = 96;

/// Gradients of [`Weights`], in the same layout.
#[derive(Debug)]
pub(crate) struct WeightGradients {
    pub(crate) input: Vec<f32>,
    pub(crate) hidden: Vec<f32>,
    pub(crate) input_bias: Vec<f32>,
    pub(crate) hidden_bias: Vec<f32>,
}

/// Some rows of the gradient of a weight.
struct Part<'a> {
    /// `[steps, rows]`: gradients of gates.
    gates: Rows<'a>,
    /// `[steps, columns]`: what the weight was multiplied by.
    met: &'a Panels,
    /// `[rows, columns]`
    out: &'a mut [f32],
}

/// Gradients of the weights of both directions, which read the same input.
pub(crate) fn weight_gradients(
    directions: &[Direction<'_>; 2],
    input: Rows<'_>,
    hidden: [Rows<'_>; 2],
    gradients: [&GateGradients<'_>; 2],
) -> [WeightGradients; 2] {
    let [first, second] = directions;
    // Room for the weights is cleared, which takes as long as packing.
    let ((input_panels, first_weights), (hidden_panels, second_weights)) = rayon::join(
        || rayon::join(|| Panels::new(input), || first.biases(gradients[0])),
        || {
            rayon::join(
                || [first.states_met(hidden[0]), second.states_met(hidden[1])].map(Panels::new),
                || second.biases(gradients[1]),
            )
        },
    );
    let mut weights = [first_weights, second_weights];
    let mut parts = Vec::new();
    for (index, weights) in weights.iter_mut().enumerate() {
        let direction = &directions[index];
        let mut rest = &mut weights.input[..];
        for (range, gates) in direction.input_parts(gradients[index]) {
            let (out, next) = rest.split_at_mut(range.len() * direction.d_input);
            rest = next;
            add_parts(gates, &input_panels, out, &mut parts);
        }
        let gates = direction.gates_met(gradients[index]);
        add_parts(
            gates,
            &hidden_panels[index],
            &mut weights.hidden,
            &mut parts,
        );
    }
    // Each part for itself, so that a thread that is done can take any that has not begun.
    let parts = parts.into_par_iter().with_max_len(1);
    parts.for_each(|part| {
        multiply(
            Left::Transposed(part.gates),
            part.met,
            Onto::Nothing,
            part.out,
        );
    });
    weights
}

/// Divides the gradient of a weight among tasks, by its rows.
fn add_parts<'a>(gates: Rows<'a>, met: &'a Panels, out: &'a mut [f32], parts: &mut Vec<Part<'a>>) {
    // Several for each thread: the last one to end is waited for.
    let rows = gates.columns.div_ceil(2 * rayon::current_num_threads());
    let rows = (rows.clamp(MIN_ROWS_PER_TASK, MAX_PACKED_ROWS)).next_multiple_of(MAX_ROWS);
    // A weight without columns has nothing to divide.
    for (index, out) in out.chunks_mut((rows * met.width).max(1)).enumerate() {
        let start = index * rows;
        let end = gates.columns.min(start + rows);
        parts.push(Part {
            gates: gates.columns(start..end),
            met,
            out,
        });
    }
}

impl Direction<'_> {
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

    /// The gradients of the biases, and zeros for those of the weights.
    fn biases(&self, gradients: &GateGradients<'_>) -> WeightGradients {
        let mut input_bias = gradients.hidden_bias.clone();
        for (range, part) in self.input_parts(gradients) {
            // What is kept apart has another sum.
            if range.start > 0 {
                input_bias[range.clone()].fill(0.0);
                add_rows(part, &mut input_bias[range]);
            }
        }
        WeightGradients {
            input: vec![0.0; self.d_gates() * self.d_input],
            hidden: vec![0.0; self.d_gates() * self.d_hidden],
            input_bias,
            hidden_bias: gradients.hidden_bias.clone(),
        }
    }

    /// States that the recurrent weight was multiplied by: a step's state reaches the next one, in
    /// time or against it.
    fn states_met<'a>(&'a self, hidden: Rows<'a>) -> Rows<'a> {
        if self.reversed {
            hidden.range(self.steps.sequences()..self.steps.rows())
        } else {
            hidden.list(self.steps.previous())
        }
    }

    /// The gradients of what [`Self::states_met`] led to.
    fn gates_met<'a>(&'a self, gradients: &'a GateGradients<'_>) -> Rows<'a> {
        let recurrent = Rows::new(gradients.recurrent, self.d_gates());
        if self.reversed {
            recurrent.list(self.steps.previous())
        } else {
            recurrent.range(self.steps.sequences()..self.steps.rows())
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
}

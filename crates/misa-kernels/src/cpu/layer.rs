//! A bidirectional layer over packed sequences.

use crate::cpu::backward::{GateGradients, Recorded};
use crate::cpu::buffer::Buffer;
use crate::cpu::direction::{self, Direction, PackedWeights, Reader, Weights, rows_per_task};
use crate::cpu::matrix::Rows;
use crate::cpu::product::MAX_PACKED_ROWS;
use crate::cpu::weight_gradients::{WeightGradients, weight_gradients};
use crate::{Layer, LayerOutput};
use rayon::prelude::*;

/// Rows that one task puts beside each other.
const ROWS_PER_COPY: usize = 64;

/// What the forward pass leaves.
#[derive(Debug)]
pub(crate) struct Output {
    /// What [`LayerOutput`] says.
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
    /// `[2, rows, d_hidden]`: the states, unless all of them are the output.
    hidden: Option<Buffer>,
}

/// Gradients of the input, `[rows, d_input]`, if it was asked for, and of both directions' weights.
#[derive(Debug)]
pub(crate) struct Gradients {
    pub(crate) input: Option<Vec<f32>>,
    pub(crate) weights: [WeightGradients; 2],
}

/// What the forward pass read and made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forward<'a> {
    pub(crate) input: &'a [f32],
    pub(crate) weights: [Weights<'a>; 2],
    pub(crate) states: &'a [f32],
}

/// Whether there will be a backward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Yes: the values of the gates are kept for it.
    Training,
    /// No.
    Prediction,
}

/// Reads every sequence in both directions; `pack` gives the packed weights of one.
pub(crate) fn forward(
    layer: &Layer,
    input: &[f32],
    weights: [Weights<'_>; 2],
    purpose: Purpose,
    pack: impl Fn(usize) -> PackedWeights + Sync,
) -> Output {
    let d_hidden = layer.d_hidden;
    let rows = layer.steps.rows();
    let [first, second] = directions(layer);
    let d_kept = match purpose {
        Purpose::Training => first.d_gates(),
        Purpose::Prediction => 0,
    };
    let mut hidden = Buffer::new(2 * rows * d_hidden);
    let mut gates = Buffer::new(2 * rows * d_kept);
    let mut memory = Buffer::new(2 * rows * d_hidden);

    let input = Rows::new(input, layer.d_input);
    let hidden_halves = hidden.split_at_mut(rows * d_hidden);
    let gate_halves = gates.split_at_mut(rows * d_kept);
    let memory_halves = memory.split_at_mut(rows * d_hidden);
    let trace = |hidden, gates, memory| direction::Trace {
        hidden,
        memory,
        gates: (purpose == Purpose::Training).then_some(gates),
    };
    let traces = [
        trace(hidden_halves.0, gate_halves.0, memory_halves.0),
        trace(hidden_halves.1, gate_halves.1, memory_halves.1),
    ];
    let [first_trace, second_trace] = traces;
    let read = |index: usize, direction: Direction<'_>, trace| {
        let reader = Reader {
            weights: weights[index],
            packed: &pack(index),
        };
        direction.forward(input, layer.repeats.as_deref(), reader, trace);
    };
    rayon::join(
        || read(0, first, first_trace),
        || read(1, second, second_trace),
    );
    let states = match layer.output {
        LayerOutput::FinalStates => final_states(layer, &hidden),
        LayerOutput::States | LayerOutput::StatesAndMemories => beside(layer, &hidden, &memory),
    };
    let is_needed = layer.output == LayerOutput::FinalStates && purpose == Purpose::Training;
    Output {
        states,
        trace: Trace {
            gates,
            memory,
            hidden: is_needed.then_some(hidden),
        },
    }
}

/// The gradients of [`forward`], that of the input only if `wants_input`; `d_states` has the shape of its states.
pub(crate) fn backward(
    layer: &Layer,
    pass: Forward<'_>,
    mut trace: Trace,
    d_states: &[f32],
    wants_input: bool,
) -> Gradients {
    let (d_input, d_hidden) = (layer.d_input, layer.d_hidden);
    let rows = layer.steps.rows();
    let directions = directions(layer);
    let input = Rows::new(pass.input, d_input);
    let d_states = Rows::new(d_states, 2 * d_hidden);
    let middle = trace.gates.len() / 2;
    let gates = trace.gates.split_at_mut(middle);
    let memory = halves(&trace.memory);
    let columns = [0..d_hidden, d_hidden..2 * d_hidden];

    let hidden = match &trace.hidden {
        Some(hidden) => halves(hidden).map(|half| Rows::new(half, d_hidden)),
        None => {
            let states = Rows::new(pass.states, 2 * d_hidden).range(0..rows);
            columns.clone().map(|columns| states.columns(columns))
        }
    };
    let is_final = layer.output == LayerOutput::FinalStates;
    let one = |index: usize, gates| {
        let d_states = d_states.columns(columns[index].clone());
        let memories = rows..rows + layer.memories();
        let recorded = Recorded {
            hidden: hidden[index],
            memory: memory[index],
            d_output: (!is_final).then(|| d_states.range(0..rows)),
            d_final: is_final.then_some(d_states),
            d_memory: (!memories.is_empty()).then(|| d_states.range(memories)),
        };
        directions[index].backward(pass.weights[index], recorded, gates)
    };
    let (first, second) = rayon::join(|| one(0, gates.0), || one(1, gates.1));
    let gradients = [&first, &second];
    let weights = weight_gradients(&directions, input, hidden, gradients);
    Gradients {
        input: wants_input.then(|| input_gradient(layer, &directions, pass.weights, gradients)),
        weights,
    }
}

/// The gradient of the input, `[rows, d_input]`.
fn input_gradient(
    layer: &Layer,
    directions: &[Direction<'_>; 2],
    weights: [Weights<'_>; 2],
    gradients: [&GateGradients<'_>; 2],
) -> Vec<f32> {
    let (rows, d_input) = (layer.steps.rows(), layer.d_input);
    let (first, second) = rayon::join(
        || directions[0].input_panels(weights[0]),
        || directions[1].input_panels(weights[1]),
    );
    let panels = [first, second];
    let mut d_rows = vec![0.0; rows * d_input];
    // A task adds both directions up.
    let per_task = rows_of_input(rows, rayon::current_num_threads());
    let chunks = d_rows.par_chunks_mut(per_task * d_input).enumerate();
    chunks.with_max_len(1).for_each(|(chunk, out)| {
        let start = chunk * per_task;
        let range = start..start + out.len() / d_input;
        for index in [0, 1] {
            let (gradients, panels) = (gradients[index], &panels[index]);
            let begin = index == 0;
            directions[index].add_input_gradient(gradients, panels, range.clone(), out, begin);
        }
    });
    d_rows
}

/// Rows per task of a product over all `rows` of an input.
///
/// A thread has as many tasks as a product cuts its rows into: none reads the weights more often for it, and a thread
/// that is done can take some of another's.
fn rows_of_input(rows: usize, threads: usize) -> usize {
    let pieces = rows.div_ceil(threads).div_ceil(MAX_PACKED_ROWS).max(1);
    rows_per_task(rows, threads * pieces)
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
            hidden: self.hidden.as_ref().map(copy),
        }
    }
}

/// Both directions of `layer`, the forward one first.
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
    let halves = halves(hidden);
    let count = layer.steps.rows() * 2 * d_hidden;
    let mut states = vec![0.0; count + layer.memories() * 2 * d_hidden];
    let (rows, ends) = states.split_at_mut(count);
    let chunks = rows.par_chunks_mut(ROWS_PER_COPY * 2 * d_hidden);
    chunks.enumerate().for_each(|(chunk, out)| {
        let first = chunk * ROWS_PER_COPY * d_hidden;
        let sources = halves.map(|half| half[first..].chunks_exact(d_hidden));
        let [forward, backward] = sources;
        let rows = out.chunks_exact_mut(2 * d_hidden);
        for (out, (forward, backward)) in rows.zip(forward.zip(backward)) {
            put_beside(out, forward, backward);
        }
    });
    if !ends.is_empty() {
        put_ends(layer, memory, ends);
    }
    states
}

/// The final states of both directions beside each other.
fn final_states(layer: &Layer, hidden: &[f32]) -> Vec<f32> {
    let mut states = vec![0.0; layer.steps.sequences() * 2 * layer.d_hidden];
    put_ends(layer, hidden, &mut states);
    states
}

/// Writes what `values`, `[2, rows, d_hidden]`, has where each direction ends, `[sequences, 2 * d_hidden]`.
fn put_ends(layer: &Layer, values: &[f32], out: &mut [f32]) {
    let d_hidden = layer.d_hidden;
    let [forward, backward] = halves(values).map(|half| Rows::new(half, d_hidden));
    let rows = out.chunks_exact_mut(2 * d_hidden);
    for (sequence, (last, out)) in layer.steps.last_rows().into_iter().zip(rows).enumerate() {
        put_beside(out, forward.row(last), backward.row(sequence));
    }
}

fn put_beside(out: &mut [f32], forward: &[f32], backward: &[f32]) {
    let (first, second) = out.split_at_mut(forward.len());
    first.copy_from_slice(forward);
    second.copy_from_slice(backward);
}

fn halves(data: &[f32]) -> [&[f32]; 2] {
    data.split_at(data.len() / 2).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::direction::pack;
    use crate::cpu::testing::{numbers, on_threads};
    use crate::{CellKind, PackedSteps, Repeats};
    use std::sync::Arc;

    const D_INPUT: usize = 19;
    const D_HIDDEN: usize = 11;

    fn layer(cell: CellKind) -> Layer {
        // Sequences for several groups, some of which end long before others.
        let active: Vec<usize> = (0..13).map(|step| 40 - 3 * step).collect();
        Layer {
            cell,
            d_input: D_INPUT,
            d_hidden: D_HIDDEN,
            steps: Arc::new(PackedSteps::new(&active)),
            repeats: None,
            output: match cell {
                CellKind::Lstm => LayerOutput::StatesAndMemories,
                CellKind::Gru => LayerOutput::States,
            },
        }
    }

    /// Calls `work` with an input and the weights of both directions.
    fn with_numbers<T>(layer: &Layer, work: impl FnOnce(&[f32], [Weights<'_>; 2]) -> T) -> T {
        let gates = layer.cell.gates() * D_HIDDEN;
        let weights = [2, 6].map(|seed| {
            let sizes = [gates * D_INPUT, gates * D_HIDDEN, gates, gates];
            [0, 1, 2, 3].map(|part| numbers(sizes[part], seed + part as u32))
        });
        let weights = weights
            .each_ref()
            .map(|[input, hidden, input_bias, hidden_bias]| Weights {
                input,
                hidden,
                input_bias,
                hidden_bias,
            });
        work(&numbers(layer.steps.rows() * D_INPUT, 1), weights)
    }

    fn read(layer: &Layer, input: &[f32], weights: [Weights<'_>; 2], purpose: Purpose) -> Output {
        let packed = |index: usize| PackedWeights {
            input: Arc::new(pack(weights[index].input, D_INPUT)),
            hidden: Arc::new(pack(weights[index].hidden, D_HIDDEN)),
        };
        forward(layer, input, weights, purpose, packed)
    }

    /// Everything that a forward and a backward pass return, one after another.
    fn pass(layer: &Layer) -> Vec<f32> {
        let (states, gradients) = both_passes(layer, true);
        let input = gradients.input.expect("it was asked for");
        [states, input, of_weights(gradients.weights)].concat()
    }

    /// The states and the gradients.
    fn both_passes(layer: &Layer, wants_input: bool) -> (Vec<f32>, Gradients) {
        with_numbers(layer, |input, weights| {
            backward_after_forward(layer, input, weights, wants_input)
        })
    }

    fn backward_after_forward(
        layer: &Layer,
        input: &[f32],
        weights: [Weights<'_>; 2],
        wants_input: bool,
    ) -> (Vec<f32>, Gradients) {
        let output = read(layer, input, weights, Purpose::Training);
        let pass = Forward {
            input,
            weights,
            states: &output.states,
        };
        let d_states = numbers(output.states.len(), 10);
        let gradients = backward(layer, pass, output.trace, &d_states, wants_input);
        (output.states, gradients)
    }

    /// One after another.
    fn of_weights(gradients: [WeightGradients; 2]) -> Vec<f32> {
        let directions = gradients.map(|weights| {
            let [input, hidden] = [weights.input, weights.hidden];
            [input, hidden, weights.input_bias, weights.hidden_bias].concat()
        });
        directions.concat()
    }

    #[test]
    fn threads_change_no_bit() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = layer(cell);
            let [one, two, eight] = [1, 2, 8].map(|count| on_threads(count, || pass(&layer)));
            assert!(one.iter().all(|x| x.is_finite()));
            assert_eq!(one, two, "{cell:?}");
            assert_eq!(one, eight, "{cell:?}");
        }
    }

    #[test]
    fn a_thread_has_a_task_for_each_piece_that_a_product_packs() {
        let found = [(0, 2), (100, 2), (768, 2), (1406, 2), (1406, 1), (1406, 16)]
            .map(|(rows, threads)| rows_of_input(rows, threads));
        assert_eq!(found, [48, 50, 384, 352, 352, 88]);
    }

    #[test]
    fn rows_that_repeat_give_the_bits_of_others() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = layer(cell);
            let rows = layer.steps.rows();
            let ids: Vec<i64> = (0..rows as i64).map(|row| row * row % 37).collect();
            let repeating = Layer {
                repeats: Some(Arc::new(Repeats::of(&ids).expect("few kinds"))),
                ..layer.clone()
            };
            let kinds = numbers(37 * D_INPUT, 1);
            let kinds = Rows::new(&kinds, D_INPUT);
            let input = ids.iter().flat_map(|&id| kinds.row(id as usize)).copied();
            let input: Vec<f32> = input.collect();
            for purpose in [Purpose::Training, Purpose::Prediction] {
                let states = |layer: &Layer| {
                    with_numbers(layer, |_, weights| {
                        read(layer, &input, weights, purpose).states
                    })
                };
                let expected = states(&layer);
                for threads in [1, 2, 8] {
                    let found = on_threads(threads, || states(&repeating));
                    assert_eq!(found, expected, "{cell:?}, {purpose:?}, {threads} threads");
                }
            }
        }
    }

    #[test]
    fn final_states_alone_have_the_bits_of_all_states() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let [whole, few] =
                [LayerOutput::States, LayerOutput::FinalStates].map(|output| Layer {
                    output,
                    ..layer(cell)
                });
            let sequences = few.steps.sequences();
            let d_few = numbers(sequences * 2 * D_HIDDEN, 10);
            let mut d_whole = vec![0.0; whole.steps.rows() * 2 * D_HIDDEN];
            let last = whole.steps.last_rows();
            // The forward direction ends in the last row of a sequence, the backward direction in the first.
            let places = |sequence: usize, column: usize| match column / D_HIDDEN {
                0 => last[sequence] * 2 * D_HIDDEN + column,
                _ => sequence * 2 * D_HIDDEN + column,
            };
            let all = (0..sequences).flat_map(|row| (0..2 * D_HIDDEN).map(move |at| (row, at)));
            let places: Vec<usize> = all.map(|(row, at)| places(row, at)).collect();
            for (&place, &d) in places.iter().zip(&d_few) {
                d_whole[place] = d;
            }
            for threads in [1, 2, 8] {
                let [whole, few] = on_threads(threads, || {
                    [(&whole, &d_whole), (&few, &d_few)]
                        .map(|(layer, d_states)| states_and_gradients(layer, d_states))
                });
                let ends = places.iter().map(|&place| whole.0[place]);
                assert!(ends.eq(few.0), "{cell:?}");
                assert_eq!(whole.1, few.1, "{cell:?}");
            }
        }
    }

    /// The states, and all gradients given theirs.
    fn states_and_gradients(layer: &Layer, d_states: &[f32]) -> (Vec<f32>, Vec<f32>) {
        with_numbers(layer, |input, weights| {
            let output = read(layer, input, weights, Purpose::Training);
            let pass = Forward {
                input,
                weights,
                states: &output.states,
            };
            let gradients = backward(layer, pass, output.trace, d_states, true);
            let of_input = gradients.input.expect("it was asked for");
            let all = [of_input, of_weights(gradients.weights)].concat();
            (output.states, all)
        })
    }

    #[test]
    fn the_gradient_of_the_input_is_computed_only_if_asked_for() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let layer = layer(cell);
            let [all, others] = [true, false].map(|wants| both_passes(&layer, wants).1);
            assert!(all.input.is_some() && others.input.is_none(), "{cell:?}");
            let [all, others] = [all, others].map(|gradients| of_weights(gradients.weights));
            assert_eq!(all, others, "{cell:?}");
        }
    }

    #[test]
    fn a_prediction_has_the_bits_of_training() {
        for cell in [CellKind::Lstm, CellKind::Gru] {
            let short = layer(cell);
            // More rows than a product packs at once.
            let long = Layer {
                steps: Arc::new(PackedSteps::new(&[90, 90, 90, 90, 70, 70, 3, 1])),
                ..layer(cell)
            };
            for layer in [short, long] {
                let states = |purpose| {
                    with_numbers(&layer, |input, weights| {
                        read(&layer, input, weights, purpose).states
                    })
                };
                let trained = states(Purpose::Training);
                for threads in [1, 2, 8] {
                    let predicted = on_threads(threads, || states(Purpose::Prediction));
                    assert_eq!(trained, predicted, "{cell:?}, {threads} threads");
                }
            }
        }
    }

    #[test]
    fn no_sequences_have_no_states_and_no_gradient() {
        let layer = Layer {
            steps: Arc::new(PackedSteps::new(&[])),
            ..layer(CellKind::Gru)
        };
        let all = pass(&layer);
        assert!(all.iter().all(|&x| x == 0.0));
    }
}

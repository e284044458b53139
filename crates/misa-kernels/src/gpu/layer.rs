//! A whole layer, step by step.

use crate::gpu::Trace;
use crate::gpu::gru::{gru_backward, gru_forward};
use crate::gpu::lstm::{lstm_backward, lstm_forward};
use crate::gpu::place::{PlaceLaunch, SizesLaunch};
use crate::ops::Weights;
use crate::{CellKind, Layer};
use burn::backend::TensorMetadata;
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{DType, Shape, Slice};
use burn_cubecl::CubeBackend;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::calculate_cube_count_elemwise;
use cubecl::prelude::*;

/// Reads every sequence in both directions.
pub(crate) fn forward(
    layer: &Layer,
    input: CubeTensor,
    weights: [Weights<CubeBackend>; 2],
) -> (CubeTensor, Trace<CubeBackend>) {
    let Extents {
        rows,
        sequences,
        d_hidden,
        d_gates,
    } = Extents::of(layer);
    let empty = allocate(&input);
    let [of_input, of_hidden] = matrices(layer, &weights);
    let [f, b] = weights;
    let biases = vec![f.input_bias, b.input_bias, f.hidden_bias, b.hidden_bias];
    let bias = into_contiguous(CubeBackend::float_cat(biases, 0));
    let projected = CubeBackend::float_matmul(input, transposed(of_input));
    let of_hidden = transposed(of_hidden);

    let state = empty(&[2, sequences, d_hidden]);
    let states = empty(&[rows + layer.memories(), 2 * d_hidden]);
    let trace = Trace::<CubeBackend> {
        gates: empty(&[rows, 2 * d_gates]),
        memory: empty(&[rows, 2 * d_hidden]),
        earlier: empty(&[rows, 2 * d_hidden]),
    };
    // Nothing has begun at the first step, so nothing of this is read.
    let mut recurrent = empty(&[2, sequences, d_gates]);
    let launch = match layer.cell {
        CellKind::Lstm => lstm_forward::launch,
        CellKind::Gru => gru_forward::launch,
    };
    for step in 0..layer.steps.longest() {
        if step > 0 {
            recurrent = CubeBackend::float_matmul(state.clone(), of_hidden.clone());
        }
        let grid = Grid::of(layer, &state);
        launch(
            &state.client,
            grid.count,
            grid.dim,
            projected.clone().into_tensor_arg(),
            recurrent.clone().into_tensor_arg(),
            bias.clone().into_buffer_arg(),
            state.clone().into_buffer_arg(),
            trace.earlier.clone().into_buffer_arg(),
            trace.memory.clone().into_buffer_arg(),
            trace.gates.clone().into_buffer_arg(),
            states.clone().into_buffer_arg(),
            PlaceLaunch::of(&layer.steps, step, false),
            PlaceLaunch::of(&layer.steps, layer.steps.longest() - 1 - step, true),
            grid.sizes,
        );
    }
    (states, trace)
}

/// Gradients of the input and of both directions' weights.
pub(crate) fn backward(
    layer: &Layer,
    input: CubeTensor,
    weights: [Weights<CubeBackend>; 2],
    trace: Trace<CubeBackend>,
    d_states: CubeTensor,
) -> (CubeTensor, Weights<CubeBackend>, Weights<CubeBackend>) {
    let Extents {
        rows,
        sequences,
        d_hidden,
        d_gates,
    } = Extents::of(layer);
    let empty = allocate(&input);
    let [of_input, of_hidden] = matrices(layer, &weights);
    let gates = into_contiguous(trace.gates);
    let memory = into_contiguous(trace.memory);
    let earlier = into_contiguous(trace.earlier);

    let carried = empty(&[2, sequences, d_hidden]);
    let d_recurrent = empty(&[2, sequences, d_gates]);
    let d_gate_rows = empty(&[rows, 2 * d_gates]);
    let d_projected = match layer.cell {
        CellKind::Lstm => d_gate_rows.clone(),
        CellKind::Gru => empty(&[rows, 2 * d_gates]),
    };
    let buffers = BackwardBuffers {
        gates,
        memory,
        earlier,
        d_states,
        carried,
        d_recurrent,
        d_gate_rows,
        d_projected,
    };
    // Nothing goes on after the last step, so nothing of this is read.
    let mut through = empty(&[2, sequences, d_hidden]);
    for step in (0..layer.steps.longest()).rev() {
        if step + 1 < layer.steps.longest() {
            let d_recurrent = buffers.d_recurrent.clone();
            through = CubeBackend::float_matmul(d_recurrent, of_hidden.clone());
        }
        buffers.step_back(layer, step, &through);
    }
    let BackwardBuffers {
        earlier,
        d_gate_rows,
        d_projected,
        ..
    } = buffers;
    weight_gradients(layer, input, of_input, earlier, d_projected, d_gate_rows)
}

/// What every step of the backward pass reads and fills.
struct BackwardBuffers {
    gates: CubeTensor,
    memory: CubeTensor,
    earlier: CubeTensor,
    d_states: CubeTensor,
    carried: CubeTensor,
    d_recurrent: CubeTensor,
    d_gate_rows: CubeTensor,
    d_projected: CubeTensor,
}

impl BackwardBuffers {
    /// Takes one step back; `through` is the gradient of the state from the step after.
    fn step_back(&self, layer: &Layer, step: usize, through: &CubeTensor) {
        let grid = Grid::of(layer, &self.carried);
        let client = &self.carried.client;
        let read = PlaceLaunch::of(&layer.steps, step, false);
        let read_back = PlaceLaunch::of(&layer.steps, layer.steps.longest() - 1 - step, true);
        match layer.cell {
            CellKind::Lstm => lstm_backward::launch(
                client,
                grid.count,
                grid.dim,
                self.gates.clone().into_buffer_arg(),
                self.memory.clone().into_buffer_arg(),
                self.d_states.clone().into_tensor_arg(),
                through.clone().into_tensor_arg(),
                self.carried.clone().into_buffer_arg(),
                self.d_recurrent.clone().into_buffer_arg(),
                self.d_gate_rows.clone().into_buffer_arg(),
                read,
                read_back,
                grid.sizes,
            ),
            CellKind::Gru => gru_backward::launch(
                client,
                grid.count,
                grid.dim,
                self.gates.clone().into_buffer_arg(),
                self.memory.clone().into_buffer_arg(),
                self.earlier.clone().into_buffer_arg(),
                self.d_states.clone().into_tensor_arg(),
                through.clone().into_tensor_arg(),
                self.carried.clone().into_buffer_arg(),
                self.d_recurrent.clone().into_buffer_arg(),
                self.d_gate_rows.clone().into_buffer_arg(),
                self.d_projected.clone().into_buffer_arg(),
                read,
                read_back,
                grid.sizes,
            ),
        }
    }
}

/// Where the gradients of all steps meet the weights.
fn weight_gradients(
    layer: &Layer,
    input: CubeTensor,
    of_input: CubeTensor,
    earlier: CubeTensor,
    d_projected: CubeTensor,
    d_gate_rows: CubeTensor,
) -> (CubeTensor, Weights<CubeBackend>, Weights<CubeBackend>) {
    let Extents {
        rows,
        d_hidden,
        d_gates,
        ..
    } = Extents::of(layer);
    let sum = |x: &CubeTensor| CubeBackend::float_sum_dim(x.clone(), 0);
    let input_bias = sum(&d_projected);
    let hidden_bias = match layer.cell {
        CellKind::Lstm => input_bias.clone(),
        CellKind::Gru => sum(&d_gate_rows),
    };
    let d_input = CubeBackend::float_matmul(d_projected.clone(), of_input);
    let input = CubeBackend::float_matmul(transposed(d_projected), input);
    let by_direction = |x: CubeTensor, width: usize, axes: [usize; 3]| {
        let x = CubeBackend::float_reshape(x, Shape::from([rows, 2, width]));
        CubeBackend::float_permute(x, &axes)
    };
    let hidden = CubeBackend::float_matmul(
        by_direction(d_gate_rows, d_gates, [1, 2, 0]),
        by_direction(earlier, d_hidden, [1, 0, 2]),
    );

    let part = |x: &CubeTensor, direction: usize, shape: &[usize]| {
        let x = CubeBackend::float_reshape(x.clone(), [&[2], shape].concat().into());
        let only = Slice::from(direction..direction + 1);
        let x = CubeBackend::float_slice(x, &[only]);
        CubeBackend::float_reshape(x, shape.to_vec().into())
    };
    let [forward, backward] = [0, 1].map(|direction| Weights {
        input: part(&input, direction, &[d_gates, layer.d_input]),
        hidden: part(&hidden, direction, &[d_gates, d_hidden]),
        input_bias: part(&input_bias, direction, &[d_gates]),
        hidden_bias: part(&hidden_bias, direction, &[d_gates]),
    });
    (d_input, forward, backward)
}

/// What the shapes are made of.
struct Extents {
    rows: usize,
    sequences: usize,
    d_hidden: usize,
    /// Features of all gates together.
    d_gates: usize,
}

impl Extents {
    fn of(layer: &Layer) -> Self {
        Self {
            rows: layer.steps.rows(),
            sequences: layer.steps.sequences(),
            d_hidden: layer.d_hidden,
            d_gates: layer.cell.gates() * layer.d_hidden,
        }
    }
}

/// A unit for each feature of the state of each sequence in each direction.
struct Grid {
    count: CubeCount,
    dim: CubeDim,
    sizes: SizesLaunch,
}

impl Grid {
    fn of(layer: &Layer, state: &CubeTensor) -> Self {
        let units = state.shape().num_elements();
        let dim = CubeDim::new(&state.client, units);
        let steps = &layer.steps;
        Self {
            count: calculate_cube_count_elemwise(&state.client, units, dim),
            dim,
            sizes: SizesLaunch::new(
                steps.rows(),
                steps.sequences(),
                layer.d_hidden,
                layer.memories(),
            ),
        }
    }
}

/// The weights of both directions: of the input `[2 * gates, d_input]`, of the state
/// `[2, gates, d_hidden]`.
fn matrices(layer: &Layer, weights: &[Weights<CubeBackend>; 2]) -> [CubeTensor; 2] {
    let [f, b] = weights;
    let of_input = CubeBackend::float_cat(vec![f.input.clone(), b.input.clone()], 0);
    let of_hidden = CubeBackend::float_cat(vec![f.hidden.clone(), b.hidden.clone()], 0);
    let Extents {
        d_hidden, d_gates, ..
    } = Extents::of(layer);
    let shape = Shape::from([2, d_gates, d_hidden]);
    [of_input, CubeBackend::float_reshape(of_hidden, shape)]
}

fn transposed(matrix: CubeTensor) -> CubeTensor {
    CubeBackend::float_transpose(matrix)
}

/// Tensors beside `like`, one row right after the other.
fn allocate(like: &CubeTensor) -> impl Fn(&[usize]) -> CubeTensor + use<> {
    let (client, device) = (like.client.clone(), like.device.clone());
    move |shape| {
        let shape = Shape::from(shape.to_vec());
        empty_device_contiguous_dtype(client.clone(), device.clone(), shape, DType::F32)
    }
}

//! The kernels for the CPU behind the operation.

use crate::Layer;
use crate::adam::Factors;
use crate::cpu::buffer;
use crate::cpu::layer::{Purpose, Trace};
use crate::cpu::panels::Panels;
use crate::cpu::{self, PackedWeights};
use crate::kept_weights;
use crate::ops::{AdamOps, RecurrentKernel, RecurrentOps, Saved, Weights};
use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::TensorData;
use std::sync::Arc;

impl RecurrentOps for Flex {
    fn bidirectional(
        input: FloatTensor<Self>,
        forward: Weights<Self>,
        backward: Weights<Self>,
        layer: Arc<Layer>,
    ) -> FloatTensor<Self> {
        // Nothing trains these weights now, so the next call probably brings the same ones.
        let packed = kept_weights::packed;
        let weights = [forward, backward];
        read(&layer, &input, &weights, Purpose::Prediction, packed).0
    }
}

impl RecurrentKernel for Flex {
    type Trace = Arc<Trace>;

    fn read(
        layer: &Arc<Layer>,
        input: &FloatTensor<Self>,
        weights: &[Weights<Self>; 2],
    ) -> (FloatTensor<Self>, Self::Trace) {
        let packed =
            |weight: &FloatTensor<Self>, d_input| Arc::new(cpu::pack(host(weight), d_input));
        let (states, trace) = read(layer, input, weights, Purpose::Training, packed);
        (states, Arc::new(trace))
    }

    fn gradients(
        saved: Saved<Self>,
        d_states: FloatTensor<Self>,
        wants_input: bool,
    ) -> (Option<FloatTensor<Self>>, [Weights<Self>; 2]) {
        let layer = &*saved.layer;
        let input = saved.input.to_contiguous();
        let weights = saved.weights.each_ref().map(contiguous);
        let d_states = d_states.to_contiguous();
        let forward = cpu::layer::Forward {
            input: host(&input),
            weights: weights.each_ref().map(slices),
            states: host(&saved.states),
        };
        // Gradients overwrite the record, unless a second backward pass may need it.
        let trace = Arc::try_unwrap(saved.trace).unwrap_or_else(|trace| trace.copy());
        let gradients = cpu::layer::backward(layer, forward, trace, host(&d_states), wants_input);
        let d_gates = layer.cell.gates() * layer.d_hidden;
        let d_weights = gradients.weights.map(|weights| Weights {
            input: tensor(weights.input, [d_gates, layer.d_input]),
            hidden: tensor(weights.hidden, [d_gates, layer.d_hidden]),
            input_bias: tensor(weights.input_bias, [d_gates]),
            hidden_bias: tensor(weights.hidden_bias, [d_gates]),
        });
        let shape = [layer.steps.rows(), layer.d_input];
        let d_input = gradients.input.map(|values| tensor(values, shape));
        (d_input, d_weights)
    }
}

/// Reads every sequence in both directions; `packed` packs a weight for so many features.
fn read(
    layer: &Layer,
    input: &FloatTensor<Flex>,
    weights: &[Weights<Flex>; 2],
    purpose: Purpose,
    packed: impl Fn(&FloatTensor<Flex>, usize) -> Arc<Panels> + Sync,
) -> (FloatTensor<Flex>, Trace) {
    let input = input.to_contiguous();
    let weights = weights.each_ref().map(contiguous);
    let slices = weights.each_ref().map(slices);
    let pack = |direction: usize| PackedWeights {
        input: packed(&weights[direction].input, layer.d_input),
        hidden: packed(&weights[direction].hidden, layer.d_hidden),
    };
    let output = cpu::layer::forward(layer, host(&input), slices, purpose, pack);
    let states = output.states.len() / (2 * layer.d_hidden);
    let states = tensor(output.states, [states, 2 * layer.d_hidden]);
    (states, output.trace)
}

impl AdamOps for Flex {
    fn adam(
        parameter: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        first: FloatTensor<Self>,
        second: FloatTensor<Self>,
        factors: Factors,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let gradient = gradient.to_contiguous();
        let [mut parameter, mut first, mut second] = [parameter, first, second].map(owned);
        let moments = [first.storage_mut(), second.storage_mut()];
        cpu::adam::update(parameter.storage_mut(), host(&gradient), moments, &factors);
        (parameter, first, second)
    }

    fn norm(values: FloatTensor<Self>) -> FloatTensor<Self> {
        let squares = cpu::squares::sum_of_squares(host(&values.to_contiguous()));
        tensor(vec![squares.sqrt() as f32], [1])
    }
}

/// The tensor as one piece of memory that nothing else uses; copies only if it has to.
pub(crate) fn owned(tensor: FloatTensor<Flex>) -> FloatTensor<Flex> {
    if is_whole(&tensor) {
        tensor
    } else {
        FloatTensor::<Flex>::from_data(tensor.into_data())
    }
}

/// Whether the tensor has all of its memory, in its order.
fn is_whole(tensor: &FloatTensor<Flex>) -> bool {
    let elements = tensor.layout().num_elements();
    tensor.is_contiguous() && tensor.storage::<f32>().len() == elements
}

/// Keeps the memory of a tensor that has been read for a result to come, unless something else refers to it.
pub(crate) fn give_back(tensor: FloatTensor<Flex>) {
    if tensor.is_unique()
        && is_whole(&tensor)
        && let Ok(values) = tensor.into_data().try_into_vec()
    {
        buffer::give_back(values);
    }
}

fn contiguous(weights: &Weights<Flex>) -> Weights<Flex> {
    Weights {
        input: weights.input.to_contiguous(),
        hidden: weights.hidden.to_contiguous(),
        input_bias: weights.input_bias.to_contiguous(),
        hidden_bias: weights.hidden_bias.to_contiguous(),
    }
}

fn slices(weights: &Weights<Flex>) -> cpu::Weights<'_> {
    cpu::Weights {
        input: host(&weights.input),
        hidden: host(&weights.hidden),
        input_bias: host(&weights.input_bias),
        hidden_bias: host(&weights.hidden_bias),
    }
}

/// The numbers of a contiguous tensor.
pub(crate) fn host(tensor: &FloatTensor<Flex>) -> &[f32] {
    let dtype = tensor.dtype();
    tensor
        .as_slice()
        .unwrap_or_else(|| panic!("the kernel reads contiguous f32, got {dtype:?}"))
}

/// Memory for a result of which a gradient may be asked.
#[cfg(feature = "autodiff")]
pub(crate) fn zeros(len: usize) -> Vec<f32> {
    vec![0.0; len]
}

pub(crate) fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    FloatTensor::<Flex>::from_data(TensorData::new(values, shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A size that no other test requests: the pieces belong to the process.
    const LEN: usize = 20_000_003;

    #[test]
    fn memory_is_used_again_unless_something_refers_to_it() {
        let first = tensor(vec![1.0; LEN], [LEN]);
        let address = host(&first).as_ptr();
        give_back(first.clone());
        buffer::any_values(LEN).fill(2.0);
        assert!(host(&first).iter().all(|&x| x == 1.0));

        give_back(first);
        let shorter = buffer::any_values(LEN - 5);
        assert_eq!((shorter.as_ptr(), shorter.len()), (address, LEN - 5));
        give_back(tensor(shorter, [LEN - 5]));
        let again = buffer::any_values(LEN);
        assert_eq!((again.as_ptr(), again.len()), (address, LEN));
    }
}

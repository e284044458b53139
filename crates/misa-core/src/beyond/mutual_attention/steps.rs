//! The steps of one modality, brought to the size of the subspaces.

use crate::AbsentSteps;
use crate::encoder::{PackedSequence, int_tensor};
use burn::nn::Linear;
use burn::prelude::*;
use burn::tensor::TensorData;
use misa_kernels::Sentences;
use std::sync::Arc;

/// The steps of a batch of sequences. Absent steps are left out, except in a sequence that has no other
/// steps: it is that of a missing modality, or is read as zeros.
#[allow(clippy::large_enum_variant)] // One for each modality, never moved in a loop.
pub(super) enum Steps {
    /// Where there are kernels.
    Packed(PackedSteps),
    /// Elsewhere.
    Padded(PaddedSteps),
}

/// The counted steps alone.
#[derive(Clone)]
pub(super) struct PackedSteps {
    /// `[rows, d_hidden]`, one sequence after another.
    pub(super) rows: Tensor<2>,
    pub(super) sentences: Arc<Sentences>,
}

/// The counted steps among others.
#[derive(Clone)]
pub(super) struct PaddedSteps {
    /// `[batch, steps, d_hidden]`
    pub(super) values: Tensor<3>,
    /// True at padding and absent steps, `[batch, steps]`.
    pub(super) padding: Tensor<2, Bool>,
    /// Share of each other step in the mean, `[batch, steps, 1]`.
    pub(super) shares: Tensor<3>,
}

impl Steps {
    pub(super) fn new(
        linear: &Linear,
        states: &PackedSequence,
        absent: Option<&AbsentSteps>,
    ) -> Self {
        let rows = &states.rows;
        if misa_kernels::on_cpu(&rows.device(), rows.dtype()) {
            Self::Packed(PackedSteps::new(linear, states, absent))
        } else {
            Self::Padded(PaddedSteps::new(linear, states, absent))
        }
    }
}

impl PackedSteps {
    pub(super) fn new(
        linear: &Linear,
        states: &PackedSequence,
        absent: Option<&AbsentSteps>,
    ) -> Self {
        let steps = counted_steps(&states.lengths(), absent);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        let numbers = states.packing.row_numbers(&steps);
        let rows = linear.forward(states.rows.clone());
        let numbers = int_tensor(numbers, &rows.device());
        Self {
            rows: rows.select(0, numbers),
            sentences: Arc::new(Sentences::new(&counts, &counts)),
        }
    }
}

impl PaddedSteps {
    pub(super) fn new(
        linear: &Linear,
        states: &PackedSequence,
        absent: Option<&AbsentSteps>,
    ) -> Self {
        let lengths = states.lengths();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let batch = lengths.len();
        let projected = states.with_rows(linear.forward(states.rows.clone()));
        let values = projected.padded(longest);
        let device = values.device();
        let mut shares = vec![0.0; batch * longest];
        for (row, steps) in counted_steps(&lengths, absent).iter().enumerate() {
            for step in steps {
                shares[row * longest + step] = 1.0 / steps.len() as f32;
            }
        }
        let shares = Tensor::<2>::from_data(TensorData::new(shares, [batch, longest]), &device);
        Self {
            values,
            padding: shares.clone().equal_scalar(0.0),
            shares: shares.unsqueeze_dim(2),
        }
    }
}

/// The steps of each sequence that are attended to.
fn counted_steps(lengths: &[usize], absent: Option<&AbsentSteps>) -> Vec<Vec<usize>> {
    let of_sequence = |(row, &length): (usize, &usize)| {
        let absent = absent.filter(|absent| !absent.is_all_absent(row));
        let counts = |step: &usize| absent.is_none_or(|absent| !absent.is_absent(row, *step));
        (0..length).filter(counts).collect()
    };
    lengths.iter().enumerate().map(of_sequence).collect()
}

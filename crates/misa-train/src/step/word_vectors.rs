//! Training of word vectors, or those of BERT's tokens, a few rows at a time.

use crate::LearningRates;
use burn::prelude::*;
use burn::tensor::{Gradients, TensorData};
use misa_core::{Misa, MisaInput, TextInput};
use misa_kernels::{Adam, RowAdam};

/// The vectors of a model's words or tokens, while they are trained outside it.
///
/// A batch has a few hundred of the tens of thousands of words or tokens. Inside the model, each step would
/// compute a gradient as large as the table, and update every row. The model has no table meanwhile, see
/// [`without_table`].
#[derive(Debug)]
pub(crate) struct WordVectors {
    adam: Adam,
    table: RowAdam,
    columns: usize,
    is_of_bert: bool,
    waiting: RowGradients,
}

/// The vectors that a batch reads.
#[derive(Debug)]
pub(crate) struct LookedUp {
    /// Their rows in the table, in increasing order.
    rows: Vec<usize>,
    /// `[rows, columns]`
    vectors: Tensor<2>,
}

/// Gradients of some rows of the table, one after another.
#[derive(Debug, Default)]
struct RowGradients {
    rows: Vec<usize>,
    values: Vec<f32>,
}

impl WordVectors {
    /// Takes the vectors out of `model`, if it has any and they are trained.
    pub(crate) fn take_from(model: Misa, adam: Adam) -> (Misa, Option<Self>) {
        let Some(table) = model.text_table().filter(Tensor::is_require_grad) else {
            return (model, None);
        };
        let [_, columns] = table.dims();
        let is_of_bert = model.bert().is_some();
        // Before their numbers are read: what nobody else holds is not copied.
        let model = without_table(model);
        let vectors = Self {
            adam,
            table: RowAdam::new(adam, numbers(table.inner()), columns),
            columns,
            is_of_bert,
            waiting: RowGradients::default(),
        };
        (model, Some(vectors))
    }

    /// The text of `input` with ids replaced by rows of their vectors, and these vectors.
    ///
    /// `None` if the text is not ids.
    pub(crate) fn look_up(&mut self, input: &MisaInput) -> Option<(TextInput, LookedUp)> {
        let (ids, reads_padding) = match &input.text {
            TextInput::Words(ids) => (ids, false),
            // The plain mean over tokens reads padding.
            TextInput::Tokens(ids) => (ids, true),
            _ => return None,
        };
        let device = ids.device();
        let shape = ids.dims();
        let steps = shape[1];
        let ids: Vec<usize> = (ids.to_data().iter::<i64>())
            .map(|id| usize::try_from(id).expect("an id is not negative"))
            .collect();
        let mut rows: Vec<usize> = ids
            .chunks(steps)
            .zip(&input.lengths.text)
            .flat_map(|(ids, &length)| if reads_padding { ids } else { &ids[..length] })
            .copied()
            .collect();
        rows.sort_unstable();
        rows.dedup();
        // Padding that the model does not read may have any position.
        let position = |id: &usize| rows.binary_search(id).unwrap_or(0) as i32;
        let positions = TensorData::new(ids.iter().map(position).collect(), shape);
        let values = TensorData::new(self.table.rows(&rows), [rows.len(), self.columns]);
        let vectors = Tensor::<2>::from_data(values, &device).require_grad();
        let text = TextInput::Lookup {
            ids: Tensor::from_data(positions, &device),
            vectors: vectors.clone(),
        };
        Some((text, LookedUp { rows, vectors }))
    }

    /// Adds the gradient of the vectors of a batch to those that wait for an update.
    pub(crate) fn add(&mut self, looked_up: LookedUp, gradients: &mut Gradients) {
        let Some(gradient) = looked_up.vectors.grad_remove(gradients) else {
            return;
        };
        let gradient = RowGradients {
            rows: looked_up.rows,
            values: numbers(gradient),
        };
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting = waiting.plus(gradient, self.columns);
    }

    /// The norm of the gradients that wait.
    pub(crate) fn waiting_norm(&self) -> f64 {
        let squares = self.waiting.values.iter();
        squares
            .map(|&value| f64::from(value).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    /// Discards the gradients that wait.
    pub(crate) fn discard_gradients(&mut self) {
        self.waiting = RowGradients::default();
    }

    /// One step with the gradients that wait, each multiplied by `scale` first.
    pub(crate) fn update(&mut self, rates: LearningRates, scale: f64) {
        let RowGradients { rows, mut values } = std::mem::take(&mut self.waiting);
        // As everywhere, a parameter without a gradient is not updated.
        if rows.is_empty() {
            return;
        }
        if scale != 1.0 {
            values.iter_mut().for_each(|value| *value *= scale as f32);
        }
        let rate = if self.is_of_bert {
            rates.bert
        } else {
            rates.model
        };
        self.table.step(rate, &rows, &values);
    }

    /// Number of updates.
    pub(crate) fn time(&self) -> usize {
        self.table.time()
    }

    /// The table, and its first and second moments.
    pub(crate) fn parts(&mut self) -> [&[f32]; 3] {
        self.table.parts()
    }

    /// Restores the vectors from `model`, with their moments if there are any.
    pub(crate) fn restore(&mut self, model: &Misa, moments: Option<(usize, [&TensorData; 2])>) {
        let table = model
            .text_table()
            .expect("`take_from` has found a table in the model");
        let table = numbers(table.inner());
        let zeros = || vec![0.0; table.len()];
        let (time, moments) = match moments {
            Some((time, moments)) => (time, moments.map(|data| data.iter::<f32>().collect())),
            None => (0, [zeros(), zeros()]),
        };
        self.table = RowAdam::resume(self.adam, table, moments, self.columns, time);
        self.discard_gradients();
    }

    /// `model` with these vectors.
    pub(crate) fn write_to(&mut self, model: Misa, device: &Device) -> Misa {
        let values = self.table.table().to_vec();
        let shape = [values.len() / self.columns, self.columns];
        let table = Tensor::from_data(TensorData::new(values, shape), device);
        (model.with_text_table(table)).expect("the size of the table does not change")
    }
}

/// `model` with a table of the same shape that takes no memory. It is NaN everywhere: a loss tells at once if
/// something reads it.
pub(crate) fn without_table(model: Misa) -> Misa {
    let Some(table) = model.text_table() else {
        return model;
    };
    let shape = table.dims();
    let rest = Tensor::<2>::full([1, shape[1]], f32::NAN, &table.device()).expand(shape);
    (model.with_text_table(rest)).expect("the size of the table does not change")
}

fn numbers(tensor: Tensor<2>) -> Vec<f32> {
    (tensor.into_data().try_into_vec()).expect("word vectors are single precision")
}

impl RowGradients {
    /// The sum of both, row by row.
    fn plus(self, other: Self, columns: usize) -> Self {
        if self.rows.is_empty() {
            return other;
        }
        let mut sum = Self::default();
        let mut first = self
            .rows
            .into_iter()
            .zip(self.values.chunks(columns))
            .peekable();
        let mut second = other
            .rows
            .into_iter()
            .zip(other.values.chunks(columns))
            .peekable();
        loop {
            let row = match (first.peek(), second.peek()) {
                (Some((a, _)), Some((b, _))) => *a.min(b),
                (Some((row, _)), None) | (None, Some((row, _))) => *row,
                (None, None) => return sum,
            };
            let start = sum.values.len();
            sum.rows.push(row);
            sum.values.resize(start + columns, 0.0);
            for values in [
                first.next_if(|(next, _)| *next == row),
                second.next_if(|(next, _)| *next == row),
            ]
            .into_iter()
            .flatten()
            .map(|(_, values)| values)
            {
                for (sum, value) in sum.values[start..].iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradients(rows: &[usize], values: &[f32]) -> RowGradients {
        RowGradients {
            rows: rows.to_vec(),
            values: values.to_vec(),
        }
    }

    #[test]
    fn gradients_of_the_same_row_add_up() {
        let sum = gradients(&[1, 4], &[1.0, 2.0, 3.0, 4.0])
            .plus(gradients(&[0, 4, 7], &[5.0, 6.0, 7.0, 8.0, 9.0, 10.0]), 2);
        assert_eq!(sum.rows, [0, 1, 4, 7]);
        assert_eq!(sum.values, [5.0, 6.0, 1.0, 2.0, 10.0, 12.0, 9.0, 10.0]);
    }
}

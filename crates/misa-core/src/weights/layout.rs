//! The official layout of a tensor: transposed, or packed with others.

use burn::prelude::*;

/// Query, key and value share one packed tensor.
pub(super) const PARTS: usize = 3;

pub(super) fn transposed(data: &TensorData) -> TensorData {
    let [rows, columns] = data.shape().dims();
    let values: Vec<f32> = data.iter::<f32>().collect();
    let swapped = (0..columns).flat_map(|column| {
        let values = &values;
        (0..rows).map(move |row| values[row * columns + column])
    });
    TensorData::new(swapped.collect::<Vec<f32>>(), [columns, rows])
}

/// Concatenates the parts of one tensor by their first axis.
pub(super) fn stacked(parts: impl Iterator<Item = TensorData>) -> TensorData {
    let parts: Vec<_> = parts.collect();
    let mut shape = parts[0].shape().to_vec();
    shape[0] *= parts.len();
    let values: Vec<f32> = parts.iter().flat_map(TensorData::iter::<f32>).collect();
    TensorData::new(values, shape)
}

/// One of the packed parts.
pub(super) fn unstacked(packed: &TensorData, part: usize) -> TensorData {
    let mut shape = packed.shape().to_vec();
    shape[0] /= PARTS;
    let count = shape.iter().product();
    let values: Vec<f32> = packed
        .iter::<f32>()
        .skip(part * count)
        .take(count)
        .collect();
    TensorData::new(values, shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_parts_come_apart_as_they_were_put_together() {
        let part =
            |start: f32| TensorData::from([[start, start + 1.0], [start + 2.0, start + 3.0]]);
        let packed = stacked([part(0.0), part(4.0), part(8.0)].into_iter());
        assert_eq!(packed.shape().to_vec(), [6, 2]);
        assert_eq!(unstacked(&packed, 1), part(4.0));
        assert_eq!(
            transposed(&part(0.0)),
            TensorData::from([[0.0f32, 2.0], [1.0, 3.0]])
        );
    }
}

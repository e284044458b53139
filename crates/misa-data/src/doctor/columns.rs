//! Running statistics of the feature values of one modality.

use crate::Sequence;
use crate::finite::is_finite;

/// Statistics per column, in constant memory.
///
/// NaN and infinite values are counted and otherwise left out.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    min: Vec<f32>,
    max: Vec<f32>,
    sum: Vec<f64>,
    squares: Vec<f64>,
    /// Whether a column varies within an utterance.
    changes: Vec<bool>,
    rows: usize,
    /// Whether any utterance has at least two steps, so that a column could vary.
    has_steps: bool,
    pub odd: Odd,
}

/// NaN and infinite values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Odd {
    pub nan: usize,
    pub positive: usize,
    pub negative: usize,
}

/// All columns together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    pub min: f32,
    pub max: f32,
    pub mean: f64,
    pub deviation: f64,
}

impl Odd {
    /// The odd values of a sequence, with a fast path for sequences without any.
    pub fn of(values: &[f32]) -> Self {
        let mut odd = Self::default();
        if !is_finite(values) {
            values.iter().for_each(|&value| odd.add(value));
        }
        odd
    }

    fn add(&mut self, value: f32) {
        match value {
            value if value.is_nan() => self.nan += 1,
            f32::INFINITY => self.positive += 1,
            f32::NEG_INFINITY => self.negative += 1,
            _ => {}
        }
    }

    pub fn infinite(self) -> usize {
        self.positive + self.negative
    }

    pub fn count(self) -> usize {
        self.nan + self.infinite()
    }

    fn merge(&mut self, other: Self) {
        self.nan += other.nan;
        self.positive += other.positive;
        self.negative += other.negative;
    }
}

impl Columns {
    pub fn new(d_input: usize) -> Self {
        Self {
            min: vec![f32::INFINITY; d_input],
            max: vec![f32::NEG_INFINITY; d_input],
            sum: vec![0.0; d_input],
            squares: vec![0.0; d_input],
            changes: vec![false; d_input],
            rows: 0,
            has_steps: false,
            odd: Odd::default(),
        }
    }

    /// Adds the steps of a sequence that are not absent; it is of the same size, whose NaN and infinite values are `odd`.
    pub fn add(&mut self, sequence: &Sequence, odd: Odd) {
        let present = sequence.steps() - sequence.n_absent();
        self.rows += present;
        self.has_steps |= present > 1;
        self.odd.merge(odd);
        let Some(first) = sequence.present().next() else {
            return;
        };
        for row in sequence.present() {
            match odd.count() {
                0 => self.add_row(row),
                _ => self.add_numbers(row),
            }
            for ((changes, value), first) in self.changes.iter_mut().zip(row).zip(first) {
                *changes |= value != first;
            }
        }
    }

    fn add_row(&mut self, row: &[f32]) {
        for (min, &value) in self.min.iter_mut().zip(row) {
            *min = min.min(value);
        }
        for (max, &value) in self.max.iter_mut().zip(row) {
            *max = max.max(value);
        }
        for (sum, &value) in self.sum.iter_mut().zip(row) {
            *sum += f64::from(value);
        }
        for (squares, &value) in self.squares.iter_mut().zip(row) {
            *squares += f64::from(value) * f64::from(value);
        }
    }

    fn add_numbers(&mut self, row: &[f32]) {
        for (column, &value) in row.iter().enumerate() {
            if value.is_finite() {
                self.min[column] = self.min[column].min(value);
                self.max[column] = self.max[column].max(value);
                self.sum[column] += f64::from(value);
                self.squares[column] += f64::from(value) * f64::from(value);
            }
        }
    }

    /// Adds the statistics of another split.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.has_steps |= other.has_steps;
        self.odd.merge(other.odd);
        for column in 0..self.len() {
            self.min[column] = self.min[column].min(other.min[column]);
            self.max[column] = self.max[column].max(other.max[column]);
            self.sum[column] += other.sum[column];
            self.squares[column] += other.squares[column];
            self.changes[column] |= other.changes[column];
        }
    }

    /// Number of columns.
    pub fn len(&self) -> usize {
        self.min.len()
    }

    /// Columns with one value in all steps, or without any finite value; none if there is a single
    /// step.
    pub fn constant(&self) -> Vec<usize> {
        self.columns(|column| self.rows > 1 && self.min[column] >= self.max[column])
    }

    /// Columns that vary between utterances, but never within one.
    pub fn repeated(&self) -> Vec<usize> {
        let constant = self.constant();
        self.columns(|column| {
            self.has_steps && !self.changes[column] && constant.binary_search(&column).is_err()
        })
    }

    fn columns(&self, is_meant: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.len()).filter(|&column| is_meant(column)).collect()
    }

    /// Range, mean and standard deviation of all finite values; `None` without any.
    pub fn moments(&self) -> Option<Moments> {
        let count = self.rows * self.len() - self.odd.count();
        if count == 0 {
            return None;
        }
        let mean = self.sum.iter().sum::<f64>() / count as f64;
        let square = self.squares.iter().sum::<f64>() / count as f64;
        Some(Moments {
            min: self.min.iter().copied().fold(f32::INFINITY, f32::min),
            max: self.max.iter().copied().fold(f32::NEG_INFINITY, f32::max),
            mean,
            deviation: (square - mean * mean).max(0.0).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(sequences: &[&[f32]]) -> Columns {
        let mut columns = Columns::new(3);
        for values in sequences {
            let sequence = Sequence::new(3, values.to_vec()).unwrap();
            columns.add(&sequence, Odd::of(values));
        }
        columns
    }

    #[test]
    fn columns_that_say_nothing_are_found() {
        // The first column is constant, the second one within each utterance.
        let columns = columns(&[&[7.0, 1.0, 0.0, 7.0, 1.0, 5.0], &[7.0, 2.0, 0.0]]);
        assert_eq!(columns.constant(), [0]);
        assert_eq!(columns.repeated(), [1]);
    }

    #[test]
    fn a_single_step_is_not_constant() {
        assert!(columns(&[&[7.0, 1.0, 0.0]]).constant().is_empty());
        let steps: [&[f32]; 2] = [&[7.0, 1.0, 0.0], &[7.0, 2.0, 0.0]];
        assert_eq!(columns(&steps).constant(), [0, 2]);
        assert!(columns(&steps).repeated().is_empty());
    }

    #[test]
    fn nan_and_infinite_values_are_counted_apart() {
        let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        let columns = columns(&[&odd, &[1.0, 2.0, 6.0]]);
        let expected = Odd {
            nan: 1,
            positive: 1,
            negative: 1,
        };
        assert_eq!(columns.odd, expected);
        // Of 1, 2 and 6: mean 3, variance (4 + 1 + 9) / 3.
        let moments = columns.moments().unwrap();
        assert_eq!((moments.min, moments.max), (1.0, 6.0));
        assert!((moments.mean - 3.0).abs() < 1e-12);
        assert!((moments.deviation - (14.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn splits_are_joined() {
        let mut train = columns(&[&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]);
        train.merge(&columns(&[&[1.0, 2.0, 1.0]]));
        assert_eq!(train.constant(), [0, 2]);
        assert!((train.moments().unwrap().mean - 10.0 / 9.0).abs() < 1e-12);
    }
}

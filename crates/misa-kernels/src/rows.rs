//! Adam for a table of which each step touches few rows.

use crate::Adam;
use crate::adam::Factors;
use crate::cpu::adam::{Row, catch_up, update_row};

/// Rows handed to one task.
const ROWS_PER_TASK: usize = 32;
/// From this step on Adam's bias corrections shrink slower than a moment without gradients fades.
const STEADY_TIME: usize = 5;

/// A table, such as word vectors, trained by Adam, where a row costs only when it is read.
///
/// Adam moves every row in every step, those without a gradient by what their moments still hold.
/// Here such a row waits, and makes the missed steps in one go before it is next read. The
/// numbers are those of [`Adam::step`] over the whole table, bit for bit.
///
/// The table is in host memory; a trainer reads the rows of a batch and returns their gradient.
#[derive(Clone, Debug)]
pub struct RowAdam {
    adam: Adam,
    columns: usize,
    table: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    /// Steps that each row has made, or missed without effect.
    made: Vec<usize>,
    /// Whether a row ever had a gradient.
    touched: Vec<bool>,
    /// Steps up to which every row is current.
    base: usize,
    /// Factors of the steps after `base`.
    history: Vec<Factors>,
    /// Step since when the learning rate has not risen.
    steady_from: usize,
}

/// Part of the table, whose first row is `start`.
struct Part<'a> {
    start: usize,
    columns: usize,
    table: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl RowAdam {
    /// A table of rows of `columns` numbers, before its first step.
    ///
    /// # Panics
    ///
    /// Panics if the table does not consist of whole rows.
    pub fn new(adam: Adam, table: Vec<f32>, columns: usize) -> Self {
        assert!(table.len().is_multiple_of(columns), "whole rows");
        let rows = table.len() / columns;
        Self {
            adam,
            columns,
            first: vec![0.0; table.len()],
            second: vec![0.0; table.len()],
            table,
            made: vec![0; rows],
            touched: vec![false; rows],
            base: 0,
            history: Vec::new(),
            steady_from: STEADY_TIME,
        }
    }

    /// A table that has made `time` steps already, with its moments.
    ///
    /// # Panics
    ///
    /// As [`Self::new`], or if the moments do not have the size of the table.
    pub fn resume(
        adam: Adam,
        table: Vec<f32>,
        [first, second]: [Vec<f32>; 2],
        columns: usize,
        time: usize,
    ) -> Self {
        assert_eq!(
            [first.len(), second.len()],
            [table.len(); 2],
            "one moment per number"
        );
        let moves = |row: usize| {
            let row = row * columns..(row + 1) * columns;
            first[row.clone()]
                .iter()
                .chain(&second[row])
                .any(|&moment| moment != 0.0)
        };
        let new = Self::new(adam, table, columns);
        Self {
            made: vec![time; new.made.len()],
            // A row without moments stays where it is, as one that was never touched.
            touched: (0..new.touched.len()).map(moves).collect(),
            base: time,
            // Nothing is known of earlier steps; it only takes a little longer.
            steady_from: (time + 1).max(STEADY_TIME),
            first,
            second,
            ..new
        }
    }

    /// The whole table as it is now, and its first and second moments.
    pub fn parts(&mut self) -> [&[f32]; 3] {
        self.table();
        [&self.table, &self.first, &self.second]
    }

    /// The given rows as they are now, one after another.
    ///
    /// # Panics
    ///
    /// Panics if `rows` do not rise or reach beyond the table.
    pub fn rows(&mut self, rows: &[usize]) -> Vec<f32> {
        self.catch_up(rows);
        let mut values = Vec::with_capacity(rows.len() * self.columns);
        for row in rows {
            values.extend_from_slice(&self.table[row * self.columns..][..self.columns]);
        }
        values
    }

    /// One step, given the gradient of some rows; all others have none.
    ///
    /// # Panics
    ///
    /// As [`Self::rows`], or if there is not one row of gradient for each.
    pub fn step(&mut self, learning_rate: f64, rows: &[usize], gradient: &[f32]) {
        assert_eq!(
            gradient.len(),
            rows.len() * self.columns,
            "a gradient per row"
        );
        self.catch_up(rows);
        let time = self.time() + 1;
        let factors = self.adam.factors(learning_rate, time);
        if self
            .history
            .last()
            .is_some_and(|last| last.step < factors.step)
        {
            self.steady_from = time.max(STEADY_TIME);
        }
        self.history.push(factors);
        let columns = self.columns;
        self.part().each(rows, &|index, _, row| {
            update_row(row, &gradient[index * columns..][..columns], &factors);
        });
        for &row in rows {
            self.made[row] = time;
            self.touched[row] = true;
        }
    }

    /// The whole table as it is now.
    pub fn table(&mut self) -> &[f32] {
        let rows: Vec<usize> = (0..self.made.len()).collect();
        self.catch_up(&rows);
        self.base = self.time();
        self.history.clear();
        &self.table
    }

    /// Steps made.
    pub fn time(&self) -> usize {
        self.base + self.history.len()
    }

    fn catch_up(&mut self, rows: &[usize]) {
        let time = self.time();
        let late = |&&row: &&usize| self.touched[row] && self.made[row] < time;
        let late: Vec<usize> = rows.iter().filter(late).copied().collect();
        let steady_from = self.steady_from;
        // What the tasks read has to be apart from what they write.
        let made = std::mem::take(&mut self.made);
        let history = std::mem::take(&mut self.history);
        let base = self.base;
        self.part().each(&late, &|_, index, row| {
            let missed = &history[made[index] - base..];
            catch_up(row, missed, time.saturating_sub(steady_from - 1));
        });
        self.made = made;
        self.history = history;
        for row in late {
            self.made[row] = time;
        }
    }

    fn part(&mut self) -> Part<'_> {
        Part {
            start: 0,
            columns: self.columns,
            table: &mut self.table,
            first: &mut self.first,
            second: &mut self.second,
        }
    }
}

impl<'a> Part<'a> {
    /// Calls `work` with the position in `rows`, the number and the memory of each, in parallel.
    fn each(self, rows: &[usize], work: &(impl Fn(usize, usize, Row<'_>) + Sync)) {
        assert!(rows.is_sorted_by(|a, b| a < b), "rows rise");
        self.each_from(0, rows, work);
    }

    fn each_from(
        mut self,
        position: usize,
        rows: &[usize],
        work: &(impl Fn(usize, usize, Row<'_>) + Sync),
    ) {
        if rows.len() > ROWS_PER_TASK {
            let middle = rows.len() / 2;
            let (low, high) = self.split(rows[middle]);
            rayon::join(
                || low.each_from(position, &rows[..middle], work),
                || high.each_from(position + middle, &rows[middle..], work),
            );
            return;
        }
        for (offset, &row) in rows.iter().enumerate() {
            work(position + offset, row, self.row(row));
        }
    }

    /// The rows before `row`, and the rest.
    fn split(self, row: usize) -> (Self, Self) {
        let cut = (row - self.start) * self.columns;
        let table = self.table.split_at_mut(cut);
        let first = self.first.split_at_mut(cut);
        let second = self.second.split_at_mut(cut);
        let part = |start, table, first, second| Self {
            start,
            columns: self.columns,
            table,
            first,
            second,
        };
        (
            part(self.start, table.0, first.0, second.0),
            part(row, table.1, first.1, second.1),
        )
    }

    fn row(&mut self, row: usize) -> Row<'_> {
        let start = (row - self.start) * self.columns;
        let range = start..start + self.columns;
        Row {
            parameter: &mut self.table[range.clone()],
            first: &mut self.first[range.clone()],
            second: &mut self.second[range],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::prelude::*;
    use burn::tensor::TensorData;

    const COLUMNS: usize = 19;

    /// Numbers in ±1 that repeat late.
    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn tensor(values: &[f32]) -> Tensor<2> {
        let shape = [values.len() / COLUMNS, COLUMNS];
        Tensor::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
    }

    fn host(tensor: &Tensor<2>) -> Vec<f32> {
        tensor.to_data().iter().collect()
    }

    /// Trains a table lazily and densely and compares every bit.
    fn compare(steps: usize, rates: impl Fn(usize) -> f64, touched: impl Fn(usize) -> Vec<usize>) {
        let rows = 90;
        let adam = Adam {
            clip: Some(0.8),
            ..Adam::default()
        };
        let start = numbers(rows * COLUMNS, 1);
        let mut lazy = RowAdam::new(adam, start.clone(), COLUMNS);
        let (mut dense, mut moments) = (tensor(&start), None);
        for step in 1..=steps {
            let touched = touched(step);
            let gradient = numbers(touched.len() * COLUMNS, 2 + step as u64);
            let before = lazy.rows(&touched);
            let now = host(&dense);
            let mut whole = vec![0.0; rows * COLUMNS];
            for (index, row) in touched.iter().enumerate() {
                let at = row * COLUMNS..(row + 1) * COLUMNS;
                assert_eq!(before[index * COLUMNS..][..COLUMNS], now[at.clone()]);
                whole[at].copy_from_slice(&gradient[index * COLUMNS..][..COLUMNS]);
            }
            lazy.step(rates(step), &touched, &gradient);
            let (next, next_moments) = adam.step(rates(step), step, dense, tensor(&whole), moments);
            (dense, moments) = (next, Some(next_moments));
            if step % 97 == 0 {
                assert_eq!(lazy.table(), host(&dense), "after step {step}");
            }
        }
        assert_eq!(lazy.table(), host(&dense));
    }

    /// Row `n` is touched every `n + 1` steps.
    fn by_frequency(step: usize) -> Vec<usize> {
        (0..60).filter(|row| step.is_multiple_of(row + 1)).collect()
    }

    #[test]
    fn waiting_rows_end_up_bit_for_bit_where_dense_steps_lead() {
        compare(400, |_| 1e-3, by_frequency);
    }

    #[test]
    fn a_row_may_wait_until_its_moments_have_faded() {
        compare(
            2_000,
            |_| 1e-1,
            |step| match step {
                1 | 3 | 1_900 => (0..90).collect(),
                _ => vec![0],
            },
        );
    }

    #[test]
    fn the_learning_rate_may_change_in_between() {
        let rate = |step: usize| if step < 250 { 1e-9 } else { 0.5 / step as f64 };
        compare(500, rate, |step| match step {
            1 | 499 => (0..90).collect(),
            _ => by_frequency(step),
        });
    }

    #[test]
    fn a_resumed_table_continues_bit_for_bit() {
        let start = numbers(90 * COLUMNS, 1);
        let mut whole = RowAdam::new(Adam::default(), start, COLUMNS);
        let mut resumed = whole.clone();
        // Falls, stays, and rises again right after a pause.
        let rate = |step: usize| {
            if step % 40 == 1 {
                0.1
            } else {
                0.2 / step as f64
            }
        };
        for step in 1..=200 {
            let touched = by_frequency(step);
            let gradient = numbers(touched.len() * COLUMNS, step as u64);
            whole.step(rate(step), &touched, &gradient);
            resumed.step(rate(step), &touched, &gradient);
            if step % 40 == 0 {
                let time = resumed.time();
                let [table, first, second] = resumed.parts().map(<[f32]>::to_vec);
                let moments = [first, second];
                resumed = RowAdam::resume(Adam::default(), table, moments, COLUMNS, time);
            }
        }
        assert_eq!(whole.parts(), resumed.parts());
    }

    #[test]
    #[should_panic(expected = "rows rise")]
    fn a_row_named_twice_is_refused() {
        let mut table = RowAdam::new(Adam::default(), vec![0.0; 4], 1);
        table.step(0.1, &[2, 2], &[1.0, 1.0]);
    }
}

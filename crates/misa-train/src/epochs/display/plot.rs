//! A chart of two series as lines of text.

/// Symbol of the train split: one per epoch.
pub(super) const TRAIN: char = '·';
/// Symbol of the valid split. Its points are drawn four times as finely, as dots of Braille.
pub(super) const VALID: char = '⠶';

/// Rows and columns of dots in a character.
const DOTS: (usize, usize) = (4, 2);
/// First of the characters with Braille dots.
const BRAILLE: u32 = 0x2800;
/// The bit of each dot, by row and column.
const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Values by epoch of both splits; `None` where there is none. They differ in their symbols, so that
/// a terminal without colours shows which is which.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub train: Vec<Option<f64>>,
    pub valid: Vec<Option<f64>>,
}

/// A character of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Train,
    Valid(char),
}

impl Series {
    /// The chart in `rows` of `columns` characters, the highest value in the first row.
    pub(super) fn cells(&self, rows: usize, columns: usize) -> Vec<Vec<Cell>> {
        let mut cells = vec![vec![Cell::Empty; columns]; rows];
        let Some(range) = self.range() else {
            return cells;
        };
        for (epoch, value) in numbered(&self.train) {
            let (row, column) = self.place(epoch, value, range, (rows, columns));
            cells[row][column] = Cell::Train;
        }
        let mut dots = vec![vec![0; columns]; rows];
        let finely = (rows * DOTS.0, columns * DOTS.1);
        for (epoch, value) in numbered(&self.valid) {
            let (row, column) = self.place(epoch, value, range, finely);
            dots[row / DOTS.0][column / DOTS.1] |= BITS[row % DOTS.0][column % DOTS.1];
        }
        for (row, dots) in cells.iter_mut().zip(dots) {
            for (cell, bits) in row.iter_mut().zip(dots) {
                if bits != 0 {
                    let letter = char::from_u32(BRAILLE + bits).unwrap_or(VALID);
                    *cell = Cell::Valid(letter);
                }
            }
        }
        cells
    }

    /// Lowest and highest value.
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        let values = self.train.iter().chain(&self.valid).flatten();
        values.fold(None, |range, &value| match range {
            None => Some((value, value)),
            Some((low, high)) => Some((low.min(value), high.max(value))),
        })
    }

    fn place(
        &self,
        epoch: usize,
        value: f64,
        (low, high): (f64, f64),
        (rows, columns): (usize, usize),
    ) -> (usize, usize) {
        let epochs = self.train.len().max(self.valid.len());
        let across = share(epoch as f64, 0.0, epochs.saturating_sub(1) as f64);
        let down = 1.0 - share(value, low, high);
        let at =
            |share: f64, count: usize| (share * count.saturating_sub(1) as f64).round() as usize;
        (at(down, rows), at(across, columns))
    }
}

fn numbered(values: &[Option<f64>]) -> impl Iterator<Item = (usize, f64)> {
    let values = values.iter().enumerate();
    values.filter_map(|(epoch, value)| Some((epoch, (*value)?)))
}

/// Where `value` lies between two others, from 0 to 1; 0.5 if they are equal.
fn share(value: f64, low: f64, high: f64) -> f64 {
    if high > low {
        (value - low) / (high - low)
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(series: &Series, rows: usize, columns: usize) -> Vec<String> {
        let letter = |cell: &Cell| match cell {
            Cell::Empty => ' ',
            Cell::Train => TRAIN,
            Cell::Valid(letter) => *letter,
        };
        let cells = series.cells(rows, columns);
        cells
            .iter()
            .map(|row| row.iter().map(letter).collect())
            .collect()
    }

    #[test]
    fn the_splits_differ_without_colours() {
        let series = Series {
            train: vec![Some(1.0), Some(0.0)],
            valid: vec![Some(0.0), Some(1.0)],
        };
        // Dots 7 and 4 of Braille: lower left, upper right.
        assert_eq!(text(&series, 2, 4), ["·  ⠈", "⡀  ·"]);
    }

    #[test]
    fn a_value_alone_is_in_the_middle_and_none_is_nowhere() {
        let one = Series {
            valid: vec![Some(0.5)],
            ..Series::default()
        };
        assert_eq!(text(&one, 1, 3), [" ⠠ "]);
        assert_eq!(text(&Series::default(), 1, 3), ["   "]);
        assert_eq!(one.range(), Some((0.5, 0.5)));
    }

    #[test]
    fn many_epochs_share_characters() {
        let series = Series {
            valid: (0..100).map(|epoch| Some(f64::from(epoch))).collect(),
            ..Series::default()
        };
        let rows = text(&series, 2, 3);
        assert!(rows.iter().all(|row| row.chars().count() == 3), "{rows:?}");
        assert!(
            !rows[0].starts_with('⣀') && rows[1].ends_with(' '),
            "{rows:?}"
        );
    }
}

//! Columns of text.

use super::style::Style;

/// A table with a header; the first columns are left-aligned, the others right-aligned.
#[derive(Debug)]
pub(super) struct Table {
    left: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table whose first `left` columns are left-aligned.
    pub fn new<'h>(left: usize, head: impl IntoIterator<Item = &'h str>) -> Self {
        let head = head.into_iter().map(str::to_owned).collect();
        Self {
            left,
            rows: vec![head],
        }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds the table, with a dim header.
    pub fn write(&self, out: &mut String, style: Style) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (index, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, &width))| {
                if column < self.left {
                    format!("{cell:<width$}")
                } else {
                    format!("{cell:>width$}")
                }
            });
            let line = format!("  {}", cells.collect::<Vec<_>>().join("  "));
            let line = line.trim_end();
            out.push_str(&if index == 0 {
                style.dim(line)
            } else {
                line.to_owned()
            });
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_flush_right() {
        let mut table = Table::new(1, ["", "train", "n"]);
        table.row(["utterances".to_owned(), "3".to_owned(), "1000".to_owned()]);
        let mut out = String::new();
        table.write(&mut out, Style { colour: false });
        let expected = "              train     n\n  utterances      3  1000\n";
        assert_eq!(out, expected);
    }
}

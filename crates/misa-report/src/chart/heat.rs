//! A table of shaded cells with numbers.

use crate::draw::colour::{ink_on, sequential_step};
use crate::draw::svg::{Anchor, Svg};
use crate::draw::text::{cut, width};

const TEXT: f64 = 12.0;
const WIDTH: f64 = 460.0;
/// Longest name to the left of a row; longer ones are cut.
const NAMES: f64 = 130.0;

/// One cell: the strength of its shade, from 0 to 1, and its number.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) share: f64,
    pub(crate) number: String,
    /// Second line, smaller; may be empty.
    pub(crate) remark: String,
}

/// A square table with the same names for rows and columns.
#[derive(Clone, Debug)]
pub(crate) struct Heat<'a> {
    pub(crate) names: &'a [String],
    pub(crate) row_label: &'a str,
    pub(crate) column_label: &'a str,
    /// `[names, names]`, row-major.
    pub(crate) cells: Vec<Cell>,
}

impl Heat<'_> {
    /// Draws the table, with square cells unless there are few.
    pub(crate) fn draw(&self) -> Svg {
        let count = self.names.len().max(1) as f64;
        let longest = self
            .names
            .iter()
            .map(|name| width(name, TEXT))
            .fold(0.0, f64::max);
        let left = 28.0 + longest.min(NAMES);
        let across = (WIDTH - left - 8.0) / count;
        let down = across.min(96.0);
        let (top, head) = (24.0, self.head(across));
        let mut svg = Svg::new(WIDTH, top + head + count * down + 8.0);
        let origin = (left, top + head);
        svg.text(
            "t",
            (left + across * count / 2.0, 14.0),
            Anchor::Middle,
            self.column_label,
        );
        svg.upward_text("t", (12.0, origin.1 + down * count / 2.0), self.row_label);
        self.draw_names(&mut svg, origin, (across, down));
        for (index, cell) in self.cells.iter().enumerate() {
            let (row, column) = (index / self.names.len(), index % self.names.len());
            let corner = (left + column as f64 * across, origin.1 + row as f64 * down);
            draw_cell(&mut svg, cell, corner, (across, down));
        }
        svg
    }

    fn draw_names(&self, svg: &mut Svg, (left, top): (f64, f64), (across, down): (f64, f64)) {
        let is_sparse = down >= 11.0;
        for (index, name) in self
            .names
            .iter()
            .enumerate()
            .filter(|(k, _)| is_sparse || k % 4 == 0)
        {
            let middle = (index as f64 + 0.5) * across + left;
            let row = (index as f64 + 0.5) * down + top + 4.0;
            let short = cut(name, TEXT, NAMES);
            svg.text("q", (left - 8.0, row), Anchor::End, &short);
            let lines = lines(name, across);
            for (line, words) in lines.iter().rev().enumerate() {
                let y = top - 7.0 - line as f64 * 13.0;
                svg.text(
                    "q s",
                    (middle, y),
                    Anchor::Middle,
                    &cut(words, 11.0, across * 1.05),
                );
            }
        }
    }

    fn head(&self, across: f64) -> f64 {
        let lines = self
            .names
            .iter()
            .map(|name| lines(name, across).len())
            .max()
            .unwrap_or(1);
        lines as f64 * 13.0 + 5.0
    }
}

/// The name on one line if it fits, otherwise one line per word.
fn lines(name: &str, across: f64) -> Vec<&str> {
    if width(name, 11.0) <= across {
        return vec![name];
    }
    name.split_whitespace().take(3).collect()
}

fn draw_cell(svg: &mut Svg, cell: &Cell, (x, y): (f64, f64), (across, down): (f64, f64)) {
    let step = sequential_step(cell.share);
    let gap = if across > 20.0 { 1.5 } else { 0.5 };
    svg.rect(&format!("a{step}"), (x, y), (across - gap, down - gap));
    let ink = ink_on(step);
    let (middle, centre) = (x + (across - gap) / 2.0, y + (down - gap) / 2.0);
    if width(&cell.number, TEXT) > across - 2.0 || down < 16.0 {
        return;
    }
    let has_remark = !cell.remark.is_empty() && down >= 34.0 && width(&cell.remark, 11.0) < across;
    let shift = if has_remark { -3.0 } else { 4.0 };
    svg.text(ink, (middle, centre + shift), Anchor::Middle, &cell.number);
    if has_remark {
        svg.text(
            &format!("{ink} s"),
            (middle, centre + 12.0),
            Anchor::Middle,
            &cell.remark,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_names_that_do_not_fit() {
        assert_eq!(lines("shared text", 60.0), ["shared", "text"]);
        assert_eq!(lines("shared text", 90.0), ["shared text"]);
    }

    #[test]
    fn draws_every_number_that_fits() {
        let names: Vec<String> = ["a", "b"].map(String::from).to_vec();
        let cell = |number: &str| Cell {
            share: 0.5,
            number: number.into(),
            remark: String::new(),
        };
        let cells = ["11", "12", "21", "22"].map(cell).to_vec();
        let heat = Heat {
            names: &names,
            row_label: "row",
            column_label: "column",
            cells,
        };
        let drawn = heat.draw().inline("", "");
        assert!(
            ["11", "12", "21", "22"]
                .iter()
                .all(|n| drawn.contains(&format!(">{n}</text>")))
        );
    }
}

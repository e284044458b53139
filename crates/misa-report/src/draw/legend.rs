//! Legends: a row of marks and names above a chart.

use crate::draw::area::Area;
use crate::draw::colour::DIVERGING;
use crate::draw::svg::{Anchor, Svg, dot, triangle};
use crate::draw::text::{cut, fixed, width};

const TEXT: f64 = 12.0;
/// Height of a row.
pub(crate) const LINE: f64 = 18.0;
const MARK: f64 = 20.0;
const GAP: f64 = 16.0;

/// The mark before a name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mark {
    Line,
    Dashed,
    Dot,
    Triangle,
    Area(Area),
}

/// One name and its mark.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) mark: Mark,
    /// Classes of the mark.
    pub(crate) class: String,
    pub(crate) name: String,
}

impl Entry {
    /// A name behind a rectangle with a pattern.
    pub(crate) fn area(area: Area, name: impl Into<String>) -> Self {
        Self::new(Mark::Area(area), "", name)
    }

    pub(crate) fn new(mark: Mark, class: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            mark,
            class: class.into(),
            name: name.into(),
        }
    }
}

/// Height of [`draw`] for `entries` on a drawing of width `across`.
pub(crate) fn height(entries: &[Entry], across: f64) -> f64 {
    let rows = positions(entries, across)
        .last()
        .map_or(0.0, |(_, row)| row + 1.0);
    rows * LINE
}

/// Right end of `entries` in a single row, including the gap after it.
pub(crate) fn end(entries: &[Entry]) -> f64 {
    let widths = entries
        .iter()
        .map(|entry| MARK + width(&entry.name, TEXT) + GAP);
    2.0 + widths.sum::<f64>()
}

/// Draws the entries below `top`, as many in a row as fit.
pub(crate) fn draw(svg: &mut Svg, top: f64, entries: &[Entry]) {
    draw_within(svg, top, entries, svg.width);
}

/// Draws the entries below `top`, as many in a row as fit a part of the drawing, `across` wide.
pub(crate) fn draw_within(svg: &mut Svg, top: f64, entries: &[Entry], across: f64) {
    for (entry, (x, row)) in entries.iter().zip(positions(entries, across)) {
        let y = top + row * LINE + LINE / 2.0;
        draw_mark(svg, entry, (x, y));
        let name = cut(&entry.name, TEXT, across - x - MARK - 8.0);
        svg.text("t", (x + MARK, y + 4.0), Anchor::Start, &name);
    }
}

/// Draws the diverging colours as a bar that is labelled from `-limit` to `limit`.
pub(crate) fn draw_diverging(svg: &mut Svg, (x, y): (f64, f64), name: &str, limit: f64) {
    let low = fixed(-limit, 1);
    svg.text("t", (x, y + 4.0), Anchor::Start, name);
    let start = x + width(name, TEXT) + 10.0 + width(&low, TEXT);
    svg.text("q", (start - 4.0, y + 4.0), Anchor::End, &low);
    for step in 0..DIVERGING {
        let corner = (start + step as f64 * 10.0, y - 5.0);
        svg.rect(&format!("d{step}"), corner, (10.0, 10.0));
    }
    let end = start + DIVERGING as f64 * 10.0 + 4.0;
    svg.text("q", (end, y + 4.0), Anchor::Start, &fixed(limit, 1));
}

fn draw_mark(svg: &mut Svg, entry: &Entry, (x, y): (f64, f64)) {
    let class = &entry.class;
    match entry.mark {
        Mark::Line => svg.line(class, (x + 1.0, y), (x + 14.0, y)),
        Mark::Dashed => svg.line(class, (x, y), (x + 15.0, y)),
        Mark::Dot => svg.path(class, &dot((x + 9.0, y), 4.5)),
        Mark::Area(area) => area.draw(svg, (x, y - 6.0), (15.0, 12.0)),
        Mark::Triangle => svg.path(class, &triangle((x + 9.0, y), 4.5)),
    }
}

/// Left end and row of each entry.
fn positions(entries: &[Entry], across: f64) -> Vec<(f64, f64)> {
    let (mut x, mut row) = (2.0, 0.0);
    let mut positions = Vec::with_capacity(entries.len());
    for entry in entries {
        let needed = MARK + width(&entry.name, TEXT);
        // The room that a name is cut to.
        if x > 2.0 && x + needed > across - 8.0 {
            (x, row) = (2.0, row + 1.0);
        }
        positions.push((x, row));
        x += needed + GAP;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_a_new_row_when_the_drawing_ends() {
        let entry = Entry::new(Mark::Dot, "c0", "acoustic");
        let entries = vec![entry; 3];
        assert_eq!(height(&entries, 400.0), LINE);
        assert_eq!(height(&entries, 200.0), 2.0 * LINE);
        assert_eq!(height(&[], 200.0), 0.0);
    }
}

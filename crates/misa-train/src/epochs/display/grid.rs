//! Charts side by side, as many as fit.

use super::plot::{Cell, Series, TRAIN, VALID};

/// Columns that a chart needs: label, axis, plot and gap.
const NARROWEST: usize = 26;
/// Columns of the labels of the vertical axis.
const LABEL: usize = 7;
/// Rows of a chart: its title, and at least two of its plot.
const LOWEST: usize = 3;
/// A higher chart shows no more.
const HIGHEST: usize = 10;

const BLUE: &str = "\x1b[36m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// A chart and what it shows.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    pub name: String,
    pub series: Series,
}

/// The charts in at most `rows` lines of `columns` characters. Those that do not fit are one line of
/// their last values.
pub(super) fn grid(
    charts: &[Chart],
    (columns, rows): (usize, usize),
    has_colours: bool,
) -> Vec<String> {
    if charts.is_empty() || rows < LOWEST {
        return Vec::new();
    }
    let across = (columns / NARROWEST).clamp(1, charts.len());
    let fit = |rows: usize| rows / LOWEST * across;
    let shown = if fit(rows) >= charts.len() {
        charts.len()
    } else {
        fit(rows - 1)
    };
    let (shown, others) = charts.split_at(shown.min(charts.len()));
    let below = usize::from(!others.is_empty());
    let height = (rows - below) / shown.len().div_ceil(across).max(1);
    let (height, width) = (height.min(HIGHEST), columns / across);
    let mut lines: Vec<String> = Vec::new();
    for row in shown.chunks(across) {
        let drawn: Vec<Vec<String>> = (row.iter())
            .map(|chart| chart.lines((width, height), has_colours))
            .collect();
        lines.extend(
            (0..height).map(|line| drawn.iter().map(|chart| chart[line].as_str()).collect()),
        );
    }
    if !others.is_empty() {
        let values: Vec<String> = others.iter().map(Chart::value).collect();
        lines.push(cut(&values.join("  "), columns));
    }
    lines
}

impl Chart {
    /// The chart in `height` lines of `width` characters, not counting colours.
    fn lines(&self, (width, height): (usize, usize), has_colours: bool) -> Vec<String> {
        let title = padded(&self.title(width - 1), width);
        let plot = (height - 1, width - LABEL - 1);
        let range = self.series.range();
        let cells = self.series.cells(plot.0, plot.1);
        let last = cells.len() - 1;
        let line = |(row, cells): (usize, &Vec<Cell>)| {
            let label = match range {
                Some((_, high)) if row == 0 => number(high),
                Some((low, _)) if row == last => number(low),
                _ => String::new(),
            };
            let edge = LABEL - 1;
            let plot: String = cells
                .iter()
                .map(|cell| symbol(*cell, has_colours))
                .collect();
            format!("{label:>edge$}│{plot} ")
        };
        let rows = cells.iter().enumerate().map(line);
        [title].into_iter().chain(rows).collect()
    }

    /// The name, and the last value of each split; in a narrow chart, that of the valid split alone.
    fn title(&self, width: usize) -> String {
        let last = |values: &[Option<f64>]| values.last().copied().flatten().map(number);
        let train = last(&self.series.train).map(|value| format!(" {TRAIN} {value}"));
        let valid = last(&self.series.valid).map(|value| format!(" {VALID} {value}"));
        let (train, valid) = (train.unwrap_or_default(), valid.unwrap_or_default());
        let short = self.name.trim_end_matches(" loss");
        let texts = [
            format!("{}{train}{valid}", self.name),
            format!("{}{valid}", self.name),
            format!("{short}{valid}"),
        ];
        let fits = |text: &&String| text.chars().count() <= width;
        let room = width.saturating_sub(valid.chars().count());
        let cut_name = || format!("{}{valid}", cut(short, room));
        texts.iter().find(fits).cloned().unwrap_or_else(cut_name)
    }

    /// The name and the last value of the valid split.
    fn value(&self) -> String {
        let value = self.series.valid.last().copied().flatten();
        format!(
            "{} {}",
            self.name,
            value.map_or_else(|| "–".to_string(), number)
        )
    }
}

fn symbol(cell: Cell, has_colours: bool) -> String {
    let (colour, letter) = match cell {
        Cell::Empty => return " ".to_string(),
        Cell::Train => (BLUE, TRAIN),
        Cell::Valid(letter) => (YELLOW, letter),
    };
    if has_colours {
        format!("{colour}{letter}{PLAIN}")
    } else {
        letter.to_string()
    }
}

/// A number of at most six characters.
fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 10_000.0 || (size > 0.0 && size < 0.001) {
        format!("{value:.0e}")
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

/// The text in at most `width` characters, with an ellipsis if it is cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_string();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charts(count: usize) -> Vec<Chart> {
        let chart = |place| Chart {
            name: format!("score {place}"),
            series: Series {
                train: vec![Some(2.0), Some(1.0)],
                valid: vec![Some(2.5), Some(0.5)],
            },
        };
        (0..count).map(chart).collect()
    }

    #[test]
    fn twelve_charts_fit_on_small_and_large_screens() {
        for (columns, rows) in [(80, 20), (120, 36), (200, 50)] {
            let lines = grid(&charts(12), (columns, rows), false);
            assert!(lines.len() <= rows, "{} lines", lines.len());
            for line in &lines {
                assert!(line.chars().count() <= columns, "{line}");
            }
            let text = lines.join("\n");
            for place in 0..12 {
                assert!(
                    text.contains(&format!("score {place} · 1.000 ⠶ 0.500")),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_a_line_of_values() {
        let lines = grid(&charts(12), (60, 10), false);
        assert_eq!(lines.len(), 10);
        assert!(
            lines[9].starts_with("score 6 0.500  score 7 0.500"),
            "{}",
            lines[9]
        );
    }

    #[test]
    fn colours_are_added_to_symbols_that_differ_anyway() {
        let chart = &charts(1)[0];
        let plain = chart.lines((40, 4), false).join("\n");
        let coloured = chart.lines((40, 4), true).join("\n");
        assert!(plain.contains(TRAIN) && !plain.contains('\x1b'));
        let stripped = [BLUE, YELLOW, PLAIN]
            .iter()
            .fold(coloured.clone(), |text, code| text.replace(code, ""));
        assert_eq!(stripped, plain);
        assert!(coloured.contains(YELLOW));
    }

    #[test]
    fn numbers_have_six_characters_at_most() {
        for (value, expected) in [
            (0.0, "0.000"),
            (-0.12345, "-0.123"),
            (12.34, "12.3"),
            (-1234.5, "-1234"),
            (123_456.0, "1e5"),
            (0.000_012, "1e-5"),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}

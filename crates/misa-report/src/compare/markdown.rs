//! A comparison as Markdown.

use super::fit::{parts, wrapped};
use super::grid::{Grid, Text};
use super::{Comparison, TableStyle};

/// What a column takes beside its text: a bar and two spaces.
const GAP: usize = 3;

impl Comparison {
    /// Markdown with aligned columns, without a limit of its width.
    pub fn to_markdown(&self) -> String {
        self.to_markdown_in(TableStyle::new())
    }

    /// Markdown with aligned columns, and the notes below them as a list.
    pub fn to_markdown_in(&self, style: TableStyle) -> String {
        let grids = self.grids(style);
        let tables = grids.iter().map(|grid| {
            let title = grid.title.replace('|', "\\|");
            format!("## {title}\n\n{}\n", markdown(grid, style.width))
        });
        let mut text: String = tables.collect();
        for note in self.notes_in(style) {
            text.push_str(&wrapped(&format!("- {note}"), "  ", style.width));
        }
        text
    }
}

/// A table, in parts of at most `width`; one of text alone that is wider is a list.
fn markdown(grid: &Grid, width: Option<usize>) -> String {
    let head: Vec<String> = grid.columns.iter().map(|name| escaped(name)).collect();
    let rows: Vec<Vec<String>> = (grid.rows.iter())
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().chain([&head]);
            let lengths = cells.map(|row| row[column].chars().count());
            lengths.max().unwrap_or(0)
        })
        .collect();
    let limit = width.unwrap_or(usize::MAX).saturating_sub(1);
    let whole: usize = widths.iter().map(|width| width + GAP).sum();
    if grid.texts == head.len() && whole > limit {
        return list(grid, width);
    }
    let line = |cells: &[String], columns: &[usize]| {
        let cells = columns.iter().map(|&column| {
            let gap = " ".repeat(widths[column] - cells[column].chars().count());
            format!(" {}{gap} |", cells[column])
        });
        format!("|{}\n", cells.collect::<String>())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let tables: Vec<String> = parts(&widths, grid.texts, GAP, limit)
        .iter()
        .map(|columns| {
            let rows: String = rows.iter().map(|row| line(row, columns)).collect();
            format!("{}{}{rows}", line(&head, columns), line(&rule, columns))
        })
        .collect();
    tables.join("\n")
}

/// One item for each row, which begins with its first cell.
fn list(grid: &Grid, width: Option<usize>) -> String {
    let item = |row: &Vec<Text>| {
        let named = grid.columns.iter().zip(row).skip(1);
        let named: Vec<String> = named
            .map(|(name, text)| format!("{name} {}", escaped(&text.text)))
            .collect();
        let first = row.first().map(cell).unwrap_or_default();
        wrapped(&format!("- {first}: {}", named.join("; ")), "  ", width)
    };
    grid.rows.iter().map(item).collect()
}

fn cell(text: &Text) -> String {
    let escaped = escaped(&text.text);
    if text.is_stressed {
        format!("**{escaped}**")
    } else {
        escaped
    }
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

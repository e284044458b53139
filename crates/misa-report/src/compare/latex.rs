//! A comparison as LaTeX.

use super::fit::parts;
use super::grid::{Grid, Text};
use super::{Comparison, TableStyle, score_key};

/// Columns of text that fit a column of a paper in footnote size; what is wider is scaled down.
const WIDTH: usize = 76;
/// What a column takes beside its text.
const GAP: usize = 3;
/// What the preamble of a paper needs.
const HEAD: &str = "% Put \\usepackage{booktabs} and \\usepackage{graphicx} into the preamble.\n\
                    % A table that is wider than a column is divided, and scaled down at last.\n";

impl Comparison {
    /// LaTeX for the packages booktabs and graphicx, at most as wide as a column.
    pub fn to_latex(&self) -> String {
        self.to_latex_in(TableStyle::new())
    }

    /// LaTeX for the packages booktabs and graphicx: a table environment with a caption and a label
    /// for each table, at most as wide as a column. The notes are below the last one.
    pub fn to_latex_in(&self, style: TableStyle) -> String {
        let grids = self.grids(style);
        let notes = self.notes_in(style).map(|note| latex_text(note));
        let notes: Vec<String> = notes.collect();
        let mut text = HEAD.to_string();
        for (index, grid) in grids.iter().enumerate() {
            let is_last = index + 1 == grids.len();
            let notes = if is_last { notes.as_slice() } else { &[] };
            text.push_str(&table(grid, notes));
        }
        text
    }
}

/// A table environment.
fn table(grid: &Grid, notes: &[String]) -> String {
    let body = if grid.texts == grid.columns.len() {
        paragraph(
            &grid
                .rows
                .iter()
                .map(|row| line_of_text(grid, row))
                .collect::<Vec<_>>(),
        )
    } else {
        let tabulars: Vec<String> = column_parts(grid)
            .iter()
            .map(|columns| boxed(grid, columns))
            .collect();
        tabulars.join("\\par\\medskip\n")
    };
    let notes = if notes.is_empty() {
        String::new()
    } else {
        format!("\\par\\medskip\n{}", paragraph(notes))
    };
    let label = score_key(&grid.title).replace('_', "-");
    format!(
        "\n\\begin{{table}}\n\\centering\\footnotesize\n\\caption{{{}}}\n\\label{{tab:{label}}}\n\
         {body}{notes}\\end{{table}}\n",
        latex_text(&grid.title)
    )
}

/// The columns of each part of a table.
fn column_parts(grid: &Grid) -> Vec<Vec<usize>> {
    let width = |column: usize| {
        let cells = grid.rows.iter().map(|row| row[column].text.chars().count());
        let name = grid.columns[column].chars().count();
        cells.chain([name]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..grid.columns.len()).map(width).collect();
    parts(&widths, grid.texts, GAP, WIDTH)
}

/// A tabular of these columns, scaled down if it is wider than a column of the paper.
fn boxed(grid: &Grid, columns: &[usize]) -> String {
    let cell = |text: &Text| {
        if text.is_stressed {
            format!("\\textbf{{{}}}", latex_text(&text.text))
        } else {
            latex_text(&text.text)
        }
    };
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let head = columns
        .iter()
        .map(|&column| latex_text(&grid.columns[column]));
    let head = line(head.collect());
    let rows: String = (grid.rows.iter())
        .map(|row| line(columns.iter().map(|&column| cell(&row[column])).collect()))
        .collect();
    let numbers = columns.len().saturating_sub(grid.texts);
    let alignment = format!("{}{}", "l".repeat(grid.texts), "r".repeat(numbers));
    format!(
        "\\sbox0{{%\n\\begin{{tabular}}{{@{{}}{alignment}@{{}}}}\n\\toprule\n{head}\\midrule\n\
         {rows}\\bottomrule\n\\end{{tabular}}}}%\n\
         \\ifdim\\wd0>\\columnwidth\\resizebox{{\\columnwidth}}{{!}}{{\\usebox0}}\\else\\usebox0\\fi\n"
    )
}

/// A row of a table of text, as a sentence.
fn line_of_text(grid: &Grid, row: &[Text]) -> String {
    let named = grid.columns.iter().zip(row).skip(1);
    let named: Vec<String> = named
        .map(|(name, text)| latex_text(&format!("{name} {}", text.text)))
        .collect();
    let first = row.first().map(|text| latex_text(&text.text));
    format!("{}: {}", first.unwrap_or_default(), named.join("; "))
}

/// Lines of text below one another; each may be as long as it likes.
fn paragraph(lines: &[String]) -> String {
    format!("{{\\raggedright\\sloppy\n{}\\par}}\n", lines.join("\\\\\n"))
}

fn latex_text(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => format!("\\{letter}"),
        '\\' => "\\textbackslash{}".to_string(),
        '~' => "\\textasciitilde{}".to_string(),
        '^' => "\\textasciicircum{}".to_string(),
        '<' => "\\textless{}".to_string(),
        '>' => "\\textgreater{}".to_string(),
        '|' => "\\textbar{}".to_string(),
        '±' => "$\\pm$".to_string(),
        '†' => "$\\dagger$".to_string(),
        '‡' => "$\\ddagger$".to_string(),
        '–' => "--".to_string(),
        '…' => "\\ldots{}".to_string(),
        letter => letter.to_string(),
    });
    letters.collect()
}

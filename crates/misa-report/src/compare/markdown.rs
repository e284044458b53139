//! A comparison as Markdown and as LaTeX.

use super::Comparison;
use super::grid::{Grid, Text};

impl Comparison {
    /// Markdown with aligned columns.
    pub fn to_markdown(&self) -> String {
        let grids = self.grids();
        let tables = grids
            .iter()
            .map(|grid| format!("## {}\n\n{}\n", escaped_title(grid), markdown(grid)));
        let mut text: String = tables.collect();
        for note in &self.notes {
            text.push_str(&format!("{note}\n"));
        }
        text
    }

    /// LaTeX for the package booktabs, with the notes as text below the tables.
    pub fn to_latex(&self) -> String {
        let mut text: String = self.grids().iter().map(latex).collect();
        let notes: Vec<String> = self.notes.iter().map(|note| latex_text(note)).collect();
        if !notes.is_empty() {
            let notes = notes.join("\\\\\n");
            text.push_str(&format!(
                "{{\\footnotesize\\noindent\\raggedright\n{notes}\\par}}\n"
            ));
        }
        text
    }
}

fn escaped_title(grid: &Grid) -> String {
    grid.title.replace('|', "\\|")
}

fn markdown(grid: &Grid) -> String {
    let cell = |text: &Text| {
        let escaped = text.text.replace('|', "\\|");
        if text.is_stressed {
            format!("**{escaped}**")
        } else {
            escaped
        }
    };
    let head: Vec<String> = grid
        .columns
        .iter()
        .map(|name| name.replace('|', "\\|"))
        .collect();
    let rows: Vec<Vec<String>> = grid
        .rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells
            .chain([head[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| {
            let gap = " ".repeat(width - cell.chars().count());
            format!(" {cell}{gap} |")
        });
        format!("|{}\n", cells.collect::<String>())
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(&head), line(&rule))
}

fn latex(grid: &Grid) -> String {
    let cell = |text: &Text| {
        if text.is_stressed {
            format!("\\textbf{{{}}}", latex_text(&text.text))
        } else {
            latex_text(&text.text)
        }
    };
    let line = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let head = line(grid.columns.iter().map(|name| latex_text(name)).collect());
    let rows: String = grid
        .rows
        .iter()
        .map(|row| line(row.iter().map(cell).collect()))
        .collect();
    let numbers = grid.columns.len().saturating_sub(grid.texts);
    let columns = format!("{}{}", "l".repeat(grid.texts), "r".repeat(numbers));
    format!(
        "% {}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}\\midrule\n{rows}\\bottomrule\n\
         \\end{{tabular}}\n\n",
        grid.title
    )
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
        letter => letter.to_string(),
    });
    letters.collect()
}

//! Tables of text in a terminal.

/// Markdown with aligned columns, the first of them text and the others numbers.
///
/// # Panics
///
/// Panics if a row does not have as many cells as the head.
pub(super) fn aligned(head: &[String], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells
            .chain([head[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        assert_eq!(cells.len(), widths.len(), "one cell for each column");
        let cells = cells.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, &width))| match column {
            0 => format!(" {cell:width$} |"),
            _ => format!(" {cell:>width$} |"),
        });
        format!("|{}\n", cells.collect::<String>())
    };
    let rule = widths.iter().enumerate();
    let rule = rule.map(|(column, &width)| match column {
        0 => format!(" {} |", "-".repeat(width)),
        _ => format!(" {}: |", "-".repeat(width.saturating_sub(1))),
    });
    let rule: String = rule.collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}|{rule}\n{rows}", line(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_their_column_does() {
        let owned = |cells: &[&str]| {
            cells
                .iter()
                .map(|cell| cell.to_string())
                .collect::<Vec<_>>()
        };
        let rows = [owned(&["unpaired", "61"]), owned(&["–", "> 100000"])];
        let expected = "| test     |    seeds |\n\
                        | -------- | -------: |\n\
                        | unpaired |       61 |\n\
                        | –        | > 100000 |\n";
        assert_eq!(aligned(&owned(&["test", "seeds"]), &rows), expected);
    }
}

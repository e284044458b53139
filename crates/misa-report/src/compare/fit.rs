//! Tables and text in lines of a limited width.

/// Divides the columns of a table so that each part is at most `limit` wide: every part has the
/// first `texts` columns and some of the others, at least one. `gap` is what a column takes beside
/// its width.
pub(super) fn parts(widths: &[usize], texts: usize, gap: usize, limit: usize) -> Vec<Vec<usize>> {
    let heads: Vec<usize> = (0..texts.min(widths.len())).collect();
    let taken = |columns: &[usize]| columns.iter().map(|&column| widths[column] + gap).sum();
    let head: usize = taken(&heads);
    let mut parts: Vec<Vec<usize>> = vec![heads.clone()];
    let mut width = head;
    for (column, added) in widths.iter().enumerate().skip(texts) {
        let added = added + gap;
        let is_full = width + added > limit && parts.last().is_some_and(|part| part.len() > texts);
        if is_full {
            parts.push(heads.clone());
            width = head;
        }
        width += added;
        if let Some(part) = parts.last_mut() {
            part.push(column);
        }
    }
    parts
}

/// The text in lines of at most `limit` columns where its words allow it, each but the first with
/// an indent; without a limit, one line.
pub(super) fn wrapped(text: &str, indent: &str, limit: Option<usize>) -> String {
    let limit = limit.unwrap_or(usize::MAX);
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        let added = word.chars().count();
        if width > 0 && width + 1 + added > limit {
            lines.push('\n');
            lines.push_str(indent);
            width = indent.chars().count();
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += added;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_fits_and_repeats_the_first_columns() {
        // 1 + 4 + 3 * (6 + 4) = 35 with a gap of 1 for each column.
        let widths = [4, 9, 9, 9];
        assert_eq!(parts(&widths, 1, 1, 35), [vec![0, 1, 2, 3]]);
        assert_eq!(parts(&widths, 1, 1, 34), [vec![0, 1, 2], vec![0, 3]]);
        // One column that is too wide stands alone.
        assert_eq!(
            parts(&widths, 1, 1, 3),
            [vec![0, 1], vec![0, 2], vec![0, 3]]
        );
        assert_eq!(parts(&[4, 9], 2, 1, 3), [vec![0, 1]]);
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(
            wrapped("one two three", "  ", Some(8)),
            "one two\n  three\n"
        );
        assert_eq!(wrapped("one two three", "  ", None), "one two three\n");
        assert_eq!(wrapped("indivisible", "  ", Some(3)), "indivisible\n");
    }
}

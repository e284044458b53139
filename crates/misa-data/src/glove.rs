//! Word vectors in text files: GloVe and word2vec.

use crate::{DataError, Vocabulary};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Longest line that is read, enough for 2,000 numbers of 20 characters; longer lines are skipped.
const MAX_LINE: u64 = 1 << 16;

/// The vectors in a file for the words of a vocabulary.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct GloveRows {
    /// Word id and vector of each word found, in file order.
    pub rows: Vec<(u32, Vec<f32>)>,
    /// Words of the vocabulary without a vector, except for special words.
    pub missing: usize,
    /// Lines that are truncated, too long or without a vector of the expected size.
    pub skipped: usize,
}

impl GloveRows {
    /// Number of words found.
    pub fn found(&self) -> usize {
        self.rows.len()
    }
}

/// The vectors of size `d_embedding` in the text file at `path` for the words of `vocabulary`.
///
/// A line is a word and its vector, separated by spaces. The word may contain spaces, so the last
/// `d_embedding` items are the vector. The header line of word2vec files is accepted. If a word
/// occurs twice, the last vector counts. The file is read line by line.
///
/// - Source: official MISA, `create_dataset.py`, `load_emb`.
/// - Differs: damaged lines are counted, not fatal.
///
/// # Errors
///
/// [`DataError`] when the file cannot be read, no line has the expected size, or the file contains
/// none of the words.
///
/// # Panics
///
/// Panics if `d_embedding` is 0.
pub fn read_glove(
    path: impl AsRef<Path>,
    vocabulary: &Vocabulary,
    d_embedding: usize,
) -> Result<GloveRows, DataError> {
    assert!(d_embedding > 0, "d_embedding must be at least 1, got 0");
    let path = path.as_ref();
    let mut reader = BufReader::new(File::open(path).map_err(DataError::io(path))?);
    let mut collector = Collector {
        vocabulary,
        places: vec![None; vocabulary.len()],
        glove: GloveRows::default(),
    };
    let (mut line, mut lines, mut good) = (Vec::new(), 0, 0);
    while next_line(&mut reader, &mut line).map_err(DataError::io(path))? {
        lines += 1;
        if lines == 1 && is_header(&line, d_embedding) {
            continue;
        }
        match split(&line, d_embedding) {
            Some((word, numbers)) => {
                good += 1;
                collector.add(word, numbers);
            }
            None => collector.glove.skipped += 1,
        }
    }
    if good == 0 {
        let expected = format!("lines of a word and {d_embedding} numbers");
        let found = format!("{lines} other lines");
        return Err(DataError::layout(
            path.display().to_string(),
            expected,
            found,
        ));
    }
    let glove = collector.finish();
    if glove.rows.is_empty() && glove.missing > 0 {
        // With a smaller expected size, numbers become part of the word, so every line still looks
        // complete.
        let expected = format!("vectors of {d_embedding} numbers for the words of the data");
        let found = format!("none in {good} lines");
        return Err(DataError::layout(
            path.display().to_string(),
            expected,
            found,
        ));
    }
    Ok(glove)
}

/// The vectors found so far.
#[derive(Debug)]
struct Collector<'v> {
    vocabulary: &'v Vocabulary,
    /// Row of each word id.
    places: Vec<Option<usize>>,
    glove: GloveRows,
}

impl Collector<'_> {
    /// Keeps the vector if the vocabulary contains the word.
    fn add(&mut self, word: &str, numbers: &str) {
        let id = self.vocabulary.id(word);
        if self.vocabulary.word(id) != Some(word) {
            return;
        }
        let Some(vector) = vector(numbers) else {
            self.glove.skipped += 1;
            return;
        };
        match self.places[id as usize] {
            Some(place) => self.glove.rows[place].1 = vector,
            None => {
                self.places[id as usize] = Some(self.glove.rows.len());
                self.glove.rows.push((id, vector));
            }
        }
    }

    fn finish(mut self) -> GloveRows {
        let missing = self.vocabulary.iter().filter(|&(id, _)| {
            // Special words do not occur in files.
            id > Vocabulary::PADDING && self.places[id as usize].is_none()
        });
        self.glove.missing = missing.count();
        self.glove
    }
}

/// Reads a line into `line`, truncated after [`MAX_LINE`] bytes; false at the end of the file.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if read as u64 == MAX_LINE {
        reader.skip_until(b'\n')?;
        line.clear();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(read > 0)
}

/// Whether this is the first line of a word2vec file: number of words and size.
fn is_header(line: &[u8], d_embedding: usize) -> bool {
    let text = String::from_utf8_lossy(line);
    let mut items = text.split_whitespace();
    let mut count = || items.next().and_then(|item| item.parse::<usize>().ok());
    // For vectors of one number, a header looks like any other line.
    d_embedding > 1 && count().is_some() && count().is_some() && items.next().is_none()
}

/// The word and the text of its `count` numbers.
fn split(line: &[u8], count: usize) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    let (start, _) = text.rmatch_indices(' ').nth(count - 1)?;
    let (word, numbers) = (&text[..start], &text[start + 1..]);
    // In a short line, a part of the vector would become the word; only the last number is certain.
    let is_number = numbers.split(' ').next()?.parse::<f32>().is_ok();
    (is_number && !word.is_empty()).then_some((word, numbers))
}

fn vector(numbers: &str) -> Option<Vec<f32>> {
    let finite = |number: &str| number.parse().ok().filter(|value: &f32| value.is_finite());
    numbers.split(' ').map(finite).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(text: &str) -> Result<GloveRows, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("glove.txt");
        fs::write(&path, text).unwrap();
        let mut vocabulary = Vocabulary::new();
        for word in ["a", ". . .", "b"] {
            vocabulary.add(word);
        }
        read_glove(&path, &vocabulary, 2)
    }

    #[test]
    fn words_may_hold_spaces() {
        let glove = read("a 1 2\n. . . 3 4\nz 5 6\n").unwrap();
        assert_eq!(glove.rows, [(2, vec![1.0, 2.0]), (3, vec![3.0, 4.0])]);
        assert_eq!((glove.found(), glove.missing, glove.skipped), (2, 1, 0));
    }

    #[test]
    fn a_header_is_not_a_word() {
        let glove = read("3 2\r\na 1 2\r\n").unwrap();
        assert_eq!(glove.rows, [(2, vec![1.0, 2.0])]);
        assert_eq!(glove.skipped, 0);
    }

    #[test]
    fn damaged_lines_are_counted() {
        let long = "x".repeat(2 * MAX_LINE as usize);
        let glove = read(&format!("a 1 2\nb 1\nb x 2\nb nan 2\n{long} 1 2\nb 7 8")).unwrap();
        assert_eq!(glove.rows, [(2, vec![1.0, 2.0]), (4, vec![7.0, 8.0])]);
        assert_eq!(glove.skipped, 4);
    }

    #[test]
    fn the_last_vector_of_a_word_counts() {
        assert_eq!(read("a 1 2\na 3 4\n").unwrap().rows, [(2, vec![3.0, 4.0])]);
    }

    #[test]
    fn a_file_of_another_size_is_refused() {
        let error = read("a 1\nb 2\n").unwrap_err().to_string();
        assert!(error.ends_with("expected lines of a word and 2 numbers, found 2 other lines"));
    }
}

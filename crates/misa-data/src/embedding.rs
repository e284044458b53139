//! Word vectors in the cache of the official code.

use crate::{DataError, GloveRows, Vocabulary};
use misa_files::pickle::Value;
use misa_files::torch::{File, Limits};
use misa_files::{FileKind, Source};
use std::collections::HashMap;
use std::path::Path;

/// The vectors of size `d_embedding` in `embedding_and_mapping.pt` for the words of `vocabulary`.
///
/// The file holds a matrix `[words, d_embedding]` and the row of each word, in either of PyTorch's
/// formats. The rows are looked up by word, not by id, so the file can be used with any vocabulary.
///
/// - Source: official MISA, `create_dataset.py`.
/// - Differs: words without a GloVe vector have random rows there, which are read like the others
///   because they cannot be recognised.
///
/// # Errors
///
/// [`DataError`] when the file is damaged, or does not contain vectors of this size.
pub fn read_embedding(
    path: impl AsRef<Path>,
    vocabulary: &Vocabulary,
    d_embedding: usize,
) -> Result<GloveRows, DataError> {
    let path = path.as_ref();
    let source = Source::open(path).map_err(DataError::io(path))?;
    let torch = |source| DataError::Torch {
        path: path.to_owned(),
        source: Box::new(source),
    };
    let file = File::open(&source, &Limits::default()).map_err(|error| {
        let kinds = [FileKind::Torch, FileKind::OldTorch, FileKind::Zip];
        torch(error).or_kind(path, "a file of PyTorch (.pt)", &kinds)
    })?;
    let wrong = |found: String| {
        let expected = format!("a matrix [words, {d_embedding}] and the row of each word");
        DataError::layout(path.display().to_string(), expected, found)
    };
    let root = file.root();
    let items = root.items().filter(|items| items.len() == 2);
    let items: Vec<Value<'_>> = items
        .ok_or_else(|| wrong(root.describe()))?
        .iter()
        .collect();
    let tensor = file.tensor(items[0]).map_err(torch)?;
    let tensor = tensor.ok_or_else(|| wrong(items[0].describe()))?;
    let &[rows, found] = tensor.shape() else {
        return Err(wrong(format!("a tensor {:?}", tensor.shape())));
    };
    let places = places(items[1], rows).ok_or_else(|| wrong(items[1].describe()))?;
    if found != d_embedding {
        return Err(wrong(format!("a tensor {:?}", tensor.shape())));
    }
    let values = tensor.to_floats().map_err(torch)?;
    Ok(pick(&values, &places, vocabulary, d_embedding))
}

/// The row of each word; `None` if one is outside the matrix.
fn places(mapping: Value<'_>, rows: usize) -> Option<HashMap<String, usize>> {
    let place = |(word, row): (Value<'_>, Value<'_>)| {
        let row = usize::try_from(row.as_int()?)
            .ok()
            .filter(|&row| row < rows)?;
        Some((word.to_text().ok()?, row))
    };
    mapping.entries()?.map(place).collect()
}

fn pick(
    values: &[f32],
    places: &HashMap<String, usize>,
    vocabulary: &Vocabulary,
    d_embedding: usize,
) -> GloveRows {
    let mut found = GloveRows::default();
    for (id, word) in vocabulary
        .iter()
        .filter(|&(id, _)| id > Vocabulary::PADDING)
    {
        let row = places
            .get(word)
            .map(|row| &values[row * d_embedding..][..d_embedding]);
        match row {
            Some(row) if row.iter().all(|value| value.is_finite()) => {
                found.rows.push((id, row.to_vec()));
            }
            Some(_) => found.skipped += 1,
            None => found.missing += 1,
        }
    }
    found
}

//! Vectors of words for MMSA's models that do not run a BERT.

use crate::Sequence;

/// A vector for each word, the mean of the rows of `table` for its pieces; zeros for a word without pieces.
///
/// `None` if a piece has no row, or there is no word.
pub fn mmsa_vectors(table: &Sequence, words: &[Vec<u32>]) -> Option<Sequence> {
    let width = table.d_input();
    let mut values = vec![0.0; words.len() * width];
    for (pieces, vector) in words.iter().zip(values.chunks_exact_mut(width)) {
        for &piece in pieces {
            let row = table.iter().nth(usize::try_from(piece).ok()?)?;
            for (sum, value) in vector.iter_mut().zip(row) {
                *sum += value / pieces.len() as f32;
            }
        }
    }
    Sequence::new(width, values).filter(|vectors| vectors.steps() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_mean_of_its_pieces() {
        let table = Sequence::new(2, vec![1.0, 2.0, 3.0, 6.0, -1.0, 0.5]).unwrap();
        let found = mmsa_vectors(&table, &[vec![2], vec![0, 1], vec![]]).unwrap();
        assert_eq!(found.values(), [-1.0, 0.5, 2.0, 4.0, 0.0, 0.0]);
        assert_eq!(mmsa_vectors(&table, &[vec![0, 3]]), None);
        assert_eq!(mmsa_vectors(&table, &[]), None);
    }
}

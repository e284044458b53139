//! Rows that stand in a batch several times.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Rows of an input that are the same as earlier ones, as those of a word that comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// The first row of each kind, in order.
    first: Vec<usize>,
    /// For each row, its kind.
    kind: Vec<usize>,
}

impl Repeats {
    /// Finds the rows that have the same id; `None` if so few have that nothing would be gained.
    pub fn of(ids: &[i64]) -> Option<Self> {
        let mut known = HashMap::with_capacity(ids.len());
        let (mut first, mut kind) = (Vec::new(), Vec::with_capacity(ids.len()));
        for (row, &id) in ids.iter().enumerate() {
            kind.push(match known.entry(id) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    first.push(row);
                    *place.insert(first.len() - 1)
                }
            });
        }
        // Copies take a small part of the time of a product.
        let is_worth_it = first.len() + ids.len() / 8 < ids.len();
        is_worth_it.then_some(Self { first, kind })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.kind.len()
    }

    /// The first row of each kind, in order.
    pub(crate) fn first(&self) -> &[usize] {
        &self.first
    }

    /// The place of a row's kind in [`Self::first`].
    pub(crate) fn kind(&self, row: usize) -> usize {
        self.kind[row]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_of_the_kind_of_the_first_with_its_id() {
        let repeats = Repeats::of(&[7, 3, 7, 7, -1, 3]).unwrap();
        assert_eq!(repeats.first, [0, 1, 4]);
        assert_eq!(repeats.kind, [0, 1, 0, 0, 2, 1]);
        assert_eq!(repeats.rows(), 6);
    }

    #[test]
    fn a_few_repeats_are_not_worth_it() {
        let mut ids: Vec<i64> = (0..80).collect();
        assert_eq!(Repeats::of(&ids), None);
        ids[70..].fill(5);
        assert_eq!(Repeats::of(&ids), None);
        ids[69..].fill(5);
        assert!(Repeats::of(&ids).is_some());
        assert_eq!(Repeats::of(&[]), None);
    }
}

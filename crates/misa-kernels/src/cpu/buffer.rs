//! Memory that is reused, and begins where a vector does.
//!
//! A layer needs the same large pieces of memory in every step of training. Given back to the
//! system, each would be zeroed and mapped again, page by page.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Pieces kept at most; beyond them the smallest go back to the system.
const MAX_KEPT: usize = 48;
/// A piece serves a request of at least this part of it.
const MAX_WASTE: usize = 2;
/// Numbers below which a request is left to the allocator, which keeps such pieces itself.
const MIN_KEPT: usize = 1 << 12;

static KEPT: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

/// Bytes of the widest vector, and of a line of the caches: a vector that lies across two lines is
/// read twice.
const ALIGNMENT: usize = 64;
/// Numbers that may have to be skipped for it.
const MAX_SKIPPED: usize = ALIGNMENT / size_of::<f32>() - 1;

thread_local! {
    static SCRATCH: RefCell<Buffer> = RefCell::default();
}

/// Calls `work` with `len` numbers of any value, in memory that this thread keeps. `work` must not ask for it again.
pub(crate) fn with_scratch(len: usize, work: impl FnOnce(&mut [f32])) {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.len() < len {
            *scratch = Buffer::new(len);
        }
        work(&mut scratch[..len]);
    });
}

/// A piece of memory that is kept for the next request.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// May be longer than requested.
    data: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// `len` numbers of any value.
    pub(crate) fn new(len: usize) -> Self {
        let room = len + MAX_SKIPPED;
        let data = if room < MIN_KEPT {
            vec![0.0; room]
        } else {
            take(room).unwrap_or_else(|| vec![0.0; room])
        };
        let start = data.as_ptr().align_offset(ALIGNMENT).min(MAX_SKIPPED);
        Self { data, start, len }
    }

    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        let mut buffer = Self::new(len);
        buffer.fill(0.0);
        buffer
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.data[self.start..][..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.data[self.start..][..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.data.len() >= MIN_KEPT {
            keep(std::mem::take(&mut self.data));
        }
    }
}

/// `len` numbers of any value, for a result that is written as a whole.
pub(crate) fn any_values(len: usize) -> Vec<f32> {
    let kept = (len >= MIN_KEPT).then(|| take(len)).flatten();
    let mut values = kept.unwrap_or_else(|| vec![0.0; len]);
    values.truncate(len);
    values
}

/// Keeps `values` for the next request, with all the memory they have.
pub(crate) fn give_back(mut values: Vec<f32>) {
    if values.capacity() >= MIN_KEPT {
        values.resize(values.capacity(), 0.0);
        keep(values);
    }
}

fn take(len: usize) -> Option<Vec<f32>> {
    take_from(
        &mut KEPT.lock().unwrap_or_else(PoisonError::into_inner),
        len,
    )
}

/// The smallest of the `kept` pieces of at least `len` numbers, unless it is far larger. They are in the order of their
/// sizes, smallest first.
fn take_from(kept: &mut Vec<Vec<f32>>, len: usize) -> Option<Vec<f32>> {
    let index = kept.partition_point(|piece| piece.len() < len);
    let fits = kept
        .get(index)
        .is_some_and(|piece| piece.len() <= MAX_WASTE * len);
    if fits {
        return Some(kept.remove(index));
    }
    // The piece that takes its place will serve its requests as well: otherwise ever larger requests would add up.
    let superseded = index
        .checked_sub(1)
        .filter(|&smaller| kept[smaller].len() * MAX_WASTE >= len);
    if let Some(smaller) = superseded {
        kept.remove(smaller);
    }
    None
}

fn keep(piece: Vec<f32>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let index = kept.partition_point(|other| other.len() < piece.len());
    kept.insert(index, piece);
    if kept.len() > MAX_KEPT {
        kept.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A size that no other test requests: the pieces belong to the process.
    const LEN: usize = 7_654_321;

    #[test]
    fn a_piece_given_back_is_used_again() {
        let mut first = Buffer::new(LEN);
        first[5] = 1.0;
        let address = first.as_ptr();
        drop(first);
        let second = Buffer::new(LEN - 3);
        assert_eq!((second.as_ptr(), second.len()), (address, LEN - 3));
        assert!(Buffer::zeros(LEN).iter().all(|&x| x == 0.0));
    }

    #[test]
    fn a_larger_piece_takes_the_place_of_a_smaller_one() {
        let mut kept = [40, 99, 100, 300].map(|len| vec![0.0; len]).to_vec();
        let mut found = |len: usize| {
            let taken = take_from(&mut kept, len).map(|piece| piece.len());
            (taken, kept.iter().map(Vec::len).collect::<Vec<_>>())
        };
        assert_eq!(found(100), (Some(100), vec![40, 99, 300]));
        // The smallest that is large enough is far larger.
        assert_eq!(found(120), (None, vec![40, 300]));
        assert_eq!(found(81), (None, vec![40, 300]), "40 is less than half");
        assert_eq!(found(400), (None, vec![40]));
    }

    #[test]
    fn pieces_of_every_size_begin_at_a_line_of_the_caches() {
        for len in [0, 1, 15, 100, MIN_KEPT - 1, MIN_KEPT, 10_000] {
            let piece = Buffer::new(len);
            assert_eq!(piece.len(), len);
            assert!(len == 0 || (piece.as_ptr() as usize).is_multiple_of(ALIGNMENT));
        }
    }
}

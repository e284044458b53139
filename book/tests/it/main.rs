//! The pages of the repository and the book that is made of `docs`: links, summary, sentences, code.
//!
//! `scripts/check-book` builds the book and names its folder by `MISA_BOOK`; without it, only the
//! pages are checked.

// Test helpers may panic too, but the lint only exempts functions marked `#[test]`.
#![allow(clippy::unwrap_used)]

mod code;
mod link;
mod page;
mod path;
mod sentence;
mod site;
mod summary;

/// Fails with a line for each fault.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

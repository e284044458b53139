//! What is said about files of words that are not read.

#[test]
fn placeholder() {}

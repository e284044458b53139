//! Python's files.

use misa_files::pickle::{Limits, Pickle, Value};
use std::hint::black_box;

/// Values that are looked at. A file of a few bytes can lead to the same value over and over.
const VALUES: usize = 1 << 10;

/// Reads `data` as a pickle, and as one of PyTorch, and converts every value.
pub fn read(data: &[u8]) {
    if let Ok(pickle) = Pickle::parse(data, &Limits::default()) {
        walk(pickle.root(), convert);
    }
    if let Ok((pickle, end)) = Pickle::parse_torch(data, 0, &Limits::default()) {
        assert!(end <= data.len() as u64);
        walk(pickle.root(), convert);
    }
}

/// Shows `root` and what it leads to, from the outside in, to `take`.
pub fn walk<'p>(root: Value<'p>, mut take: impl FnMut(Value<'p>)) {
    let mut left = vec![root];
    for _ in 0..VALUES {
        let Some(value) = left.pop() else {
            return;
        };
        take(value);
        if let Some(items) = value.items() {
            left.extend(items.iter().take(VALUES));
        }
        if let Some(entries) = value.entries() {
            left.extend(entries.take(VALUES).flat_map(|(key, value)| [key, value]));
        }
        if let Some((_, arguments)) = value.call() {
            left.extend(arguments.iter().take(VALUES));
        }
        left.extend(value.persistent());
    }
}

/// Everything that a value can be turned into.
pub fn convert(value: Value<'_>) {
    black_box((value.kind(), value.describe(), value.is_none()));
    black_box((value.as_int(), value.as_float(), value.global()));
    black_box(value.get("labels"));
    let _ = black_box(value.to_text());
    let _ = black_box(value.to_texts());
    let _ = black_box(value.to_floats());
    let _ = black_box(value.to_doubles());
    let _ = black_box(value.to_ints());
    let _ = black_box(value.to_bytes());
    if let Some(array) = value.array() {
        let half = array.len() / 2;
        let _ = black_box(array.to_floats(half..array.len()));
        let _ = black_box(array.to_doubles());
        let _ = black_box(array.to_texts());
    }
}

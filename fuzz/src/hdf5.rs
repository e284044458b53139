//! HDF5 files.

use misa_files::Source;
use misa_files::hdf5::{Dataset, Group, Hdf5, Limits, Object};
use std::hint::black_box;

/// Objects that are looked at. Groups may lead to one object in many ways.
const OBJECTS: usize = 1 << 8;

/// Smaller than the defaults, which a few inputs would spend all time on reaching.
const LIMITS: Limits = Limits {
    dataset_bytes: 1 << 16,
    expansion: 16,
    visits: 16,
    links: 1 << 20,
    depth: 64,
    messages: 1 << 16,
};

/// Opens `data` as an HDF5 file and reads every dataset, in whole and in part.
pub fn read(data: &[u8]) {
    if let Ok(file) = Hdf5::open(Source::from(data), &LIMITS) {
        walk(file.root());
    }
}

fn walk(root: Group<'_>) {
    let mut groups = vec![root];
    let mut left = OBJECTS;
    while let Some(group) = groups.pop() {
        for name in group.names() {
            if left == 0 {
                return;
            }
            left -= 1;
            let _ = black_box(group.is_group(name));
            match group.object(name) {
                Ok(Object::Group(group)) => groups.push(group),
                Ok(Object::Dataset(dataset)) => values(&dataset),
                Err(error) => drop(black_box(error.to_string())),
            }
        }
    }
}

fn values(dataset: &Dataset<'_>) {
    let _ = black_box(dataset.to_floats());
    let _ = black_box(dataset.to_texts());
    let rows = dataset.row_count();
    if let Ok(rows) = dataset.rows(rows / 2..rows) {
        let _ = black_box(rows.to_doubles());
        let _ = black_box(rows.to_texts());
    }
}

//! NumPy's arrays and archives.

use crate::pickle::{convert, walk};
use misa_files::Source;
use misa_files::npy::{Npy, Npz};
use misa_files::pickle::Limits;
use misa_files::zip;
use std::hint::black_box;

/// Reads `data` as an array, and as an archive of arrays.
pub fn read(data: &[u8]) {
    let open = || Npy::open(Source::from(data));
    if let Ok(array) = open() {
        values(&array);
    }
    if let Ok(Ok(objects)) = open().map(|array| array.into_objects(&Limits::default())) {
        walk(objects.root(), convert);
    }
    if let Ok(archive) = Npz::open(Source::from(data), &zip::Limits::default()) {
        for entry in archive.archive().entries() {
            let _ = black_box(archive.archive().verify(entry));
        }
        for name in archive.names() {
            if let Ok(array) = archive.array(name) {
                values(&array);
            }
            if let Ok(objects) = archive.objects(name, &Limits::default()) {
                walk(objects.root(), convert);
            }
        }
    }
}

fn values(array: &Npy<'_>) {
    let _ = black_box(array.to_floats());
    let _ = black_box(array.to_ints());
    let _ = black_box(array.to_texts());
    let rows = array.n_rows();
    if let Ok(rows) = array.rows(rows / 2..rows) {
        let _ = black_box(rows.to_doubles());
    }
}

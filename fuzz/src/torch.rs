//! Files of PyTorch.

use crate::pickle::{convert, walk};
use misa_files::Source;
use misa_files::torch::{File, Limits};
use std::hint::black_box;

/// Opens `data` as a file of PyTorch and reads every tensor and value.
pub fn read(data: &[u8]) {
    let source = Source::from(data);
    let Ok(file) = File::open(&source, &Limits::default()) else {
        return;
    };
    walk(file.root(), |value| {
        convert(value);
        if let Ok(Some(tensor)) = file.tensor(value) {
            let _ = black_box(tensor.to_floats());
            let _ = black_box(tensor.to_doubles());
            let _ = black_box(tensor.to_ints());
        }
    });
}

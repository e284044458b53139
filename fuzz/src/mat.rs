//! MATLAB files of level 5.

use misa_files::Source;
use misa_files::mat::{Limits, Mat, Value};
use std::hint::black_box;

/// Smaller than the defaults, which a few inputs would spend all time on reaching.
const LIMITS: Limits = Limits {
    variables: 1 << 8,
    unpacked_bytes: 1 << 20,
    items: 1 << 12,
    depth: 8,
    name_bytes: 1 << 12,
    text_bytes: 1 << 16,
};

/// Opens `data` as a MATLAB file and reads every variable, and the fields of every struct.
pub fn read(data: &[u8]) {
    let Ok(file) = Mat::open(Source::from(data), &LIMITS) else {
        return;
    };
    for variable in file.variables() {
        let name = variable.name();
        let _ = black_box(file.find(name));
        let _ = black_box(file.floats(name));
        match file.read(name) {
            Ok(Value::Struct(value)) => {
                for field in value.fields() {
                    let _ = black_box(file.doubles(&format!("{name}.{field}")));
                }
            }
            Ok(Value::Numbers(array)) => drop(black_box(array.to_rows())),
            Ok(value) => drop(black_box(value)),
            Err(error) => drop(black_box(error.to_string())),
        }
    }
}

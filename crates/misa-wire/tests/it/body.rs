//! Safetensors bodies, written without the code under test.

/// A body of a header and of `data`.
pub fn body(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), data].concat()
}

/// The entry of a tensor in a header.
pub fn tensor(name: &str, dtype: &str, shape: &[usize], from: usize, to: usize) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{from},{to}]}}"#)
}

/// A body of one tensor.
pub fn single(name: &str, dtype: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let header = tensor(name, dtype, shape, 0, data.len());
    body(&format!("{{{header}}}"), data)
}

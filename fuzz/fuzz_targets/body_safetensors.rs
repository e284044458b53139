//! Requests in safetensors: see `misa_fuzz::body::safetensors`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::body::safetensors(data));

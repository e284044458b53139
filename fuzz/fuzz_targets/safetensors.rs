//! Our own files: see `misa_fuzz::data::safetensors`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::data::safetensors(data));

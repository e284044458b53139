//! Word vectors: see `misa_fuzz::data::glove`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::data::glove(data));

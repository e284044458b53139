//! MATLAB files: see `misa_fuzz::mat`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::mat::read(data));

//! Python's files: see `misa_fuzz::pickle`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::pickle::read(data));

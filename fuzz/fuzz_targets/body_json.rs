//! Requests in JSON: see `misa_fuzz::body::json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::body::json(data));

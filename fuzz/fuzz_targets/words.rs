//! Words with times: see `misa_fuzz::words`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::words::read(data));

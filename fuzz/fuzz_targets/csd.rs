//! Folders of computational sequences: see `misa_fuzz::data::csd`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::data::csd(data));

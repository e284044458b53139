//! Tables of labels: see `misa_fuzz::data::csv`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::data::csv(data));

//! Tables of faces and voices: see `misa_fuzz::tracks`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::tracks::read(data));

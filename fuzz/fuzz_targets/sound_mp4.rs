//! Sounds as MP4 files: see `misa_fuzz::sound`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::sound::read(data, &[(4, b"ftyp")]));

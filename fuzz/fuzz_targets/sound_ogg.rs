//! Sounds as Ogg files: see `misa_fuzz::sound`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::sound::read(data, &[(0, b"OggS")]));

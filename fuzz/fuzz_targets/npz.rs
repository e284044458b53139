//! NumPy's arrays and archives: see `misa_fuzz::npz`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::npz::read(data));

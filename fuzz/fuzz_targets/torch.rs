//! Files of PyTorch: see `misa_fuzz::torch`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::torch::read(data));

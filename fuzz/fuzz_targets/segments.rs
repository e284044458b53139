//! Tables of segments, files of speech, and recipes: see `misa_fuzz::segments::segments`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::segments::segments(data));

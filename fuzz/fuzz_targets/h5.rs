//! Folders of HDF5 files per modality and split: see `misa_fuzz::data::h5`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::data::h5(data));

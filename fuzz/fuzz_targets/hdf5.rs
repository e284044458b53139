//! HDF5 files: see `misa_fuzz::hdf5`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| misa_fuzz::hdf5::read(data));

//! Tests of misa-recordings, as one program.

mod word_errors;
mod word_files;
mod words_hostile;
mod words_kit;
mod words_properties;

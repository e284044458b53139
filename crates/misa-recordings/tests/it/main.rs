//! Tests of whole files and of their faults, in one program.

mod alignment;
mod alignment_properties;
mod table_errors;
mod tables;

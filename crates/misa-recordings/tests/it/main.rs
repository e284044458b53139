//! Tests of whole files and of their faults, in one program.

mod table_errors;
mod tables;

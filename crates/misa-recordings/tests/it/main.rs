//! Tests of whole files and of their faults, in one program.

mod recipe_errors;
mod recipes;
mod table_errors;
mod tables;

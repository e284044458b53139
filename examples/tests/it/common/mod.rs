//! Where the examples are.

use std::env;
use std::path::PathBuf;

/// An example; it lies beside the folder of the test program.
pub fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let program = profile
        .join("examples")
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{program:?}: build the examples first, as `cargo test` does"
    );
    program
}

//! Tests whose names are those of files.

use libtest_mimic::Arguments;
pub use libtest_mimic::{Failed, Trial};
use std::process::ExitCode;

/// The test of one golden case, which fails by a panic.
pub fn case(name: &str, check: impl FnOnce() + Send + 'static) -> Trial {
    try_case(name, move || {
        check();
        Ok(())
    })
}

/// The test of one golden case, which fails by a panic or an error.
pub fn try_case(name: &str, check: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::test(format!("golden::{name}"), check)
}

/// A case that no test can run; it fails.
pub fn unknown(name: &str) -> Trial {
    let message = format!("{name}: no test reads this case");
    case(name, move || panic!("{message}"))
}

/// Runs the tests; the arguments of the program are those of Rust's test harness.
pub fn run(cases: Vec<Trial>) -> ExitCode {
    libtest_mimic::run(&Arguments::from_args(), cases).exit_code()
}

//! The program `misa`; all of it is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    misa_cli::main()
}

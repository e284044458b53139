//! The program `misa`; all of it is in the library beside it.

use std::process::ExitCode;

/// All threads of musl's own allocator wait for one lock.
#[cfg(all(feature = "mimalloc", target_env = "musl"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    misa_cli::main()
}

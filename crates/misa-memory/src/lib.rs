//! Keeps freed memory in the process.
//!
//! The only crate of misa with `unsafe` code: one call into the system's C library. Steps of training took 9 to 17 %
//! less time with it, and those with tensors above 32 MiB half as long.

use std::env;

/// Variables by which people set the same themselves.
const OWN_SETTINGS: [&str; 4] = [
    "GLIBC_TUNABLES",
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_THRESHOLD_",
    "MALLOC_TRIM_THRESHOLD_",
];

/// Tells the allocator to keep what is freed, for the next allocation; returns whether it does.
///
/// Large tensors are allocated and freed in every step. By default, glibc hands blocks above 32 MiB, and the end of
/// its heaps, back to the system, which clears every page before it gives it out again. Peak memory does not
/// grow, but memory after the peak stays with the process.
///
/// Call it first in `main`. It does nothing, and returns `false`, on systems other than Linux with glibc, where
/// another thread runs already, and where the environment has settings of glibc's allocator.
pub fn keep_freed_memory() -> bool {
    let has_own_settings = OWN_SETTINGS.iter().any(|name| env::var_os(name).is_some());
    !has_own_settings && allocator::keep()
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod allocator {
    use std::fs;

    /// Parameters of `mallopt` and their values.
    const SETTINGS: [(libc::c_int, libc::c_int); 3] = [
        // One heap for all threads: those of the other threads hold at most 64 MiB.
        (libc::M_ARENA_MAX, 1),
        // Blocks below are taken from the heap. The largest value that fits would leave none outside.
        (libc::M_MMAP_THRESHOLD, 1 << 30),
        // The end of the heap is kept up to this size.
        (libc::M_TRIM_THRESHOLD, libc::c_int::MAX),
    ];

    #[expect(unsafe_code, reason = "the C library's only way to set its allocator")]
    pub(super) fn keep() -> bool {
        is_only_thread()
            && SETTINGS.into_iter().all(|(parameter, value)| {
                // SAFETY: `mallopt` takes two integers and no pointer. It may not run beside other calls of the
                // allocator, and there is no other thread that could make them.
                let is_set = unsafe { libc::mallopt(parameter, value) };
                is_set == 1
            })
    }

    fn is_only_thread() -> bool {
        fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
    }

    #[cfg(test)]
    mod tests {
        /// The test harness runs each test beside its own thread.
        #[test]
        fn nothing_is_set_beside_other_threads() {
            let there = std::thread::spawn(super::is_only_thread);
            assert!(!there.join().expect("the thread ends"));
        }
    }
}

/// Holds the README's example to what compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod allocator {
    pub(super) fn keep() -> bool {
        false
    }
}

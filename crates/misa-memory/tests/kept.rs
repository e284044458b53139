//! Measures the memory of this process, which has one thread: no harness.

use std::env;
use std::hint::black_box;
use std::path::Path;

fn main() {
    // Those who run tests ask for their names first, and then for those that are left out.
    let asked = |option: &str| env::args().any(|argument| argument == option);
    if asked("--list") {
        if !asked("--ignored") {
            println!("memory_stays_after_it_is_kept: test");
        }
    } else if cfg!(all(target_os = "linux", target_env = "gnu")) {
        memory_stays_after_it_is_kept();
        println!("freed memory stays in the process");
    } else {
        assert!(!misa_memory::keep_freed_memory());
        misa_memory::ask_for_large_pages();
        println!("skipped: Linux with glibc only");
    }
}

fn memory_stays_after_it_is_kept() {
    const MIB: usize = 1 << 20;
    let before = resident();
    use_and_free(100 * MIB);
    let returned = resident();
    assert!(returned < before + 20 * MIB, "{before}, then {returned}");

    assert!(misa_memory::keep_freed_memory(), "there is a single thread");
    misa_memory::ask_for_large_pages();
    use_and_free(100 * MIB);
    let kept = resident();
    assert!(kept > before + 80 * MIB, "{before}, then {kept}");

    assert!(is_heap_marked() || !has_large_pages(), "large pages");
    assert!(kept < before + 130 * MIB, "only what is used is in memory");

    // What is kept serves the next tensors, also of another thread.
    std::thread::spawn(|| use_and_free(90 * MIB))
        .join()
        .expect("the thread ends");
    let again = resident();
    assert!(again < kept + 20 * MIB, "{kept}, then {again}");
}

/// Writes to every page, as a tensor does.
fn use_and_free(bytes: usize) {
    black_box(vec![1u8; bytes]);
}

/// Whether this system has pages of 2 MiB for those who ask.
fn has_large_pages() -> bool {
    Path::new("/sys/kernel/mm/transparent_hugepage/enabled").exists()
}

/// Whether most of the heap may come in large pages.
fn is_heap_marked() -> bool {
    let maps = std::fs::read_to_string("/proc/self/smaps").expect("Linux has it");
    let mut size = 0;
    maps.lines().any(|line| {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("Size:") => size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0),
            Some("VmFlags:") => return size > 900 << 10 && words.any(|flag| flag == "hg"),
            _ => {}
        }
        false
    })
}

/// Bytes of this process in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    1024 * kibibytes.expect("a number of kB")
}

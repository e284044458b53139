//! What hostile pickles cost: little time and memory, from a file and from memory.

use crate::support::case::cases;
use crate::support::convert;
use misa_files::Source;
use misa_files::pickle::{Limits, Pickle, PickleError};
use misa_testing::cpu_time;
use std::fs;
use std::process::Command;
use std::time::Duration;

/// Set in the process that measures itself.
const CHILD: &str = "MISA_HOSTILE_CHILD";

/// Of the processor, so that other work on the machine does not count.
const LONGEST: Duration = Duration::from_millis(100);

const LARGEST_KIB: u64 = 64 << 10;

/// Peak and present memory of this process, in KiB.
fn memory() -> Option<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    };
    Some((field("VmHWM:")?, field("VmRSS:")?))
}

/// Parses and converts a case; why it is refused, if it is while it is parsed.
fn run(case: Source<'_>) -> Option<PickleError> {
    let pickle = Pickle::parse(case, &Limits::default());
    pickle.map(|pickle| drop(convert(pickle.root()))).err()
}

/// What comes of a function, and its least processor time of a few tries: caches are cold once, but
/// not each time.
fn time<T>(mut run: impl FnMut() -> T) -> (T, Duration) {
    let tries = (0..5).map(|_| {
        let start = cpu_time();
        let result = run();
        (result, cpu_time() - start)
    });
    tries.min_by_key(|&(_, took)| took).unwrap()
}

/// Does nothing but in the process that [`every_case_is_quick_and_small`] starts.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(CHILD) else {
        return;
    };
    let before = memory();
    let mut slowest = (Duration::ZERO, String::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (from_file, file) = time(|| run(Source::open(&path).unwrap()));
        let bytes = fs::read(&path).unwrap();
        let (from_memory, memory) = time(|| run(Source::from(&bytes)));
        assert_eq!(from_file, from_memory, "{}", path.display());
        let took = file.max(memory);
        assert!(took < LONGEST, "{} took {took:?}", path.display());
        if took > slowest.0 {
            slowest = (took, path.display().to_string());
        }
    }
    println!("slowest: {slowest:?}");
    if let (Some((_, before)), Some((peak, _))) = (before, memory()) {
        let grown = peak - before;
        println!("memory: {grown} KiB above {before} KiB");
        assert!(grown < LARGEST_KIB, "{grown} KiB");
    }
}

#[test]
fn every_case_is_quick_and_small() {
    // The child gets files: to make them takes more memory than to refuse them.
    let folder = tempfile::tempdir().unwrap();
    for (number, case) in cases().iter().enumerate() {
        let name: String = case
            .name
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect();
        let name = format!("{number} {name}.pkl");
        fs::write(folder.path().join(name), &case.bytes).unwrap();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cost::child", "--nocapture"])
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    println!("{text}");
    assert!(output.status.success(), "{text}\n{errors}");
    assert!(text.contains("slowest: "), "{text}");
}

//! Age, processor time and load of this process. On other systems than Linux they are `None`.

use std::fs;

/// Ticks per second of the times in `/proc`; Linux fixes it for programs.
const TICKS: f64 = 100.0;
/// Fields of `/proc/self/stat` by their numbers in `man 5 proc`.
const USER_TIME: usize = 14;
const SYSTEM_TIME: usize = 15;
const START_TIME: usize = 22;

/// Seconds since this process was created.
pub fn age() -> Option<f64> {
    let uptime = number(&fs::read_to_string("/proc/uptime").ok()?, 0)?;
    let age = uptime - ticks(&stat()?, START_TIME)? / TICKS;
    (age >= 0.0).then_some(age)
}

/// Processor time of all threads of this process, in seconds, in steps of 0.01.
pub fn cpu_seconds() -> Option<f64> {
    let stat = stat()?;
    Some((ticks(&stat, USER_TIME)? + ticks(&stat, SYSTEM_TIME)?) / TICKS)
}

/// Processes running or waiting to run, averaged over the last minute.
pub fn load_average() -> Option<f64> {
    number(&fs::read_to_string("/proc/loadavg").ok()?, 0)
}

fn stat() -> Option<String> {
    fs::read_to_string("/proc/self/stat").ok()
}

/// A field of `/proc/self/stat`. The second field is the program's name in parentheses, which may
/// itself contain spaces and parentheses.
fn ticks(stat: &str, field: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    number(rest, field - 3)
}

fn number(text: &str, index: usize) -> Option<f64> {
    text.split_whitespace().nth(index)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_counted_after_the_name() {
        let stat = "77 (a (b) c) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 2200 23";
        assert_eq!(ticks(stat, USER_TIME), Some(14.0));
        assert_eq!(ticks(stat, SYSTEM_TIME), Some(15.0));
        assert_eq!(ticks(stat, START_TIME), Some(2200.0));
        assert_eq!(ticks("77 (a) S", START_TIME), None);
        assert_eq!(ticks("", START_TIME), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_process_grows_older_and_works() {
        let (before, cpu) = (age().unwrap(), cpu_seconds().unwrap());
        let start = std::time::Instant::now();
        while start.elapsed().as_millis() < 100 {}
        assert!((0.05..3600.0).contains(&(age().unwrap() - before)));
        assert!((0.01..3600.0).contains(&(cpu_seconds().unwrap() - cpu)));
        assert!(load_average().unwrap() >= 0.0);
    }
}

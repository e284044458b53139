//! Adding complete lines to a journal.

use super::error::JournalError;
use super::limits::{FILE_BYTES, LINE_BYTES};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Writes complete lines behind the first `complete` bytes, and waits until they are on the disk. The lock must be
/// held, and all complete lines must have been read: what is behind them is an unfinished line, and cut off.
///
/// Returns whether that is so, and the lines are written: it is not where this program slept for so long that another
/// one has broken its lock.
///
/// # Errors
///
/// If the lines are too long, or cannot be written: then none of them is in the file.
pub(super) fn append(path: &Path, complete: u64, lines: &str) -> Result<bool, JournalError> {
    check_size(path, complete, lines)?;
    // Not only to append: some systems would then refuse to cut.
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(JournalError::system(path, "open it for writing"))?;
    let tail = tail(&mut file, complete).map_err(JournalError::system(path, "read its end"))?;
    if tail.contains(&b'\n') {
        return Ok(false);
    }
    if !tail.is_empty() {
        file.set_len(complete).map_err(JournalError::system(
            path,
            "cut off its unfinished last line",
        ))?;
    }
    // A handle that always writes to the end, wherever it is.
    let written = OpenOptions::new()
        .append(true)
        .open(path)
        .and_then(|mut end| write(&mut end, lines));
    match written {
        Ok(()) => Ok(true),
        Err(source) => {
            // Without its end, such a line would be in the way of the next program, which may not cut it off.
            let _ = file.set_len(complete);
            Err(JournalError::system(path, "write to it")(source))
        }
    }
}

/// What is behind the first `complete` bytes, as far as a line may reach.
fn tail(file: &mut File, complete: u64) -> io::Result<Vec<u8>> {
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(complete))?;
    file.take(LINE_BYTES).read_to_end(&mut tail)?;
    Ok(tail)
}

/// In one call of the system, which a kill does not part where the lines are short.
fn write(file: &mut File, lines: &str) -> io::Result<()> {
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}

fn check_size(path: &Path, complete: u64, lines: &str) -> Result<(), JournalError> {
    let too_large = |bytes, limit| {
        Err(JournalError::TooLarge {
            path: path.to_path_buf(),
            bytes,
            limit,
        })
    };
    let longest = lines.split_inclusive('\n').map(str::len).max();
    let (longest, total) = (longest.unwrap_or(0) as u64, complete + lines.len() as u64);
    if longest > LINE_BYTES {
        too_large(longest, LINE_BYTES)
    } else if total > FILE_BYTES {
        too_large(total, FILE_BYTES)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn only_what_is_unfinished_is_cut_off() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("study.log");
        fs::write(&path, "one\ntw").expect("a journal");
        assert!(append(&path, 4, "two\n").expect("it is written"));
        assert_eq!(fs::read(&path).expect("it is there"), b"one\ntwo\n");
        // Another program has written since, because it broke the lock.
        fs::write(&path, "one\ntwo\nthr").expect("a journal");
        assert!(!append(&path, 4, "2\n").expect("it is read"));
        assert_eq!(fs::read(&path).expect("it is there"), b"one\ntwo\nthr");
    }

    #[test]
    fn a_journal_that_is_gone_is_told() {
        let error = append(Path::new("no/such/study.log"), 0, "one\n").expect_err("no file");
        let message = "no/such/study.log: cannot open it for writing";
        assert_eq!(error.to_string(), message);
    }
}

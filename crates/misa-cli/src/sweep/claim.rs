//! Locks that let one process do a run.

use misa_train::CLAIM;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

/// The right to do a run, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Claim(#[allow(dead_code)] File);

impl Claim {
    /// Claims the run in this folder; `None` if another process has claimed it.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or the lock file cannot be opened or locked.
    pub fn take(folder: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        // Never removed: a lock on a deleted file excludes nobody.
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(CLAIM))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(io::Error::new(
                error.kind(),
                format!(
                    "{}: cannot be locked ({error}), so another process could do the same run: expected a folder on \
                     a file system with locks (flock)",
                    folder.join(CLAIM).display()
                ),
            )),
        }
    }

    /// Whether another process has claimed the run in this folder. Creates nothing; a folder without
    /// a lock file that can be opened is not claimed.
    pub fn is_taken(folder: &Path) -> bool {
        let file = File::options().write(true).open(folder.join(CLAIM));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_claim_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        assert!(!Claim::is_taken(&run) && !run.exists());
        let claim = Claim::take(&run).unwrap();
        assert!(claim.is_some());
        assert!(Claim::is_taken(&run));
        assert!(Claim::take(&run).unwrap().is_none());
        drop(claim);
        assert!(!Claim::is_taken(&run));
        assert!(Claim::take(&run).unwrap().is_some());
    }
}

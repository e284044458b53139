//! Which process does a run.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

const FILE: &str = "claim.lock";

/// The right to do a run, until it is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct Claim(#[allow(dead_code)] File);

impl Claim {
    /// Takes the run whose folder this is; nothing if another process has it.
    ///
    /// # Errors
    ///
    /// Whatever keeps the folder from being made or the lock from being asked for.
    pub fn take(folder: &Path) -> io::Result<Option<Self>> {
        fs::create_dir_all(folder)?;
        // Never removed: a lock on a file that is gone keeps nobody out.
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(FILE))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Whether another process has the run whose folder this is. Makes nothing; a folder whose lock
    /// cannot be asked for is nobody's.
    pub fn is_taken(folder: &Path) -> bool {
        let file = File::options().write(true).open(folder.join(FILE));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
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

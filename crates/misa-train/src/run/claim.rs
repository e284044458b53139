//! Which process does a run of a sweep.

use crate::TrainError;
use crate::run::files;
use crate::run::lock::lock_file;
use std::fs::{File, TryLockError};
use std::path::Path;

/// The file that is locked, in the folder of the run.
pub(crate) const CLAIM: &str = "claim.lock";

/// The right to do a run of a sweep, until it is dropped or the process ends, however it ends.
///
/// It is taken before the lock of the run folder and kept for longer, so that a process may note how a run ended
/// before another one tries it.
#[derive(Debug)]
pub struct Claim(#[allow(dead_code)] File);

impl Claim {
    /// Claims the run in this folder, which is made if there is none; `None` if another process has claimed it.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if the folder cannot be made, or the file of the lock cannot be opened or locked.
    pub fn take(folder: &Path) -> Result<Option<Self>, TrainError> {
        files::create_folder(folder)?;
        Ok(lock_file(&folder.join(CLAIM))?.map(Self))
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

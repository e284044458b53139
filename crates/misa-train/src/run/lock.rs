//! The lock of a run folder.

use crate::run::files;
use crate::{RunFiles, TrainError};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// Locks the folder of a run. The operating system releases the lock when the process ends, even if
/// it is killed.
pub(crate) fn lock(folder: &Path) -> Result<File, TrainError> {
    let path = folder.join(RunFiles::LOCK);
    lock_file(&path)?.ok_or(TrainError::Busy { path })
}

/// An error if another process has locked the folder. Creates nothing.
pub(crate) fn check_free(folder: &Path) -> Result<(), TrainError> {
    let path = folder.join(RunFiles::LOCK);
    match File::options().write(true).open(&path) {
        // What is in the way of a folder is named when it is read.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(())
        }
        Err(source) => Err(files::io_error(&path, source)),
        Ok(file) => match take(file, &path)? {
            Some(_) => Ok(()),
            None => Err(TrainError::Busy { path }),
        },
    }
}

/// Locks a file, which is made if there is none; `None` if another process has locked it.
pub(crate) fn lock_file(path: &Path) -> Result<Option<File>, TrainError> {
    // Never removed: two processes could then lock two files of the same name.
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|source| files::io_error(path, source))?;
    take(file, path)
}

fn take(file: File, path: &Path) -> Result<Option<File>, TrainError> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(TrainError::NoLocks {
            path: path.to_path_buf(),
            source,
        }),
    }
}

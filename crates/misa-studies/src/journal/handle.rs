//! A journal that is read and written.

use super::appending::append;
use super::cursor::Cursor;
use super::error::JournalError;
use super::lock::{GRACE, Lock};
use super::operation::{Entry, Operation};
use super::studies::Studies;
use super::worker::worker_id;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Optuna's journal file, with what it says so far.
///
/// Other programs may read and write the file at any time. One value is one worker: threads have one each.
#[derive(Debug)]
pub struct Journal {
    pub(super) path: PathBuf,
    pub(super) studies: Studies,
    pub(super) worker_id: String,
    cursor: Cursor,
    grace: Duration,
}

impl Journal {
    /// Reads a journal that is there. Nothing is written.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or a complete line of it is wrong.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let mut journal = Self {
            path: path.into(),
            studies: Studies::default(),
            worker_id: worker_id(),
            cursor: Cursor::default(),
            grace: GRACE,
        };
        journal.refresh()?;
        Ok(journal)
    }

    /// Reads a journal, which is created if it is not there.
    ///
    /// # Errors
    ///
    /// As of [`Journal::open`], and if it cannot be created.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, JournalError> {
        let path = path.into();
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|file| file.sync_all())
            .and_then(|()| sync_folder(&path))
            .map_err(JournalError::system(&path, "create it"))?;
        Self::open(path)
    }

    /// With another time than 30 s after which the lock of a program that was killed is broken. Programs that share a
    /// journal should agree on it, and no program may take as long to write a line.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What stands in lines of this value, and as [`Trial::owner`](super::Trial::owner) of what it runs.
    pub fn worker_id(&self) -> &str {
        &self.worker_id
    }

    /// What the journal said when it was last read.
    pub fn studies(&self) -> &Studies {
        &self.studies
    }

    /// Reads what is new.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read, or a complete line of it is wrong.
    pub fn refresh(&mut self) -> Result<&Studies, JournalError> {
        self.read(|_| ())?;
        Ok(&self.studies)
    }

    /// Adds lines as they are: what Optuna's rules ignore is ignored. All are on the disk afterwards, and none after an
    /// error; a kill may leave the first ones. An unfinished line of a program that was killed is cut off before.
    ///
    /// # Errors
    ///
    /// As of [`Journal::refresh`], and if the lock cannot be had or the lines cannot be written.
    pub fn append(&mut self, operations: Vec<Operation>) -> Result<(), JournalError> {
        self.commit(|_| Ok((operations, ())))
    }

    /// Adds the lines that `plan` makes of what the journal says, while nobody else can write.
    pub(super) fn commit<T>(
        &mut self,
        plan: impl FnOnce(&Self) -> Result<(Vec<Operation>, T), JournalError>,
    ) -> Result<T, JournalError> {
        // Most of it, so that the lock is held for what has come since.
        self.refresh()?;
        let lock = Lock::acquire(&self.path, self.grace)?;
        let (n_lines, planned) = self.write_locked(plan)?;
        drop(lock);
        // The lines may not be there if another program has broken the lock.
        let mut found = 0;
        let worker_id = self.worker_id.clone();
        self.read(|entry| found += usize::from(entry.worker_id == worker_id))?;
        if found == n_lines {
            Ok(planned)
        } else {
            Err(self.lost(found, n_lines))
        }
    }

    fn write_locked<T>(
        &mut self,
        plan: impl FnOnce(&Self) -> Result<(Vec<Operation>, T), JournalError>,
    ) -> Result<(usize, T), JournalError> {
        self.refresh()?;
        let (operations, planned) = plan(self)?;
        let n_lines = operations.len();
        let line = |operation| {
            let worker_id = self.worker_id.clone();
            let entry = Entry {
                worker_id,
                operation,
            };
            entry.line()
        };
        let lines: String = operations.into_iter().map(line).collect();
        if lines.is_empty() || append(&self.path, self.cursor.offset(), &lines)? {
            Ok((n_lines, planned))
        } else {
            Err(self.lost(0, n_lines))
        }
    }

    /// Lines of this worker are missing.
    pub(super) fn lost(&self, found: usize, written: usize) -> JournalError {
        JournalError::Lost {
            path: self.path.clone(),
            found,
            written,
        }
    }

    fn read(&mut self, mut see: impl FnMut(&Entry)) -> Result<(), JournalError> {
        let studies = &mut self.studies;
        self.cursor.read(&self.path, |entry| {
            see(&entry);
            studies.apply(entry);
        })
    }
}

/// Syncs the folder of a file, so that a new file survives a power failure.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Other systems cannot open folders as files.
    if cfg!(unix) {
        File::open(misa_terms::folder(path))?.sync_all()
    } else {
        Ok(())
    }
}

//! The lock of a journal, as Optuna's programs take it.

use super::error::JournalError;
use super::worker::uuid;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// What Optuna waits for a lock that nobody touches, before it breaks it.
pub(super) const GRACE: Duration = Duration::from_secs(30);
/// How many times as long a lock is waited for that changes hands all the time.
const PATIENCE: u32 = 20;
/// Between two tries, at most; it begins with a millisecond.
const PAUSE: Duration = Duration::from_millis(64);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
}

/// When a lock and its journal were touched: a change shows that somebody is at work.
type Touched = (Option<SystemTime>, Option<SystemTime>);

impl Lock {
    /// Waits for the lock. One that is not touched for `grace` was left by a program that was killed, and is broken.
    pub(super) fn acquire(journal: &Path, grace: Duration) -> Result<Self, JournalError> {
        let path = lock_path(journal);
        let begun = Instant::now();
        let mut pause = Duration::from_millis(1);
        let (mut seen, mut since) = (touched(&path, journal), Instant::now());
        loop {
            match create(&path, journal) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(source) => return Err(JournalError::system(&path, "create this lock")(source)),
            }
            let now = touched(&path, journal);
            if now != seen {
                (seen, since) = (now, Instant::now());
            }
            if since.elapsed() > grace {
                break_lock(&path, seen.0);
                since = Instant::now();
                continue;
            }
            if begun.elapsed() > grace.saturating_mul(PATIENCE) {
                return Err(JournalError::Locked {
                    path,
                    seconds: begun.elapsed().as_secs(),
                });
            }
            thread::sleep(pause);
            pause = PAUSE.min(pause * 2);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Others may have broken it: what was written meanwhile is judged by reading it again.
        let _ = remove(&self.path);
    }
}

/// `FILE.lock`.
fn lock_path(journal: &Path) -> PathBuf {
    let mut path = journal.as_os_str().to_os_string();
    path.push(".lock");
    PathBuf::from(path)
}

/// A symbolic link, which is made in one step on any file system that has them, or a new file. Either is there for
/// both kinds of Optuna's locks.
fn create(lock: &Path, journal: &Path) -> io::Result<()> {
    match link(lock, journal) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(lock)
            .map(drop),
        made => made,
    }
}

#[cfg(unix)]
fn link(lock: &Path, journal: &Path) -> io::Result<()> {
    // A link is read from its own folder. It has to lead to the journal: Optuna looks through it at the time of the
    // last change, and waits for ever for a lock that leads nowhere.
    let target = journal.file_name().unwrap_or(journal.as_os_str());
    std::os::unix::fs::symlink(target, lock)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

fn touched(lock: &Path, journal: &Path) -> Touched {
    let lock = fs::symlink_metadata(lock);
    let time = |metadata: io::Result<fs::Metadata>| metadata.and_then(|it| it.modified()).ok();
    (time(lock), time(fs::metadata(journal)))
}

/// Removes the lock, so that of several programs one does.
fn remove(lock: &Path) -> io::Result<()> {
    let renamed = renamed(lock);
    fs::rename(lock, &renamed)?;
    fs::remove_file(&renamed)
}

/// Removes a lock that was made at this time. Another program that waited as long may have been faster, which is no
/// fault: a lock that it has made since is put back.
fn break_lock(lock: &Path, made: Option<SystemTime>) {
    let renamed = renamed(lock);
    if fs::rename(lock, &renamed).is_ok() {
        let time = fs::symlink_metadata(&renamed).and_then(|it| it.modified());
        if time.ok() != made {
            // Nothing can be done if a third program has been faster still.
            let _ = fs::hard_link(&renamed, lock);
        }
        let _ = fs::remove_file(&renamed);
    }
}

/// A name that nobody else has.
fn renamed(lock: &Path) -> OsString {
    let mut renamed = OsString::from(lock);
    renamed.push(format!("{}.rename", uuid()));
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    const SHORT: Duration = Duration::from_millis(50);

    fn journal(folder: &Path) -> PathBuf {
        let path = folder.join("study.log");
        File::create(&path).expect("a journal");
        path
    }

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<OsString> = entries
            .map(|it| it.expect("an entry").file_name())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_left_of_a_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = journal(folder.path());
        let lock = Lock::acquire(&journal, GRACE).expect("a lock");
        assert_eq!(names(folder.path()), ["study.log", "study.log.lock"]);
        // Through it, the journal's time is read.
        assert!(fs::metadata(lock_path(&journal)).is_ok());
        drop(lock);
        assert_eq!(names(folder.path()), ["study.log"]);
    }

    #[test]
    fn locks_of_the_dead_are_broken() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = journal(folder.path());
        // A file, as Optuna's other kind of lock.
        File::create(lock_path(&journal)).expect("a lock");
        let begun = Instant::now();
        let lock = Lock::acquire(&journal, SHORT).expect("a lock");
        assert!(begun.elapsed() >= SHORT);
        // A link to nowhere, as Optuna leaves it for a journal in another folder.
        drop(lock);
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere/study.log", lock_path(&journal)).expect("a link");
        Lock::acquire(&journal, SHORT).expect("a lock");
    }

    #[test]
    fn a_lock_made_since_is_put_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = journal(folder.path());
        let lock = Lock::acquire(&journal, GRACE).expect("a lock");
        break_lock(&lock_path(&journal), Some(std::time::UNIX_EPOCH));
        assert_eq!(names(folder.path()), ["study.log", "study.log.lock"]);
        assert!(
            fs::symlink_metadata(&lock.path).is_ok_and(|it| it.is_symlink() || cfg!(not(unix)))
        );
        break_lock(&lock_path(&journal), touched(&lock.path, &journal).0);
        assert_eq!(names(folder.path()), ["study.log"]);
    }

    #[test]
    fn a_lock_in_no_folder_is_an_error() {
        let error = Lock::acquire(Path::new("no/such/study.log"), GRACE).expect_err("no folder");
        let message = "no/such/study.log.lock: cannot create this lock";
        assert_eq!(error.to_string(), message);
    }
}

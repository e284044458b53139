//! An event file that is written.

use super::error::EventError;
use super::event::Event;
use super::record::{Records, record};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// How many files this process has created, so that all have other names.
static CREATED: AtomicU64 = AtomicU64::new(0);

/// Bytes that are kept before they are written without being asked to.
const BUFFER_BYTES: usize = 1 << 16;

/// A file of events that TensorBoard reads while it is written.
///
/// Events are written whole: what is added since the last flush is lost when the program is killed, what is on its way
/// may be cut, and is cut off when the file is opened again.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
    /// Records that are not written yet.
    buffer: Vec<u8>,
}

impl EventFile {
    /// A new file in a folder, which is created if it is not there. The name is `events.out.tfevents`, the seconds
    /// since 1970, `name` (such as the host's, with other characters than letters, digits, `-` and `_` replaced by
    /// `_`), the number of the process and one of the file; TensorBoard reads the files of a folder in the order of their names.
    ///
    /// # Errors
    ///
    /// If the folder or the file cannot be created, or the file is there already.
    pub fn create(folder: &Path, name: &str) -> Result<Self, EventError> {
        let now = SystemTime::now();
        fs::create_dir_all(folder).map_err(EventError::system(folder, "create this folder"))?;
        let path = folder.join(format!(
            "events.out.tfevents.{:010}.{}.{}.{}",
            seconds(now) as u64,
            name.replace(|it: char| !it.is_ascii_alphanumeric() && it != '-', "_"),
            process::id(),
            CREATED.fetch_add(1, Ordering::Relaxed)
        ));
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&path)
            .map_err(EventError::system(&path, "create it"))?;
        let mut file = Self {
            path,
            file,
            buffer: Vec::new(),
        };
        file.add(&Event::version(seconds(now)))?;
        file.flush()?;
        Ok(file)
    }

    /// Opens a file to add to it, after an incomplete or wrong last record is cut off.
    ///
    /// # Errors
    ///
    /// If a wrong record is not the last one, or the file cannot be read or written.
    pub fn open(path: &Path) -> Result<Self, EventError> {
        let mut records = Records::open(path)?;
        while records.next()?.is_some() {}
        OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|file| file.set_len(records.offset()))
            .map_err(EventError::system(path, "cut off its last record"))?;
        let file = OpenOptions::new()
            .append(true)
            .open(path)
            .map_err(EventError::system(path, "open it for writing"))?;
        let mut file = Self {
            path: path.to_path_buf(),
            file,
            buffer: Vec::new(),
        };
        if records.offset() == 0 {
            file.add(&Event::version(seconds(SystemTime::now())))?;
        }
        Ok(file)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds scalars of one step, by tag, as one event. TensorBoard's are of 32 bits, so each is rounded to the nearest
    /// one; NaN and infinite ones are kept.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn add_scalars<'a>(
        &mut self,
        step: i64,
        wall_time: SystemTime,
        scalars: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> Result<(), EventError> {
        let scalar = |(tag, value): (&str, f64)| (tag.to_string(), value as f32);
        self.add(&Event {
            wall_time: seconds(wall_time),
            step,
            file_version: None,
            scalars: scalars.into_iter().map(scalar).collect(),
        })
    }

    /// Hands all events to the system, so that TensorBoard sees them and they outlive this program.
    ///
    /// # Errors
    ///
    /// If the file cannot be written; half an event may then be in it, which [`EventFile::open`] cuts off.
    pub fn flush(&mut self) -> Result<(), EventError> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(EventError::system(&self.path, "write to it"))
    }

    fn add(&mut self, event: &Event) -> Result<(), EventError> {
        self.buffer.extend(record(&event.encode()));
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(())
    }
}

impl Drop for EventFile {
    fn drop(&mut self) {
        // Whoever wants to know of a failure flushes before.
        let _ = self.flush();
    }
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> f64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

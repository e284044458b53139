//! Several sounds at a time.

use super::{Done, table_of};
use crate::ProgressLine;
use misa_data::write_whole;
use misa_recordings::sounds::{SoundReader, SoundReport, write_table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::{fs, thread};

/// Sounds that become tables.
pub(super) struct Work<'w> {
    pub reader: SoundReader,
    pub sounds: &'w BTreeMap<String, PathBuf>,
    pub out: &'w Path,
}

impl Work<'_> {
    /// Computes the features of all sounds, as many at a time as there are processors; the results are in the
    /// order of their names.
    pub fn run(&self) -> Vec<Done> {
        let sounds: Vec<(&String, &PathBuf)> = self.sounds.iter().collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        let mut results: Vec<(usize, Done)> = Vec::with_capacity(sounds.len());
        thread::scope(|scope| {
            for _ in 0..threads.min(sounds.len()) {
                let (sender, sounds, next) = (sender.clone(), &sounds, &next);
                scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&(name, path)) = sounds.get(number) else {
                            break;
                        };
                        if sender.send((number, self.one(name, path))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut line = ProgressLine::new();
            for result in receiver {
                results.push(result);
                line.show(|| format!("{} of {} sounds", results.len(), sounds.len()));
            }
        });
        results.sort_by_key(|(number, _)| *number);
        results.into_iter().map(|(_, done)| done).collect()
    }

    fn one(&self, name: &str, path: &Path) -> Done {
        let table = table_of(self.out, name);
        Done {
            name: name.to_string(),
            result: self.write(path, &table),
            table,
        }
    }

    fn write(&self, path: &Path, table: &Path) -> Result<(usize, SoundReport), String> {
        let sound = self.reader.read(path).map_err(|error| error.to_string())?;
        let io = |error: std::io::Error| format!("{}: {error}", table.display());
        if let Some(folder) = table.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        write_whole(table, |file| write_table(&sound.track, file)).map_err(io)?;
        Ok((sound.track.rows(), sound.report))
    }
}

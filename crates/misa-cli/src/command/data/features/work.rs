//! Several sounds at a time.

use super::{Done, Fault, table_of};
use crate::ProgressLine;
use misa_data::write_whole;
use misa_recordings::Track;
use misa_recordings::sounds::{SoundReader, SoundTrack, write_table};
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
    /// Whether the first track is to be drawn.
    pub is_drawn: bool,
}

impl Work<'_> {
    /// Computes the features of all sounds, as many at a time as there are processors; the results are in the
    /// order of their names. Also the first track in this order, if it is to be drawn.
    pub fn run(&self) -> (Vec<Done>, Option<Track>) {
        let sounds: Vec<(&String, &PathBuf)> = self.sounds.iter().collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        let mut results: Vec<(usize, Done)> = Vec::with_capacity(sounds.len());
        let mut first: Option<(usize, Track)> = None;
        thread::scope(|scope| {
            for _ in 0..threads.min(sounds.len()) {
                let (sender, sounds, next) = (sender.clone(), &sounds, &next);
                scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&(name, path)) = sounds.get(number) else {
                            break;
                        };
                        let (done, track) = self.one(name, path);
                        if sender.send((number, done, track)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut line = ProgressLine::new();
            for (number, done, track) in receiver {
                results.push((number, done));
                let is_first = first.as_ref().is_none_or(|(known, _)| number < *known);
                if let Some(track) = track.filter(|_| is_first) {
                    first = Some((number, track));
                }
                line.show(|| format!("{} of {} sounds", results.len(), sounds.len()));
            }
        });
        results.sort_by_key(|(number, _)| *number);
        let done = results.into_iter().map(|(_, done)| done).collect();
        (done, first.map(|(_, track)| track))
    }

    /// What became of a sound, and its track if it may be drawn.
    fn one(&self, name: &str, path: &Path) -> (Done, Option<Track>) {
        let table = table_of(self.out, name);
        let (result, track) = match self.write(path, &table) {
            Ok(sound) => (
                Ok((sound.track.rows(), sound.report)),
                self.is_drawn.then_some(sound.track),
            ),
            Err(fault) => (Err(fault), None),
        };
        let name = name.to_string();
        (
            Done {
                name,
                table,
                result,
            },
            track,
        )
    }

    fn write(&self, path: &Path, table: &Path) -> Result<SoundTrack, Fault> {
        let sound = self.reader.read(path);
        let sound = sound.map_err(|error| Fault::new(&error, self.reader.would_keep(path)))?;
        let io = |error: std::io::Error| Fault {
            text: format!("{}: {error}", table.display()),
            can_keep: false,
        };
        if let Some(folder) = table.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        write_whole(table, |file| write_table(&sound.track, file)).map_err(io)?;
        Ok(sound)
    }
}

//! The lines of `metrics.jsonl` as events of TensorBoard.

use crate::run::files;
use crate::{RunFiles, TrainError};
use misa_studies::{EventError, EventFile, event_files};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The event file of a run. It has one event for each line of `metrics.jsonl`: a run that starts or is resumed writes
/// it anew from the lines that it keeps.
///
/// The time of an event is that of the run's first start plus the seconds of the run, so that pauses between its
/// starts do not show.
#[derive(Debug)]
pub(crate) struct Events {
    folder: PathBuf,
    begun: SystemTime,
    is_wanted: bool,
    file: Option<EventFile>,
}

impl Events {
    /// Those of the run in `run`, which first started `begun` seconds after 1970; none are written unless `is_wanted`.
    pub(crate) fn new(run: &Path, begun: u64, is_wanted: bool) -> Self {
        Self {
            folder: run.join(RunFiles::EVENTS),
            begun: UNIX_EPOCH + Duration::from_secs(begun),
            is_wanted,
            file: None,
        }
    }

    /// Begins with the events of these lines. What was written before goes: it may be that of another run.
    pub(crate) fn restart(&mut self, lines: &[u8]) -> Result<(), TrainError> {
        self.file = None;
        for path in event_files(&self.folder).map_err(failed)? {
            fs::remove_file(&path).map_err(|source| files::io_error(&path, source))?;
        }
        if !self.is_wanted {
            // Fails where somebody else's files are in it, which stay.
            let _ = fs::remove_dir(&self.folder);
            return Ok(());
        }
        self.file = Some(EventFile::create(&self.folder, "misa").map_err(failed)?);
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            self.add(line)?;
        }
        Ok(())
    }

    /// Adds the event of a line.
    pub(crate) fn add(&mut self, line: &[u8]) -> Result<(), TrainError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let Some(Event {
            step,
            seconds,
            scalars,
        }) = serde_json::from_slice(line).ok().and_then(event)
        else {
            return Ok(());
        };
        let time = self.begun + Duration::from_secs_f64(seconds);
        let scalars = scalars.iter().map(|(tag, value)| (tag.as_str(), *value));
        file.add_scalars(step, time, scalars)
            .and_then(|()| file.flush())
            .map_err(failed)
    }
}

struct Event {
    step: i64,
    seconds: f64,
    scalars: Vec<(String, f64)>,
}

/// The event of a line; `None` if it is no line of ours.
fn event(line: Value) -> Option<Event> {
    let kinds: &[(&str, &str)] = match line.get("type")?.as_str()? {
        "step" => &[("train", "train")],
        // The means of an epoch, whose batches are in `train` already.
        "epoch" => &[
            ("train", "train_epoch"),
            ("valid", "valid"),
            ("scores", "scores"),
            ("weights", "weights"),
        ],
        _ => return None,
    };
    let mut scalars = Vec::new();
    for (key, prefix) in kinds {
        let values = line.get(key).and_then(Value::as_object);
        scalars.extend(values.into_iter().flat_map(|values| tagged(prefix, values)));
    }
    if let Some(rate) = line.get("learning_rate").and_then(Value::as_f64) {
        scalars.push(("learning_rate".to_string(), rate));
    }
    let seconds = line.get("seconds")?.as_f64()?;
    Some(Event {
        step: line.get("step")?.as_i64()?,
        seconds: seconds.clamp(0.0, f64::from(u32::MAX)),
        scalars,
    })
}

/// Numbers by their tags; a score that is not defined has none.
fn tagged(prefix: &str, values: &Map<String, Value>) -> Vec<(String, f64)> {
    let numbers = values.iter().filter_map(|(name, value)| {
        let value = value.as_f64()?;
        Some((format!("{prefix}/{name}"), value))
    });
    numbers.collect()
}

fn failed(error: EventError) -> TrainError {
    TrainError::Events(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_studies::read_events;
    use tempfile::tempdir;

    const LINES: &str = concat!(
        r#"{"type":"step","epoch":1,"step":10,"seconds":0.5,"learning_rate":0.25,"train":{"task":1.5}}"#,
        "\n",
        r#"{"type":"epoch","epoch":1,"step":12,"seconds":1.0,"learning_rate":0.25,"phase":"joint","#,
        r#""improved":true,"train":{"task":1.25},"valid":{"task":1.0},"scores":{"mae":0.75,"corr":null}}"#,
        "\n",
    );

    /// Step and scalars of every event of the only file, without that of the version.
    fn found(run: &Path) -> Vec<(i64, Vec<(String, f32)>)> {
        let files = event_files(&run.join(RunFiles::EVENTS)).unwrap();
        assert_eq!(files.len(), 1);
        let events = read_events(&files[0]).unwrap().into_iter().skip(1);
        events.map(|event| (event.step, event.scalars)).collect()
    }

    fn scalars(named: &[(&str, f32)]) -> Vec<(String, f32)> {
        named
            .iter()
            .map(|(name, x)| (name.to_string(), *x))
            .collect()
    }

    #[test]
    fn every_line_is_an_event_and_a_new_start_begins_with_those_that_are_kept() {
        let dir = tempdir().unwrap();
        let mut events = Events::new(dir.path(), 1000, true);
        events.restart(b"").unwrap();
        for line in LINES.split_inclusive('\n') {
            events.add(line.as_bytes()).unwrap();
        }
        let step = scalars(&[("train/task", 1.5), ("learning_rate", 0.25)]);
        let epoch = scalars(&[
            ("train_epoch/task", 1.25),
            ("valid/task", 1.0),
            ("scores/mae", 0.75),
            ("learning_rate", 0.25),
        ]);
        assert_eq!(found(dir.path()), [(10, step.clone()), (12, epoch)]);

        let kept = LINES.split_inclusive('\n').next().unwrap();
        let mut events = Events::new(dir.path(), 1000, true);
        events.restart(kept.as_bytes()).unwrap();
        assert_eq!(found(dir.path()), [(10, step)]);
    }

    #[test]
    fn the_time_is_that_of_the_first_start_plus_the_seconds_of_the_run() {
        let dir = tempdir().unwrap();
        let mut events = Events::new(dir.path(), 1000, true);
        events.restart(LINES.as_bytes()).unwrap();
        let files = event_files(&dir.path().join(RunFiles::EVENTS)).unwrap();
        let times = read_events(&files[0]).unwrap().into_iter().skip(1);
        let times: Vec<f64> = times.map(|event| event.wall_time).collect();
        assert_eq!(times, [1000.5, 1001.0]);
    }

    #[test]
    fn where_none_are_wanted_those_of_another_run_go() {
        let dir = tempdir().unwrap();
        Events::new(dir.path(), 1000, true)
            .restart(LINES.as_bytes())
            .unwrap();
        let mine = dir.path().join(RunFiles::EVENTS).join("mine");
        fs::write(&mine, "mine").unwrap();
        let mut events = Events::new(dir.path(), 1000, false);
        events.restart(LINES.as_bytes()).unwrap();
        events.add(LINES.as_bytes()).unwrap();
        assert!(
            event_files(&dir.path().join(RunFiles::EVENTS))
                .unwrap()
                .is_empty()
        );
        assert!(mine.exists());
    }
}

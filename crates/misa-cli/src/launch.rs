//! Starts a run with its settings.

use crate::{
    devices,
    settings::{Resolved, RunSettings, text_of},
};
use misa_data::{LockedTest, UtteranceDataset};
use misa_train::{Progress, Report, RunOptions, RunStart, Stop, run};
use std::{error::Error, path::Path};

/// How a run is started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// What to show.
    pub progress: Progress,
    /// What to do if the folder holds a run already.
    pub start: RunStart,
    /// How to ask it to stop.
    pub stop: Stop,
}

impl Launch {
    /// Trains in the folder `out`; returns the test split of the data, still locked.
    ///
    /// # Errors
    ///
    /// Whatever keeps the data from being read or stops the run.
    pub fn train(
        &self,
        settings: &Resolved<RunSettings>,
        out: &Path,
    ) -> Result<(Report, LockedTest), Box<dyn Error>> {
        let RunSettings {
            data,
            training,
            save_every,
            ..
        } = &settings.value;
        // Checked first: reports name the folder, and are written last.
        text_of(out, "folder of the run")?;
        let mut devices = devices(&settings.value.device)?;
        let device = devices.remove(0);
        let dataset: UtteranceDataset = data.open(training.loss.task)?;
        if self.progress != Progress::Silent {
            for note in dataset.notes() {
                eprintln!("note: {note}");
            }
        }
        let (development, test) = dataset.lock_test();
        let options = RunOptions {
            progress: self.progress,
            data: data.name(),
            start: self.start,
            save_every: *save_every,
            devices,
            stop: self.stop.clone(),
            settings: serde_json::to_value(&settings.value)?,
            resolved: Some(settings.to_toml()?),
        };
        let report = run(training, development, &device, out, &options)?;
        Ok((report, test))
    }
}

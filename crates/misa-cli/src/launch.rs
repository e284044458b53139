//! Starts a run with its settings.

use crate::contradiction::Contradiction;
use crate::devices;
use crate::place::is_here;
use crate::settings::{DataSettings, Resolved, RunSettings, text_of};
use misa_data::{LockedTest, UtteranceDataset};
use misa_train::{
    CorpusSummary, LabelSummary, Manifest, Progress, Report, RunOptions, RunStart, SettingChange,
    Stop, TrainError, run,
};
use serde_json::json;
use std::env;
use std::error::Error;
use std::path::Path;

/// How a run is started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// What to show.
    pub progress: Progress,
    /// What to do if the folder holds a run already.
    pub start: RunStart,
    /// How to ask it to stop.
    pub stop: Stop,
    /// Whether a finished run keeps its state, so that it can be given more epochs.
    pub keep_state: bool,
    /// The epoch after which the run is paused, as if a stop were requested then.
    pub pause_after: Option<usize>,
    /// Whether a new run may have settings without effect, because it is of a sweep that began with them.
    pub allows_unread: bool,
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
        self.train_on(settings, None, out)
    }

    /// The same on data that has been opened with these settings already, if it is given.
    pub(crate) fn train_on(
        &self,
        settings: &Resolved<RunSettings>,
        opened: Option<UtteranceDataset>,
        out: &Path,
    ) -> Result<(Report, LockedTest), Box<dyn Error>> {
        // Checked first: reports name the folder, and are written last.
        text_of(out, "folder of the run")?;
        let settings = self.for_folder(settings, out)?;
        misa_memory::ask_for_large_pages();
        let RunSettings {
            data,
            training,
            save_every,
            keep_epochs,
            tensorboard,
            ..
        } = &settings.value;
        let mut devices = devices(&settings.value.device)?;
        let device = devices.remove(0);
        let dataset: UtteranceDataset = match opened {
            Some(dataset) => dataset,
            None => data.open(training.loss.task)?,
        };
        if data.path.is_some() && !self.is_resumed(out) {
            check(&settings, &dataset)?;
        }
        if self.progress != Progress::Silent {
            for note in dataset
                .notes()
                .iter()
                .filter(|note| training.concerns(note))
            {
                eprintln!("note: {note}");
            }
        }
        let (development, test) = dataset.lock_test();
        let options = RunOptions {
            progress: self.progress,
            data: data.name(),
            start: self.start,
            save_every: *save_every,
            keep_epochs: *keep_epochs,
            tensorboard: *tensorboard,
            pause_after: self.pause_after,
            allows_unread: self.allows_unread,
            devices,
            stop: self.stop.clone(),
            settings: serde_json::to_value(&settings.value)?,
            data_path: data.path.clone(),
            corpus: settings.typed("corpus").map(|_| settings.value.corpus),
            keep_state: self.keep_state,
            resolved: Some(settings.to_toml()?),
        };
        let report = run(training, development, &device, out, &options)
            .map_err(|error| explained(error, data))?;
        Ok((report, test))
    }

    /// Whether there is a run to resume, which was checked when it began.
    fn is_resumed(&self, out: &Path) -> bool {
        let has_begun = |manifest: Manifest| manifest.updates() > 0;
        self.start == RunStart::Resume && Manifest::read(out).is_ok_and(has_begun)
    }

    /// The settings as the manifest of the run records them: a run that is resumed from another
    /// folder than it was started in records whole paths.
    fn for_folder(
        &self,
        settings: &Resolved<RunSettings>,
        out: &Path,
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        if self.is_resumed(out) {
            let directory = Manifest::read(out)?.directory;
            if directory.is_some() && !is_here(directory.as_deref()) {
                let here = env::current_dir()?;
                return Ok(settings.changed(|settings| settings.map_paths(|path| here.join(path))));
            }
        }
        Ok(settings.clone())
    }
}

/// Refuses settings that contradict the data.
fn check(settings: &Resolved<RunSettings>, data: &UtteranceDataset) -> Result<(), Box<dyn Error>> {
    let labels = LabelSummary::of(data);
    let recognised = CorpusSummary::recognised(data);
    match Contradiction::of(settings, labels.as_ref(), recognised.as_ref()) {
        Some(contradiction) => Err(contradiction.into()),
        None => Ok(()),
    }
}

/// An error of a run in the words of the command line: settings by their whole names, and changed
/// data with the settings that it was read by.
fn explained(error: TrainError, data: &DataSettings) -> TrainError {
    match error {
        TrainError::ChangedSettings { path, mut changes } => {
            for change in &mut changes {
                change.key.insert_str(0, "training.");
            }
            TrainError::ChangedSettings { path, changes }
        }
        TrainError::ChangedData { path, changes } => {
            // Without the settings of the run, what changed is still said.
            let Ok(Manifest {
                settings: recorded, ..
            }) = Manifest::read(&path)
            else {
                return TrainError::ChangedData { path, changes };
            };
            let before = json!({ "data": recorded.get("data") });
            let now = json!({ "data": data });
            let settings = SettingChange::between(&before, &now);
            let settings = settings.iter().map(ToString::to_string);
            let changes = settings.chain(changes).collect();
            TrainError::ChangedData { path, changes }
        }
        error => error,
    }
}

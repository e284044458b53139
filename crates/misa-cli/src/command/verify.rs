//! Whether the files of run folders and of models are unchanged.

use super::json::say_object;
use super::predict::run_of;
use super::say;
use crate::runs::NamedRuns;
use crate::{Exit, Outcome};
use clap::Args;
use misa_infer::Predictor;
use misa_terms::JsonFault;
use misa_train::{Checkpoint, FileState, Manifest, Status, Verification, VerifiedFile};
use serde::Serialize;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Check every file of a run folder against the checksums in its manifest, and look for results of
/// other runs in it. Of a model alone, check that it loads, and its files against the manifest of the
/// run that it is in, or otherwise against the checksums beside them.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Run folders, or folders of them, or folders with a model
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Print the state of every file as JSON
    #[arg(long)]
    json: bool,
}

/// What was found in a folder.
#[derive(Debug, Default, Serialize)]
struct Found {
    run: String,
    /// Why nothing else is known of it, and what to do.
    error: Option<String>,
    /// `None` of a model that is in no run.
    status: Option<Status>,
    files: Vec<VerifiedFile>,
    notes: Vec<String>,
    /// Of a model that was named by itself.
    model: Option<Model>,
}

/// Whether a model loads.
#[derive(Debug, Serialize)]
struct Model {
    id: Option<String>,
    error: Option<String>,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let mut all = Vec::new();
        for path in &self.runs {
            if is_model(path) {
                all.push(Found::of(path, Found::of_model));
                continue;
            }
            for run in NamedRuns::of_paths(std::slice::from_ref(path))?.runs {
                all.push(Found::of(&run.folder, Found::of_run));
            }
        }
        let mut known = std::collections::HashSet::new();
        all.retain(|found| known.insert(found.run.clone()));
        let is_whole = all.iter().all(Found::is_whole);
        if self.json {
            say_object(serde_json::json!({ "runs": all }))?;
        } else {
            for found in &all {
                say(&found.text())?;
            }
        }
        Ok(if is_whole { Exit::Done } else { Exit::Failed })
    }
}

/// Whether a folder has a model and is no run.
fn is_model(folder: &Path) -> bool {
    folder.join("config.json").is_file() && !folder.join(Manifest::FILE).exists()
}

impl Found {
    /// What `find` finds. What cannot be read hides nothing of other folders.
    fn of(folder: &Path, find: fn(&Path) -> Result<Self, Box<dyn Error>>) -> Self {
        find(folder).unwrap_or_else(|error| {
            let fault = error.to_string();
            let fault = fault.strip_suffix(JsonFault::ADVICE).unwrap_or(&fault);
            let error = format!("{fault}{}, or leave this folder out", JsonFault::ADVICE);
            Self {
                run: folder.display().to_string(),
                error: Some(error),
                ..Self::default()
            }
        })
    }

    fn of_run(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let verification = Verification::of(folder)?;
        Ok(Self {
            run: folder.display().to_string(),
            status: Some(verification.status),
            files: verification.files,
            notes: verification.notes,
            ..Self::default()
        })
    }

    fn of_model(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut found = match run_of(folder)?.filter(|run| is_checkpoint_of(folder, run)) {
            Some(run) => Self::in_run(folder, &run)?,
            None => Self::alone(folder)?,
        };
        let device = crate::device(crate::default_device())?;
        let loaded = Predictor::load(folder, &device);
        found.model = Some(Model {
            id: loaded
                .as_ref()
                .ok()
                .map(|predictor| predictor.id().to_string()),
            error: loaded.err().map(|error| error.to_string()),
        });
        Ok(found)
    }

    /// A model in the folder of its run.
    fn in_run(folder: &Path, run: &Path) -> Result<Self, Box<dyn Error>> {
        let mut found = Self::of_run(run)?;
        let above = format!("{}/", Checkpoint::FOLDER);
        let files = found.files.into_iter().filter_map(|file| {
            let path = file.path.strip_prefix(&above)?.to_string();
            Some(VerifiedFile { path, ..file })
        });
        found.files = files.collect();
        found.run = folder.display().to_string();
        Ok(found)
    }

    /// A model that is in no run.
    fn alone(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let files = Checkpoint::verify(folder)?;
        let notes = match files {
            Some(_) => Vec::new(),
            None => vec![
                "has no checksums, because misa 0.1 wrote it: it is only known whether it loads"
                    .to_string(),
            ],
        };
        Ok(Self {
            run: folder.display().to_string(),
            files: files.unwrap_or_default(),
            notes,
            ..Self::default()
        })
    }

    fn is_whole(&self) -> bool {
        let is_loaded = self
            .model
            .as_ref()
            .is_none_or(|model| model.error.is_none());
        is_loaded
            && self.error.is_none()
            && self.files.iter().all(|file| file.state == FileState::Whole)
    }

    fn text(&self) -> String {
        let run = &self.run;
        if let Some(error) = &self.error {
            return format!("{run}: cannot be checked: {error}\n");
        }
        let mut text = String::new();
        for file in &self.files {
            let state = match file.state {
                FileState::Whole => continue,
                FileState::Missing => "is missing",
                FileState::Changed => "has changed since it was written",
                FileState::Unrecorded if self.model.is_some() => {
                    "has no checksum and may belong to another model"
                }
                FileState::Unrecorded => {
                    "is not recorded by this run and may show another one; `misa report` writes pages \
                     anew"
                }
            };
            text.push_str(&format!("{run}/{} {state}\n", file.path));
        }
        let count = |is_it: fn(FileState) -> bool| {
            let states = self.files.iter().map(|file| file.state);
            states.filter(|&state| is_it(state)).count()
        };
        let unchanged = count(|state| state == FileState::Whole);
        let all = count(|state| state != FileState::Unrecorded);
        text.push_str(&format!(
            "{run}: {unchanged} of {all} files are unchanged\n"
        ));
        match &self.model {
            Some(Model { id: Some(id), .. }) => {
                text.push_str(&format!("{run}: the model loads, its id is {id}\n"));
            }
            Some(Model { error, .. }) => {
                let error = error.as_deref().unwrap_or_default();
                text.push_str(&format!("{run}: the model does not load: {error}\n"));
            }
            None => {}
        }
        for note in &self.notes {
            text.push_str(&format!("{run}: note: {note}\n"));
        }
        text
    }
}

/// Whether a folder is that of the run's model, by its path or by its target.
fn is_checkpoint_of(folder: &Path, run: &Path) -> bool {
    let target = |path: &Path| fs::canonicalize(path).ok();
    let checkpoint = target(&run.join(Checkpoint::FOLDER));
    checkpoint.is_some() && checkpoint == target(folder)
}

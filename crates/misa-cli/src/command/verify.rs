//! Whether the files of run folders are unchanged.

use super::json::say_object;
use super::say;
use crate::runs::NamedRuns;
use crate::{Exit, Outcome};
use clap::Args;
use misa_train::{FileState, Verification};
use serde_json::json;
use std::path::PathBuf;

/// Check every file of a run folder against the checksums in its manifest, and look for results of
/// other runs in it.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Run folders, or folders of them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Print the state of every file as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let mut verifications = Vec::new();
        for run in NamedRuns::of_paths(&self.runs)?.runs {
            let verification = Verification::of(&run.folder)?;
            let name = run.folder.display().to_string();
            if !self.json {
                say(&text(&name, &verification))?;
            }
            verifications.push((name, verification));
        }
        if self.json {
            let runs = verifications.iter().map(|(run, verification)| {
                json!({
                    "run": run,
                    "status": verification.status,
                    "files": verification.files,
                    "notes": verification.notes,
                })
            });
            say_object(json!({ "runs": runs.collect::<Vec<_>>() }))?;
        }
        let is_whole = verifications.iter().all(|(_, found)| found.is_whole());
        Ok(if is_whole { Exit::Done } else { Exit::Failed })
    }
}

fn text(run: &str, verification: &Verification) -> String {
    let mut text = String::new();
    for file in &verification.files {
        let state = match file.state {
            FileState::Whole => continue,
            FileState::Missing => "is missing",
            FileState::Changed => "has changed since it was written",
            FileState::Unrecorded => {
                "is not recorded by this run and may show another one; `misa report` writes pages anew"
            }
        };
        text.push_str(&format!("{run}/{} {state}\n", file.path));
    }
    let files = verification.files.iter();
    let unchanged = files.filter(|file| file.state == FileState::Whole).count();
    let files = verification.files.iter();
    let all = files.filter(|file| file.state != FileState::Unrecorded);
    let all = all.count();
    text.push_str(&format!(
        "{run}: {unchanged} of {all} files are unchanged\n"
    ));
    for note in &verification.notes {
        text.push_str(&format!("{run}: note: {note}\n"));
    }
    text
}

//! Whether run folders are what was written.

use super::{say, say_json};
use crate::{Exit, Outcome};
use clap::Args;
use misa_train::{FileState, Verification};
use std::{collections::BTreeMap, path::PathBuf};

/// Check every file of a run folder against the checksums in its manifest.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Run folders
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// Print what is found as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let mut found = BTreeMap::new();
        for run in &self.runs {
            let verification = Verification::of(run)?;
            if !self.json {
                say(&text(&run.display().to_string(), &verification))?;
            }
            found.insert(run.display().to_string(), verification);
        }
        if self.json {
            say_json(&found)?;
        }
        let is_whole = found.values().all(Verification::is_whole);
        Ok(if is_whole { Exit::Done } else { Exit::Failed })
    }
}

fn text(run: &str, verification: &Verification) -> String {
    let mut text = String::new();
    for file in &verification.files {
        let state = match file.state {
            FileState::Whole => continue,
            FileState::Missing => "is missing",
            FileState::Changed => "is not the file that was written",
        };
        text.push_str(&format!("{run}/{} {state}\n", file.path));
    }
    let whole = verification
        .files
        .iter()
        .filter(|file| file.state == FileState::Whole);
    let (whole, all) = (whole.count(), verification.files.len());
    text.push_str(&format!(
        "{run}: {whole} of {all} files are as they were written\n"
    ));
    for note in &verification.notes {
        text.push_str(&format!("{run}: note: {note}\n"));
    }
    text
}

//! Whether a run is new, resumed or replaced.

use super::Arguments;
use clap::ValueEnum;
use misa_train::{Manifest, RunStart, ScheduledJob};
use std::path::Path;

/// When a run that is there is continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Resume {
    /// Where there is one; otherwise, a new one is started.
    Auto,
    /// Never: a folder with a run is refused.
    Never,
}

impl Arguments {
    /// Whether the run in `folder` is resumed. Without `--resume`, it is where a scheduler starts the same
    /// command again after a fault; with `--replace`, only where that scheduler's job began the run itself.
    pub(super) fn resumes(&self, folder: &Path) -> bool {
        match self.resume {
            Some(resume) => resume == Resume::Auto,
            None => self.restarted(folder).is_some(),
        }
    }

    pub(super) fn start(&self, folder: &Path) -> RunStart {
        if self.resumes(folder) {
            RunStart::Resume
        } else if self.replace {
            RunStart::Replace
        } else {
            RunStart::New
        }
    }

    /// Why a run is resumed that nobody asked to resume.
    pub(super) fn resume_note(&self, folder: &Path) -> Option<String> {
        if self.resume.is_some() {
            return None;
        }
        let variable = self.restarted(folder)?;
        Some(format!(
            "{}: resumed, because this is a job of a scheduler ({variable}); --resume=never refuses",
            folder.display()
        ))
    }

    /// The variable of the scheduler because of which the run in `folder` is resumed.
    fn restarted(&self, folder: &Path) -> Option<String> {
        let job = ScheduledJob::current();
        let (variable, value) = job.restarting()?;
        let manifest = folder.join(Manifest::FILE);
        if !self.replace {
            return manifest.exists().then(|| variable.to_string());
        }
        let sessions = Manifest::read(folder).ok()?.sessions;
        let is_own = (sessions.last())
            .is_some_and(|session| session.job.get(variable).map(String::as_str) == Some(value));
        is_own.then(|| variable.to_string())
    }
}

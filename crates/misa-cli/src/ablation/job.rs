//! One run of a variant with a seed.

use super::Variant;
use crate::command::Setting;
use crate::settings::{ON, Resolved, RunSettings};
use crate::source::finished;
use crate::{Launch, SettingsArguments};
use misa_core::ConfigError;
use misa_data::Split;
use misa_train::{Progress, RunStart, Stop, TrainError, score_test};
use serde_json::json;
use std::error::Error;
use std::path::{Path, PathBuf};

/// A variant to train with a seed.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// The variant.
    pub variant: &'static Variant,
    /// The seed.
    pub seed: u64,
}

/// The end of a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobResult {
    /// A finished run.
    Trained {
        /// Seconds it took.
        seconds: f64,
    },
    /// The variant makes no sense for the task or the data.
    LeftOut {
        /// Why, in words.
        reason: String,
    },
}

impl Job {
    /// The folder of its run, in `out`.
    pub fn folder(&self, out: &Path) -> PathBuf {
        let folder = out.join(self.variant.folder());
        folder.join(format!("seed-{}", self.seed))
    }

    /// Whether nothing is left to train: the run is finished, or the variant is left out.
    pub(crate) fn is_over(&self, settings: &SettingsArguments, out: &Path) -> bool {
        let modalities = settings.resolve(&[]);
        let modalities = modalities.map(|settings| settings.value.training.model.modalities);
        modalities.is_ok_and(|modalities| self.variant.settings_for(modalities).is_none())
            || finished(&self.folder(out)).is_ok()
    }

    /// Trains, or continues a run that was stopped; scores the test split if that is the `split`.
    ///
    /// # Errors
    ///
    /// Whatever stops the run, or a test split that is asked for and empty.
    pub fn train(
        &self,
        settings: &SettingsArguments,
        split: Split,
        out: &Path,
        stop: &Stop,
    ) -> Result<JobResult, Box<dyn Error>> {
        let modalities = settings.resolve(&[])?.value.training.model.modalities;
        let Some(texts) = self.variant.settings_for(modalities) else {
            let reason = format!("runs use {modalities}");
            return Ok(JobResult::LeftOut { reason });
        };
        let resolved = self.resolve(settings, &texts);
        if let (Ok(resolved), Ok(shared)) = (&resolved, self.resolve(settings, &[]))
            && !self.variant.is_baseline()
            && resolved.equals(&shared)
        {
            let reason = "MISA has what it sets, by the settings of all variants".to_string();
            return Ok(JobResult::LeftOut { reason });
        }
        let trained = resolved.and_then(|settings| run(&settings, split, &self.folder(out), stop));
        match trained {
            Ok(seconds) => Ok(JobResult::Trained { seconds }),
            Err(error) if is_misfit(error.as_ref()) => {
                let reason = error.to_string();
                Ok(JobResult::LeftOut { reason })
            }
            Err(error) => Err(error),
        }
    }

    fn resolve(
        &self,
        settings: &SettingsArguments,
        texts: &[String],
    ) -> Result<Resolved<RunSettings>, Box<dyn Error>> {
        let origin = format!("variant {}", self.variant.name);
        let shared = settings.resolve(&[])?;
        let mut more = Vec::new();
        for text in texts {
            let setting = Setting::parse(text, &origin)?;
            // A table that is on keeps what the settings of all variants give it.
            if setting.value != ON || !shared.has_table(&setting.key) {
                more.push(setting);
            }
        }
        if settings.options.seed().is_none() {
            more.push(Setting::new("training.seed", json!(self.seed), "--seeds"));
        }
        settings.resolve(&more)
    }
}

/// Trains in `folder`; the seconds that took.
fn run(
    settings: &Resolved<RunSettings>,
    split: Split,
    folder: &Path,
    stop: &Stop,
) -> Result<f64, Box<dyn Error>> {
    let launch = Launch {
        progress: Progress::Silent,
        start: RunStart::Resume,
        stop: stop.clone(),
        keep_state: false,
        pause_after: None,
        allows_unread: false,
    };
    let (report, test) = launch.train(settings, folder)?;
    if split == Split::Test && report.scores_of(Split::Test).is_none() {
        let devices = crate::devices(&settings.value.device)?;
        score_test(folder, test, &devices[0])?;
    }
    Ok(report.seconds)
}

/// Whether a variant makes no sense for the task or the data.
fn is_misfit(error: &(dyn Error + 'static)) -> bool {
    matches!(
        error.downcast_ref(),
        Some(
            TrainError::NoVideos { .. }
                | TrainError::OneSided { .. }
                | TrainError::Config(ConfigError::Conflict { .. })
        )
    )
}

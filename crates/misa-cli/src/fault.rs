//! An error as programs read it.

use crate::DeviceError;
use crate::command::{PlanError, ProtocolError, ResumeError};
use crate::contradiction::Contradiction;
use crate::place::AbsentData;
use crate::runs::FolderError;
use crate::settings::SettingsError;
use crate::show::RunsError;
use crate::sweep::SweepError;
use misa_data::DataError;
use misa_infer::InferError;
use misa_report::compare::CompareError;
use misa_train::TrainError;
use serde::Serialize;
use std::error::Error;
use std::io;
use std::path::Path;

/// The parts of an error. What an error does not say is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    /// What went wrong: `usage`, `settings`, `data`, `device`, `run`, `stopped`, `model`, `sweep`,
    /// `comparison`, `file` or `other`.
    pub kind: &'static str,
    /// The message that people read.
    pub message: String,
    /// The file, with the line if it is known, or the option.
    #[serde(rename = "where")]
    pub origin: Option<String>,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// What was probably meant, or what to do.
    pub hint: Option<String>,
}

impl Fault {
    /// The parts of an error.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let fault = Self::new(kind(error), error.to_string());
        match error.downcast_ref::<SettingsError>() {
            Some(error) => fault.of_settings(error),
            None => fault.of_message(),
        }
    }

    /// An error of this kind with this message alone.
    pub fn new(kind: &'static str, message: String) -> Self {
        Self {
            kind,
            message,
            origin: None,
            expected: None,
            found: None,
            hint: None,
        }
    }

    fn of_settings(mut self, error: &SettingsError) -> Self {
        match error {
            SettingsError::Value {
                origin,
                found,
                expected,
                ..
            } => {
                self.origin = Some(origin.clone());
                self.found.clone_from(found);
                let (expected, hint) = expected.split_once("; ").unwrap_or((expected, ""));
                self.expected = Some(expected.to_string());
                self.hint = Some(hint.to_string()).filter(|hint| !hint.is_empty());
            }
            SettingsError::Unknown {
                origin,
                key,
                advice,
            } => {
                self.origin = Some(origin.clone());
                self.found = Some(key.clone());
                self.hint = Some(advice.clone());
            }
            SettingsError::NoSetting { key, advice } => {
                self.found = Some(key.clone());
                self.hint = Some(advice.clone());
            }
            _ => return self.of_message(),
        }
        self
    }

    /// Messages read "where: what, expected, found": what they begin with is where, if it exists.
    fn of_message(mut self) -> Self {
        let message = self.message.clone();
        let mut rest = message.as_str();
        if let Some((origin, after)) = message.split_once(": ")
            && (origin.starts_with("--") || Path::new(origin).exists())
        {
            self.origin = Some(origin.to_string());
            rest = after;
        }
        if let Some((_, expected)) = rest.split_once(", expected ") {
            let (expected, found) = expected.split_once(", found ").unwrap_or((expected, ""));
            self.expected = Some(expected.to_string());
            self.found = Some(found.to_string()).filter(|found| !found.is_empty());
        }
        self
    }
}

fn kind(error: &(dyn Error + 'static)) -> &'static str {
    if let Some(error) = error.downcast_ref::<TrainError>() {
        return match error {
            TrainError::Stopped { .. } => "stopped",
            TrainError::Config(_) | TrainError::Preset { .. } => "settings",
            TrainError::Data(_) => "data",
            _ => "run",
        };
    }
    if error.is::<SettingsError>() || error.is::<Contradiction>() {
        "settings"
    } else if error.is::<FolderError>()
        || error.is::<AbsentData>()
        || error.is::<ResumeError>()
        || error.is::<ProtocolError>()
    {
        "run"
    } else if error.is::<DataError>() {
        "data"
    } else if error.is::<DeviceError>() {
        "device"
    } else if error.is::<InferError>() {
        "model"
    } else if error.is::<SweepError>() {
        "sweep"
    } else if error.is::<CompareError>() || error.is::<RunsError>() || error.is::<PlanError>() {
        "comparison"
    } else if error.is::<io::Error>() {
        "file"
    } else {
        "other"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let text = format!("{path}: no run, expected a manifest.json, found report.html");
        let fault = Fault::of(&io::Error::other(text));
        assert_eq!(fault.kind, "file");
        assert_eq!(fault.origin, Some(path.to_string()));
        assert_eq!(fault.expected.as_deref(), Some("a manifest.json"));
        assert_eq!(fault.found.as_deref(), Some("report.html"));
        let fault = Fault::of(&io::Error::other("nowhere: it is dark"));
        assert_eq!(
            (fault.origin, fault.expected, fault.found),
            (None, None, None)
        );
    }

    #[test]
    fn an_error_of_settings_says_all_it_knows() {
        let error = SettingsError::Value {
            origin: "run.toml:3".to_string(),
            key: "training.cell".to_string(),
            found: Some("\"lstn\"".to_string()),
            expected: "lstm or gru; did you mean `lstm`?".to_string(),
        };
        let fault = Fault::of(&error);
        assert_eq!(
            (fault.kind, fault.origin.as_deref()),
            ("settings", Some("run.toml:3"))
        );
        assert_eq!(fault.expected.as_deref(), Some("lstm or gru"));
        assert_eq!(fault.hint.as_deref(), Some("did you mean `lstm`?"));
        let stopped = TrainError::Stopped {
            path: "runs/a".into(),
            updates: 7,
        };
        assert_eq!(Fault::of(&stopped).kind, "stopped");
    }
}

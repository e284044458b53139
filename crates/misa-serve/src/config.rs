//! The settings of a server.

use crate::ServeError;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Longest time that a setting may ask for, in seconds: a day.
const LONGEST: f64 = 86_400.0;

/// The settings of a server, as a file holds them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServeConfig {
    /// The models. The first one answers requests that name none.
    pub models: Vec<ModelSource>,
    /// Address to listen on. Only this machine can reach the default, 127.0.0.1.
    pub host: IpAddr,
    /// Port to listen on; 0 chooses a free one.
    pub port: u16,
    /// File with the keys of users, one per line; without it, predictions need no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_file: Option<PathBuf>,
    /// File with the keys of administrators, one per line; without it, there is no `/admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_key_file: Option<PathBuf>,
    /// The origin whose pages may call this server from a browser, or `*`; by default only its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_origin: Option<String>,
    /// Most clips of a batch.
    pub batch_clips: usize,
    /// Most steps of a batch, over all its clips.
    pub batch_tokens: usize,
    /// How long a batch waits for more requests, in milliseconds.
    pub batch_window_ms: u64,
    /// Threads that predict batches.
    pub workers: usize,
    /// Most requests that wait to be computed, and most sounds that wait to be read; one more is answered 429.
    pub queue: usize,
    /// Most bytes of a body.
    pub body_bytes: usize,
    /// Most bytes of all bodies that are being read or parsed; one more is answered 429.
    pub all_body_bytes: usize,
    /// Most bytes of a request's head.
    pub header_bytes: usize,
    /// Most clips of a request.
    pub clips: usize,
    /// Most clips of a request for an explanation.
    pub explain_clips: usize,
    /// Most steps of a modality of a clip.
    pub steps: usize,
    /// Most connections that are open; more wait to be accepted.
    pub connections: usize,
    /// Seconds in which the head of a request has to arrive.
    pub header_seconds: f64,
    /// Seconds in which the body of a request has to arrive.
    pub body_seconds: f64,
    /// Seconds after which a connection without a request is closed.
    pub idle_seconds: f64,
    /// Seconds from the end of its body after which a request that is not computed, or a sound that still waits to be
    /// read, is answered 429. Reading a sound may take as many, or it is refused as too large.
    pub answer_seconds: f64,
    /// Seconds between the end of readiness and the refusal of new requests, in which load balancers
    /// notice.
    pub drain_seconds: f64,
    /// Most seconds for what was accepted, once new requests are refused.
    pub finish_seconds: f64,
    /// How the log is written.
    pub log: LogFormat,
    /// Name of the device that computes, such as `flex`. The server itself computes where its loader does: whoever
    /// makes the loader opens this device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self {
            models: Vec::new(),
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8000,
            api_key_file: None,
            admin_key_file: None,
            allow_origin: None,
            batch_clips: 32,
            batch_tokens: 16_384,
            batch_window_ms: 2,
            workers: 1,
            queue: 512,
            body_bytes: 2_000_000,
            all_body_bytes: 256_000_000,
            header_bytes: 16_384,
            clips: 32,
            explain_clips: 8,
            steps: 10_000,
            connections: 1024,
            header_seconds: 10.0,
            body_seconds: 10.0,
            idle_seconds: 60.0,
            answer_seconds: 60.0,
            drain_seconds: 5.0,
            finish_seconds: 30.0,
            log: LogFormat::Text,
            device: None,
        }
    }
}

impl ServeConfig {
    /// The settings in the text of a file; what it leaves out is at its default.
    ///
    /// # Errors
    ///
    /// [`ServeError::File`] if the text is not TOML, or names a setting that does not exist.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, ServeError> {
        toml::from_str(text).map_err(|error| ServeError::File {
            path: path.into(),
            message: error.to_string().trim_end().replace('\n', "; "),
        })
    }

    /// The same as the text of a file.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("every setting has a form in TOML")
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// [`ServeError::Setting`] names the setting; [`ServeError::NoModel`] if there is no model,
    /// [`ServeError::SameName`] if two have one name.
    pub fn validate(&self) -> Result<(), ServeError> {
        let counts = [
            ("batch-clips", self.batch_clips, 65_536.0),
            ("batch-tokens", self.batch_tokens, 16_777_216.0),
            ("workers", self.workers, 1024.0),
            ("queue", self.queue, 1_048_576.0),
            ("body-bytes", self.body_bytes, 1e9),
            ("all-body-bytes", self.all_body_bytes, 1e12),
            ("clips", self.clips, 65_536.0),
            ("explain-clips", self.explain_clips, 65_536.0),
            ("steps", self.steps, 1_048_576.0),
            ("connections", self.connections, 1_048_576.0),
        ];
        for (name, found, most) in counts {
            within(name, found as f64, 1.0, most)?;
        }
        // The least that hyper takes.
        within(
            "header-bytes",
            self.header_bytes as f64,
            8192.0,
            1_048_576.0,
        )?;
        within(
            "batch-window-ms",
            self.batch_window_ms as f64,
            0.0,
            60_000.0,
        )?;
        let seconds = [
            ("header-seconds", self.header_seconds, 0.001),
            ("body-seconds", self.body_seconds, 0.001),
            ("idle-seconds", self.idle_seconds, 0.001),
            ("answer-seconds", self.answer_seconds, 0.001),
            ("drain-seconds", self.drain_seconds, 0.0),
            ("finish-seconds", self.finish_seconds, 0.0),
        ];
        for (name, found, least) in seconds {
            within(name, found, least, LONGEST)?;
        }
        if self.all_body_bytes < self.body_bytes {
            return Err(ServeError::Setting {
                name: "all-body-bytes",
                expected: format!("at least body-bytes, {}", self.body_bytes),
                found: self.all_body_bytes.to_string(),
            });
        }
        self.check_models()
    }

    fn check_models(&self) -> Result<(), ServeError> {
        if self.models.is_empty() {
            return Err(ServeError::NoModel);
        }
        for (index, model) in self.models.iter().enumerate() {
            let name = model.name()?;
            for earlier in &self.models[..index] {
                if earlier.name()? == name {
                    return Err(ServeError::SameName { name });
                }
            }
        }
        Ok(())
    }

    /// The address to listen on.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// How long a batch waits for more requests.
    pub(crate) fn window(&self) -> Duration {
        Duration::from_millis(self.batch_window_ms)
    }
}

fn within(name: &'static str, found: f64, least: f64, most: f64) -> Result<(), ServeError> {
    if found >= least && found <= most {
        return Ok(());
    }
    Err(ServeError::Setting {
        name,
        expected: format!("from {least} to {most}"),
        found: found.to_string(),
    })
}

/// How the log is written to the standard error stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line of words per event.
    #[default]
    Text,
    /// One JSON object per event.
    Json,
    /// Nothing.
    Off,
}

/// Where a model is, and what it is called: `PATH`, or `NAME=PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ModelSource {
    name: Option<String>,
    /// A run's folder or a checkpoint.
    pub path: PathBuf,
}

impl ModelSource {
    /// A model of the name that its folder has.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            name: None,
            path: path.into(),
        }
    }

    /// A model of another name.
    pub fn named(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: Some(name.into()),
            path: path.into(),
        }
    }

    /// The name: the given one, or that of the folder, which is the run's for its `checkpoint`.
    ///
    /// # Errors
    ///
    /// [`ServeError::ModelName`] if it is longer than 64 characters or has others than letters,
    /// digits, `.`, `_` and `-`.
    pub fn name(&self) -> Result<String, ServeError> {
        let name = self.name.clone().unwrap_or_else(|| self.folder_name());
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !name.is_empty() && name.len() <= 64 && name.chars().all(is_plain) {
            return Ok(name);
        }
        Err(ServeError::ModelName {
            path: self.path.clone(),
            name,
        })
    }

    fn folder_name(&self) -> String {
        // A link keeps its own name, which is what a user has chosen; `.` has none of its own.
        let path = match self.path.file_name() {
            Some(_) => self.path.clone(),
            None => self.path.canonicalize().unwrap_or_default(),
        };
        let parent = path.parent().and_then(|parent| parent.file_name());
        let name = match (path.file_name(), parent) {
            (Some(name), Some(parent)) if name == "checkpoint" => parent,
            (Some(name), _) => name,
            (None, _) => return String::new(),
        };
        name.to_string_lossy().into_owned()
    }
}

impl From<String> for ModelSource {
    fn from(text: String) -> Self {
        match text.split_once('=') {
            Some((name, path)) if !name.contains(['/', '\\']) => Self::named(name, path),
            _ => Self::new(text),
        }
    }
}

impl From<ModelSource> for String {
    fn from(source: ModelSource) -> Self {
        let path = source.path.display();
        match &source.name {
            Some(name) => format!("{name}={path}"),
            None => path.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        ModelSource::from(text.to_string()).name().unwrap()
    }

    #[test]
    fn a_model_is_called_as_asked_or_as_its_folder() {
        assert_eq!(name("mosei=runs/a"), "mosei");
        assert_eq!(name("runs/a"), "a");
        assert_eq!(name("runs/a/checkpoint/"), "a");
        assert_eq!(name("checkpoint"), "checkpoint");
        assert_eq!(name("runs/lr=0.1/seed-1"), "seed-1");
        let error = ModelSource::new("runs/a b").name().unwrap_err();
        assert_eq!(
            error.to_string(),
            "runs/a b: the model's name is `a b`, expected at most 64 letters, digits, `.`, `_` and \
             `-`; give another one, by NAME=PATH or --name"
        );
    }

    #[test]
    fn a_file_holds_what_is_printed() {
        let config = ServeConfig {
            models: vec![ModelSource::named("a", "runs/a"), ModelSource::new("b")],
            port: 0,
            log: LogFormat::Json,
            device: Some("flex".to_string()),
            ..ServeConfig::default()
        };
        let read = ServeConfig::parse("serve.toml", &config.to_toml()).unwrap();
        assert_eq!(read, config);
    }

    #[test]
    fn an_unknown_setting_of_a_file_is_refused_by_name() {
        let error = ServeConfig::parse("serve.toml", "prot = 80\n").unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with("serve.toml: "), "{error}");
        assert!(error.contains("unknown field `prot`, expected one of `models`, `host`"));
    }

    #[test]
    fn settings_out_of_their_range_are_refused() {
        let valid = ServeConfig {
            models: vec![ModelSource::new("a")],
            ..ServeConfig::default()
        };
        assert!(valid.validate().is_ok());
        let message = |edit: fn(&mut ServeConfig)| {
            let mut config = valid.clone();
            edit(&mut config);
            config.validate().unwrap_err().to_string()
        };
        assert_eq!(
            message(|config| config.batch_clips = 0),
            "batch-clips: expected from 1 to 65536, found 0"
        );
        assert_eq!(
            message(|config| config.idle_seconds = f64::NAN),
            "idle-seconds: expected from 0.001 to 86400, found NaN"
        );
        assert_eq!(
            message(|config| config.all_body_bytes = 1),
            "all-body-bytes: expected at least body-bytes, 2000000, found 1"
        );
        assert_eq!(
            message(|config| config.models.push(ModelSource::new("runs/a"))),
            "two models are called `a`, expected another name; NAME=PATH gives one"
        );
        assert!(message(|config| config.models.clear()).starts_with("no model"));
    }
}

//! Models behind HTTP.

mod options;

use crate::command::{say, say_object};
use crate::{Exit, Outcome};
use clap::Args;
use misa_serve::{ModelSource, ServeConfig, Server, predictors};
use options::Options;
use serde_json::json;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::{fs, panic};

/// Answer requests over HTTP with trained models.
///
/// Clips are sent as JSON or safetensors to /v1/predict; a page to try it is at /, one about all routes
/// at /docs.
///
/// Each setting is taken from its option, from its variable in the environment, from the file of
/// --config, or from its default, in this order.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa serve runs/a
  misa serve mosei=runs/a mosi=runs/b --port 0 --json
  misa serve --config serve.toml
  misa serve runs/a --batch-clips 64 --print-config > serve.toml

Signals:
  SIGTERM  ends readiness, waits --drain-seconds, refuses new requests, finishes the
           others; Ctrl-C does the same without the wait; the second one ends at once
  SIGHUP   loads models and keys again beside the present ones")]
pub struct Arguments {
    /// Run folders or folders with a model, as PATH or NAME=PATH; the first one answers requests that
    /// name no model
    #[arg(value_name = "MODEL", env = "MISA_MODELS", value_delimiter = ',')]
    models: Vec<String>,
    /// File with settings, in TOML
    #[arg(long, value_name = "FILE", env = "MISA_CONFIG")]
    config: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
    /// Print all settings as a file, and do nothing
    #[arg(long)]
    print_config: bool,
    /// Print where the server listens as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let config = self.config()?;
        config.validate()?;
        if self.print_config {
            say(&config.to_toml())?;
            return Ok(Exit::Done);
        }
        // Of this machine: one that another process lends could go while a request waits.
        let device = config.device.as_deref().unwrap_or(crate::default_device());
        let device = crate::device::local_device(device)?;
        hide_messages_of_panics();
        let server = Server::bind(config, predictors(device))?;
        let url = format!("http://{}", server.address());
        if self.json {
            say_object(json!({ "listening": url, "port": server.address().port() }))?;
        } else {
            say(&format!("listening on {url}\n"))?;
        }
        server.run_with_signals()?;
        Ok(Exit::Done)
    }

    /// The settings of all layers.
    fn config(&self) -> Result<ServeConfig, Box<dyn Error>> {
        let mut config = match &self.config {
            None => ServeConfig::default(),
            Some(path) => {
                let text = fs::read_to_string(path);
                let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
                ServeConfig::parse(path, &text)?
            }
        };
        if !self.models.is_empty() {
            let models = self.models.iter().cloned();
            config.models = models.map(ModelSource::from).collect();
        }
        self.options.apply(&mut config);
        let device = &mut config.device;
        device.get_or_insert_with(|| crate::default_device().to_string());
        Ok(config)
    }
}

/// A panic of an inference is answered, and told here without its message, which may quote the request.
fn hide_messages_of_panics() {
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string);
        let place = place.unwrap_or_else(|| "an unknown place".to_string());
        let _ = writeln!(
            io::stderr(),
            "misa: panicked at {place}, please report this"
        );
    }));
}

//! A trained model as a folder for any web server.

mod built;

use super::json::say_object;
use super::output::{check_empty, write, write_folder};
use super::predict::{model_folder, model_or_run};
use super::say;
use crate::{Exit, Outcome};
use built::Built;
use clap::Args;
use misa_core::TextSize;
use misa_infer::{Checkpoint, FileState, ModelFiles, Predictor};
use misa_serve::{ModelSource, page_without_server};
use misa_terms::hex;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What the page may load: only files of its own folder. A worker from a blob is bound by this, too, and WebAssembly
/// counts as a script.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// Write a model as a folder of static files, which predicts in a browser and sends nothing anywhere.
///
/// The folder has the page of `misa serve`, the model, and the program that computes for it, as WebAssembly. Any web
/// server can have it under any path; nothing of it asks another address. Whoever opens the page can copy the model,
/// with the words of its vocabulary.
///
/// The WebAssembly is not part of this program: `scripts/web` of misa's repository builds it, in some minutes.
/// Models that read text with BERT are too large for a page, and are refused.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa export runs/a --web site
  misa export runs/a --web site --name film --wasm target/web
  python3 -m http.server --directory site --bind 127.0.0.1")]
pub struct Arguments {
    /// Folder of a finished run, or a folder with a model
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Folder to write, which must not exist or be empty
    #[arg(long, value_name = "DIR")]
    web: PathBuf,
    /// Folder that `scripts/web` has built; otherwise `web` beside this program or one folder above it
    #[arg(long, value_name = "FOLDER", env = "MISA_WASM")]
    wasm: Option<PathBuf>,
    /// Name of the model on the page [default: that of its folder]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Print what was written as JSON
    #[arg(long)]
    json: bool,
}

/// The files of the folder by their paths in it.
type Files = BTreeMap<String, Vec<u8>>;

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        check_empty(&self.web)?;
        let run = model_or_run(&self.run)?;
        let name = match &self.name {
            Some(name) => ModelSource::named(name, &run).name()?,
            None => ModelSource::new(&run).name()?,
        };
        let folder = model_folder(&run);
        let (model, id) = model(&folder)?;
        let built = Built::find(self.wasm.as_deref())?;
        let files = files(&name, &model, built)?;
        write_folder(&self.web, |folder| save(folder, &files))?;

        let bytes: usize = files.values().map(Vec::len).sum();
        if self.json {
            let listed = files.iter().map(
                |(path, bytes)| json!({"path": path, "bytes": bytes.len(), "sha256": sum(bytes)}),
            );
            let listed: Vec<_> = listed.collect();
            say_object(json!({
                "folder": self.web, "name": name, "id": id, "bytes": bytes, "files": listed,
            }))?;
        } else {
            say(&format!(
                "Written: {}, {} files of {:.1} MB\nTo see it: python3 -m http.server --bind 127.0.0.1 --directory {}\n",
                self.web.display(),
                files.len(),
                bytes as f64 / 1e6,
                self.web.display()
            ))?;
        }
        Ok(Exit::Done)
    }
}

/// The files of a model that a browser can run, and its id.
fn model(folder: &Path) -> Result<(ModelFiles, String), Box<dyn Error>> {
    let shown = folder.display();
    let files = ModelFiles::read(folder)?;
    if files.get("config.json").is_none() {
        return Err(format!(
            "{shown}: found no config.json, expected the folder of a finished run or of a model"
        )
        .into());
    }
    let verified = Checkpoint::verify_files(&files)?.unwrap_or_default();
    if let Some(file) = (verified.iter()).find(|file| file.state != FileState::Whole) {
        let path = folder.join(&file.path);
        return Err(format!(
            "{}: expected the SHA-256 of checksums.json, found another file or none: see `misa verify`",
            path.display()
        )
        .into());
    }
    let predictor = Predictor::from_files(&files, &crate::device(crate::default_device())?)?;
    if let TextSize::Bert(_) = predictor.config().sizes.text {
        return Err(format!(
            "{shown}: expected a model of words or of features, found one that reads text with BERT, which a page \
             cannot load: use `misa serve`, or train with word vectors"
        )
        .into());
    }
    predictor.warm_up()?;
    let id = predictor.id().to_string();
    Ok((files, id))
}

/// All files of the folder.
fn files(name: &str, model: &ModelFiles, built: Built) -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    let (index, page) = page_without_server(POLICY);
    files.insert("index.html".to_string(), index.into_bytes());
    for file in page {
        files.insert(format!("page/{}", file.name), file.text.into());
    }
    files.extend(built.files);
    for (name, bytes) in model.iter() {
        files.insert(format!("model/{name}"), bytes.to_vec());
    }
    let about = json!({"schema": 1, "name": name, "version": env!("CARGO_PKG_VERSION")});
    files.insert("model.json".to_string(), pretty(&about)?);
    let sums: BTreeMap<&String, String> = files
        .iter()
        .map(|(path, bytes)| (path, sum(bytes)))
        .collect();
    let sums = pretty(&json!({"version": 1, "files": sums}))?;
    files.insert("checksums.json".to_string(), sums);
    Ok(files)
}

fn pretty(value: &serde_json::Value) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec_pretty(value)
}

fn sum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn save(folder: &Path, files: &Files) -> Result<(), Box<dyn Error>> {
    for (path, bytes) in files {
        let path = folder.join(path);
        let above = super::output::folder(&path);
        fs::create_dir_all(above).map_err(|error| format!("{}: {error}", above.display()))?;
        write(&path, bytes)?;
    }
    Ok(())
}

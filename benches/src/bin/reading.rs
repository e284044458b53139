//! How fast a feature file of the size of MOSEI is read, and how much memory that takes.
//!
//! ```text
//! cargo run --release -p misa-benches --bin reading
//! ```
//!
//! Writes the file, then reads it in processes of their own: whole, and utterance by utterance.

use clap::{Parser, ValueEnum};
use misa_benches::FeatureFile;
use misa_data::{OpenOptions, Split};
use misa_train::peak_memory;
use serde_json::{Value, json};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

const MIB: f64 = 1024.0 * 1024.0;

/// Reads a synthetic feature file in MMSA's layout and prints time and memory.
#[derive(Parser)]
struct Arguments {
    /// Utterances; MOSEI has 16,326 for training.
    #[arg(long, value_name = "NUMBER", default_value_t = 16_326)]
    utterances: usize,
    /// Folder for the file, which has 175 KB per utterance and is removed in the end.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Write the results to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Read `--file` in this way and print the result; for the processes that this program starts.
    #[arg(long, hide = true, requires = "file")]
    way: Option<Way>,
    #[arg(long, hide = true)]
    file: Option<PathBuf>,
}

/// How the file is read.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Way {
    /// All of it into memory.
    Open,
    /// Utterance by utterance.
    Stream,
}

fn main() -> ExitCode {
    misa_benches::exit("reading", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if let (Some(way), Some(file)) = (arguments.way, &arguments.file) {
        println!("{}", read(way, file)?);
        return Ok(());
    }
    let file = FeatureFile {
        utterances: arguments.utterances,
        steps: 50,
        d_text: 768,
        d_visual: 35,
        d_acoustic: 74,
    };
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let path = folder.path().join("features.pkl");
    file.write(&path, 0)?;
    let size = fs::metadata(&path)?.len();
    println!(
        "file {:.0} MiB, payload {:.0} MiB\n",
        size as f64 / MIB,
        file.payload() as f64 / MIB
    );
    println!("| Way | Seconds | MB/s | Peak memory | of the payload |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let mut rows = Vec::new();
    for way in [Way::Open, Way::Stream] {
        let row = in_a_process(way, &path)?;
        let number = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
        println!(
            "| {way:?} | {:.2} | {:.0} | {:.0} MiB | {:.2} |",
            number("seconds"),
            size as f64 / 1e6 / number("seconds"),
            number("peak_bytes") / MIB,
            number("peak_bytes") / file.payload() as f64,
        );
        rows.push(row);
    }
    if let Some(path) = &arguments.json {
        let results = json!({ "file_bytes": size, "payload_bytes": file.payload(), "rows": rows });
        fs::write(path, format!("{results:#}\n"))?;
    }
    Ok(())
}

fn in_a_process(way: Way, path: &Path) -> Result<Value, Box<dyn Error>> {
    let mut command = Command::new(env::current_exe()?);
    let name = format!("{way:?}").to_lowercase();
    let output = command
        .args(["--way", &name, "--file"])
        .arg(path)
        .output()?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(message.into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn read(way: Way, path: &Path) -> Result<Value, Box<dyn Error>> {
    let start = Instant::now();
    let (utterances, kept) = match way {
        Way::Open => {
            let data = OpenOptions::new().open(path)?;
            (data.split(Split::Train).len(), Some(data))
        }
        Way::Stream => {
            let overview = OpenOptions::new().stream(path, |_, _| Ok(()))?;
            (overview.count(Split::Train), None)
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak_memory();
    drop(kept);
    Ok(json!({
        "way": format!("{way:?}"),
        "utterances": utterances,
        "seconds": seconds,
        "peak_bytes": peak,
    }))
}

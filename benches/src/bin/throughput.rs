//! Times training and inference on the workloads of `cases.json`. The rows can be compared with
//! those of another implementation.
//!
//! ```text
//! cargo run --release -p misa-benches --bin throughput -- --case mosei_glove_b64 --threads 2 --seconds 10
//! cargo run --release -p misa-benches --bin throughput -- --all --json rows.json
//! ```
//!
//! If there are several cases, each runs in its own process, because memory and start-up time are
//! measured per process. A case that cannot be run is skipped with a message.

use clap::Parser;
use misa_benches::{
    BenchError, Case, Cases, Compute, RowFile, Settings, Workload, available_threads, run,
    use_threads,
};
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};
use tempfile::NamedTempFile;

/// Times training and inference on the workloads of cases.json.
#[derive(Parser)]
#[command(arg_required_else_help = true)]
struct Arguments {
    /// Workloads to read instead of the repository's.
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Names of cases, separated by commas.
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        conflicts_with = "all"
    )]
    case: Vec<String>,
    /// Every case.
    #[arg(long)]
    all: bool,
    /// Freeze all of BERT, without dropout, and compute it once.
    #[arg(long)]
    frozen_once: bool,
    /// Show the names of all cases and end.
    #[arg(long)]
    list: bool,
    /// Threads that compute; by default, as many as there are processors
    #[arg(long, value_name = "NUMBER")]
    threads: Option<NonZeroUsize>,
    /// Measured time of a case, two thirds of it for training.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    seconds: f64,
    /// Device, such as cpu, ndarray or cuda:1.
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    device: String,
    /// Write the rows to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Keep the rows that the file has.
    #[arg(long, requires = "json")]
    append: bool,
    /// Seed of weights, batches and dropout.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

fn main() -> ExitCode {
    misa_memory::keep_freed_memory();
    misa_memory::ask_for_large_pages();
    let started = Instant::now();
    let arguments = Arguments::parse();
    let result = arguments.run(started).map_err(Into::into);
    misa_benches::exit("throughput", result)
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if seconds > 0.0 && f64::is_finite(seconds) => Ok(seconds),
        _ => Err("expected a number of seconds above 0".to_owned()),
    }
}

impl Arguments {
    fn run(&self, started: Instant) -> Result<(), BenchError> {
        let cases = self.read_cases()?;
        if self.list {
            cases
                .all()
                .iter()
                .for_each(|case| println!("{}", case.name));
            return Ok(());
        }
        let mut file = match &self.json {
            Some(path) if self.append => Some(RowFile::append(path)?),
            Some(path) => Some(RowFile::replace(path)),
            None => None,
        };
        let chosen = self.choose(&cases)?;
        for case in &chosen {
            let rows = match chosen.len() {
                1 => vec![self.measure(case, started)?],
                _ => self.measure_in_process(case)?,
            };
            if let Some(file) = &mut file {
                file.add(rows)?;
            }
        }
        Ok(())
    }

    fn read_cases(&self) -> Result<Cases, BenchError> {
        let Some(path) = &self.cases else {
            return Ok(Cases::bundled()?);
        };
        let text = fs::read_to_string(path).map_err(|source| BenchError::File {
            path: path.clone(),
            source,
        })?;
        Cases::parse(&text).map_err(|source| BenchError::Cases {
            path: path.clone(),
            source,
        })
    }

    /// The requested cases that can be run.
    fn choose<'a>(&self, cases: &'a Cases) -> Result<Vec<&'a Case>, BenchError> {
        let named = self.case.iter().map(|name| cases.named(name));
        let mut chosen: Vec<&Case> = if self.all {
            cases.all().iter().collect()
        } else {
            named.collect::<Result<_, _>>()?
        };
        chosen.retain(|case| match case.check_supported() {
            Ok(()) => true,
            Err(reason) => {
                eprintln!("{}: skipped, {reason}", case.name);
                false
            }
        });
        if chosen.is_empty() {
            Err(BenchError::Nothing)
        } else {
            Ok(chosen)
        }
    }

    fn measure(&self, case: &Case, started: Instant) -> Result<Value, BenchError> {
        let threads = self.threads.map_or_else(available_threads, usize::from);
        use_threads(threads)?;
        let settings = Settings {
            compute: Compute::open(&self.device)?,
            threads,
            seconds: self.seconds,
            seed: self.seed,
            started,
        };
        let mut case = case.clone();
        if let (true, Workload::Model(model)) = (self.frozen_once, &mut case.workload)
            && let Some(bert) = &mut model.bert
        {
            bert.computed_once = true;
        }
        let row = run(&case, &settings)?;
        println!("{row}");
        Ok(json!(row))
    }

    /// Measures a case in a new process.
    fn measure_in_process(&self, case: &Case) -> Result<Vec<Value>, BenchError> {
        let program = env::current_exe().map_err(|source| BenchError::File {
            path: "this program".into(),
            source,
        })?;
        let rows = NamedTempFile::new().map_err(|source| BenchError::File {
            path: env::temp_dir(),
            source,
        })?;
        let mut command = Command::new(&program);
        command.args(["--case", &case.name, "--device", &self.device]);
        command.args(["--seconds", &self.seconds.to_string()]);
        command.args(["--seed", &self.seed.to_string()]);
        command.arg("--json").arg(rows.path());
        if self.frozen_once {
            command.arg("--frozen-once");
        }
        if let Some(threads) = self.threads {
            command.args(["--threads", &threads.to_string()]);
        }
        if let Some(path) = &self.cases {
            command.arg("--cases").arg(path);
        }
        let status = command.status().map_err(|source| BenchError::File {
            path: program,
            source,
        })?;
        if status.success() {
            return RowFile::rows(rows.path());
        }
        Err(BenchError::Process {
            case: case.name.clone(),
            status,
        })
    }
}

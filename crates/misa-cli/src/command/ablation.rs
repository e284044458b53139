//! What each part of MISA, and each remedy beyond it, is worth: every variant with several seeds.
//!
//! ```text
//! cargo run --release --example ablation -- --variants MISA,misa+ --seeds 1..3
//! cargo run --release --example ablation -- --data PATH --corpus mosi --seeds 1..5 --workers 4
//! ```
//!
//! Writes a run folder per variant and seed, and `ablation.md` with scores, paired differences to
//! MISA and the seconds of the quickest training epoch. Finished runs are kept: started again, it goes on.

use clap::Parser;
use misa_cli::{Launch, Seeds, SettingsArguments, command::Setting, compare, stop_on_signals};
use misa_core::{ConfigError, Modalities};
use misa_data::{Split, write_whole};
use misa_examples::{Ablation, VARIANTS, Variant};
use misa_train::{Progress, RunStart, Stop, TrainError, score_test};
use serde_json::json;
use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
    thread,
};

/// Train every variant of MISA with several seeds, and compare them with MISA.
///
/// Without --data, on the synthetic set. The test split is scored once, at the end of each run;
/// where there is none, the valid split is compared.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(flatten)]
    settings: SettingsArguments,
    /// Variants by name; without it, all. --list shows them
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    variants: Vec<String>,
    /// Print the variants and what they set
    #[arg(long)]
    list: bool,
    /// Seeds, such as 1..5 or 1,3
    #[arg(long, value_name = "LIST", default_value = "1..5")]
    seeds: Seeds,
    /// Runs at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: usize,
    /// Folder for the runs and the table
    #[arg(long, value_name = "FOLDER", default_value = "runs/ablation")]
    out: PathBuf,
}

impl Arguments {
    fn folder(&self, variant: &Variant, seed: u64) -> PathBuf {
        let folder = self.out.join(variant.folder());
        folder.join(format!("seed-{seed}"))
    }
}

fn main() -> ExitCode {
    misa_examples::exit("ablation", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let variants = chosen(&arguments.variants)?;
    if arguments.list {
        for variant in variants {
            let settings = variant.settings_for(Modalities::ALL).unwrap_or_default();
            let preset = variant.preset.map(|preset| format!("--preset {preset}"));
            let shown = preset.into_iter().chain(settings).collect::<Vec<_>>();
            println!("{:20} {}", variant.name, shown.join(" "));
        }
        return Ok(());
    }
    let stop = stop_on_signals()?;
    // Seed by seed, so that what is there when it is stopped can be compared.
    let seeds = arguments.seeds.0.iter();
    let jobs: Vec<(&Variant, u64)> = seeds
        .flat_map(|&seed| variants.iter().map(move |&variant| (variant, seed)))
        .collect();
    work(arguments, &jobs, &stop)?;
    // Of the seeds asked for alone, so that every mean is over the same ones. A variant that the
    // data has nothing for leaves no run.
    let runs = jobs.iter().map(|(variant, seed)| {
        let folder = arguments.folder(variant, *seed);
        (folder.exists()).then(|| format!("{}={}", variant.name, folder.display()))
    });
    let runs: Vec<String> = runs.flatten().collect();
    let baseline = variants.iter().find(|variant| variant.is_baseline());
    let baseline = baseline.map(|variant| variant.name.to_string());
    eprintln!("comparing {} runs", runs.len());
    let (comparison, left_out) = compare(&runs, None, baseline, 10_000, Vec::new())?;
    for line in left_out {
        eprintln!("note: left out: {line}");
    }
    let text = Ablation::new(&comparison, &variants)?.to_string();
    print!("{text}");
    let path = arguments.out.join("ablation.md");
    write_whole(&path, |file| {
        std::io::Write::write_all(file, text.as_bytes())
    })?;
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Variant>, String> {
    if names.is_empty() {
        return Ok(VARIANTS.iter().collect());
    }
    let find = |name: &String| {
        let mut variants = VARIANTS.iter();
        let found = variants.find(|variant| variant.name == name);
        found.ok_or_else(|| format!("no variant `{name}`, --list shows those there are"))
    };
    names.iter().map(find).collect()
}

/// Makes every run, several at a time.
fn work(
    arguments: &Arguments,
    jobs: &[(&Variant, u64)],
    stop: &Stop,
) -> Result<(), Box<dyn Error>> {
    let next = Mutex::new(jobs.iter().enumerate());
    let failed: Mutex<Option<String>> = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..arguments.workers.max(1) {
            scope.spawn(|| {
                while let Some((number, (variant, seed))) = take(&next) {
                    let done = train(arguments, variant, *seed, stop);
                    let line =
                        format!("{}/{} {} seed {seed}", number + 1, jobs.len(), variant.name);
                    match done {
                        Ok(Done::Trained(seconds)) => println!("{line}: {seconds:.0} s"),
                        Ok(Done::LeftOut(why)) => println!("{line}: left out, {why}"),
                        Err(error) => {
                            stop.request();
                            let mut failed = failed.lock().unwrap_or_else(|lock| lock.into_inner());
                            failed.get_or_insert(format!("{line}: {error}"));
                            return;
                        }
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(|lock| lock.into_inner()) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

fn take<I: Iterator>(jobs: &Mutex<I>) -> Option<I::Item> {
    jobs.lock().unwrap_or_else(|lock| lock.into_inner()).next()
}

/// A variant that makes no sense for the task or the data is left out; other errors end all.
fn left_out(error: Box<dyn Error>) -> Result<Done, Box<dyn Error>> {
    match error.downcast_ref::<TrainError>() {
        Some(TrainError::NoVideos { .. } | TrainError::Config(ConfigError::Conflict { .. })) => {
            Ok(Done::LeftOut(error.to_string()))
        }
        _ => Err(error),
    }
}

/// What became of a run.
enum Done {
    /// It took this many seconds.
    Trained(f64),
    /// The data has nothing for it.
    LeftOut(String),
}

/// One run, and its look at the test split if it has one.
fn train(
    arguments: &Arguments,
    variant: &Variant,
    seed: u64,
    stop: &Stop,
) -> Result<Done, Box<dyn Error>> {
    let mut settings = arguments.settings.clone();
    let modalities = settings.resolve(&[])?.value.training.modalities;
    let Some(own) = variant.settings_for(modalities) else {
        return Ok(Done::LeftOut(format!("runs use {modalities}")));
    };
    settings.set.extend(own);
    settings.preset = variant.preset.or(settings.preset);
    let seed_setting = Setting {
        key: "training.seed".to_string(),
        value: json!(seed),
        origin: "--seeds".to_string(),
    };
    let settings = match settings.resolve(&[seed_setting]) {
        Ok(settings) => settings,
        Err(error) => return left_out(error),
    };
    let folder = arguments.folder(variant, seed);
    let launch = Launch {
        progress: Progress::Silent,
        start: RunStart::Resume,
        stop: stop.clone(),
    };
    let (report, test) = match launch.train(&settings, &folder) {
        Ok(done) => done,
        Err(error) => return left_out(error),
    };
    if !test.is_empty() && report.scores_of(Split::Test).is_none() {
        let device = misa_cli::device(&settings.value.device)?;
        score_test(Path::new(&folder), test, &device)?;
    }
    Ok(Done::Trained(report.seconds))
}

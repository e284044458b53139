//! Variants of MISA compared.

use super::output::{make_folder, write};
use super::{SettingsArguments, say, say_object};
use crate::ablation::{AblationTable, Job, JobResult, VARIANTS, Variant};
use crate::progress::share;
use crate::settings::{Resolved, RunSettings};
use crate::{CompareRequest, Exit, Outcome, Seeds, compare, stop_on_signals};
use clap::{Args, ValueEnum};
use misa_core::Modalities;
use misa_data::Split;
use misa_train::{Stop, TimeLeft, TrainError};
use serde_json::json;
use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Resamples of the paired comparison with MISA.
const RESAMPLES: usize = 10_000;
/// Name of the file that holds the table.
const TABLE: &str = "ablation.md";

/// Train variants of MISA with several seeds, and compare them with MISA.
///
/// Without --data, on the synthetic set. Scores are those of the valid split, and the test split
/// stays locked; --split test opens the one of each run, which its manifest records. Runs that are
/// finished are kept: after a stop, the same command continues.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa ablation --list
  misa ablation --variants MISA,misa+ --seeds 1..3
  misa ablation --data datasets/MOSI --corpus mosi --seeds 1..5 --workers 4 --out runs/mosi")]
pub struct AblationArguments {
    #[command(flatten)]
    settings: SettingsArguments,
    /// Variants by name; without it, all of them
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Run"
    )]
    variants: Vec<String>,
    /// Print the variants and what they set, and do nothing
    #[arg(long, help_heading = "Run")]
    list: bool,
    /// Seeds, such as 1..5 or 1,3
    #[arg(
        long,
        value_name = "LIST",
        default_value = "1..5",
        conflicts_with = "seed",
        help_heading = "Run"
    )]
    seeds: Seeds,
    /// Runs at a time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Run")]
    workers: u16,
    /// The split that is scored
    #[arg(long, value_enum, default_value = "valid", help_heading = "Run")]
    split: ScoredSplit,
    /// Folder for the runs and the table
    #[arg(
        long,
        value_name = "DIR",
        default_value = "runs/ablation",
        help_heading = "Run"
    )]
    out: PathBuf,
    /// Print the comparison as JSON, and nothing else
    #[arg(long, help_heading = "Run")]
    json: bool,
}

/// The split that is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScoredSplit {
    Valid,
    Test,
}

/// What ended the work before all jobs were done. It goes from a worker to the command, which the
/// error of a run cannot.
enum Failure {
    Stopped { path: PathBuf, updates: usize },
    Failed { message: String },
}

impl AblationArguments {
    /// Trains the variants that are asked for, and prints how they compare.
    ///
    /// # Errors
    ///
    /// Whatever stops a run, or keeps the runs from being compared.
    pub fn run(&self) -> Outcome {
        let variants = variants(&self.variants)?;
        if self.list {
            self.say_variants(&variants)?;
            return Ok(Exit::Done);
        }
        make_folder(&self.out)?;
        let stop = stop_on_signals()?;
        let jobs = self.jobs(&variants);
        let (settings, data) = self.settings.with_corpus_of_data(&[])?;
        if let Some(data) = data {
            eprintln!("note: {}", data.note(&settings.resolve(&[])?.value));
        }
        for table in tables_of_all(&settings.resolve(&[])?) {
            eprintln!("note: {table} is on in every variant, MISA too, as the settings say");
        }
        let work = self.work(&settings, &jobs, &stop);
        let results = work.map_err(Failure::into_error)?;
        self.compare(&variants, &jobs, &results)?;
        Ok(Exit::Done)
    }

    fn say_variants(&self, variants: &[&Variant]) -> Result<(), Box<dyn Error>> {
        if !self.json {
            let lines: String = variants.iter().map(|variant| line(variant)).collect();
            return Ok(say(&lines)?);
        }
        let variants = variants.iter().map(|variant| {
            let settings = variant.settings_for(Modalities::ALL).unwrap_or_default();
            json!({ "name": variant.name, "group": variant.group, "settings": settings })
        });
        say_object(json!({ "variants": variants.collect::<Vec<_>>() }))
    }

    /// Seed by seed, so that what is there when it is stopped can be compared.
    fn jobs(&self, variants: &[&'static Variant]) -> Vec<Job> {
        let seeds = match self.settings.options.seed() {
            Some(seed) => vec![seed],
            None => self.seeds.0.clone(),
        };
        let of_seed = |seed| variants.iter().map(move |&variant| Job { variant, seed });
        seeds.into_iter().flat_map(of_seed).collect()
    }

    /// Does every job, several at a time; their results in the same order.
    fn work(
        &self,
        settings: &SettingsArguments,
        jobs: &[Job],
        stop: &Stop,
    ) -> Result<Vec<JobResult>, Failure> {
        let is_over = |job: &&Job| job.is_over(settings, &self.out);
        let pace = Pace::new(jobs.len(), jobs.iter().filter(is_over).count());
        let next = Mutex::new(jobs.iter().enumerate());
        let results = Mutex::new(vec![None; jobs.len()]);
        let failure: Mutex<Option<Failure>> = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..self.workers {
                scope.spawn(|| {
                    while let Some((index, job)) = take(&next) {
                        let place = (index, &pace);
                        match self.attempt(settings, job, place, stop) {
                            Ok(result) => lock(&results)[index] = Some(result),
                            Err(error) => {
                                lock(&failure).get_or_insert(error);
                                stop.request();
                                return;
                            }
                        }
                    }
                });
            }
        });
        match failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(failure) => Err(failure),
            None => {
                let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
                Ok(results.into_iter().flatten().collect())
            }
        }
    }

    fn attempt(
        &self,
        settings: &SettingsArguments,
        job: &Job,
        (index, pace): (usize, &Pace),
        stop: &Stop,
    ) -> Result<JobResult, Failure> {
        let name = format!(
            "{}/{} {} seed {}",
            index + 1,
            pace.all,
            job.variant.name,
            job.seed
        );
        let failure = |error: Box<dyn Error>| Failure::of(&name, error.as_ref());
        let was_over = job.is_over(settings, &self.out);
        let result = job
            .train(settings, self.split.into(), &self.out, stop)
            .map_err(failure)?;
        let left = if was_over { String::new() } else { pace.next() };
        if !self.json {
            let text = match &result {
                JobResult::Trained { seconds } => format!("{name}: {seconds:.0} s{left}\n"),
                JobResult::LeftOut { reason } => format!("{name}: left out, {reason}\n"),
            };
            say(&text).map_err(|error| failure(error.into()))?;
        }
        Ok(result)
    }

    /// Compares the runs of the seeds asked for alone, so that every mean is over the same ones.
    fn compare(
        &self,
        variants: &[&'static Variant],
        jobs: &[Job],
        results: &[JobResult],
    ) -> Result<(), Box<dyn Error>> {
        let trained: Vec<&Job> = jobs
            .iter()
            .zip(results)
            .filter(|(_, result)| matches!(result, JobResult::Trained { .. }))
            .map(|(job, _)| job)
            .collect();
        let run = |job: &&Job| format!("{}={}", job.variant.name, job.folder(&self.out).display());
        let baseline = trained.iter().find(|job| job.variant.is_baseline());
        let baseline = baseline.map(|job| job.variant.name.to_string());
        // Without MISA, the table has no differences; JSON has those of all pairs.
        let resamples = if baseline.is_some() || self.json {
            RESAMPLES
        } else {
            0
        };
        let (comparison, left_out) = compare(CompareRequest {
            runs: trained.iter().map(run).collect(),
            split: Some(self.split.into()),
            baseline,
            resamples,
            ..CompareRequest::default()
        })?;
        for line in left_out {
            eprintln!("note: left out: {line}");
        }
        let table = AblationTable::new(&comparison, variants)?.to_string();
        write(&self.out.join(TABLE), table.as_bytes())?;
        if self.json {
            say_object(comparison.to_json())
        } else {
            Ok(say(&table)?)
        }
    }
}

/// How fast the jobs are done.
struct Pace {
    clock: TimeLeft,
    done: AtomicUsize,
    all: usize,
}

impl Pace {
    /// `before` jobs are over before the work starts.
    fn new(all: usize, before: usize) -> Self {
        Self {
            clock: TimeLeft::since(share(before, all)),
            done: AtomicUsize::new(before),
            all,
        }
    }

    /// Counts a job that is done; the time left in words.
    fn next(&self) -> String {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.clock.words(share(done, self.all))
    }
}

impl From<ScoredSplit> for Split {
    fn from(split: ScoredSplit) -> Self {
        match split {
            ScoredSplit::Valid => Self::Valid,
            ScoredSplit::Test => Self::Test,
        }
    }
}

impl Failure {
    fn of(job: &str, error: &(dyn Error + 'static)) -> Self {
        match error.downcast_ref() {
            Some(TrainError::Stopped { path, updates }) => Self::Stopped {
                path: path.clone(),
                updates: *updates,
            },
            _ => Self::Failed {
                message: format!("{job}: {error}"),
            },
        }
    }

    fn into_error(self) -> Box<dyn Error> {
        match self {
            Self::Stopped { path, updates } => TrainError::Stopped { path, updates }.into(),
            Self::Failed { message } => message.into(),
        }
    }
}

/// The variants with these names; without names, every one.
fn variants(names: &[String]) -> Result<Vec<&'static Variant>, String> {
    if names.is_empty() {
        return Ok(VARIANTS.iter().collect());
    }
    let with_name = |name: &String| {
        let variant = VARIANTS.iter().find(|variant| variant.name == name);
        variant.ok_or_else(|| format!("unknown variant `{name}`, --list shows all of them"))
    };
    names.iter().map(with_name).collect()
}

/// The tables that some variant switches on, and the settings of all variants, too.
fn tables_of_all(shared: &Resolved<RunSettings>) -> BTreeSet<&'static str> {
    let settings = VARIANTS.iter().flat_map(|variant| variant.settings);
    let tables = settings.filter_map(|text| text.strip_suffix("=on"));
    tables.filter(|table| shared.has_table(table)).collect()
}

/// A variant in the list of them.
fn line(variant: &Variant) -> String {
    let settings = variant.settings_for(Modalities::ALL).unwrap_or_default();
    format!("{:20} {}\n", variant.name, settings.join(" "))
}

fn take<I: Iterator>(jobs: &Mutex<I>) -> Option<I::Item> {
    lock(jobs).next()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! How many seeds show a difference.

mod error;
mod source;
mod text;

use super::json::say_object;
use super::say;
use crate::show::metrics;
use crate::{Exit, Outcome};
use clap::Args;
pub(crate) use error::PlanError;
use misa_core::Task;
use misa_report::compare::score_key;
use misa_report::power::Demand;
use misa_train::Corpus;
use serde_json::json;
use source::PlanSource;

/// Numbers of seeds that every plan shows.
const SIZES: [usize; 4] = [3, 5, 10, 20];

/// Say how many seeds show a difference, and which difference so many seeds show.
///
/// How far seeds spread is taken from the runs of --pilot, or else from published deviations of MAE
/// on the corpus. The plan says for each test, with and without pairing by seed, how many seeds of
/// each system see the difference in 80 % of cases, and the smallest difference that 3, 5, 10 and
/// 20 seeds see as often. Runs of two models also give the test of `misa table`, which covers other
/// utterances, too.
///
/// Runs whose test split was scored already are read on it, all others on the valid split; no test
/// split is opened.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa plan --effect 0.02 --corpus mosi
  misa plan --effect 0.02 --corpus mosi --seeds 7
  misa plan --effect 0.02 --pilot runs/mosi
  misa plan --effect 0.01 --metric acc-2-neg-pos --pilot runs/whole runs/ablated --json")]
pub struct Arguments {
    /// True difference to plan for, in units of the score: 0.01 of an accuracy is one per cent
    #[arg(long, value_name = "NUMBER", value_parser = effect)]
    effect: f64,
    /// Corpus whose published deviations are used
    #[arg(long, value_name = "NAME", required_unless_present = "pilot")]
    corpus: Option<Corpus>,
    /// Finished runs, or folders of them, that show how far seeds spread; MODEL=RUN names them
    #[arg(long, value_name = "RUN", num_args = 1..)]
    pilot: Vec<String>,
    /// The score, such as mae or acc-7
    #[arg(long, value_name = "SCORE", default_value = "mae")]
    metric: String,
    /// Also show what so many seeds of each system see
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    seeds: Option<u32>,
    /// Share of cases in which the difference is to be seen
    #[arg(long, value_name = "SHARE", default_value_t = Demand::default().power)]
    power: f64,
    /// Share of cases in which equal systems may be called different
    #[arg(long, value_name = "SHARE", default_value_t = Demand::default().level)]
    level: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn effect(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(effect) if effect > 0.0 && effect.is_finite() => Ok(effect),
        _ => Err(format!("`{text}`: expected a number above 0")),
    }
}

/// What is planned for.
struct Question {
    effect: f64,
    demand: Demand,
    /// Numbers of seeds to show.
    sizes: Vec<usize>,
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let question = Question {
            effect: self.effect,
            demand: Demand::new(self.power, self.level).map_err(PlanError::from)?,
            sizes: self.sizes(),
        };
        let (metric, sources) = self.sources(&question)?;
        if self.json {
            say_object(json!({
                "effect": self.effect,
                "metric": score_key(&metric),
                "power": self.power,
                "level": self.level,
                "sources": sources,
                "notes": text::notes(&sources),
            }))?;
        } else {
            say(&text::text(&question, &metric, &sources))?;
        }
        Ok(Exit::Done)
    }

    /// The name of the score, and where deviations of it are known from: runs before publications.
    fn sources(
        &self,
        question: &Question,
    ) -> Result<(String, Vec<PlanSource>), Box<dyn std::error::Error>> {
        let mut sources = Vec::new();
        let metric = if self.pilot.is_empty() {
            let names = metrics(Task::Regression).into_iter();
            named(&self.metric, names.map(|metric| metric.name.to_string()))?
        } else {
            let (metric, source) = PlanSource::of_runs(&self.pilot, &self.metric, question)?;
            sources.push(source);
            metric
        };
        if let Some(corpus) = self.corpus {
            let corpus = corpus.to_string();
            sources.extend(PlanSource::published(&corpus, &metric, question));
            if sources.is_empty() {
                return Err(PlanError::Unpublished { corpus, metric }.into());
            }
        }
        Ok((metric, sources))
    }

    fn sizes(&self) -> Vec<usize> {
        let more = self.seeds.map(|seeds| seeds as usize);
        let mut sizes: Vec<usize> = SIZES.into_iter().chain(more).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }
}

/// The one of `names` that `metric` names, by itself or by its key.
fn named(metric: &str, names: impl Iterator<Item = String>) -> Result<String, PlanError> {
    let names: Vec<String> = names.collect();
    let is_named =
        |name: &&String| name.eq_ignore_ascii_case(metric) || score_key(name) == score_key(metric);
    names.iter().find(is_named).cloned().ok_or_else(|| {
        let known: Vec<String> = names.iter().map(|name| score_key(name)).collect();
        PlanError::Score {
            name: metric.to_string(),
            known: known.join(", "),
        }
    })
}

//! Works on the study `misa` of a journal, without training anything: the value of a trial follows from its parameters.
//! Prints each trial once it is on the disk.
//!
//! ```sh
//! cargo run -p misa-studies --example work_on_journal -- study.log new 0 10   # trials with the numbers 0 to 9
//! cargo run -p misa-studies --example work_on_journal -- study.log claim      # all trials that wait
//! cargo run -p misa-studies --example work_on_journal -- study.log tell 3     # one that somebody else has begun
//! ```

use misa_studies::{
    Direction, Distribution, DistributionKind, Journal, Json, Outcome, Param, StudyId, TrialId,
};
use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::time::Duration;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Of programs that are killed all the time, locks are left all the time.
    let grace = env::var("GRACE_SECONDS").map_or(Ok(30), |text| text.parse())?;
    let (&path, rest) = arguments.split_first().ok_or("name a journal")?;
    let mut journal = Journal::create(path)?.with_grace(Duration::from_secs(grace));
    let study = journal.study("misa", &[Direction::Minimise])?;
    match rest {
        ["new", first, count] => {
            let first: u32 = first.parse()?;
            for index in first..first + count.parse::<u32>()? {
                new(&mut journal, study, index)?;
            }
        }
        ["claim"] => {
            while let Some(trial) = journal.claim(study)? {
                let fixed = journal
                    .studies()
                    .trial(trial)
                    .map(|it| it.fixed_params().to_vec());
                journal.set_params(trial, params(fixed.unwrap_or_default())?)?;
                train(&mut journal, trial)?;
            }
        }
        ["tell", trial] => train(&mut journal, TrialId(trial.parse()?))?,
        _ => return Err("expected `new FIRST COUNT`, `claim` or `tell TRIAL`".into()),
    }
    Ok(())
}

fn new(journal: &mut Journal, study: StudyId, index: u32) -> Result<()> {
    let cells = ["lstm", "gru"];
    let values = [
        ("lr", Json::Float(1e-5 * f64::from(1 + index % 900))),
        ("layers", Json::Integer(i64::from(1 + index % 4))),
        ("cell", cells[index as usize % 2].into()),
    ];
    let values = values.map(|(name, value)| (name.to_string(), value));
    let trial = journal.create_trial(study, params(values.to_vec())?)?;
    println!("began {trial} {index}");
    journal.set_user_attr(trial, "index", i64::from(index).into())?;
    train(journal, trial)
}

fn params(values: Vec<(String, Json)>) -> Result<BTreeMap<String, Param>> {
    let param = |(name, value): (String, Json)| {
        let kind = match name.as_str() {
            "lr" => DistributionKind::Float {
                low: 1e-5,
                high: 1e-2,
                log: true,
                step: None,
            },
            "layers" => DistributionKind::Int {
                low: 1,
                high: 4,
                log: false,
                step: 1,
            },
            _ => DistributionKind::Categorical {
                choices: vec!["lstm".into(), "gru".into()],
            },
        };
        Ok((name, Param::new(Distribution::new(kind)?, &value)?))
    };
    values.into_iter().map(param).collect()
}

/// Reports half the rate after the first epoch, NaN after the second, and ends with the rate.
fn train(journal: &mut Journal, trial: TrialId) -> Result<()> {
    let rate = journal
        .studies()
        .trial(trial)
        .and_then(|it| it.params.get("lr"));
    let rate = rate
        .and_then(|rate| rate.value().as_f64())
        .ok_or("a trial without `lr`")?;
    journal.report(trial, 1, rate / 2.0)?;
    journal.report(trial, 2, f64::NAN)?;
    journal.finish(trial, Outcome::Complete(vec![rate]))?;
    println!("finished {trial} {rate:?}");
    Ok(())
}

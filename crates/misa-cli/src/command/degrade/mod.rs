//! Scores when modalities or frames are missing.

mod frames;
mod modalities;

use super::json::say_runs;
use super::output::{check_outside_data, make_folder, write_figure};
use super::{SplitName, say};
use crate::runs::finished_runs;
use crate::seeds::twice;
use crate::show::{recorded_scale, same_scale, same_task};
use crate::source::{RunSource, utterances_of};
use crate::{Exit, MovedData, Outcome, Steps};
use burn::tensor::Device;
use clap::Args;
use frames::{Frames, padded};
use misa_core::PerModality;
use misa_data::{Split, Utterance};
use misa_infer::{Checkpoint, FrameDraws, FrameProtocol, NamedScores};
use misa_report::{DegradationCurve, MOST_CURVES, degradation, frame_degradation};
use misa_train::{Manifest, TrainError, record_results};
use modalities::Draws;
use serde_json::Value;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Score finished runs with modalities missing: at rising rates, and from every set of modalities; or
/// with frames missing.
///
/// At a rate r, each modality of each utterance is missing with probability r, and one always
/// stays; scores are means over draws that are the same for every run. This is the protocol of DiCMoR,
/// whose rate of missing modalities MR (2a + b = 3 MR, where a share a of the utterances lacks two
/// modalities and a share b one) is here r - r^3 / 3 on average.
///
/// With --frames, each step of each modality is missing with probability r, as in TFR-Net and LNLN: a
/// word or a token becomes the unknown one, a row of features zeros. The first and the last step of a
/// text stay. The mean over the rates is what LNLN reports.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  misa degrade runs/plain runs/dropout
  misa degrade runs/a --rates 0,0.3,0.6,0.9 --draws 20 --out figures
  misa degrade runs/plain runs/dropout --frames
  misa degrade runs/a --frames --padded 50,500,375 --split test")]
pub struct Arguments {
    /// Run folders, or folders of them
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The split; opening the test split is recorded in the manifest
    #[arg(long, value_enum, default_value = "valid")]
    split: SplitName,
    /// Probabilities that a modality, or a frame, is missing
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = rate,
          default_value = "0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9")]
    rates: Vec<f64>,
    /// Draws at each rate
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..),
          conflicts_with = "frames")]
    draws: u64,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "frames")]
    seed: u64,
    /// Frames are missing, not modalities
    #[arg(long)]
    frames: bool,
    /// Seeds of the draws of frames, of which scores are the mean
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "1111,1112,1113",
        requires = "frames"
    )]
    seeds: Vec<u32>,
    /// Draw the frames of each modality by themselves, not as published: there, modalities of equal
    /// shape lack the same steps
    #[arg(long, requires = "frames")]
    independent: bool,
    /// Steps to which the modalities of a published file are padded, as the published draws depend on
    /// them; by default, those of the longest utterance
    #[arg(long, value_name = "TEXT,VISUAL,ACOUSTIC", value_parser = padded, requires = "frames",
          conflicts_with = "independent")]
    padded: Option<PerModality<usize>>,
    /// Folder for a figure of each score, as SVG, PNG and CSV, of at most 16 runs
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    moved: MovedData,
    /// Where to compute
    #[arg(long, value_name = "NAME", default_value = crate::default_device())]
    device: String,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // Adding zero makes -0 the rate 0.
        Ok(rate) if (0.0..1.0).contains(&rate) => Ok(rate + 0.0),
        _ => Err(format!("`{text}`: expected a probability in [0, 1)")),
    }
}

/// A rate in percent, with as many of four decimals as it needs.
fn percent(rate: f64) -> String {
    let text = format!("{:.4}", 100.0 * rate);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The model of a run, and the utterances that it is scored on.
struct Opened<'a> {
    run: String,
    checkpoint: Checkpoint,
    utterances: &'a [Utterance],
}

/// The scores of one run.
struct Scored {
    run: String,
    table: String,
    json: Value,
    /// By the rate of what is missing.
    curve: Vec<(f64, NamedScores)>,
}

/// What is missing.
enum Missing<'a> {
    Modalities(Draws<'a>),
    Frames(Frames<'a>),
}

impl Missing<'_> {
    /// Steps of work for one run.
    fn steps(&self) -> usize {
        match self {
            Self::Modalities(draws) => draws.steps(),
            Self::Frames(frames) => frames.rates.len(),
        }
    }

    fn score(
        &self,
        opened: &Opened<'_>,
        device: &Device,
        steps: &mut Steps,
    ) -> Result<Scored, Box<dyn Error>> {
        match self {
            Self::Modalities(draws) => draws.score(opened, device, steps),
            Self::Frames(frames) => frames.score(opened, device, steps),
        }
    }
}

impl Arguments {
    pub(crate) fn run(&self) -> Outcome {
        let device = crate::device(&self.device)?;
        let runs = finished_runs(&self.runs)?;
        self.check(&runs, &device)?;
        let missing = self.missing();
        let mut all = Vec::new();
        let mut steps = Steps::new(runs.len() * missing.steps());
        let outcome: Result<(), Box<dyn Error>> = runs.iter().try_for_each(|(run, _)| {
            let scored = self.score(run, &missing, &device, &mut steps)?;
            steps.clear();
            if !self.json {
                say(&scored.table)?;
            }
            all.push(scored);
            Ok(())
        });
        let drawn = outcome.and_then(|()| self.draw(&all));
        let outcome = drawn.and_then(|figures| {
            let record = |run: &Path| record_results(run, &figures);
            runs.iter().try_for_each(|(run, _)| Ok(record(run)?))
        });
        if self.json {
            return say_runs(all.into_iter().map(|scored| scored.json).collect(), outcome);
        }
        outcome.map(|()| Exit::Done)
    }

    fn missing(&self) -> Missing<'_> {
        let rates = self.rates.as_slice();
        if !self.frames {
            return Missing::Modalities(Draws {
                rates,
                count: self.draws,
                seed: self.seed,
            });
        }
        let draws = if self.independent {
            FrameDraws::Independent
        } else {
            FrameDraws::Published
        };
        Missing::Frames(Frames {
            rates,
            protocol: FrameProtocol {
                seeds: self.seeds.clone(),
                draws,
                padded: self.padded.clone(),
            },
        })
    }

    /// Refuses what would fail after the first test split is opened.
    fn check(&self, runs: &[(PathBuf, Manifest)], device: &Device) -> Result<(), Box<dyn Error>> {
        if let Some(seed) = twice(&self.seeds) {
            return Err(format!("--seeds: {seed} stands twice, expected each seed once").into());
        }
        let rates: Vec<u64> = self.rates.iter().map(|rate| rate.to_bits()).collect();
        if let Some(&bits) = twice(&rates) {
            let rate = f64::from_bits(bits);
            return Err(format!("--rates: {rate} stands twice, expected each rate once").into());
        }
        let tasks = runs.iter();
        same_task(tasks.map(|(run, manifest)| (run.clone(), manifest.config.loss.task)))?;
        let scales = (runs.iter()).map(|(run, _)| Ok((run.clone(), recorded_scale(run)?)));
        same_scale(scales.collect::<Result<Vec<_>, TrainError>>()?)?;
        if self.out.is_some() && runs.len() > MOST_CURVES {
            let count = runs.len();
            return Err(format!(
                "--out: {count} runs in a figure, expected at most {MOST_CURVES}, whose lines can be told apart"
            )
            .into());
        }
        if let Some(out) = &self.out {
            let folders = runs.iter().map(|(run, _)| run.as_path());
            check_outside_data(out, folders, &self.moved)?;
            make_folder(out)?;
        }
        if Split::from(self.split) == Split::Test {
            for (run, _) in runs {
                Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
            }
        }
        Ok(())
    }

    fn score(
        &self,
        run: &Path,
        missing: &Missing<'_>,
        device: &Device,
        steps: &mut Steps,
    ) -> Result<Scored, Box<dyn Error>> {
        let (development, test) = RunSource::open(run, &self.moved)?.data;
        let checkpoint = Checkpoint::load(run.join(Checkpoint::FOLDER), device)?;
        let utterances = utterances_of(run, self.split.into(), &development, test)?;
        let opened = Opened {
            run: run.display().to_string(),
            checkpoint,
            utterances: &utterances,
        };
        missing.score(&opened, device, steps)
    }

    /// A figure of each score, with all runs in it; returns the files.
    fn draw(&self, all: &[Scored]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        let mut files = Vec::new();
        let (Some(out), Some(first)) = (&self.out, all.first()) else {
            return Ok(files);
        };
        let figure = if self.frames {
            frame_degradation
        } else {
            degradation
        };
        let names = first.curve.first().map_or(&[][..], |(_, scores)| scores);
        for (name, _) in names {
            let curves: Vec<DegradationCurve> =
                (all.iter()).map(|scored| scored.curve_of(name)).collect();
            let Some(figure) = figure(name, &curves) else {
                continue;
            };
            files.extend(write_figure(out, &figure)?);
        }
        Ok(files)
    }
}

impl Scored {
    /// The curve of the score called `name`.
    fn curve_of(&self, name: &str) -> DegradationCurve {
        let score = |scores: &NamedScores| scores.iter().find(|(known, _)| known == name)?.1;
        let points = self.curve.iter();
        DegradationCurve {
            model: self.run.clone(),
            points: points
                .map(|(rate, scores)| (*rate, score(scores)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_printed_as_it_is() {
        let texts = [0.0, 0.1, 0.125, 0.07, 1.0 / 3.0, 0.9].map(percent);
        assert_eq!(texts, ["0 %", "10 %", "12.5 %", "7 %", "33.3333 %", "90 %"]);
        assert!(rate("-0").is_ok_and(f64::is_sign_positive));
    }
}

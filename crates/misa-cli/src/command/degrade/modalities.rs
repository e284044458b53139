//! Scores when whole modalities are missing.

use super::{Opened, Scored, percent};
use crate::Steps;
use crate::command::json::scores;
use crate::command::score_rows::{cells, head};
use burn::tensor::Device;
use misa_core::Modalities;
use misa_infer::{Degradation, NamedScores};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write as _;

/// Which modalities go missing, and how often.
pub(super) struct Draws<'a> {
    pub rates: &'a [f64],
    pub count: u64,
    pub seed: u64,
}

impl Draws<'_> {
    /// Steps of work for one run: each rate, and all subsets of modalities together.
    pub(super) fn steps(&self) -> usize {
        self.rates.len() + 1
    }

    pub(super) fn score(
        &self,
        opened: &Opened<'_>,
        device: &Device,
        steps: &mut Steps,
    ) -> Result<Scored, Box<dyn Error>> {
        let Opened {
            run,
            checkpoint,
            utterances,
        } = opened;
        let mut curve = Vec::new();
        for rate in self.rates {
            steps.doing(&format!("{run}: {} missing", percent(*rate)));
            let rates = std::slice::from_ref(rate);
            // The draws are those of the seed, whatever other rates there are.
            curve.extend(checkpoint.degradation(utterances, rates, self.count, self.seed, device)?);
            steps.step();
        }
        steps.doing(&format!("{run}: sets of modalities"));
        let subsets = checkpoint.subsets(utterances, device)?;
        steps.step();
        Ok(Scored {
            run: run.clone(),
            table: table(run, &curve, &subsets)?,
            json: to_json(run, &curve, &subsets),
            curve: (curve.into_iter())
                .map(|point| (point.rate, point.scores))
                .collect(),
        })
    }
}

type Subsets = [(Modalities, NamedScores)];

fn table(run: &str, curve: &[Degradation], subsets: &Subsets) -> Result<String, std::fmt::Error> {
    let first = subsets.first().map_or(&[][..], |(_, scores)| scores);
    let mut text = head(&format!("{run}: missing"), first);
    for point in curve {
        let (rate, cells) = (percent(point.rate), cells(&point.scores));
        writeln!(text, "| {rate} |{cells}")?;
    }
    for (set, scores) in subsets {
        writeln!(text, "| only {set} |{}", cells(scores))?;
    }
    Ok(text)
}

fn to_json(run: &str, curve: &[Degradation], subsets: &Subsets) -> Value {
    let subsets: Vec<Value> = subsets
        .iter()
        .map(|(set, found)| json!({ "modalities": set, "scores": scores(found) }))
        .collect();
    let curve: Vec<Value> = (curve.iter())
        .map(|point| json!({ "rate": point.rate, "scores": scores(&point.scores) }))
        .collect();
    json!({ "run": run, "curve": curve, "subsets": subsets })
}

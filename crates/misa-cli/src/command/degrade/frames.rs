//! Scores when frames are missing.

use super::{Opened, Scored, percent};
use crate::Steps;
use crate::command::json::scores;
use crate::command::score_rows::{cells, head};
use burn::tensor::Device;
use misa_core::PerModality;
use misa_infer::{FrameDegradation, FrameProtocol, NamedScores, mean_over_rates};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt::Write as _;

/// At which rates frames go missing, and by which protocol.
pub(super) struct Frames<'a> {
    pub rates: &'a [f64],
    pub protocol: FrameProtocol,
}

impl Frames<'_> {
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
            steps.doing(&format!("{run}: {} of frames missing", percent(*rate)));
            let rates = std::slice::from_ref(rate);
            curve.extend(checkpoint.frame_degradation(
                utterances,
                rates,
                &self.protocol,
                device,
            )?);
            steps.step();
        }
        let mean = mean_over_rates(&curve);
        Ok(Scored {
            run: run.clone(),
            table: self.table(run, &curve, &mean)?,
            json: self.to_json(run, &curve, &mean),
            curve: (curve.into_iter())
                .map(|point| (point.rate, point.scores))
                .collect(),
        })
    }

    fn table(
        &self,
        run: &str,
        curve: &[FrameDegradation],
        mean: &NamedScores,
    ) -> Result<String, std::fmt::Error> {
        let mut text = head(&format!("{run}: frames missing"), mean);
        for point in curve {
            let (rate, cells) = (percent(point.rate), cells(&point.scores));
            writeln!(text, "| {rate} |{cells}")?;
        }
        writeln!(text, "| mean over rates |{}", cells(mean))?;
        if let Some(last) = curve.last() {
            let [text_share, visual, acoustic] = last.missing.as_ref().into_array();
            writeln!(
                text,
                "\n{} Missing at {}: {:.1} % of the steps of texts, whose first and \
                 last stay, {:.1} % of visual and {:.1} % of acoustic ones.",
                seeds(&self.protocol.seeds),
                percent(last.rate),
                100.0 * text_share,
                100.0 * visual,
                100.0 * acoustic,
            )?;
        }
        Ok(text)
    }

    fn to_json(&self, run: &str, curve: &[FrameDegradation], mean: &NamedScores) -> Value {
        let curve: Vec<Value> = (curve.iter())
            .map(|point| {
                json!({
                    "rate": point.rate,
                    "missing": point.missing,
                    "scores": scores(&point.scores),
                })
            })
            .collect();
        let FrameProtocol {
            seeds,
            draws,
            padded,
        } = &self.protocol;
        let frames = json!({
            "draws": draws,
            "seeds": seeds,
            "padded": padded,
            "curve": curve,
            "mean": scores(mean),
        });
        json!({ "run": run, "frames": frames })
    }
}

/// Of which seeds the scores are, as a sentence.
fn seeds(seeds: &[u32]) -> String {
    match seeds {
        [seed] => format!("Seed {seed} alone."),
        _ => format!("Means of {} seeds.", seeds.len()),
    }
}

/// The steps to which each modality is padded, from `TEXT,VISUAL,ACOUSTIC`.
pub(super) fn padded(text: &str) -> Result<PerModality<usize>, String> {
    let counts: Option<Vec<usize>> = text.split(',').map(|part| part.parse().ok()).collect();
    match counts.as_deref() {
        Some(&[text, visual, acoustic]) => Ok(PerModality {
            text,
            visual,
            acoustic,
        }),
        _ => Err(format!(
            "`{text}`: expected three numbers of steps, TEXT,VISUAL,ACOUSTIC"
        )),
    }
}

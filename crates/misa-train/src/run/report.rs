//! What a run did, for people and for machines.

use crate::{
    EpochRecord, FrozenSummary, Phase, Scores, TrainError, TrainingConfig, TransferSummary,
    run::{
        files,
        system::{System, peak_memory},
    },
};
use misa_core::{MisaConfig, loss::Term};
use misa_data::{Development, Split};
use misa_infer::{RunSummary, versioned::Layout};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Of `report.json`.
const REPORT_LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};

/// Everything worth knowing of a finished run. Displayed, it is Markdown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Scores of the best model, of the valid split and then of the test split if there is one.
    pub scores: Vec<(Split, Scores)>,
    /// Epoch whose model is scored and kept; 0 if none improved on the initial weights.
    pub best_epoch: usize,
    /// Whether patience ran out before the last epoch.
    pub stopped_early: bool,
    /// Every epoch.
    pub history: Vec<EpochRecord>,
    /// The data.
    pub data: DataSummary,
    /// Resolved configuration of the run.
    pub config: TrainingConfig,
    /// Resolved configuration of the model.
    pub model: MisaConfig,
    /// Number of parameters.
    pub parameters: usize,
    /// Word vectors found in and missing from the file of them.
    pub glove: Option<GloveSummary>,
    /// The BERT that reads the text.
    pub bert: Option<BertSummary>,
    /// What was taken over from another model.
    #[serde(default)]
    pub transfer: Option<TransferSummary>,
    /// Starts of the run; more than one if it was taken up again.
    #[serde(default)]
    pub sessions: usize,
    /// Looks at the test split so far.
    #[serde(default)]
    pub test_openings: usize,
    /// Versions and machine.
    pub system: System,
    /// Wall time in seconds, from the start to the last score.
    pub seconds: f64,
    /// Largest resident memory of the process in bytes, where the system tells.
    pub peak_memory: Option<u64>,
    /// Folder of the run.
    pub folder: PathBuf,
}

/// The data of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DataSummary {
    /// Layout it was read from.
    pub format: String,
    /// SHA-256 over ids, words, features and labels of all splits, as they were read.
    pub checksum: String,
    /// Utterances of each split.
    pub utterances: Vec<(Split, usize)>,
    /// What was dropped, replaced or found odd.
    pub notes: Vec<String>,
}

/// How many words found a vector.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GloveSummary {
    /// Words with a vector.
    pub found: usize,
    /// Words that start from random numbers.
    pub missing: usize,
    /// Lines of the file that held no vector of the right size.
    pub skipped: usize,
}

/// Where the weights of BERT came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BertSummary {
    /// File of the weights.
    pub weights: PathBuf,
    /// Tensors of the file that no parameter has, such as a classifier's.
    pub unused: Vec<String>,
    /// Parameters that the file lacks and nothing uses.
    pub absent: Vec<String>,
    /// What the frozen part gave, where there is one.
    pub frozen: Option<FrozenSummary>,
}

impl DataSummary {
    pub(crate) fn of(data: &Development) -> Self {
        Self {
            format: data.dataset().format().to_string(),
            checksum: data.checksum().to_string(),
            utterances: data.counts().to_vec(),
            notes: data.notes().iter().map(ToString::to_string).collect(),
        }
    }
}

impl Report {
    /// Scores of a split, if it was scored.
    pub fn scores_of(&self, split: Split) -> Option<&Scores> {
        let mut scored = self.scores.iter().filter(|(found, _)| *found == split);
        scored.next().map(|(_, scores)| scores)
    }

    /// Writes `report.md` and `report.json` into the folder of the run; gives both paths.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] names the file that could not be written.
    pub fn write(&self) -> Result<Vec<PathBuf>, TrainError> {
        let [text, json] = ["report.md", "report.json"].map(|name| self.folder.join(name));
        files::write(&text, self.to_string().as_bytes())?;
        REPORT_LAYOUT.write(&json, self)?;
        Ok(vec![text, json])
    }

    /// Reads the `report.json` of a run.
    ///
    /// # Errors
    ///
    /// [`TrainError`] if it is missing or no report.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, TrainError> {
        Ok(REPORT_LAYOUT.read(&folder.as_ref().join("report.json"))?)
    }

    /// What the model's page says of the run.
    pub(crate) fn run_summary(&self) -> RunSummary {
        RunSummary {
            scores: self.scores.clone(),
            data: self.data.checksum.clone(),
            seed: self.config.seed,
            version: self.system.misa.clone(),
        }
    }

    /// Marks the memory used so far.
    pub(crate) fn with_peak_memory(self) -> Self {
        Self {
            peak_memory: peak_memory(),
            ..self
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# MISA, seed {}\n", self.config.seed)?;
        self.write_scores(f)?;
        self.write_curves(f)?;
        self.write_data(f)?;
        self.write_facts(f)?;
        writeln!(f, "\nRun folder: `{}`", self.folder.display())
    }
}

impl Report {
    fn write_scores(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self
            .scores
            .iter()
            .map(|(split, scores)| format!("{split} ({} utterances)", scores.utterances));
        writeln!(f, "| Score | {} |", header.collect::<Vec<_>>().join(" | "))?;
        writeln!(f, "| --- |{}", " ---: |".repeat(self.scores.len()))?;
        let names = self
            .scores
            .first()
            .map_or(&[][..], |(_, scores)| &scores.scores);
        for (name, _) in names {
            let values = self
                .scores
                .iter()
                .map(|(_, scores)| match scores.get(name) {
                    Some(value) => format!("{value:.4}"),
                    None => "not defined".to_string(),
                });
            writeln!(f, "| {name} | {} |", values.collect::<Vec<_>>().join(" | "))?;
        }
        for (split, scores) in &self.scores {
            if let Some(confusion) = &scores.confusion {
                write!(f, "\nClasses of the {split} split:\n\n{confusion}")?;
            }
        }
        if self.scores_of(Split::Test).is_none() {
            let mut counts = self.data.utterances.iter();
            let reason = match counts.any(|&(split, count)| split == Split::Test && count > 0) {
                true => "The test split was not scored",
                false => "The data has no test split",
            };
            writeln!(
                f,
                "\n{reason}: these are scores of the valid split, which also chose the model, and \
                 so are too good."
            )?;
        }
        if self.test_openings > 1 {
            let times = self.test_openings;
            writeln!(f, "\nThe test split was looked at {times} times.")?;
        }
        writeln!(f)
    }

    fn write_curves(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = match self.stopped_early {
            true => "patience ran out",
            false => "all epochs done",
        };
        let (best, all) = (self.best_epoch, self.history.len());
        match best {
            0 => writeln!(f, "Model after {all} epochs ({ended}).\n")?,
            _ => writeln!(f, "Model of epoch {best} of {all} ({ended}).\n")?,
        }
        let joint = |epoch: &&EpochRecord| epoch.phase == Phase::Joint;
        let history: Vec<&EpochRecord> = self.history.iter().filter(joint).collect();
        let before = self.history.len() - history.len();
        if before > 0 {
            writeln!(f, "The first {before} epochs were pre-training.\n")?;
        }
        writeln!(f, "| Task loss | first | best epoch | last | curve |")?;
        writeln!(f, "| --- | ---: | ---: | ---: | --- |")?;
        let train: Vec<f64> = history
            .iter()
            .map(|epoch| epoch.train[Term::Task])
            .collect();
        let valid: Vec<f64> = history
            .iter()
            .map(|epoch| epoch.valid_terms[Term::Task])
            .collect();
        for (name, values) in [("train", train), ("valid", valid)] {
            let value = |place: Option<usize>| {
                let value = place.and_then(|place| values.get(place));
                value.map_or("-".to_string(), |value| format!("{value:.4}"))
            };
            writeln!(
                f,
                "| {name} | {} | {} | {} | {} |",
                value(Some(0)),
                value(self.best_epoch.checked_sub(1 + before)),
                value(values.len().checked_sub(1)),
                sparkline(&values),
            )?;
        }
        writeln!(f)
    }

    fn write_data(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = &self.data;
        let counts = data
            .utterances
            .iter()
            .map(|(split, count)| format!("{split} {count}"));
        writeln!(f, "| Run | |\n| --- | --- |")?;
        writeln!(
            f,
            "| data | {}: {} |",
            data.format,
            counts.collect::<Vec<_>>().join(", ")
        )?;
        writeln!(f, "| data SHA-256 | `{}` |", data.checksum)?;
        for note in &data.notes {
            writeln!(f, "| note | {note} |")?;
        }
        if let Some(glove) = &self.glove {
            let GloveSummary {
                found,
                missing,
                skipped,
            } = glove;
            writeln!(
                f,
                "| word vectors | {found} found, {missing} missing, {skipped} lines skipped |"
            )?;
        }
        if let Some(bert) = &self.bert {
            write_bert(f, bert)?;
        }
        if let Some(transfer) = &self.transfer {
            write_transfer(f, transfer)?;
        }
        Ok(())
    }

    fn write_facts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let system = &self.system;
        writeln!(f, "| modalities | {} |", self.config.model.modalities)?;
        writeln!(f, "| parameters | {} |", self.parameters)?;
        writeln!(f, "| device | {} on {} |", system.device, system.platform)?;
        writeln!(
            f,
            "| versions | misa {}, burn {} |",
            system.misa, system.burn
        )?;
        if self.sessions > 1 {
            writeln!(f, "| taken up again | {} times |", self.sessions - 1)?;
        }
        writeln!(f, "| wall time | {:.1} s |", self.seconds)?;
        match self.peak_memory {
            Some(bytes) => writeln!(f, "| peak memory | {} MiB |", bytes >> 20)?,
            None => writeln!(f, "| peak memory | not known on this system |")?,
        }
        writeln!(f, "| command | `{}` |", system.command.join(" "))
    }
}

/// What was taken over, and what starts from random numbers.
fn write_transfer(f: &mut fmt::Formatter<'_>, transfer: &TransferSummary) -> fmt::Result {
    let from = transfer.from.display();
    writeln!(f, "| tensors from `{from}` | {} |", transfer.taken)?;
    if let Some((taken, all)) = transfer.words {
        writeln!(f, "| word vectors from there | {taken} of {all} words |")?;
    }
    let misshaped = transfer.misshaped.iter();
    let misshaped = misshaped.map(|(name, here, there)| format!("`{name}` {here:?} for {there:?}"));
    for (what, names) in [
        ("re-initialised, other sizes", misshaped.collect::<Vec<_>>()),
        ("re-initialised, not there", transfer.missing.clone()),
        ("left behind", transfer.unused.clone()),
    ] {
        if !names.is_empty() {
            writeln!(f, "| {what} | {} |", names.join(", "))?;
        }
    }
    Ok(())
}

fn write_bert(f: &mut fmt::Formatter<'_>, bert: &BertSummary) -> fmt::Result {
    writeln!(f, "| BERT | `{}` |", bert.weights.display())?;
    for (what, names) in [("not used", &bert.unused), ("not there", &bert.absent)] {
        if !names.is_empty() {
            writeln!(f, "| BERT, {what} | {} |", names.join(", "))?;
        }
    }
    let Some(frozen) = &bert.frozen else {
        return Ok(());
    };
    writeln!(
        f,
        "| sentences through the frozen part | {} computed, {} looked up, {} not kept, {} damaged, \
         {} MiB kept |",
        frozen.computed,
        frozen.looked_up,
        frozen.not_kept,
        frozen.damaged,
        frozen.bytes >> 20
    )
}

/// The values as one row of bars, at most 60, scaled from the smallest to the largest.
fn sparkline(values: &[f64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const WIDTH: usize = 60;
    let stride = values.len().div_ceil(WIDTH).max(1);
    let shown: Vec<f64> = values.iter().step_by(stride).copied().collect();
    let low = shown.iter().copied().fold(f64::INFINITY, f64::min);
    let high = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |value: f64| {
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.0
        };
        BARS[(share * 7.0).round().clamp(0.0, 7.0) as usize]
    };
    shown.into_iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_span_the_range() {
        assert_eq!(sparkline(&[7.0, 0.0, 3.5]), "█▁▅");
        assert_eq!(sparkline(&[2.0, 2.0]), "▁▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[1.0; 600]).chars().count(), 60);
    }
}

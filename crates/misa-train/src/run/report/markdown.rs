//! The report of a run as Markdown.

use super::{BertSummary, GloveSummary, Report};
use crate::{EpochRecord, Phase, TransferSummary};
use misa_core::ParameterCount;
use misa_core::loss::Term;
use misa_data::Split;
use misa_infer::ScoreTable;
use std::fmt;

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
        let table = ScoreTable::new("Score");
        let table = self.scores.iter().fold(table, |table, (split, scores)| {
            table.with(
                format!("{split} ({} utterances)", scores.utterances),
                scores,
            )
        });
        write!(f, "{table}")?;
        for (split, scores) in &self.scores {
            if let Some(confusion) = &scores.confusion {
                write!(f, "\nClasses of the {split} split:\n\n{confusion}")?;
            }
        }
        self.write_modality_scores(f)?;
        if self.scores_of(Split::Test).is_none() {
            let mut counts = self.data.utterances.iter();
            let has_test = counts.any(|&(split, count)| split == Split::Test && count > 0);
            let reason = if has_test {
                "The test split was not scored"
            } else {
                "The data has no test split"
            };
            writeln!(
                f,
                "\n{reason}: these are scores of the valid split. They are optimistic, because the \
                 model was chosen on that split."
            )?;
        }
        if self.test_openings > 1 {
            let times = self.test_openings;
            writeln!(f, "\nThe test split was opened {times} times.")?;
        }
        writeln!(f)
    }

    fn write_modality_scores(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.modality_scores.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\nPredictions from one modality, against its own labels:\n"
        )?;
        writeln!(f, "| Modality | Split | Utterances | MAE | Corr |")?;
        writeln!(f, "| --- | --- | ---: | ---: | ---: |")?;
        for score in &self.modality_scores {
            let (modality, split, count) = (score.modality, score.split, score.utterances);
            let mae = score.mae;
            let corr = score
                .corr
                .map_or("-".to_string(), |corr| format!("{corr:.4}"));
            writeln!(f, "| {modality} | {split} | {count} | {mae:.4} | {corr} |")?;
        }
        Ok(())
    }

    fn write_curves(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.stopped_early {
            "patience ran out"
        } else {
            "all epochs done"
        };
        let (best, all) = (self.best_epoch, self.history.len());
        match best {
            0 => writeln!(f, "Model after {all} epochs ({end}).\n")?,
            _ => writeln!(f, "Model of epoch {best} of {all} ({end}).\n")?,
        }
        let is_joint = |epoch: &&EpochRecord| epoch.phase == Phase::Joint;
        let history: Vec<&EpochRecord> = self.history.iter().filter(is_joint).collect();
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
            let value = |epoch: Option<usize>| {
                epoch
                    .and_then(|epoch| values.get(epoch))
                    .map_or("-".to_string(), |value| format!("{value:.4}"))
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
        if let Some(corpus) = &data.corpus {
            writeln!(f, "| corpus | {corpus} |")?;
        }
        if let Some(labels) = &data.labels {
            writeln!(f, "| labels | {labels} |")?;
        }
        for note in &data.notes {
            writeln!(f, "| note | {note} |")?;
        }
        for finding in &data.findings {
            writeln!(f, "| {} | {} |", finding.severity, finding.message)?;
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
        for (what, text) in trained_and_frozen(&self.parameter_counts) {
            writeln!(f, "| {what} | {text} |")?;
        }
        writeln!(f, "| device | {} on {} |", system.device, system.platform)?;
        writeln!(
            f,
            "| versions | misa {}, burn {} |",
            system.misa, system.burn
        )?;
        if self.sessions > 1 {
            writeln!(f, "| resumed | {} times |", self.sessions - 1)?;
        }
        writeln!(f, "| wall time | {:.1} s |", self.seconds)?;
        match self.peak_memory {
            Some(bytes) => writeln!(f, "| peak memory | {} MiB |", bytes >> 20)?,
            None => writeln!(f, "| peak memory | not known on this system |")?,
        }
        writeln!(f, "| command | `{}` |", system.command.join(" "))
    }
}

/// What is trained and what is frozen, with numbers of parameters; nothing without parts.
pub(crate) fn trained_and_frozen(counts: &[ParameterCount]) -> Vec<(&'static str, String)> {
    let line = |what, of: fn(&ParameterCount) -> usize| {
        let parts = counts.iter().filter(|part| of(part) > 0);
        let parts: Vec<_> = parts
            .map(|part| format!("{} {}", part.part, of(part)))
            .collect();
        let total: usize = counts.iter().map(of).sum();
        (total > 0).then(|| (what, format!("{total}: {}", parts.join(", "))))
    };
    let lines = [
        line("trained", |part| part.trained),
        line("frozen", |part| part.frozen),
    ];
    lines.into_iter().flatten().collect()
}

/// Which tensors were taken over, and which start from random values.
fn write_transfer(f: &mut fmt::Formatter<'_>, transfer: &TransferSummary) -> fmt::Result {
    let from = transfer.from.display();
    writeln!(f, "| tensors from `{from}` | {} |", transfer.taken)?;
    if let Some((taken, all)) = transfer.words {
        writeln!(f, "| word vectors from `{from}` | {taken} of {all} words |")?;
    }
    let misshaped = transfer
        .misshaped
        .iter()
        .map(|(name, shape, other)| format!("`{name}` {shape:?} instead of {other:?}"));
    for (what, names) in [
        ("initialised randomly: other shape", misshaped.collect()),
        ("initialised randomly: missing", transfer.missing.clone()),
        ("not used", transfer.unused.clone()),
    ] {
        if !names.is_empty() {
            writeln!(f, "| {what} | {} |", names.join(", "))?;
        }
    }
    Ok(())
}

fn write_bert(f: &mut fmt::Formatter<'_>, bert: &BertSummary) -> fmt::Result {
    writeln!(f, "| BERT | `{}` |", bert.weights.display())?;
    for (what, names) in [("not used", &bert.unused), ("missing", &bert.absent)] {
        if !names.is_empty() {
            writeln!(f, "| tensors of BERT, {what} | {} |", names.join(", "))?;
        }
    }
    for note in &bert.notes {
        writeln!(f, "| note | {note} |")?;
    }
    let Some(frozen) = &bert.frozen else {
        return Ok(());
    };
    writeln!(
        f,
        "| sentences in BERT's frozen part | {} computed, {} reused, {} not cached, {} damaged, \
         {} MiB cached |",
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
    fn trained_and_frozen_parts_are_listed() {
        let part = |part: &str, trained, frozen| ParameterCount {
            part: part.to_string(),
            trained,
            frozen,
        };
        let counts = [part("BERT", 0, 20), part("MISA", 3, 0), part("words", 4, 0)];
        assert_eq!(
            trained_and_frozen(&counts),
            [
                ("trained", "7: MISA 3, words 4".to_string()),
                ("frozen", "20: BERT 20".to_string()),
            ]
        );
        assert!(trained_and_frozen(&[]).is_empty());
    }

    #[test]
    fn bars_span_the_range() {
        assert_eq!(sparkline(&[7.0, 0.0, 3.5]), "█▁▅");
        assert_eq!(sparkline(&[2.0, 2.0]), "▁▁");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[1.0; 600]).chars().count(), 60);
    }
}

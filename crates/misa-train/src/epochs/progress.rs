//! How a run shows its progress, and its lines.

use crate::epochs::display::{Position, suits_display};
use crate::epochs::history::EpochRecord;
use crate::epochs::time_left::{TimeLeft, duration_words};
use crate::run::manifest::RunProgress;
use crate::run::report::trained_and_frozen;
use crate::{FindingSummary, Phase};
use misa_core::ParameterCount;
use misa_core::loss::Term;
use misa_infer::score::score_text;
use std::io::{Write, stderr, stdout};
use std::time::Duration;

/// Findings about the data that are shown.
const LISTED: usize = 6;

/// How a run shows its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// A display with charts if the output is a terminal that has room for it, the system is a Unix
    /// and the feature `tui` is on; otherwise lines. `TERM=dumb` and `CI` also give lines.
    #[default]
    Automatic,
    /// One line per epoch, and one a minute within long epochs.
    Lines,
    /// Nothing.
    Silent,
}

impl Progress {
    /// Whether charts are drawn.
    pub(crate) fn is_live(self) -> bool {
        self == Self::Automatic && cfg!(all(unix, feature = "tui")) && suits_display()
    }

    /// Shows what a user should know before the first epoch, beside the output.
    pub(crate) fn note(self, note: &str) {
        if self != Self::Silent {
            let _ = writeln!(stderr(), "note: {note}");
        }
    }

    /// Shows what is trained and what is frozen.
    pub(crate) fn parameters(self, counts: &[ParameterCount]) {
        for (what, parameters) in trained_and_frozen(counts) {
            self.line(&format!("parameters {what}: {parameters}"));
        }
    }

    /// Shows what may make the scores of a run worse or incomparable, before it starts.
    pub(crate) fn findings(self, findings: &[FindingSummary]) {
        let serious: Vec<&FindingSummary> = findings.iter().filter(|f| f.is_serious()).collect();
        for finding in serious.iter().take(LISTED) {
            self.line(&format!("{}: {}", finding.severity, finding.message));
        }
        if serious.len() > LISTED {
            let more = serious.len() - LISTED;
            self.line(&format!("and {more} more warnings, which the report lists"));
        }
    }

    /// Prints a line. A closed output must not stop the run, so errors are ignored.
    fn line(self, line: &str) {
        if self != Self::Silent {
            let _ = writeln!(stdout(), "{line}");
        }
    }
}

/// Where a run is resumed.
pub(super) fn resumed_line(progress: &RunProgress) -> String {
    let (epoch, batches) = (progress.epoch, progress.losses.len());
    format!("resumed at epoch {epoch}, after {batches} batches of it")
}

/// `epoch  3/40   train  45 %   loss 1.2345   12 min 5 s, about 2 h left`
pub(super) fn line_within(position: &Position, epochs: usize, clock: &TimeLeft) -> String {
    let width = epochs.to_string().len();
    let loss = position
        .loss
        .map_or_else(String::new, |loss| format!("   loss {loss:.4}"));
    let seconds = Duration::try_from_secs_f64(position.seconds).unwrap_or_default();
    format!(
        "epoch {:width$}/{epochs}   {} {:3.0} %{loss}   {}{}",
        position.epoch,
        position.split,
        100.0 * position.split_done,
        duration_words(seconds),
        clock.words(position.done)
    )
}

/// `epoch  3/40   train 1.2345   valid 1.1234 *   Corr 0.567  MAE 0.890   12 s`; the `*` marks the
/// best model so far.
pub(super) fn line(record: &EpochRecord, epochs: usize) -> String {
    let width = epochs.to_string().len();
    let mark = if record.improved { '*' } else { ' ' };
    let scores = record
        .valid
        .iter()
        .take(2)
        .map(|(name, value)| match value {
            Some(value) => format!("{name} {}", score_text(name, *value)),
            None => format!("{name}   -  "),
        });
    let phase = match record.phase {
        Phase::Joint => String::new(),
        phase => format!("   {}", phase.name()),
    };
    let seconds = Duration::try_from_secs_f64(record.seconds).unwrap_or_default();
    format!(
        "epoch {:width$}/{epochs}{phase}   train {:.4}   valid {:.4} {mark}   {}   {}",
        record.epoch,
        record.train[Term::Task],
        record.valid_terms[Term::Task],
        scores.collect::<Vec<_>>().join("  "),
        duration_words(seconds),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_infer::TermMeans;

    #[test]
    fn a_line_shows_both_losses_and_the_first_scores() {
        let record = EpochRecord {
            epoch: 3,
            phase: Phase::Joint,
            train: TermMeans::default().with(Term::Task, 1.23456),
            valid_terms: TermMeans::default().with(Term::Task, 1.1),
            weights: Vec::new(),
            valid: vec![("Corr".into(), None), ("MAE".into(), Some(0.89))],
            improved: true,
            seconds: 72.3,
        };
        assert_eq!(
            line(&record, 40),
            "epoch  3/40   train 1.2346   valid 1.1000 *   Corr   -    MAE 0.8900   1 min 12 s"
        );
        let record = EpochRecord {
            phase: Phase::Masked,
            valid: Vec::new(),
            improved: false,
            seconds: 12.3,
            ..record
        };
        assert_eq!(
            line(&record, 40),
            "epoch  3/40   masked   train 1.2346   valid 1.1000        12 s"
        );
    }

    #[test]
    fn a_line_within_an_epoch_shows_how_far_it_is() {
        let position = Position {
            epoch: 3,
            split: "train",
            split_done: 0.455,
            done: 0.06,
            loss: Some(1.25),
            seconds: 725.0,
        };
        assert_eq!(
            line_within(&position, 40, &TimeLeft::since(0.0)),
            "epoch  3/40   train  46 %   loss 1.2500   12 min 5 s"
        );
    }
}

//! What a run shows while it works.

use crate::{Phase, epochs::history::EpochRecord, run::manifest::RunProgress};
use misa_core::loss::Term;
use std::io::{IsTerminal, Write, stdout};

/// How a run shows its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Live plots where there is a terminal, the system is a Unix and the `tui` feature is on, a
    /// line per epoch otherwise.
    #[default]
    Automatic,
    /// One line per epoch.
    Lines,
    /// Nothing.
    Silent,
}

impl Progress {
    /// Whether Burn draws live plots. They take Ctrl-C, which Unix alone gives back.
    pub(crate) fn is_live(self) -> bool {
        self == Self::Automatic && cfg!(all(unix, feature = "tui")) && stdout().is_terminal()
    }

    /// Lets Ctrl-C stop a run: the live plots keep the terminal from making a signal of it.
    pub(crate) fn allow_interrupts(self) {
        #[cfg(all(unix, feature = "tui"))]
        if self.is_live() {
            use rustix::{
                stdio::stdin,
                termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr},
            };
            if let Ok(mut modes) = tcgetattr(stdin()) {
                modes.local_modes |= LocalModes::ISIG;
                // Where that is refused, `q` still stops the run.
                let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
            }
        }
    }

    /// Shows where a run goes on.
    pub(crate) fn resumed(self, progress: &RunProgress) {
        if self == Self::Silent || self.is_live() {
            return;
        }
        let (epoch, batches) = (progress.epoch, progress.losses.len());
        say(&format!(
            "resumed at epoch {epoch}, after {batches} batches of it"
        ));
    }

    /// Shows a finished epoch.
    pub(crate) fn epoch(self, record: &EpochRecord, epochs: usize) {
        if self == Self::Silent || self.is_live() {
            return;
        }
        say(&line(record, epochs));
    }
}

/// A line for whoever reads; that nobody does is no reason to lose an epoch.
fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}

/// `epoch  3/40   train 1.2345   valid 1.1234 *   Corr 0.567  MAE 0.890   12 s`
fn line(record: &EpochRecord, epochs: usize) -> String {
    let width = epochs.to_string().len();
    let mark = if record.improved { '*' } else { ' ' };
    let scores = record
        .valid
        .iter()
        .take(2)
        .map(|(name, value)| match value {
            Some(value) => format!("{name} {value:.3}"),
            None => format!("{name}   -  "),
        });
    let phase = match record.phase {
        Phase::Joint => String::new(),
        phase => format!("   {}", phase.name()),
    };
    format!(
        "epoch {:width$}/{epochs}{phase}   train {:.4}   valid {:.4} {mark}   {}   {:.0} s",
        record.epoch,
        record.train[Term::Task],
        record.valid_terms[Term::Task],
        scores.collect::<Vec<_>>().join("  "),
        record.seconds,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_infer::TermMeans;

    #[test]
    fn a_line_tells_both_losses_and_the_first_scores() {
        let record = EpochRecord {
            epoch: 3,
            phase: Phase::Joint,
            train: TermMeans::default().with(Term::Task, 1.23456),
            valid_terms: TermMeans::default().with(Term::Task, 1.1),
            weights: Vec::new(),
            valid: vec![("Corr".into(), None), ("MAE".into(), Some(0.89))],
            improved: true,
            seconds: 12.3,
        };
        assert_eq!(
            line(&record, 40),
            "epoch  3/40   train 1.2346   valid 1.1000 *   Corr   -    MAE 0.890   12 s"
        );
        let record = EpochRecord {
            phase: Phase::Masked,
            valid: Vec::new(),
            improved: false,
            ..record
        };
        assert_eq!(
            line(&record, 40),
            "epoch  3/40   masked   train 1.2346   valid 1.1000        12 s"
        );
    }
}

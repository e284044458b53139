//! Progress of a run in the terminal.

use crate::epochs::history::EpochRecord;
use crate::run::manifest::RunProgress;
use crate::run::report::trained_and_frozen;
use crate::{FindingSummary, Phase};
use misa_core::ParameterCount;
use misa_core::loss::Term;
use std::io::{IsTerminal, Write, stderr, stdout};

/// Findings about the data that are shown.
const LISTED: usize = 6;

/// How a run shows its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Live plots if the output is a terminal, the system is a Unix and the feature `tui` is on;
    /// otherwise one line per epoch.
    #[default]
    Automatic,
    /// One line per epoch.
    Lines,
    /// Nothing.
    Silent,
}

impl Progress {
    /// Whether Burn draws live plots. They disable Ctrl-C, which can be enabled again on Unix only.
    pub(crate) fn is_live(self) -> bool {
        self == Self::Automatic && cfg!(all(unix, feature = "tui")) && stdout().is_terminal()
    }

    /// Lets Ctrl-C stop a run: with live plots, the terminal does not send a signal for it.
    pub(crate) fn allow_interrupts(self) {
        #[cfg(all(unix, feature = "tui"))]
        if self.is_live() {
            use rustix::stdio::stdin;
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            if let Ok(mut modes) = tcgetattr(stdin()) {
                modes.local_modes |= LocalModes::ISIG;
                // If that fails, `q` still stops the run.
                let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
            }
        }
    }

    /// Shows what a user should know before the first epoch, beside the output.
    pub(crate) fn note(self, note: &str) {
        if self != Self::Silent {
            let _ = writeln!(stderr(), "note: {note}");
        }
    }

    /// Shows what is trained and what is frozen.
    pub(crate) fn parameters(self, counts: &[ParameterCount]) {
        if self == Self::Silent || self.is_live() {
            return;
        }
        for (what, parameters) in trained_and_frozen(counts) {
            print(&format!("parameters {what}: {parameters}"));
        }
    }

    /// Shows where a run is resumed.
    pub(crate) fn resumed(self, progress: &RunProgress) {
        if self == Self::Silent || self.is_live() {
            return;
        }
        let (epoch, batches) = (progress.epoch, progress.losses.len());
        print(&format!(
            "resumed at epoch {epoch}, after {batches} batches of it"
        ));
    }

    /// Shows what may make the scores of a run worse or incomparable, before it starts.
    pub(crate) fn findings(self, findings: &[FindingSummary]) {
        if self == Self::Silent {
            return;
        }
        let serious: Vec<&FindingSummary> = findings.iter().filter(|f| f.is_serious()).collect();
        for finding in serious.iter().take(LISTED) {
            print(&format!("{}: {}", finding.severity, finding.message));
        }
        if serious.len() > LISTED {
            let more = serious.len() - LISTED;
            print(&format!("and {more} more warnings, which the report lists"));
        }
    }

    /// Shows a finished epoch.
    pub(crate) fn epoch(self, record: &EpochRecord, epochs: usize) {
        if self == Self::Silent || self.is_live() {
            return;
        }
        print(&line(record, epochs));
    }
}

/// Prints a line. A closed output must not stop the run, so errors are ignored.
fn print(line: &str) {
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
    fn a_line_shows_both_losses_and_the_first_scores() {
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

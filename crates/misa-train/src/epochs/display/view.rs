//! The lines of the display.

use super::grid::{Chart, cut, grid};
use super::plot::{Series, TRAIN, VALID};
use crate::Phase;
use crate::epochs::history::EpochRecord;
use crate::epochs::time_left::{TimeLeft, duration_words};
use misa_core::loss::Term;
use std::time::Duration;

/// Lines above the charts.
const HEAD: usize = 3;
/// Columns of the bar.
const BAR: usize = 20;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Position {
    /// Number of the epoch, from 1.
    pub epoch: usize,
    /// What is done with the utterances of the split, such as `train`.
    pub split: &'static str,
    /// Share of the split that is done.
    pub split_done: f64,
    /// Share of the run that is done.
    pub done: f64,
    /// Mean task loss of the epoch so far.
    pub loss: Option<f64>,
    /// Seconds of the run so far, in all sessions.
    pub seconds: f64,
}

/// What is shown.
pub(super) struct View {
    title: String,
    epochs: usize,
    position: Option<Position>,
    charts: Vec<Chart>,
    best_epoch: Option<usize>,
}

impl View {
    pub(super) fn new(title: String, epochs: usize) -> Self {
        Self {
            title,
            epochs,
            position: None,
            charts: Vec::new(),
            best_epoch: None,
        }
    }

    pub(super) fn position(&mut self, position: Position) {
        self.position = Some(position);
    }

    /// Adds an epoch to the charts: the losses that are not off, and the scores.
    pub(super) fn add(&mut self, record: &EpochRecord) {
        if record.phase != Phase::Joint {
            self.add_pretraining(record);
            return;
        }
        if record.improved {
            self.best_epoch = Some(record.epoch);
        }
        let terms = record.train.named().zip(record.valid_terms.named());
        for ((name, &train), (_, &valid)) in terms {
            let is_off = train == 0.0 && valid == 0.0;
            let is_known = self
                .charts
                .iter()
                .any(|chart| chart.name == loss_name(name));
            if !is_off || is_known {
                let series = self.series(&loss_name(name));
                series.train.push(Some(train));
                series.valid.push(Some(valid));
            }
        }
        for (name, value) in &record.valid {
            self.series(name).valid.push(*value);
        }
    }

    fn add_pretraining(&mut self, record: &EpochRecord) {
        let series = self.series("pre-training loss");
        series.train.push(Some(record.train[Term::Task]));
        series.valid.push(Some(record.valid_terms[Term::Task]));
    }

    fn series(&mut self, name: &str) -> &mut Series {
        let place = self.charts.iter().position(|chart| chart.name == name);
        let place = place.unwrap_or_else(|| {
            self.charts.push(Chart {
                name: name.to_string(),
                series: Series::default(),
            });
            self.charts.len() - 1
        });
        &mut self.charts[place].series
    }

    /// At most `rows - 1` lines of less than `columns` characters, so that nothing scrolls or wraps.
    pub(super) fn lines(
        &self,
        (columns, rows): (usize, usize),
        has_colours: bool,
        clock: &TimeLeft,
    ) -> Vec<String> {
        let (columns, rows) = (columns.saturating_sub(1), rows.saturating_sub(1));
        let mut lines = vec![cut(&self.title, columns)];
        lines.extend(
            self.position
                .map(|position| cut(&self.progress(&position, clock), columns)),
        );
        lines.push(cut(&self.legend(), columns));
        let room = (columns, rows.saturating_sub(HEAD));
        lines.extend(grid(&self.charts, room, has_colours));
        lines.truncate(rows);
        lines
    }

    /// `epoch 3/40 ████░░░░ train 56 %   loss 1.2345   12 s, about 2 min left`
    fn progress(&self, position: &Position, clock: &TimeLeft) -> String {
        let filled = (position.split_done * BAR as f64).round() as usize;
        let bar: String = (0..BAR)
            .map(|place| if place < filled { '█' } else { '░' })
            .collect();
        let loss = position
            .loss
            .map_or_else(String::new, |loss| format!("   loss {loss:.4}"));
        let seconds = Duration::try_from_secs_f64(position.seconds).unwrap_or_default();
        format!(
            "epoch {}/{} {bar} {} {:3.0} %{loss}   {}{}",
            position.epoch,
            self.epochs,
            position.split,
            100.0 * position.split_done,
            duration_words(seconds),
            clock.words(position.done)
        )
    }

    fn legend(&self) -> String {
        if self.charts.is_empty() {
            return "Charts and scores follow after the first epoch. Ctrl-C saves and stops."
                .to_string();
        }
        let best = self
            .best_epoch
            .map_or_else(String::new, |epoch| format!("   best epoch {epoch}"));
        format!("by epoch: {TRAIN} train  {VALID} valid{best}   Ctrl-C saves and stops")
    }
}

fn loss_name(term: &str) -> String {
    format!("{term} loss")
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_infer::TermMeans;

    fn record(epoch: usize) -> EpochRecord {
        let losses = |task| {
            let mut losses = TermMeans::default()
                .with(Term::Task, task)
                .with(Term::Similarity, 0.5);
            losses.total = task + 0.5;
            losses
        };
        EpochRecord {
            epoch,
            phase: Phase::Joint,
            train: losses(1.5 / epoch as f64),
            valid_terms: losses(2.0 / epoch as f64),
            weights: Vec::new(),
            valid: [
                "Corr",
                "MAE",
                "Acc-2 (neg/non-neg)",
                "Acc-2 (neg/pos)",
                "F1 (neg/non-neg)",
                "F1 (neg/pos)",
                "Acc-5",
                "Acc-7",
            ]
            .map(|name| (name.to_string(), Some(0.25)))
            .to_vec(),
            improved: epoch == 2,
            seconds: 3.0,
        }
    }

    fn position() -> Position {
        Position {
            epoch: 3,
            split: "train",
            split_done: 0.5,
            done: 0.1,
            loss: Some(1.25),
            seconds: 75.0,
        }
    }

    fn lines(view: &View, size: (usize, usize)) -> Vec<String> {
        let lines = view.lines(size, false, &TimeLeft::since(0.0));
        assert!(lines.len() < size.1);
        assert!(
            lines.iter().all(|line| line.chars().count() < size.0),
            "{lines:#?}"
        );
        lines
    }

    #[test]
    fn before_an_epoch_ends_the_display_says_when_scores_come() {
        let mut view = View::new("runs/a: MOSI, seed 1".to_string(), 40);
        view.position(position());
        let lines = lines(&view, (80, 24));
        assert_eq!(lines[0], "runs/a: MOSI, seed 1");
        assert_eq!(
            lines[1],
            "epoch 3/40 ██████████░░░░░░░░░░ train  50 %   loss 1.2500   1 min 15 s"
        );
        assert!(lines[2].starts_with("Charts and scores follow after the first epoch."));
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn every_loss_and_score_is_on_small_and_large_screens() {
        let mut view = View::new("runs/a: MOSI, seed 1".to_string(), 40);
        view.position(position());
        for epoch in 1..=3 {
            view.add(&record(epoch));
        }
        for size in [(80, 24), (120, 40)] {
            let text = lines(&view, size).join("\n");
            assert!(text.contains("best epoch 2"), "{text}");
            assert!(
                !text.contains("N/A") && !text.contains("difference"),
                "{text}"
            );
            for name in [
                "task loss",
                "similarity loss",
                "total loss",
                "Corr",
                "MAE",
                "Acc-2 (neg/non",
                "Acc-2 (neg/pos)",
                "F1 (neg/pos)",
                "Acc-5",
                "Acc-7",
            ] {
                assert!(text.contains(name), "{name} in {text}");
            }
        }
    }

    #[test]
    fn pre_training_has_a_chart_of_its_own() {
        let mut view = View::new(String::new(), 4);
        view.add(&EpochRecord {
            phase: Phase::Masked,
            ..record(1)
        });
        let text = lines(&view, (80, 24)).join("\n");
        assert!(text.contains("pre-training loss"), "{text}");
        assert!(
            !text.contains("Corr") && !text.contains("best epoch"),
            "{text}"
        );
    }
}

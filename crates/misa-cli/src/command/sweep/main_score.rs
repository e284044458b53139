//! The score that the runs of a sweep are compared by.

use crate::show::metrics;
use misa_core::Task;
use misa_data::Split;
use misa_report::compare::Metric;
use misa_studies::Direction;
use misa_train::{EpochRecord, Phase, Report};

/// Its names: of a regression, and of classes.
const NAMES: [&str; 2] = ["MAE", "Acc"];

/// The score that the runs of a sweep are compared by, on the valid split.
#[derive(Clone, Copy)]
pub(super) struct MainScore(Metric);

impl MainScore {
    /// That of a task.
    pub(super) fn of_task(task: Task) -> Option<Self> {
        let is_main = |metric: &Metric| NAMES.contains(&metric.name);
        metrics(task).into_iter().find(is_main).map(Self)
    }

    pub(super) fn metric(self) -> Metric {
        self.0
    }

    /// In the words of Optuna.
    pub(super) fn direction(self) -> Direction {
        if self.0.is_better_high {
            Direction::Maximise
        } else {
            Direction::Minimise
        }
    }

    /// Its value among others; `None` if it is not defined.
    pub(super) fn among(self, scores: &[(String, Option<f64>)]) -> Option<f64> {
        let found = scores.iter().find(|(name, _)| name == self.0.name);
        found?.1.filter(|value| !value.is_nan())
    }

    /// That of the model of a run.
    pub(super) fn of_run(self, report: &Report) -> Option<f64> {
        self.among(&report.scores_of(Split::Valid)?.scores)
    }

    /// After each epoch of the objective, by its number.
    pub(super) fn by_epoch(self, history: &[EpochRecord]) -> Vec<(u32, f64)> {
        let epochs = history.iter().filter(|epoch| epoch.phase == Phase::Joint);
        epochs
            .filter_map(|epoch| {
                let number = u32::try_from(epoch.epoch).ok()?;
                Some((number, self.among(&epoch.valid)?))
            })
            .collect()
    }

    /// The best after any of the first `count` epochs of the objective.
    pub(super) fn best_of_first(self, history: &[EpochRecord], count: usize) -> Option<f64> {
        let epochs = history.iter().filter(|epoch| epoch.phase == Phase::Joint);
        let values = epochs
            .take(count)
            .filter_map(|epoch| self.among(&epoch.valid));
        if self.0.is_better_high {
            values.reduce(f64::max)
        } else {
            values.reduce(f64::min)
        }
    }
}

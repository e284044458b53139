//! Which settings of a sweep go on from a rung, read from the folders of the runs.

use super::main_score::MainScore;
use super::outcome::Failures;
use crate::sweep::{Cell, Halving};
use misa_train::{Manifest, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The rungs of a sweep. Every process comes to the same decisions: they are a function of what the runs have in
/// their folders, once all of them have arrived.
pub(super) struct Rungs<'a> {
    pub halving: &'a Halving,
    /// What settings are compared by: the mean over their seeds of the best value so far.
    pub score: MainScore,
    /// Folder of the runs.
    pub out: &'a Path,
}

/// The score of settings that have arrived at a rung; none if no seed of them has one.
type Score = Option<f64>;

impl Rungs<'_> {
    /// The runs of the settings that go on from the rung of so many epochs, on each data set by itself; `None` while some
    /// run has not arrived there. Runs that have failed are not waited for.
    pub(super) fn survivors<'c>(
        &self,
        cells: &[&'c Cell],
        rung: usize,
        failures: &Failures,
    ) -> Option<Vec<&'c Cell>> {
        let failed = failures.read();
        let mut by_data: BTreeMap<Option<&str>, BTreeMap<&str, Vec<f64>>> = BTreeMap::new();
        for cell in cells {
            let scores = by_data.entry(cell.data()).or_default();
            let scores = scores.entry(cell.group.as_str()).or_default();
            match self.arrived(cell, rung) {
                Some(score) => scores.extend(score),
                None if failed.contains_key(&cell.name) => {}
                None => return None,
            }
        }
        let mut kept: BTreeSet<(Option<&str>, &str)> = BTreeSet::new();
        for (data, groups) in by_data {
            let count = self.halving.kept(groups.len());
            let all: Vec<&str> = groups.keys().copied().collect();
            let mut best = self.best_first(groups);
            // Where no score is defined, nothing is better than anything else.
            if best.is_empty() {
                best = all;
            }
            kept.extend(best.into_iter().take(count).map(|group| (data, group)));
        }
        let goes_on = |cell: &&&Cell| kept.contains(&(cell.data(), cell.group.as_str()));
        Some(cells.iter().filter(goes_on).copied().collect())
    }

    /// The rung at which each run was left behind, by its name.
    pub(super) fn left_behind(
        &self,
        cells: &[Cell],
        failures: &Failures,
    ) -> BTreeMap<String, usize> {
        let mut left = BTreeMap::new();
        let mut going: Vec<&Cell> = cells.iter().collect();
        for &rung in &self.halving.rungs {
            let Some(survivors) = self.survivors(&going, rung, failures) else {
                break;
            };
            let names: BTreeSet<&str> = survivors.iter().map(|cell| cell.name.as_str()).collect();
            let behind = going
                .iter()
                .filter(|cell| !names.contains(cell.name.as_str()));
            left.extend(behind.map(|cell| (cell.name.clone(), rung)));
            going = survivors;
        }
        left
    }

    /// The best value of a run up to the rung; `None` if it has not arrived there.
    fn arrived(&self, cell: &Cell, rung: usize) -> Option<Score> {
        let manifest = Manifest::read(self.out.join(&cell.name)).ok()?;
        let has_arrived =
            epochs_of_objective(&manifest) >= rung || manifest.status == Status::Finished;
        has_arrived.then(|| self.score.best_of_first(manifest.history(), rung))
    }

    /// Groups with a score, better first; of equal ones, in the order of their names.
    fn best_first<'g>(&self, groups: BTreeMap<&'g str, Vec<f64>>) -> Vec<&'g str> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let mut scored: Vec<(&str, f64)> = groups
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(group, values)| (group, mean(&values)))
            .collect();
        scored.sort_by(|(_, one), (_, other)| {
            let order = one.total_cmp(other);
            if self.score.metric().is_better_high {
                order.reverse()
            } else {
                order
            }
        });
        scored.into_iter().map(|(group, _)| group).collect()
    }
}

/// Epochs that a run was trained for after its pre-training, which the rungs count.
pub(super) fn epochs_of_objective(manifest: &Manifest) -> usize {
    manifest.config.joint_epoch(manifest.epochs())
}

//! Losses, weights and scores by epoch, as curves.

use misa_core::loss::Term;
use misa_report::Curve;
use misa_train::{EpochRecord, Phase, Report, TermMeans};

/// Epochs before those of the objective.
pub(super) fn pretraining(report: &Report) -> usize {
    let epochs = report.history.iter();
    epochs.filter(|epoch| epoch.phase != Phase::Joint).count()
}

/// The epoch whose model was kept, counted from the first one of the objective as the curves are.
pub(super) fn best_epoch(report: &Report) -> Option<usize> {
    let after = report.best_epoch.checked_sub(pretraining(report))?;
    Some(after).filter(|&epoch| epoch > 0)
}

/// Every loss term of both splits, the weights of terms where they are learned, and every score of
/// the valid split.
pub(super) fn curves(history: &[EpochRecord]) -> Vec<Curve> {
    let (before, history): (Vec<_>, Vec<_>) =
        (history.iter().cloned()).partition(|epoch: &EpochRecord| epoch.phase != Phase::Joint);
    let mut curves = Vec::new();
    if !before.is_empty() {
        let panel = "pre-training";
        let train = before.iter().map(|epoch| Some(epoch.train[Term::Task]));
        let valid = before
            .iter()
            .map(|epoch| Some(epoch.valid_terms[Term::Task]));
        for (name, values) in [("train", train.collect()), ("valid", valid.collect())] {
            let (panel, name) = (panel.to_string(), name.to_string());
            curves.push(Curve {
                panel,
                name,
                values,
                is_pretraining: true,
            });
        }
    }
    let curve = |panel: &str, name: &str, value: &dyn Fn(&EpochRecord) -> Option<f64>| Curve {
        panel: panel.to_string(),
        name: name.to_string(),
        values: history.iter().map(value).collect(),
        is_pretraining: false,
    };
    if history.is_empty() {
        return curves;
    }
    curves.extend([
        curve("task loss", "train", &|epoch| Some(epoch.train[Term::Task])),
        curve("task loss", "valid", &|epoch| {
            Some(epoch.valid_terms[Term::Task])
        }),
    ]);
    for (place, (name, _)) in history[0].train.named().enumerate().skip(1) {
        let of = |means: &TermMeans| means.named().nth(place).map(|(_, value)| *value);
        // A term that is switched off is 0 throughout.
        if history.iter().any(|epoch| of(&epoch.train) != Some(0.0)) {
            let panel = format!("{name} loss");
            curves.extend([
                curve(&panel, "train", &|epoch| of(&epoch.train)),
                curve(&panel, "valid", &|epoch| of(&epoch.valid_terms)),
            ]);
        }
    }
    let first = &history[0];
    curves.extend(
        first
            .weights
            .iter()
            .map(|(name, _)| curve("learned weight", name, &|epoch| find(&epoch.weights, name))),
    );
    curves.extend(
        (first.valid.iter())
            .map(|(name, _)| curve(name, "valid", &|epoch| find(&epoch.valid, name).flatten())),
    );
    curves
}

fn find<T: Copy>(values: &[(String, T)], name: &str) -> Option<T> {
    let mut values = values.iter();
    Some(values.find(|(found, _)| found == name)?.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: usize, phase: Phase) -> EpochRecord {
        EpochRecord {
            epoch,
            phase,
            train: TermMeans::default().with(Term::Similarity, 0.5),
            valid_terms: TermMeans::default().with(Term::Similarity, 0.7),
            weights: vec![("task".to_string(), 1.5), ("similarity".to_string(), 0.5)],
            valid: vec![("MAE".to_string(), Some(1.0))],
            improved: false,
            seconds: 0.0,
        }
    }

    #[test]
    fn epochs_of_pre_training_have_a_separate_panel() {
        let phases = [Phase::Masked, Phase::Unimodal, Phase::Joint];
        let history: Vec<EpochRecord> = (1..)
            .zip(phases)
            .map(|(k, phase)| epoch(k, phase))
            .collect();
        let found = curves(&history);
        let before: Vec<_> = found.iter().filter(|curve| curve.is_pretraining).collect();
        assert_eq!(before.len(), 2);
        assert!(before.iter().all(|curve| curve.values.len() == 2));
        let joint = found.iter().filter(|curve| !curve.is_pretraining);
        assert!(joint.clone().all(|curve| curve.values.len() == 1));
        assert!(joint.clone().any(|curve| curve.panel == "MAE"));
        let similarity = joint.filter(|curve| curve.panel == "similarity loss");
        let values = similarity.map(|curve| (curve.name.as_str(), curve.values[0]));
        let expected = [("train", Some(0.5)), ("valid", Some(0.7))];
        assert_eq!(values.collect::<Vec<_>>(), expected);
        let weights = found.iter().filter(|curve| curve.panel == "learned weight");
        let weights: Vec<_> = weights
            .map(|curve| (curve.name.as_str(), curve.values[0]))
            .collect();
        assert_eq!(weights, [("task", Some(1.5)), ("similarity", Some(0.5))]);
        assert_eq!(curves(&history[..2]).len(), 2);
    }
}

//! Settings that exclude one another.

use crate::{BertSettings, Schedule, TrainingConfig};
use misa_core::encoder::bert::BertFreezing;
use misa_core::loss::{Regression, Term, Weighting};
use misa_core::{ConfigError, Directions, Modality, Task};

/// An error for the first pair of settings of which one makes the other impossible or harmful.
pub(super) fn check_conflicts(config: &TrainingConfig) -> Result<(), ConfigError> {
    match errors(conflicts(config)).next() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// An error for each setting that nothing would read beside the others.
pub(super) fn without_effect(config: &TrainingConfig) -> Vec<ConfigError> {
    errors(unread(config)).collect()
}

/// Why there is no contrast of a modality with itself.
const NO_CONTRAST: &str =
    "with one modality: it compares those of an utterance, and would always be 0";

/// Whether the conflict exists, its field, and why the field cannot be used.
type Conflict = (bool, &'static str, &'static str);

fn errors(conflicts: impl IntoIterator<Item = Conflict>) -> impl Iterator<Item = ConfigError> {
    let existing = conflicts.into_iter().filter(|(exists, ..)| *exists);
    existing.map(|(_, field, reason)| ConfigError::Conflict { field, reason })
}

/// The directions of mutual attention; `None` without it.
fn directions(config: &TrainingConfig) -> Option<Directions> {
    let attention = config.model.mutual_attention.as_ref();
    let attention = attention.filter(|attention| attention.n_layers > 0);
    attention.map(|attention| attention.directions)
}

fn conflicts(config: &TrainingConfig) -> [Conflict; 6] {
    let is_frozen = |bert: &BertSettings| bert.reading.freezing == BertFreezing::All;
    let modalities = config.model.modalities;
    let is_alone = modalities.count() == 1;
    let reads_text_steps = directions(config).is_some_and(|which| which != Directions::FromText);
    let loss = &config.loss;
    let is_learned = loss.weighting == Weighting::Learned;
    [
        (
            reads_text_steps && config.bert.as_ref().is_some_and(is_frozen),
            "mutual_attention",
            "with a BERT that is frozen whole, except from_text: the steps of the text are not available",
        ),
        (
            config.parts().step_heads && modalities.iter().eq([Modality::Text]),
            "pretraining.masked_epochs",
            "without visual or acoustic sequences",
        ),
        (
            is_learned && is_alone && loss.similarity_weight > 0.0,
            "loss.weighting learned",
            "with one modality and a similarity weight: that loss is always 0, and its weight \
             would grow without end",
        ),
        (
            is_learned && is_alone && loss.weight(Term::Contrast) > 0.0,
            "loss.contrast",
            NO_CONTRAST,
        ),
        (
            config.generates_labels() && loss.task != Task::Regression,
            "loss.unimodal.labels generated",
            "with classes: only numbers can be generated",
        ),
        (
            config.generates_labels() && is_learned,
            "loss.unimodal.labels generated",
            "with learned weights: its loss is 0 in the first epoch, and its weight would grow",
        ),
    ]
}

/// Whether a run ends before it has waited long enough for its rate to fall.
fn ends_before_plateau(config: &TrainingConfig) -> bool {
    match config.schedule {
        Schedule::Plateau { patience, .. } => config.trials == 1 && patience > config.patience,
        Schedule::Constant | Schedule::Cosine { .. } => false,
    }
}

/// A run with one of these has the numbers of a run without it.
fn unread(config: &TrainingConfig) -> [Conflict; 6] {
    let modalities = config.model.modalities;
    let is_alone = modalities.count() == 1;
    let loss = &config.loss;
    [
        (
            directions(config).is_some_and(|which| which.pairs_of(modalities).is_empty()),
            "mutual_attention",
            "with modalities that none of its directions joins: it would do nothing",
        ),
        (
            config.adversary_learning_rate.is_some() && !config.parts().adversary,
            "adversary_learning_rate",
            "without an adversary: set loss.similarity to adversarial",
        ),
        (
            config.modality_dropout > 0.0 && is_alone,
            "modality_dropout",
            "with one modality: none would remain",
        ),
        (
            is_alone && loss.weight(Term::Contrast) > 0.0,
            "loss.contrast",
            NO_CONTRAST,
        ),
        (
            loss.task != Task::Regression && loss.regression != Regression::Squared,
            "loss.regression",
            "with classes, whose task loss is cross-entropy",
        ),
        (
            ends_before_plateau(config),
            "schedule.plateau.patience",
            "with a shorter `patience`: the run would end before its learning rate falls",
        ),
    ]
}

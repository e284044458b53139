//! Settings that exclude one another.

use crate::{BertSettings, TrainingConfig};
use misa_core::encoder::bert::BertFreezing;
use misa_core::loss::{Regression, Term, Weighting};
use misa_core::{ConfigError, Directions, Modality, Task};

/// An error for the first pair of settings that cannot be used together.
pub(super) fn check_conflicts(config: &TrainingConfig) -> Result<(), ConfigError> {
    let conflict = between_modules(config)
        .into_iter()
        .chain(of_loss(config))
        .find(|(exists, ..)| *exists);
    match conflict {
        Some((_, field, reason)) => Err(ConfigError::Conflict { field, reason }),
        None => Ok(()),
    }
}

/// Whether the conflict exists, its field, and why the field cannot be used.
type Conflict = (bool, &'static str, &'static str);

fn between_modules(config: &TrainingConfig) -> [Conflict; 5] {
    let is_frozen = |bert: &BertSettings| bert.reading.freezing == BertFreezing::All;
    let modalities = config.model.modalities;
    let attention = config.model.mutual_attention.as_ref();
    let attention = attention.filter(|attention| attention.n_layers > 0);
    let directions = attention.map(|attention| attention.directions);
    let reads_text_steps = directions.is_some_and(|which| which != Directions::FromText);
    [
        (
            directions.is_some_and(|which| which.pairs_of(modalities).is_empty()),
            "mutual_attention",
            "with modalities that none of its directions joins: it would do nothing",
        ),
        (
            reads_text_steps && config.bert.as_ref().is_some_and(is_frozen),
            "mutual_attention",
            "with a BERT that is frozen whole, except from_text: the steps of the text are not available",
        ),
        (
            config.adversary_learning_rate.is_some() && !config.parts().adversary,
            "adversary_learning_rate",
            "without an adversary: set loss.similarity to adversarial",
        ),
        (
            config.parts().step_heads && modalities.iter().eq([Modality::Text]),
            "pretraining.masked_epochs",
            "without visual or acoustic sequences",
        ),
        (
            config.modality_dropout > 0.0 && modalities.count() == 1,
            "modality_dropout",
            "with one modality: none would remain",
        ),
    ]
}

fn of_loss(config: &TrainingConfig) -> [Conflict; 5] {
    let loss = &config.loss;
    let is_learned = loss.weighting == Weighting::Learned;
    let is_alone = config.model.modalities.count() == 1;
    [
        (
            is_learned && is_alone && loss.similarity_weight > 0.0,
            "loss.weighting learned",
            "with one modality and a similarity weight: that loss is always 0, and its weight \
             would grow without end",
        ),
        (
            is_alone && loss.weight(Term::Contrast) > 0.0,
            "loss.contrast",
            "with one modality: it compares those of an utterance, and would always be 0",
        ),
        (
            loss.task != Task::Regression && loss.regression != Regression::Squared,
            "loss.regression",
            "with classes, whose task loss is cross-entropy",
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

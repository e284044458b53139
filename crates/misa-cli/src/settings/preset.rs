//! The settings of each preset.

use super::{Layers, RunSettings};
use misa_core::loss::{
    ContrastLossConfig, PrototypeLossConfig, TripletLossConfig, UnimodalLossConfig,
};
use misa_core::{ContextConfig, MutualAttentionConfig};
use misa_terms::Described;
use misa_train::{Corpus, Preset, PretrainingConfig, TrainError};
use std::path::PathBuf;

/// The settings of a preset, with every table that is optional.
///
/// # Errors
///
/// [`TrainError::Preset`] if the preset has nothing for the corpus.
pub(crate) fn preset_layers(
    preset: Preset,
    corpus: Corpus,
    has_data: bool,
) -> Result<Layers, TrainError> {
    let defaults = RunSettings::new(preset, corpus, has_data)?;
    let bert = preset.bert(corpus, PathBuf::new());
    let origin = format!("preset {preset} for {corpus}");
    Ok(Layers::new(&defaults, &origin)
        .with_shape(RunSettings::shape())
        .with_template("training.bert", &bert)
        .with_template("training.pretraining", &PretrainingConfig::new())
        .with_template("training.mutual_attention", &MutualAttentionConfig::new())
        .with_template("training.context", &ContextConfig::new())
        .with_template("training.loss.triplet", &TripletLossConfig::new())
        .with_template("training.loss.prototype", &PrototypeLossConfig::new())
        .with_template("training.loss.contrast", &ContrastLossConfig::new())
        .with_template("training.loss.unimodal", &UnimodalLossConfig::new()))
}

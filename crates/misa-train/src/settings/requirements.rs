//! What training asks of data.

use crate::{TrainError, TrainingConfig};
use misa_core::Task;
use misa_data::{Split, Utterance, UtteranceDataset, VideoPlace};
use std::collections::HashSet;

/// Whether the data has what training needs.
pub(crate) fn check(config: &TrainingConfig, data: &UtteranceDataset) -> Result<(), TrainError> {
    for split in [Split::Train, Split::Valid] {
        if data.split(split).is_empty() {
            return Err(TrainError::EmptySplit { split });
        }
        if let Task::Classification { classes } = config.loss.task {
            check_classes(split, data.split(split), classes)?;
        }
    }
    match config.model.context {
        Some(_) => check_videos(data.split(Split::Train)),
        None => Ok(()),
    }
}

/// Whether every label is a class.
pub(crate) fn check_classes(
    split: Split,
    utterances: &[Utterance],
    classes: usize,
) -> Result<(), TrainError> {
    let last = classes - 1;
    let is_class = |label: f32| label.fract() == 0.0 && (0.0..=last as f32).contains(&label);
    let mut utterances = utterances.iter();
    match utterances.find(|utterance| !is_class(utterance.label)) {
        None => Ok(()),
        Some(utterance) => Err(TrainError::Class {
            split,
            id: utterance.id.clone(),
            label: utterance.label,
            last,
        }),
    }
}

/// Whether two utterances are from one video, as far as their ids tell.
fn check_videos(utterances: &[Utterance]) -> Result<(), TrainError> {
    let mut videos = HashSet::new();
    let places = (utterances.iter()).map(|utterance| VideoPlace::of(&utterance.id));
    match places.flatten().any(|place| !videos.insert(place.video)) {
        true => Ok(()),
        false => Err(TrainError::NoVideos {
            id: utterances[0].id.clone(),
        }),
    }
}

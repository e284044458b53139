//! What training requires of the data.

use crate::{TrainError, TrainingConfig};
use misa_core::Task;
use misa_data::{Split, Utterance, UtteranceDataset, VideoPlace};
use std::collections::HashSet;

/// Checks that the data has what training needs.
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

/// Checks that every label is a class.
pub(crate) fn check_classes(
    split: Split,
    utterances: &[Utterance],
    classes: usize,
) -> Result<(), TrainError> {
    let last = classes - 1;
    let is_class = |label: f32| label.fract() == 0.0 && (0.0..=last as f32).contains(&label);
    let invalid = utterances
        .iter()
        .find(|utterance| !is_class(utterance.label));
    match invalid {
        None => Ok(()),
        Some(utterance) => Err(TrainError::Class {
            split,
            id: utterance.id.clone(),
            label: utterance.label,
            last,
        }),
    }
}

/// Checks that at least two utterances are from one video, according to their ids.
fn check_videos(utterances: &[Utterance]) -> Result<(), TrainError> {
    let mut videos = HashSet::new();
    let has_context = utterances
        .iter()
        .filter_map(|utterance| VideoPlace::of(&utterance.id))
        .any(|place| !videos.insert(place.video));
    if has_context {
        return Ok(());
    }
    Err(TrainError::NoVideos {
        id: utterances[0].id.clone(),
    })
}

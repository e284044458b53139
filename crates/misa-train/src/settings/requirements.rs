//! What training requires of the data.

use crate::{TrainError, TrainingConfig};
use misa_core::loss::UnimodalLabels;
use misa_core::{Modality, Task};
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
        if unimodal_labels(config) == Some(UnimodalLabels::Modality) {
            check_modality_labels(config, split, data.split(split))?;
        }
    }
    if config.generates_labels() {
        check_sides(config, data.split(Split::Train))?;
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
    let labelled = utterances.iter();
    let labelled = labelled.map(|utterance| (utterance, utterance.label));
    check_labels(split, labelled, classes)
}

/// Checks that the label of each utterance is a class.
fn check_labels<'u>(
    split: Split,
    mut labelled: impl Iterator<Item = (&'u Utterance, f32)>,
    classes: usize,
) -> Result<(), TrainError> {
    let last = classes - 1;
    let is_class = |label: f32| label.fract() == 0.0 && (0.0..=last as f32).contains(&label);
    match labelled.find(|(_, label)| !is_class(*label)) {
        None => Ok(()),
        Some((utterance, label)) => Err(TrainError::Class {
            split,
            id: utterance.id.clone(),
            label,
            last,
        }),
    }
}

/// What predictions from one modality are compared with, if there are any.
fn unimodal_labels(config: &TrainingConfig) -> Option<UnimodalLabels> {
    let unimodal = config.loss.unimodal.as_ref();
    unimodal.map(|unimodal| unimodal.labels)
}

/// A remark if the data has labels by single modalities and the predictions from these are compared with
/// others.
pub(crate) fn unused_labels(config: &TrainingConfig, data: &UtteranceDataset) -> Option<String> {
    let first = data.split(Split::Train).first()?;
    let modalities = config.model.modalities.iter();
    let has = |modality: &Modality| first.modality_labels.get(*modality).is_some();
    let names: Vec<&str> = modalities.filter(has).map(Modality::name).collect();
    let is_unused = unimodal_labels(config) == Some(UnimodalLabels::Utterance);
    (is_unused && !names.is_empty()).then(|| {
        format!(
            "the data has labels of {} alone; training.loss.unimodal.labels=modality learns from them",
            names.join(", ")
        )
    })
}

/// A remark if outputs of BERT are to be cached in a folder and none of them can be.
pub(crate) fn unused_cache(config: &TrainingConfig) -> Option<String> {
    let bert = config.bert.as_ref()?;
    let cache = (bert.cache.as_ref()).filter(|_| !bert.reading.computes_frozen(false))?;
    Some(format!(
        "training.bert.cache: {} stays as it is: outputs are cached where training.bert.freezing is `all` or a \
         `prefix`, and training.bert.pooling is `masked_mean`",
        cache.display()
    ))
}

/// Checks that every utterance has a label by each modality in use, and that it is a class if classes are
/// predicted.
fn check_modality_labels(
    config: &TrainingConfig,
    split: Split,
    utterances: &[Utterance],
) -> Result<(), TrainError> {
    for modality in config.model.modalities.iter() {
        let labelled = utterances.iter().map(|utterance| {
            let label = *utterance.modality_labels.get(modality);
            label.map(|label| (utterance, label))
        });
        let labelled: Option<Vec<_>> = labelled.collect();
        let labelled = labelled.ok_or(TrainError::NoModalityLabels { split, modality })?;
        if let Task::Classification { classes } = config.loss.task {
            check_labels(split, labelled.into_iter(), classes)?;
        }
    }
    Ok(())
}

/// Checks that labels can be generated from those of `utterances`: they have two sides, and no bound
/// cuts them.
fn check_sides(config: &TrainingConfig, utterances: &[Utterance]) -> Result<(), TrainError> {
    let bound = config.loss.unimodal.as_ref().map(|unimodal| unimodal.bound);
    let bound = bound.unwrap_or(f64::INFINITY);
    let labels = utterances.iter().map(|utterance| utterance.label);
    let (min, max) = (labels.clone()).fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), x| {
        (min.min(x), max.max(x))
    });
    // Of 0 alone, there is nothing that a label could differ in.
    if min < 0.0 && max > 0.0 && f64::from(max.max(-min)) <= bound {
        return Ok(());
    }
    Err(TrainError::OneSided { min, max, bound })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BertSettings;
    use misa_core::encoder::bert::{BertFreezing, TextPooling};

    #[test]
    fn a_cache_without_use_is_told() {
        let remark = |freezing, pooling| {
            let bert = BertSettings::new("bert".into()).with_freezing(freezing);
            let bert = bert.with_pooling(pooling).with_cache(Some("kept".into()));
            unused_cache(&TrainingConfig::new().with_bert(Some(bert)))
        };
        let (masked, plain) = (TextPooling::MaskedMean, TextPooling::PlainMean);
        assert_eq!(remark(BertFreezing::All, masked), None);
        assert_eq!(remark(BertFreezing::Prefix(2), masked), None);
        for (freezing, pooling) in [
            (BertFreezing::None, masked),
            (BertFreezing::Layers(9), masked),
            (BertFreezing::All, plain),
        ] {
            let remark = remark(freezing, pooling).unwrap();
            assert!(remark.contains("kept stays as it is"), "{remark}");
        }
        let without = BertSettings::new("bert".into());
        let without = TrainingConfig::new().with_bert(Some(without));
        assert_eq!(unused_cache(&without), None);
        assert_eq!(unused_cache(&TrainingConfig::new()), None);
    }
}

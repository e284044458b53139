//! Computes the report from the statistics.

use super::columns::{Columns, Odd};
use super::labels::{LabelReport, ModalityLabelReport};
use super::record::{Observations, Record};
use super::report::{Absent, Content, FeatureReport, FeatureSplit, SplitReport, Steps, Values};
use super::{published, sizes};
use crate::{Format, Note, OpenOptions, Overview, Split};
use misa_terms::{Modality, TextSize};
use std::collections::HashSet;

/// What is inside the data set.
pub(super) fn content(
    options: &OpenOptions,
    overview: &Overview,
    observations: &Observations,
) -> Content {
    let records = &observations.records;
    let labels: Vec<(Split, f32)> = records.iter().map(|r| (r.split, r.label)).collect();
    let features = |modality| features(modality, overview, observations);
    Content {
        format: overview.format,
        variant: variant(overview, records),
        policy: options.policy(),
        padding: options.padding(),
        corpus: published::corpus(overview.counts, overview.sizes),
        splits: Split::ALL
            .map(|split| self::split(split, observations))
            .into(),
        vocabulary: match overview.sizes.text {
            TextSize::Words { vocabulary } => Some(vocabulary),
            TextSize::Features { .. } | TextSize::Bert(_) => None,
        },
        distinct_words: observations.distinct_words(),
        features: Modality::ALL.map(features).into(),
        comparison: sizes::comparison(overview.sizes),
        labels: LabelReport::of(&labels),
        modality_labels: Modality::ALL
            .into_iter()
            .filter_map(|modality| {
                let labels = records.iter().filter_map(|record| {
                    Some((record.split, (*record.modality_labels.get(modality))?))
                });
                ModalityLabelReport::of(modality, &labels.collect::<Vec<_>>())
            })
            .collect(),
        notes: overview.notes.iter().map(Note::to_string).collect(),
    }
}

/// The origin of the layout, and whether visual and acoustic rows are aligned to words.
fn variant(overview: &Overview, records: &[Record]) -> String {
    let layout = match overview.format {
        Format::Misa => "pickles of the official MISA code",
        Format::Mmsa => "feature file of MMSA",
        Format::Mult => "feature file of MulT or MultiBench",
        Format::Mag => "pickle of MAG-BERT",
        Format::UrFunny => "folder of UR-FUNNY",
        Format::Csd => "computational sequences of the CMU SDK",
        Format::Mfn => "HDF5 folder of MFN or LMF",
        Format::Own => "NumPy archives with a table of labels",
        Format::Safetensors => "our own file",
        _ => "data set",
    };
    let aligned = records.iter().filter(|record| record.is_aligned()).count();
    let alignment = match aligned {
        n if n == records.len() => "aligned word by word",
        n if 10 * n >= 9 * records.len() => "aligned word by word, with exceptions",
        _ => "not aligned",
    };
    format!("{layout}, {alignment}")
}

fn split(split: Split, observations: &Observations) -> SplitReport {
    let count = |is_meant: fn(&Record) -> bool| {
        let records = observations.split(split);
        records.filter(|record| is_meant(record)).count()
    };
    let videos: Option<HashSet<&str>> = observations.split(split).map(Record::video).collect();
    SplitReport {
        split,
        utterances: count(|_| true),
        videos: videos.map(|videos| videos.len()),
        one_word: count(Record::has_one_word),
        unaligned: count(|record| !record.is_aligned()),
    }
}

fn features(modality: Modality, overview: &Overview, observations: &Observations) -> FeatureReport {
    let all = observations.all(modality);
    let d_input = all.as_ref().map(Columns::len);
    let train = observations.columns[Split::Train.index()].get(modality);
    let splits = Split::ALL.into_iter();
    FeatureReport {
        modality,
        d_input,
        recipe: overview.recipes.get(modality).clone(),
        explanation: d_input.and_then(|d_input| sizes::explanation(modality, d_input)),
        splits: splits
            .filter_map(|split| feature_split(modality, split, observations))
            .collect(),
        constant_in_train: train.as_ref().map(Columns::constant).unwrap_or_default(),
        constant: all.as_ref().map(Columns::constant).unwrap_or_default(),
        repeated: all.as_ref().map(Columns::repeated).unwrap_or_default(),
    }
}

fn feature_split(
    modality: Modality,
    split: Split,
    observations: &Observations,
) -> Option<FeatureSplit> {
    let records = || observations.split(split);
    let zero_sequences = records()
        .filter(|record| *record.is_zero.get(modality))
        .count();
    let columns = observations.columns[split.index()].get(modality).as_ref();
    let values = columns.map(|columns| values(columns, zero_sequences));
    let mut steps: Vec<usize> = records()
        .map(|record| *record.steps.get(modality))
        .collect();
    steps.sort_unstable();
    let steps = Steps {
        min: *steps.first()?,
        median: steps[(steps.len() - 1) / 2],
        max: *steps.last()?,
    };
    Some(FeatureSplit {
        split,
        steps,
        absent: absent(modality, split, observations),
        values,
    })
}

fn absent(modality: Modality, split: Split, observations: &Observations) -> Absent {
    let (mut absent, mut all) = (Absent::default(), 0);
    for record in observations.split(split) {
        let (steps, found) = (*record.steps.get(modality), *record.absent.get(modality));
        all += steps;
        absent.steps += found;
        absent.utterances += usize::from(found == steps);
    }
    absent.share = absent.steps as f64 / all.max(1) as f64;
    absent
}

fn values(columns: &Columns, zero_sequences: usize) -> Values {
    let Odd {
        nan,
        positive,
        negative,
    } = columns.odd;
    let moments = columns.moments();
    Values {
        nan,
        positive_infinite: positive,
        negative_infinite: negative,
        zero_sequences,
        min: moments.map(|moments| moments.min),
        max: moments.map(|moments| moments.max),
        mean: moments.map(|moments| moments.mean),
        deviation: moments.map(|moments| moments.deviation),
    }
}

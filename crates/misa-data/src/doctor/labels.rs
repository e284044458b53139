//! The labels of a data set, as numbers and as a histogram.

use crate::Split;
use misa_terms::Modality;
use serde::Serialize;

/// The labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelReport {
    /// The kind of scale.
    pub scale: Scale,
    /// Whether the labels are at most ten different whole numbers.
    pub look_like_classes: bool,
    /// Number of different labels.
    pub distinct: usize,
    /// The labels of each split that has utterances.
    pub splits: Vec<LabelSplit>,
    /// The histogram, from the smallest label to the largest.
    pub bins: Vec<Bin>,
}

/// The labels by one modality alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModalityLabelReport {
    /// The modality.
    pub modality: Modality,
    /// The labels of each split that has any.
    pub splits: Vec<LabelSplit>,
}

/// The kind of label scale, which determines the bins of the histogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scale {
    /// Classes: one bin each.
    Classes,
    /// From -3 to 3, as in CMU-MOSI and CMU-MOSEI: seven bins, by rounding as for Acc-7.
    MinusThreeToThree,
    /// From -1 to 1 in steps of 0.2, as in CH-SIMS: eleven bins.
    MinusOneToOne,
    /// Few other values: one bin each.
    Steps,
    /// Anything else: eight bins of equal width.
    Range,
}

/// The labels of a split. NaN and infinite labels are counted and otherwise left out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelSplit {
    /// The split.
    pub split: Split,
    /// The smallest finite label; `None` without any.
    pub min: Option<f32>,
    /// The largest finite label.
    pub max: Option<f32>,
    /// Mean.
    pub mean: Option<f64>,
    /// Labels below 0.
    pub negative: usize,
    /// Labels equal to 0.
    pub zero: usize,
    /// Labels above 0.
    pub positive: usize,
    /// Labels that are NaN or infinite.
    pub non_finite: usize,
    /// Zeros among all labels, 0 to 1.
    pub zero_share: f64,
}

/// A bin of the histogram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bin {
    /// The labels in it, as text.
    pub name: String,
    /// Utterances of train, valid and test.
    pub counts: [usize; 3],
}

/// Most different values that get a bin each.
const STEPS: usize = 12;
/// Bins of any other labels.
const BINS: usize = 8;

impl LabelReport {
    pub(super) fn of(labels: &[(Split, f32)]) -> Self {
        let finite: Vec<(Split, f32)> = labels
            .iter()
            .copied()
            .filter(|(_, label)| label.is_finite())
            .collect();
        let mut values: Vec<f32> = finite.iter().map(|&(_, label)| label).collect();
        values.sort_by(f32::total_cmp);
        values.dedup();
        let (scale, names) = (Scale::of(&values), Scale::of(&values).bins(&values));
        let mut bins: Vec<Bin> = names
            .into_iter()
            .map(|name| Bin {
                name,
                counts: [0; 3],
            })
            .collect();
        for (split, label) in finite {
            let place = scale.place(label, &values);
            if let Some(bin) = bins.get_mut(place) {
                bin.counts[split.index()] += 1;
            }
        }
        let splits = Split::ALL.into_iter();
        Self {
            scale,
            look_like_classes: are_classes(&values),
            distinct: values.len(),
            splits: splits
                .filter_map(|split| LabelSplit::of(split, labels))
                .collect(),
            bins,
        }
    }
}

impl ModalityLabelReport {
    /// `None` without labels.
    pub(super) fn of(modality: Modality, labels: &[(Split, f32)]) -> Option<Self> {
        let splits = Split::ALL.into_iter();
        let splits: Vec<_> = splits
            .filter_map(|split| LabelSplit::of(split, labels))
            .collect();
        (!splits.is_empty()).then_some(Self { modality, splits })
    }
}

impl LabelSplit {
    fn of(split: Split, labels: &[(Split, f32)]) -> Option<Self> {
        let of_split = labels.iter().filter(|(found, _)| *found == split);
        let labels: Vec<f32> = of_split.map(|&(_, label)| label).collect();
        if labels.is_empty() {
            return None;
        }
        let finite = || labels.iter().copied().filter(|label| label.is_finite());
        let count = |is_meant: fn(f32) -> bool| finite().filter(|&label| is_meant(label)).count();
        let sum: f64 = finite().map(f64::from).sum();
        let numbers = finite().count();
        let zero = count(|label| label == 0.0);
        Some(Self {
            split,
            min: finite().min_by(f32::total_cmp),
            max: finite().max_by(f32::total_cmp),
            mean: (numbers > 0).then(|| sum / numbers as f64),
            negative: count(|label| label < 0.0),
            zero,
            positive: count(|label| label > 0.0),
            non_finite: labels.len() - numbers,
            zero_share: zero as f64 / labels.len() as f64,
        })
    }
}

/// Whole numbers, and few.
fn are_classes(values: &[f32]) -> bool {
    let is_whole = |value: &f32| value.fract() == 0.0;
    (1..=10).contains(&values.len()) && values.iter().all(is_whole)
}

impl Scale {
    /// The scale of sorted, distinct values.
    fn of(values: &[f32]) -> Self {
        let (Some(&min), Some(&max)) = (values.first(), values.last()) else {
            return Self::Range;
        };
        let is_fifth = |value: &f32| (5.0 * value - (5.0 * value).round()).abs() < 1e-3;
        let is_signed = (-3.0..0.0).contains(&min) && max <= 3.0;
        let is_within_one = (-1.0..0.0).contains(&min) && max <= 1.0;
        match () {
            () if min >= 0.0 && are_classes(values) => Self::Classes,
            () if is_signed && (min < -1.0 || max > 1.0) => Self::MinusThreeToThree,
            () if are_classes(values) => Self::Classes,
            () if is_within_one && values.iter().all(is_fifth) => Self::MinusOneToOne,
            () if values.len() <= STEPS => Self::Steps,
            () => Self::Range,
        }
    }

    /// Names of the bins.
    fn bins(self, values: &[f32]) -> Vec<String> {
        match self {
            Self::MinusThreeToThree => (-3..=3).map(|n: i32| n.to_string()).collect(),
            Self::MinusOneToOne => (-5..=5)
                .map(|n| format!("{:.1}", f64::from(n) / 5.0))
                .collect(),
            Self::Classes | Self::Steps => values.iter().map(|&value| short(value)).collect(),
            Self::Range => {
                let (Some(&min), Some(&max)) = (values.first(), values.last()) else {
                    return Vec::new();
                };
                let edge = |n: usize| short(min + (max - min) * n as f32 / BINS as f32);
                let name = |n| format!("{} to {}", edge(n), edge(n + 1));
                (0..BINS).map(name).collect()
            }
        }
    }

    /// The bin of a label.
    fn place(self, label: f32, values: &[f32]) -> usize {
        match self {
            Self::MinusThreeToThree => (label.round_ties_even() + 3.0) as usize,
            Self::MinusOneToOne => ((5.0 * label).round() + 5.0) as usize,
            Self::Classes | Self::Steps => values.partition_point(|&value| value < label),
            Self::Range => {
                let (min, max) = (values[0], values[values.len() - 1]);
                let part = (label - min) / (max - min);
                ((BINS as f32 * part) as usize).min(BINS - 1)
            }
        }
    }
}

/// A number with at most two decimals, without trailing zeros.
fn short(value: f32) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match text {
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(labels: &[f32]) -> LabelReport {
        let labels: Vec<(Split, f32)> = labels.iter().map(|&label| (Split::Train, label)).collect();
        LabelReport::of(&labels)
    }

    fn counts(report: &LabelReport) -> Vec<usize> {
        report.bins.iter().map(|bin| bin.counts[0]).collect()
    }

    #[test]
    fn sentiment_has_seven_bins() {
        let report = report(&[-3.0, -2.6, 0.2, 0.5, 1.5, 3.0]);
        assert_eq!(report.scale, Scale::MinusThreeToThree);
        // Halves are rounded to the even number.
        assert_eq!(counts(&report), [2, 0, 0, 2, 0, 1, 1]);
        assert!(!report.look_like_classes);
    }

    #[test]
    fn classes_have_a_bin_each() {
        let report = report(&[0.0, 1.0, 1.0]);
        assert_eq!(report.scale, Scale::Classes);
        assert_eq!(counts(&report), [1, 2]);
        assert!(report.look_like_classes);
    }

    #[test]
    fn fifths_from_minus_one_to_one() {
        let report = report(&[-1.0, -0.8, 0.6, 1.0]);
        assert_eq!(report.scale, Scale::MinusOneToOne);
        assert_eq!(counts(&report), [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
        assert_eq!(report.bins[1].name, "-0.8");
        // Labels below -1 are in no bin of it.
        let below: Vec<f32> = (-20..=4).map(|n| n as f32 / 5.0).collect();
        assert_eq!(self::report(&below).scale, Scale::Range);
    }

    #[test]
    fn few_values_are_steps_and_many_a_range() {
        let steps = report(&[1.0, 1.5, 5.0]);
        assert_eq!((steps.scale, counts(&steps)), (Scale::Steps, vec![1, 1, 1]));
        let many: Vec<f32> = (0..=80).map(|n| n as f32 / 8.0).collect();
        let range = report(&many);
        assert_eq!(range.scale, Scale::Range);
        assert_eq!(counts(&range), [10, 10, 10, 10, 10, 10, 10, 11]);
        assert_eq!(range.bins[7].name, "8.75 to 10");
    }

    #[test]
    fn labels_that_are_not_finite_are_counted() {
        let report = report(&[f32::NAN, f32::INFINITY, 0.0, 2.0]);
        let split = report.splits[0];
        assert_eq!((split.non_finite, split.zero, split.positive), (2, 1, 1));
        assert_eq!((split.mean, split.zero_share), (Some(1.0), 0.25));
        assert!(super::LabelReport::of(&[]).bins.is_empty());
        assert_eq!(self::report(&[f32::NAN]).splits[0].min, None);
    }
}

//! Labels of each modality, generated from where its features lie.

mod rows;

use crate::{Modality, PerModality, Presence};
pub use rows::{Centres, FeatureRows};

/// Added to the lean of all modalities before it divides, whatever its sign, as in MMSA.
const EPSILON: f64 = 1e-8;

/// A label of each modality for every utterance of the train split, which begins as the label of the
/// utterance and moves with the features of the modality.
///
/// With `d+` and `d-` the distances of an utterance's features to the mean of the positive and of the
/// negative utterances, and `lean = (d- - d+) / (d+ + 1e-8)`, of modality s and of all together (f):
///
/// `new = 1/2 lean_s / (lean_f + 1e-8) y + 1/2 (y + lean_s - lean_f)`, cut to `[-bound, bound]`, and
/// `y_s <- (n - 1) / (n + 1) y_s + 2 / (n + 1) new` in epoch n.
///
/// An utterance's side is decided by the modality's own label. All features are 0 until they are seen.
/// The labels are a function of what was given to [`Self::learn`], in its order.
///
/// - Source: Self-MM (Yu et al. 2021), unimodal label generation module; MMSA's class `SELF_MM`.
/// - Differs: a new label that is not a number leaves the old one, as where a side has no utterance;
///   in MMSA, the label is lost.
/// - Differs: the features of a modality are its projected vector, from which its linear head predicts; in MMSA, they
///   are the hidden layer of a head of three layers.
/// - Differs: an utterance that lacks a modality keeps the label and the features of it, and is in no centre
///   of it if it always does ([`Self::with_presence`]).
#[derive(Clone, Debug, PartialEq)]
pub struct GeneratedLabels {
    bound: f64,
    exclude_zero: bool,
    targets: Vec<f64>,
    fused: FeatureRows,
    alone: PerModality<Generated>,
    /// Which modalities each utterance can have; `None`: all.
    presence: Option<Presence>,
}

/// The state of one modality: a label and a vector for every utterance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generated {
    /// One label per utterance.
    pub labels: Vec<f64>,
    /// One vector per utterance; without width until the first batch.
    pub features: FeatureRows,
}

/// The centres of all modalities together and of each alone.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelCentres {
    /// Of the hidden layer of the fusion.
    pub fused: Centres,
    /// Of the features of each modality.
    pub alone: PerModality<Centres>,
}

/// What the model has computed from a batch of the train split.
#[derive(Clone, Debug, PartialEq)]
pub struct HiddenBatch {
    /// The index of each row's utterance in the split.
    pub places: Vec<usize>,
    /// The hidden layer of the fusion.
    pub fused: FeatureRows,
    /// The features that each modality predicts from; `None` if it is not in use.
    pub alone: PerModality<Option<FeatureRows>>,
    /// Which modalities each utterance has; `None`: all.
    pub presence: Option<Presence>,
}

impl GeneratedLabels {
    /// The labels of utterances with `targets`: those of every modality begin as the targets.
    pub fn new(targets: &[f32], bound: f64, exclude_zero: bool) -> Self {
        let targets: Vec<f64> = targets.iter().copied().map(f64::from).collect();
        Self {
            bound,
            exclude_zero,
            alone: PerModality::from_fn(|_| Generated {
                labels: targets.clone(),
                features: FeatureRows::default(),
            }),
            targets,
            fused: FeatureRows::default(),
            presence: None,
        }
    }

    /// The same with the modalities that each utterance can have; `None`: all of them. The features of the
    /// others stay 0 for ever, and are in no centre.
    ///
    /// # Panics
    ///
    /// Panics if there are more or fewer utterances.
    #[must_use]
    pub fn with_presence(mut self, presence: Option<Presence>) -> Self {
        if let Some(presence) = &presence {
            assert_eq!(presence.batch(), self.targets.len(), "flags of presence");
        }
        self.presence = presence;
        self
    }

    /// The label of each utterance by `modality`.
    pub fn labels(&self, modality: Modality) -> &[f64] {
        &self.alone.get(modality).labels
    }

    /// Learns from a batch of epoch number `epoch`, from 1: from the second epoch on, the labels of its
    /// utterances change, by the centres of what was known before; then its features are known.
    ///
    /// # Panics
    ///
    /// Panics if a place is beyond the last utterance, or if features change their size.
    pub fn learn(&mut self, epoch: usize, batch: &HiddenBatch) {
        if epoch > 1 {
            self.move_labels(epoch, batch);
        }
        let count = self.targets.len();
        for (row, &place) in batch.places.iter().enumerate() {
            self.fused.put(place, count, batch.fused.row(row));
            for modality in Modality::ALL {
                if let Some(features) = batch.of(row, modality) {
                    let known = &mut self.alone.get_mut(modality).features;
                    known.put(place, count, features);
                }
            }
        }
    }

    fn move_labels(&mut self, epoch: usize, batch: &HiddenBatch) {
        let centres = self.centres();
        for (row, &place) in batch.places.iter().enumerate() {
            let Some(all) = centres.fused.lean(batch.fused.row(row)) else {
                return;
            };
            for modality in Modality::ALL {
                let features = batch.of(row, modality);
                let lean = features.and_then(|row| centres.alone.get(modality).lean(row));
                let new = lean.and_then(|own| self.new_label(self.targets[place], own, all));
                if let Some(new) = new {
                    let label = &mut self.alone.get_mut(modality).labels[place];
                    let n = epoch as f64;
                    *label = (n - 1.0) / (n + 1.0) * *label + 2.0 / (n + 1.0) * new;
                }
            }
        }
    }

    /// `None` if it is not a number.
    fn new_label(&self, target: f64, own: f64, all: f64) -> Option<f64> {
        let ratio = own / (all + EPSILON);
        let label = 0.5 * ratio * target + 0.5 * (target + own - all);
        (!label.is_nan()).then(|| label.clamp(-self.bound, self.bound))
    }

    /// The centres of everything known.
    pub fn centres(&self) -> LabelCentres {
        let exclude_zero = self.exclude_zero;
        LabelCentres {
            fused: (self.fused).centres(&self.targets, exclude_zero, |_| true),
            alone: PerModality::from_fn(|modality| {
                let known = self.alone.get(modality);
                let presence = self.presence.as_ref();
                let has = |place| presence.is_none_or(|presence| presence.has(place, modality));
                known.features.centres(&known.labels, exclude_zero, has)
            }),
        }
    }

    /// The hidden layer of the fusion of every utterance, and the state of each modality: all that has
    /// been learned.
    pub fn state(&self) -> (&FeatureRows, &PerModality<Generated>) {
        (&self.fused, &self.alone)
    }

    /// Continues from what [`Self::state`] gave, which does not say what utterances can have
    /// ([`Self::with_presence`]).
    ///
    /// # Panics
    ///
    /// Panics if a modality has another number of labels than there are utterances.
    pub fn restore(&mut self, fused: FeatureRows, alone: PerModality<Generated>) {
        for modality in Modality::ALL {
            let labels = alone.get(modality).labels.len();
            assert_eq!(labels, self.targets.len(), "labels of {modality}");
        }
        (self.fused, self.alone) = (fused, alone);
    }
}

impl HiddenBatch {
    /// The features of one utterance, if it has the modality.
    fn of(&self, row: usize, modality: Modality) -> Option<&[f32]> {
        let has = |presence: &Presence| presence.has(row, modality);
        let features = self.alone.get(modality).as_ref()?;
        (self.presence.as_ref())
            .is_none_or(has)
            .then(|| features.row(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two utterances of one number each; text is not in use.
    fn batch(fused: [f32; 2], own: [f32; 2]) -> HiddenBatch {
        let rows = |values: [f32; 2]| FeatureRows::new(1, values.to_vec());
        HiddenBatch {
            places: vec![1, 0],
            fused: rows(fused),
            alone: PerModality {
                text: None,
                visual: Some(rows(own)),
                acoustic: Some(rows(own)),
            },
            presence: None,
        }
    }

    fn known() -> GeneratedLabels {
        let mut labels = GeneratedLabels::new(&[2.0, -1.0], 3.0, false);
        labels.learn(1, &batch([-1.0, 1.0], [-1.0, 3.0]));
        labels
    }

    /// By hand, of utterance 0: fused features 0.5 between centres 1 and -1 lean by 2, own ones 1
    /// between 3 and -1 by 0. New: 0 + (2 + 0 - 2) / 2 = 0, of which the second epoch takes 2/3.
    #[test]
    fn labels_move_from_the_second_epoch_on() {
        let mut labels = known();
        assert_eq!(labels.labels(Modality::Visual), [2.0, -1.0]);
        labels.learn(2, &batch([0.0, 0.5], [0.0, 1.0]));
        let label = labels.labels(Modality::Visual)[0];
        assert!((label - 2.0 / 3.0).abs() < 1e-7, "{label}");
        assert_eq!(labels.labels(Modality::Text), [2.0, -1.0]);
    }

    /// The fused features of utterance 1 are in the middle, so that its ratio explodes.
    #[test]
    fn the_bound_cuts_a_ratio_that_explodes() {
        let mut labels = known();
        labels.learn(2, &batch([0.0, 1.0], [2.0, 3.0]));
        let label = labels.labels(Modality::Visual)[1];
        assert!((label - (-1.0 / 3.0 - 2.0)).abs() < 1e-12, "{label}");
    }

    #[test]
    fn an_utterance_without_a_modality_keeps_its_label_and_features() {
        let mut labels = known();
        let before = labels.clone();
        let presence = Presence::new(PerModality {
            text: vec![true; 2],
            visual: vec![false; 2],
            acoustic: vec![true; 2],
        });
        let without = HiddenBatch {
            presence: Some(presence.unwrap()),
            ..batch([0.0, 0.5], [0.0, 1.0])
        };
        labels.learn(2, &without);
        assert_eq!(labels.alone.visual, before.alone.visual);
        assert_ne!(labels.alone.acoustic, before.alone.acoustic);
    }

    /// By hand, of the two positive utterances: 5 and 1 in the fusion, 9 and 1 in text; of visual, the second
    /// has 1, and the first keeps 0.
    #[test]
    fn an_utterance_that_never_has_a_modality_is_in_no_centre_of_it() {
        let presence = Presence::new(PerModality {
            text: vec![true; 3],
            visual: vec![false, true, true],
            acoustic: vec![true; 3],
        });
        let presence = presence.unwrap();
        let rows = |values: [f32; 3]| FeatureRows::new(1, values.to_vec());
        let batch = HiddenBatch {
            places: vec![0, 1, 2],
            fused: rows([5.0, 1.0, -1.0]),
            alone: PerModality::from_fn(|_| Some(rows([9.0, 1.0, 3.0]))),
            presence: Some(presence.clone()),
        };
        let positive = |presence| {
            let labels = GeneratedLabels::new(&[2.0, 1.0, -1.0], 3.0, false);
            let mut labels = labels.with_presence(presence);
            labels.learn(1, &batch);
            let centres = labels.centres();
            let alone = centres.alone;
            [centres.fused, alone.text, alone.visual].map(|centres| centres.positive)
        };
        let of = |values: [f64; 3]| values.map(|value| Some(vec![value]));
        assert_eq!(positive(Some(presence.clone())), of([3.0, 5.0, 1.0]));
        // The first may still get it.
        assert_eq!(positive(None), of([3.0, 5.0, 0.5]));
    }

    #[test]
    fn an_empty_side_changes_no_label() {
        let mut labels = GeneratedLabels::new(&[2.0, 1.0], 3.0, false);
        labels.learn(1, &batch([-1.0, 1.0], [-1.0, 3.0]));
        labels.learn(2, &batch([0.0, 0.5], [0.0, 1.0]));
        assert_eq!(labels.labels(Modality::Acoustic), [2.0, 1.0]);
        assert_eq!(labels.alone.acoustic.features.values(), [1.0, 0.0]);
    }

    #[test]
    fn a_restored_state_goes_on_as_before() {
        let mut labels = known();
        let (fused, alone) = labels.state();
        let (fused, alone) = (fused.clone(), alone.clone());
        let mut restored = GeneratedLabels::new(&[2.0, -1.0], 3.0, false);
        restored.restore(fused, alone);
        for labels in [&mut labels, &mut restored] {
            labels.learn(2, &batch([0.0, 0.5], [0.0, 1.0]));
        }
        assert_eq!(restored, labels);
    }
}

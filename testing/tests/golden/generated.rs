//! Labels that are generated for each modality, compared with MMSA's class `SELF_MM`.

use crate::parts::device;
use crate::tensors::{assert_within, host};
use burn::prelude::*;
use burn::tensor::{DType, TensorData};
use misa_core::loss::{
    Centres, DivergenceLoss, FeatureRows, GeneratedLabels, HiddenBatch, Regression,
};
use misa_core::{Modality, PerModality};
use misa_testing::{Tensors, Trial, case, golden, json};
use serde_json::Value;

/// In the order of the files, with their names.
const HEADS: [(&str, Option<Modality>); 4] = [
    ("fusion", None),
    ("text", Some(Modality::Text)),
    ("audio", Some(Modality::Acoustic)),
    ("vision", Some(Modality::Visual)),
];

/// Of labels, losses and centres.
const TOLERANCE: f64 = 1e-12;

pub fn cases() -> Vec<Trial> {
    let cases = json(&golden("ulgm").join("ulgm.json"));
    let cases = cases.as_object().unwrap().iter();
    let of_case = |(name, settings): (&String, &Value)| {
        let (key, settings) = (name.clone(), settings.clone());
        case(&format!("ulgm::{name}"), move || {
            Case::new(key, settings).check();
        })
    };
    cases.map(of_case).collect()
}

struct Case {
    name: String,
    settings: Value,
    tensors: Tensors,
    /// `skip` where a side is empty in the original, otherwise `orig`.
    rule: &'static str,
    labels: GeneratedLabels,
    targets: Vec<f64>,
}

impl Case {
    fn new(name: String, settings: Value) -> Self {
        let tensors = Tensors::read(&golden("ulgm").join("ulgm.safetensors"));
        let targets = tensors.floats(&format!("{name}.labels"));
        let singles: Vec<f32> = targets.iter().map(|&label| label as f32).collect();
        let bound = settings["H"].as_f64().unwrap();
        let exclude_zero = settings["exclude_zero"].as_bool().unwrap();
        let skips = settings.get("losses_skip").is_some();
        Self {
            labels: GeneratedLabels::new(&singles, bound, exclude_zero),
            rule: ["orig", "skip"][usize::from(skips)],
            name,
            settings,
            tensors,
            targets,
        }
    }

    fn check(mut self) {
        let key = ["losses", "losses_skip"][usize::from(self.rule == "skip")];
        let losses = self.settings[key].as_array().unwrap().clone();
        let mut losses = losses.iter();
        let order = self.settings["order"].as_array().unwrap().clone();
        assert_eq!(order.len(), 3, "epochs");
        for (epoch, batches) in (1..).zip(&order) {
            for (index, places) in batches.as_array().unwrap().iter().enumerate() {
                let places = places.as_array().unwrap().iter();
                let places: Vec<usize> = places.map(|x| x.as_u64().unwrap() as usize).collect();
                self.check_losses(epoch, &places, losses.next().unwrap());
                self.check_gradients(epoch, index, &places);
                self.labels.learn(epoch, &self.batch(epoch, places));
                self.check_labels(epoch, index);
                self.check_centres(epoch, index);
                self.check_features(epoch, index);
            }
        }
        assert!(losses.next().is_none(), "losses of more batches");
    }

    /// What a network computes of a batch.
    fn batch(&self, epoch: usize, places: Vec<usize>) -> HiddenBatch {
        let rows = |head: &str| {
            let rows = self.tensors.rows(&self.key(epoch, "feature", head));
            let values = places.iter().flat_map(|&place| &rows[place]);
            FeatureRows::new(rows[0].len(), values.map(|&value| value as f32).collect())
        };
        HiddenBatch {
            fused: rows("fusion"),
            alone: PerModality::from_fn(|modality| Some(rows(name_of(modality)))),
            presence: None,
            places,
        }
    }

    fn key(&self, epoch: usize, what: &str, head: &str) -> String {
        format!("{}.in.e{epoch}.{what}.{head}", self.name)
    }

    /// The labels by a head as they are now.
    fn labels_of(&self, head: Option<Modality>) -> &[f64] {
        head.map_or(&self.targets[..], |modality| self.labels.labels(modality))
    }

    /// The loss of each head, and its predictions.
    fn losses(&self, epoch: usize, places: &[usize], dtype: DType) -> Vec<(Tensor<2>, Tensor<1>)> {
        let device = device();
        let column = |values: &[f64]| {
            let values: Vec<f64> = places.iter().map(|&place| values[place]).collect();
            let data = TensorData::new(values, [places.len(), 1]).convert_dtype(dtype);
            Tensor::<2>::from_data(data, (&device, dtype))
        };
        let of_head = |(name, head): (&str, Option<Modality>)| {
            let predictions = self.tensors.floats(&self.key(epoch, "pred", name));
            let predictions = column(&predictions).require_grad();
            let targets = column(&self.targets);
            let own = column(self.labels_of(head));
            let regression = Regression::Absolute;
            let loss = match head {
                None => regression.forward(predictions.clone(), own),
                Some(_) => DivergenceLoss { regression }.forward(predictions.clone(), own, targets),
            };
            (predictions, loss)
        };
        HEADS.map(of_head).into()
    }

    fn check_losses(&self, epoch: usize, places: &[usize], expected: &Value) {
        let losses = self.losses(epoch, places, DType::F64);
        let mut losses: Vec<f64> = losses.iter().map(|(_, loss)| host(loss)[0]).collect();
        losses.push(losses.iter().sum());
        let names = HEADS.map(|(name, _)| name).into_iter().chain(["total"]);
        let expected: Vec<f64> = names.map(|name| expected[name].as_f64().unwrap()).collect();
        let what = format!("{}: losses of epoch {epoch}", self.name);
        assert_within(&what, &losses, &expected, |_| TOLERANCE);
    }

    fn check_gradients(&self, epoch: usize, index: usize, places: &[usize]) {
        let losses = self.losses(epoch, places, DType::F32);
        let total = losses.iter().map(|(_, loss)| loss.clone());
        let gradients = total.reduce(|sum, loss| sum + loss).unwrap().backward();
        let of = |predictions: &Tensor<2>| host(&predictions.grad(&gradients).unwrap());
        let found = losses.iter().flat_map(|(predictions, _)| of(predictions));
        let what = format!("{}.{}.e{epoch}.b{index}.grad", self.name, self.rule);
        let expected = self.tensors.floats(&what);
        assert_within(&what, &found.collect::<Vec<_>>(), &expected, |_| 2e-5);
    }

    /// The values stored for batch number `index`.
    fn stored(&self, rule: &str, epoch: usize, index: usize, what: &str) -> Vec<f64> {
        let stored = self
            .tensors
            .get(&format!("{}.{rule}.e{epoch}.{what}", self.name));
        let size = stored.values.len() / stored.shape[0];
        stored.values[index * size..][..size].to_vec()
    }

    fn check_labels(&self, epoch: usize, index: usize) {
        let labels = HEADS.iter().flat_map(|(_, head)| self.labels_of(*head));
        let expected = self.stored(self.rule, epoch, index, "labels");
        let what = format!("{}: labels after batch {index} of epoch {epoch}", self.name);
        let found: Vec<f64> = labels.copied().collect();
        assert_within(&what, &found, &expected, |_| TOLERANCE);
    }

    fn check_centres(&self, epoch: usize, index: usize) {
        let centres = self.labels.centres();
        for (name, head) in HEADS {
            let Centres { positive, negative } =
                head.map_or(&centres.fused, |modality| centres.alone.get(modality));
            let expected = self.stored(self.rule, epoch, index, &format!("centre.{name}"));
            let sides = expected
                .chunks(expected.len() / 2)
                .zip([positive, negative]);
            for (expected, found) in sides {
                let what = format!("{}: centre of {name} in epoch {epoch}", self.name);
                match found {
                    Some(found) => assert_within(&what, found, expected, |_| TOLERANCE),
                    None => assert!(expected.iter().all(|x| x.is_nan()), "{what}: none"),
                }
            }
        }
    }

    /// They are the same by both rules.
    fn check_features(&self, epoch: usize, index: usize) {
        let (fused, alone) = self.labels.state();
        for (name, head) in HEADS {
            let known = head.map_or(fused, |modality| &alone.get(modality).features);
            let known: Vec<f64> = known.values().iter().copied().map(f64::from).collect();
            let expected = self.stored("orig", epoch, index, &format!("feature.{name}"));
            assert_eq!(known, expected, "{}: features of {name}", self.name);
        }
    }
}

fn name_of(modality: Modality) -> &'static str {
    let heads = HEADS.iter();
    let mut named = heads.filter(|(_, head)| *head == Some(modality));
    named.next().unwrap().0
}

//! How many parameters of a model are trained.

use super::Misa;
use crate::official::official;
use burn::module::{ModuleVisitor, Param};
use burn::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Number of parameters of a part of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterCount {
    /// The part in words, such as `BERT's layers 1-9`.
    pub part: String,
    /// Parameters that are trained.
    pub trained: usize,
    /// Parameters that keep their values.
    pub frozen: usize,
}

/// A part of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Embeddings,
    /// A layer of BERT, from 1.
    Layer(usize),
    Pooler,
    Words,
    Misa,
}

impl Misa {
    /// The parameters of each part of the model. BERT's pooler counts as frozen: nothing uses it.
    ///
    /// The model must be on a device with gradients; on others, nothing is trained.
    pub fn parameter_counts(&self) -> Vec<ParameterCount> {
        let mut counter = Counter::default();
        self.visit(&mut counter);
        let counts = counter.counts.into_iter();
        let mut groups: Vec<(Part, Part, [usize; 2])> = Vec::new();
        for (part, [trained, frozen]) in counts {
            match groups.last_mut() {
                // Layers that are equally trained are one part.
                Some((_, last @ Part::Layer(_), sums))
                    if matches!(part, Part::Layer(_)) && (sums[0] > 0) == (trained > 0) =>
                {
                    *last = part;
                    *sums = [sums[0] + trained, sums[1] + frozen];
                }
                _ => groups.push((part, part, [trained, frozen])),
            }
        }
        let count = |(first, last, [trained, frozen]): (Part, Part, [usize; 2])| ParameterCount {
            part: name(first, last),
            trained,
            frozen,
        };
        groups.into_iter().map(count).collect()
    }
}

/// The parts from `first` to `last` in words.
fn name(first: Part, last: Part) -> String {
    match (first, last) {
        (Part::Layer(first), Part::Layer(last)) if first < last => {
            format!("BERT's layers {first}-{last}")
        }
        (Part::Layer(number), _) => format!("BERT's layer {number}"),
        (Part::Embeddings, _) => "BERT's embeddings".to_string(),
        (Part::Pooler, _) => "BERT's pooler, which is not used".to_string(),
        (Part::Words, _) => "word vectors".to_string(),
        (Part::Misa, _) => "the rest of MISA".to_string(),
    }
}

/// The part that a parameter belongs to, by its official name.
fn part(name: &str) -> Part {
    let Some(bert) = name.strip_prefix("bertmodel.") else {
        return if name == "embed.weight" {
            Part::Words
        } else {
            Part::Misa
        };
    };
    let layer = bert.strip_prefix("encoder.layer.");
    let number = layer.and_then(|layer| layer.split('.').next()?.parse().ok());
    match number {
        Some(number) => Part::Layer(1_usize.saturating_add(number)),
        None if bert.starts_with("pooler.") => Part::Pooler,
        None => Part::Embeddings,
    }
}

/// Trained and frozen parameters of each part.
#[derive(Default)]
struct Counter {
    path: Vec<String>,
    counts: BTreeMap<Part, [usize; 2]>,
}

impl ModuleVisitor for Counter {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let part = part(&official(&self.path).name);
        let is_trained = value.is_require_grad() && part != Part::Pooler;
        let counts = self.counts.entry(part).or_default();
        counts[usize::from(!is_trained)] += value.shape().num_elements();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::bert::BertFreezing;
    use crate::testing::device;
    use crate::{MisaConfig, TextSize};
    use misa_terms::{BertConfig, FeatureSizes};

    fn counts(text: TextSize, freezing: BertFreezing) -> Vec<(String, usize, usize)> {
        let sizes = FeatureSizes {
            text,
            visual: 2,
            acoustic: 3,
        };
        let config = MisaConfig::new(sizes).with_d_hidden(4).with_d_embedding(2);
        let model = config
            .with_bert_freezing(freezing)
            .init(&device().autodiff());
        let counts = model.parameter_counts();
        let total: usize = counts.iter().map(|part| part.trained + part.frozen).sum();
        assert_eq!(total, model.num_params());
        let counts = counts.into_iter();
        counts
            .map(|part| (part.part, part.trained, part.frozen))
            .collect()
    }

    /// Sizes by hand: with `d` features, a layer has `4 d (d + 1)` parameters in its attention,
    /// `2 d f + d + f` in its two linear layers and `4 d` in its norms; the embeddings have
    /// `(vocabulary + positions + types + 2) d`, the pooler `d (d + 1)`.
    #[test]
    fn what_is_frozen_is_counted_by_parts() {
        let bert = BertConfig {
            vocabulary: 7,
            d_model: 4,
            n_layers: 3,
            n_heads: 2,
            d_feed_forward: 5,
            positions: 6,
            ..BertConfig::BASE
        };
        let (layer, embeddings, pooler) = (80 + 49 + 16, (7 + 6 + 2 + 2) * 4, 20);
        let counted = |freezing| {
            let mut counts = counts(TextSize::Bert(bert), freezing);
            let (rest, trained, frozen) = counts.pop().unwrap();
            assert_eq!((rest.as_str(), frozen), ("the rest of MISA", 0));
            assert!(trained > 0);
            counts
        };
        let part = |name: &str, trained, frozen| (name.to_string(), trained, frozen);
        let pooler = part("BERT's pooler, which is not used", 0, pooler);
        assert_eq!(
            counted(BertFreezing::Layers(2)),
            [
                part("BERT's embeddings", embeddings, 0),
                part("BERT's layers 1-2", 0, 2 * layer),
                part("BERT's layer 3", layer, 0),
                pooler.clone(),
            ]
        );
        assert_eq!(
            counted(BertFreezing::All),
            [
                part("BERT's embeddings", 0, embeddings),
                part("BERT's layers 1-3", 0, 3 * layer),
                pooler,
            ]
        );
    }

    #[test]
    fn word_vectors_are_a_part() {
        let text = TextSize::Words { vocabulary: 9 };
        let counts = counts(text, BertFreezing::None);
        assert_eq!(counts[0], ("word vectors".to_string(), 18, 0));
    }
}

//! Number of parameters of every published configuration, and of the parts that make it up.

use crate::common::device;
use burn::module::{ModuleVisitor, Param};
use burn::prelude::*;
use misa_core::encoder::RecurrentConfig;
use misa_core::encoder::bert::{BertConfig, BertFreezing};
use misa_core::{CellKind, FeatureSizes, MisaConfig, Task, TextSize};

/// Word vectors of 3,000 words and the text recurrence over them.
const WORDS: usize = 900_000 + 3_609_600;
/// The projection of 1,200 encoded text features in place of BERT's 768.
const WIDER_PROJECTION: usize = 153_984 - 98_688;

fn config(visual: usize, acoustic: usize) -> MisaConfig {
    MisaConfig::new(FeatureSizes {
        text: TextSize::Words { vocabulary: 3_000 },
        visual,
        acoustic,
    })
    .with_subspace_discriminator(true)
}

fn count(config: &MisaConfig) -> usize {
    config.init(&device()).num_params()
}

/// The specification counts without BERT; here text is read from word vectors instead.
#[test]
fn published_data_sets() {
    for (name, visual, acoustic, without_text) in [
        ("MOSI", 47, 74, 1_479_169),
        ("MOSEI", 35, 74, 1_433_233),
        // MMSA's port also holds a norm that nothing uses, of BERT's width in place of GloVe's.
        ("MOSI as distributed with MMSA", 20, 5, 1_138_033 - 1_872),
        ("MOSEI as distributed with MMSA", 35, 74, 1_435_105 - 1_872),
    ] {
        let found = count(&config(visual, acoustic));
        assert_eq!(found, without_text + WORDS + WIDER_PROJECTION, "{name}");
    }
}

/// A layer norm of text steps that the official code builds and BERT does not use.
const UNUSED_NORM: usize = 1_200;
/// `bert-base-uncased`, pooler included.
const BERT: usize = 109_482_240;
/// Nine layers of it.
const NINE_LAYERS: usize = 9 * 7_087_872;

/// Counts parameters that are trained.
#[derive(Default)]
struct Trained(usize);

impl ModuleVisitor for Trained {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        if parameter.val().is_require_grad() {
            self.0 += parameter.val().shape().num_elements();
        }
    }
}

#[test]
fn bert_is_counted_and_frozen_by_the_rule_of_mosei() {
    let mut config = config(35, 74).with_bert_freezing(BertFreezing::Layers(9));
    config.sizes.text = TextSize::Bert(BertConfig::BASE);
    let model = config.init(&device().autodiff());
    let expected = 1_433_233 - UNUSED_NORM + BERT;
    assert_eq!(model.num_params(), expected);
    let mut trained = Trained::default();
    model.visit(&mut trained);
    assert_eq!(trained.0, expected - NINE_LAYERS);
}

#[test]
fn ur_funny_predicts_two_classes() {
    let config = config(75, 81).with_task(Task::Classification { classes: 2 });
    assert_eq!(count(&config), 1_678_774 + WORDS + WIDER_PROJECTION);
}

#[test]
fn an_adversary_adds_its_own() {
    let config = config(47, 74);
    assert_eq!(count(&config), 6_044_065);
    assert_eq!(count(&config.with_adversary(true)), 6_044_065 + 16_899);
}

#[test]
fn recurrent_layers() {
    for (d_input, d_hidden, expected) in [
        (47, 47, 36_096),
        (94, 47, 53_768),
        (74, 74, 88_800),
        (148, 74, 132_608),
        (81, 81, 106_272),
        (162, 81, 158_760),
    ] {
        let layer = RecurrentConfig::new(d_input, d_hidden).init(&device());
        assert_eq!(layer.num_params(), expected);
    }
}

#[test]
fn a_gated_unit_has_three_gates_of_four() {
    let lstm = RecurrentConfig::new(6, 5).init(&device());
    let gru = RecurrentConfig::new(6, 5).with_cell(CellKind::Gru);
    assert_eq!(4 * gru.init(&device()).num_params(), 3 * lstm.num_params());
}

#[test]
fn sizes_beyond_reason_are_refused() {
    for config in [
        config(usize::MAX, 74),
        config(47, 0),
        config(47, 74).with_d_embedding(usize::MAX),
        config(47, 74).with_d_hidden(7),
    ] {
        assert!(config.validate().is_err());
    }
}

#[test]
fn a_classification_has_at_least_two_classes() {
    let validate = |classes| {
        let config = config(47, 74).with_task(Task::Classification { classes });
        config.validate().map_err(|error| error.to_string())
    };
    assert_eq!(validate(2), Ok(()));
    for classes in [0, 1, usize::MAX] {
        let error = validate(classes).unwrap_err();
        assert!(
            error.starts_with("classes must be in [2, 16777216], got "),
            "{error}"
        );
    }
}

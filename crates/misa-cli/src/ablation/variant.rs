//! Variants of MISA.

use misa_core::{Modalities, Modality};
use misa_train::Preset;

/// A variant of MISA: its name, and what it sets.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// Name in the table.
    pub name: &'static str,
    /// Heading in the table: parts of MISA, other fusions, remedies, presets.
    pub group: &'static str,
    /// Settings as the command line takes them.
    pub settings: &'static [&'static str],
    /// Settings that it shares with other variants.
    pub common: &'static [&'static str],
    /// A modality that is switched off.
    pub without: Option<Modality>,
    /// A preset instead of that of the other variants.
    pub preset: Option<Preset>,
}

impl Variant {
    /// Whether it is MISA itself.
    pub fn is_baseline(&self) -> bool {
        let sets_nothing = self.settings.is_empty() && self.common.is_empty();
        sets_nothing && self.without.is_none() && self.preset.is_none()
    }

    /// What it sets on top of runs that use `modalities`, as `KEY=VALUE`; nothing if the modality
    /// it switches off is not in use, or is the only one.
    pub fn settings_for(&self, modalities: Modalities) -> Option<Vec<String>> {
        let preset = self.preset.map(|preset| format!("preset={preset}"));
        let settings = self.common.iter().chain(self.settings);
        let mut texts: Vec<String> = preset
            .into_iter()
            .chain(settings.map(ToString::to_string))
            .collect();
        if let Some(without) = self.without {
            let others = modalities.iter().filter(|&used| used != without);
            let others: Vec<String> = others.map(|used| format!("\"{used}\"")).collect();
            if others.is_empty() || others.len() == modalities.count() {
                return None;
            }
            texts.push(format!("training.modalities=[{}]", others.join(",")));
            if without == Modality::Text {
                // Nothing reads word vectors or a BERT then.
                texts.extend(["training.glove=none", "training.bert=none"].map(String::from));
            }
        }
        Some(texts)
    }

    /// Name of the folder for its runs.
    pub fn folder(&self) -> String {
        let kept = |letter: char| {
            if letter.is_alphanumeric() || letter == '+' {
                letter
            } else {
                '-'
            }
        };
        self.name.chars().map(kept).collect()
    }
}

const fn variant(
    group: &'static str,
    name: &'static str,
    settings: &'static [&'static str],
) -> Variant {
    Variant {
        name,
        group,
        settings,
        common: &[],
        without: None,
        preset: None,
    }
}

const fn without_subspaces(
    group: &'static str,
    name: &'static str,
    settings: &'static [&'static str],
) -> Variant {
    Variant {
        common: NO_SUBSPACES,
        ..variant(group, name, settings)
    }
}

const fn without(name: &'static str, modality: Modality) -> Variant {
    Variant {
        without: Some(modality),
        ..variant(PARTS, name, &[])
    }
}

const NO_SIMILARITY: &str = "training.loss.similarity_weight=0";
const NO_DIFFERENCE: &str = "training.loss.difference_weight=0";
const NO_RECONSTRUCTION: &str = "training.loss.reconstruction_weight=0";
/// No subspaces, and so none of their losses.
const NO_SUBSPACES: &[&str] = &[
    "training.representations=projected",
    NO_SIMILARITY,
    NO_DIFFERENCE,
    NO_RECONSTRUCTION,
];
const SHARED: &str = "training.representations=shared";
const PRIVATE: &str = "training.representations=private";

/// Parts of MISA and other fusions.
const PARTS: &str = "parts of MISA";
const FUSIONS: &str = "other fusions";
const REMEDIES: &str = "remedies";

/// Every variant, MISA first.
///
/// The parts are those of the paper's ablation: without a modality or a loss; base (no subspaces),
/// inv (invariant encoders only), sFusion and iFusion (private and shared vectors alone in the
/// fusion, all losses kept). DSN is the domain-separation network: shared vectors alone for the
/// task, made similar by an adversary or by MMD.
pub const VARIANTS: &[Variant] = &[
    variant(PARTS, "MISA", &[]),
    without("without text", Modality::Text),
    without("without visual", Modality::Visual),
    without("without acoustic", Modality::Acoustic),
    variant(PARTS, "without similarity", &[NO_SIMILARITY]),
    variant(PARTS, "without difference", &[NO_DIFFERENCE]),
    variant(PARTS, "without reconstruction", &[NO_RECONSTRUCTION]),
    without_subspaces(PARTS, "base", &[]),
    variant(PARTS, "inv", &[SHARED, NO_DIFFERENCE, NO_RECONSTRUCTION]),
    variant(PARTS, "sFusion", &[PRIVATE]),
    variant(PARTS, "iFusion", &[SHARED]),
    variant(
        FUSIONS,
        "DSN adversary",
        &[
            SHARED,
            "training.fusion=early",
            "training.loss.similarity=adversarial",
        ],
    ),
    variant(
        FUSIONS,
        "DSN MMD",
        &[
            SHARED,
            "training.fusion=early",
            "training.loss.similarity=mmd",
        ],
    ),
    without_subspaces(FUSIONS, "early fusion", &["training.fusion=early"]),
    without_subspaces(FUSIONS, "late fusion", &["training.fusion=late"]),
    without_subspaces(FUSIONS, "TFN", &["training.fusion=tensor"]),
    without_subspaces(FUSIONS, "LMF", &["training.fusion=low_rank"]),
    variant(
        REMEDIES,
        "adversary",
        &["training.loss.similarity=adversarial"],
    ),
    variant(REMEDIES, "MMD", &["training.loss.similarity=mmd"]),
    variant(
        REMEDIES,
        "scaled CMD",
        &["training.loss.similarity=scaled_cmd"],
    ),
    variant(REMEDIES, "CORAL", &["training.loss.similarity=coral"]),
    variant(
        REMEDIES,
        "cosine difference",
        &["training.loss.difference=cosine"],
    ),
    variant(
        REMEDIES,
        "HSIC difference",
        &["training.loss.difference=hsic"],
    ),
    variant(
        REMEDIES,
        "absolute error",
        &["training.loss.regression=absolute"],
    ),
    variant(
        REMEDIES,
        "Huber error",
        &["training.loss.regression={huber={delta=1.0}}"],
    ),
    variant(
        REMEDIES,
        "detached target",
        &["training.loss.detach_target=true"],
    ),
    variant(
        REMEDIES,
        "concatenation",
        &["training.reconstruction=concatenation"],
    ),
    variant(REMEDIES, "cycle", &["training.loss.cycle_weight=0.1"]),
    variant(
        REMEDIES,
        "learned weights",
        &["training.loss.weighting=learned"],
    ),
    variant(REMEDIES, "unimodal heads", &["training.loss.unimodal=on"]),
    variant(REMEDIES, "triplet", &["training.loss.triplet=on"]),
    variant(REMEDIES, "prototype", &["training.loss.prototype=on"]),
    variant(REMEDIES, "contrast", &["training.loss.contrast=on"]),
    variant(
        REMEDIES,
        "mutual attention",
        &["training.mutual_attention=on"],
    ),
    variant(
        REMEDIES,
        "text asks",
        &["training.mutual_attention.directions=\"from_text\""],
    ),
    variant(REMEDIES, "context", &["training.context=on"]),
    variant(
        REMEDIES,
        "modality dropout",
        &["training.modality_dropout=0.2"],
    ),
    variant(REMEDIES, "frame dropout", &["training.frame_dropout=1"]),
    variant(
        REMEDIES,
        "generated labels",
        &[
            "training.loss.unimodal=on",
            "training.loss.unimodal.labels=\"generated\"",
        ],
    ),
    variant(
        REMEDIES,
        "unimodal warm-up",
        &["training.pretraining.unimodal_epochs=2"],
    ),
    variant(
        REMEDIES,
        "hidden steps",
        &["training.pretraining.masked_epochs=2"],
    ),
    Variant {
        preset: Some(Preset::Plus),
        ..variant("presets", "misa+", &[])
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SettingsArguments;
    use crate::command::Setting;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_variants_share_a_name_or_a_folder() {
        let names: BTreeSet<_> = VARIANTS.iter().map(|variant| variant.name).collect();
        let folders: BTreeSet<_> = VARIANTS.iter().map(Variant::folder).collect();
        assert_eq!(
            (names.len(), folders.len()),
            (VARIANTS.len(), VARIANTS.len())
        );
        let baselines = VARIANTS.iter().filter(|variant| variant.is_baseline());
        assert!(baselines.eq([&VARIANTS[0]]));
    }

    #[test]
    fn a_modality_that_is_off_already_makes_no_variant() {
        let two: Modalities = "text,acoustic".parse().unwrap();
        let named = |name| {
            VARIANTS
                .iter()
                .find(|variant| variant.name == name)
                .unwrap()
        };
        assert_eq!(named("without visual").settings_for(two), None);
        let texts = named("without text").settings_for(two).unwrap();
        assert_eq!(
            texts,
            [
                "training.modalities=[\"acoustic\"]",
                "training.glove=none",
                "training.bert=none"
            ]
        );
        assert_eq!(
            named("without text").settings_for("text".parse().unwrap()),
            None
        );
        assert_eq!(named("MISA").settings_for(two), Some(vec![]));
    }

    /// Every setting exists, and the model and its objective can be made of it.
    #[test]
    fn every_variant_can_be_trained() {
        for variant in VARIANTS {
            let texts = variant.settings_for(Modalities::ALL).unwrap();
            let parse = |text: &String| Setting::parse(text, "variant").unwrap();
            let more: Vec<_> = texts.iter().map(parse).collect();
            let resolved = SettingsArguments::default().resolve(&more);
            resolved.unwrap_or_else(|error| panic!("{}: {error}", variant.name));
        }
    }
}

//! Variants of MISA, and the table that compares them.

use misa_core::{Modalities, Modality};
use misa_report::compare::{Comparison, Difference, Group};
use misa_train::{Phase, Preset, Report};
use std::{error::Error, fmt, path::Path};

/// A variant of MISA: what it is called, and what it sets.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// Name in the table.
    pub name: &'static str,
    /// What it is of: the parts of MISA, other fusions, remedies, all of them.
    pub group: &'static str,
    /// Settings as the command line takes them.
    pub settings: &'static [&'static str],
    /// A modality that is switched off.
    pub without: Option<Modality>,
    /// A preset in place of that of the other variants.
    pub preset: Option<Preset>,
}

impl Variant {
    /// Whether it is MISA itself.
    pub fn is_baseline(&self) -> bool {
        self.settings.is_empty() && self.without.is_none() && self.preset.is_none()
    }

    /// Its settings on top of runs that use `modalities`; nothing if it lacks what they lack
    /// already, or would have none left.
    pub fn settings_for(&self, modalities: Modalities) -> Option<Vec<String>> {
        let mut settings: Vec<String> = self.settings.iter().map(ToString::to_string).collect();
        if let Some(without) = self.without {
            let left = modalities.iter().filter(|&used| used != without);
            let left: Vec<String> = left.map(|used| format!("\"{used}\"")).collect();
            if left.is_empty() || left.len() == modalities.count() {
                return None;
            }
            settings.push(format!("training.modalities=[{}]", left.join(",")));
        }
        Some(settings)
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
        without: None,
        preset: None,
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
const PROJECTED: &str = "training.representations=projected";
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
/// task, kept alike by an adversary or by MMD.
pub const VARIANTS: &[Variant] = &[
    variant(PARTS, "MISA", &[]),
    without("without text", Modality::Text),
    without("without visual", Modality::Visual),
    without("without acoustic", Modality::Acoustic),
    variant(PARTS, "without similarity", &[NO_SIMILARITY]),
    variant(PARTS, "without difference", &[NO_DIFFERENCE]),
    variant(PARTS, "without reconstruction", &[NO_RECONSTRUCTION]),
    variant(
        PARTS,
        "base",
        &[PROJECTED, NO_SIMILARITY, NO_DIFFERENCE, NO_RECONSTRUCTION],
    ),
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
    variant(
        FUSIONS,
        "early fusion",
        &[
            "training.fusion=early",
            PROJECTED,
            NO_SIMILARITY,
            NO_DIFFERENCE,
            NO_RECONSTRUCTION,
        ],
    ),
    variant(
        FUSIONS,
        "late fusion",
        &[
            "training.fusion=late",
            PROJECTED,
            NO_SIMILARITY,
            NO_DIFFERENCE,
            NO_RECONSTRUCTION,
        ],
    ),
    variant(
        FUSIONS,
        "TFN",
        &[
            "training.fusion=tensor",
            PROJECTED,
            NO_SIMILARITY,
            NO_DIFFERENCE,
            NO_RECONSTRUCTION,
        ],
    ),
    variant(
        FUSIONS,
        "LMF",
        &[
            "training.fusion=low_rank",
            PROJECTED,
            NO_SIMILARITY,
            NO_DIFFERENCE,
            NO_RECONSTRUCTION,
        ],
    ),
    variant(
        REMEDIES,
        "adversary",
        &["training.loss.similarity=adversarial"],
    ),
    variant(REMEDIES, "MMD", &["training.loss.similarity=mmd"]),
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
    variant(REMEDIES, "context", &["training.context=on"]),
    variant(
        REMEDIES,
        "modality dropout",
        &["training.modality_dropout=0.2"],
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
        ..variant("all of them", "misa+", &[])
    },
];

/// The variants compared, as Markdown.
#[derive(Debug)]
pub struct Ablation {
    lines: Vec<String>,
}

impl Ablation {
    /// The table of `variants` in their order; differences are to the baseline of the comparison.
    ///
    /// # Errors
    ///
    /// If the report of a run cannot be read.
    pub fn new(comparison: &Comparison, variants: &[&Variant]) -> Result<Self, Box<dyn Error>> {
        let metrics: Vec<usize> = ["MAE", "Corr", "Acc-2 (neg/pos)", "Acc-7", "Acc-2", "F1"]
            .iter()
            .filter_map(|name| comparison.metrics.iter().position(|metric| metric == name))
            .collect();
        let named = |place: &usize| comparison.metrics[*place].clone();
        let names: Vec<String> = metrics.iter().map(named).collect();
        // The score that differences are given of.
        let main = names.first().cloned().unwrap_or_default();
        let mut lines = vec![
            format!(
                "| Variant | Seeds | {} | Δ {main}, 95 % interval | p | Seconds per epoch |",
                names.join(" | ")
            ),
            format!(
                "| --- | ---: |{} ---: | ---: | ---: |",
                " ---: |".repeat(names.len())
            ),
        ];
        let groups = &comparison.groups;
        let find = |name: &str| groups.iter().find(|group| group.model == name);
        let baseline = variants.iter().find(|variant| variant.is_baseline());
        let whole = baseline.and_then(|variant| find(variant.name));
        let whole = whole.map(seconds_per_epoch).transpose()?;
        let mut above = "";
        for variant in variants {
            let Some(group) = find(variant.name) else {
                continue;
            };
            if variant.group != above {
                lines.push(format!(
                    "| **{}** |{}",
                    variant.group,
                    " |".repeat(names.len() + 4)
                ));
                above = variant.group;
            }
            let difference = comparison
                .differences
                .iter()
                .find(|difference| difference.metric == main && difference.model == variant.name);
            let seconds = seconds_per_epoch(group)?;
            lines.push(row(group, &metrics, difference, cost(seconds, whole)));
        }
        Ok(Self { lines })
    }
}

impl fmt::Display for Ablation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn row(group: &Group, metrics: &[usize], difference: Option<&Difference>, cost: String) -> String {
    let scores = metrics.iter().map(|&place| {
        let summary = &group.summaries[place];
        match (summary.mean, summary.deviation) {
            (Some(mean), Some(deviation)) => format!("{mean:.3} ± {deviation:.3}"),
            (Some(mean), None) => format!("{mean:.3}"),
            (None, _) => "not defined".to_string(),
        }
    });
    let scores: Vec<String> = scores.collect();
    let (apart, p) = match difference {
        Some(Difference {
            bootstrap, p_holm, ..
        }) => {
            let (low, high) = bootstrap.interval;
            let difference = bootstrap.difference;
            (
                format!("{difference:+.3} ({low:+.3} to {high:+.3})"),
                format!("{p_holm:.3}"),
            )
        }
        None => (String::new(), String::new()),
    };
    let (model, count) = (&group.model, group.runs.len());
    format!(
        "| {model} | {count} | {} | {apart} | {p} | {cost} |",
        scores.join(" | ")
    )
}

/// The median of the seconds that an epoch of the objective took, validation included, over all
/// epochs and seeds.
fn seconds_per_epoch(group: &Group) -> Result<f64, Box<dyn Error>> {
    let mut seconds = Vec::new();
    for run in &group.runs {
        let report = Report::read(Path::new(&run.run))?;
        let mut before = 0.0;
        for epoch in &report.history {
            if epoch.phase == Phase::Joint {
                seconds.push(epoch.seconds - before);
            }
            before = epoch.seconds;
        }
    }
    seconds.sort_by(f64::total_cmp);
    Ok(seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN))
}

fn cost(seconds: f64, whole: Option<f64>) -> String {
    match whole {
        Some(whole) => format!("{seconds:.2} ({:+.0} %)", 100.0 * (seconds / whole - 1.0)),
        None => format!("{seconds:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn variants_have_names_and_folders_of_their_own() {
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
    fn what_is_off_already_is_no_variant() {
        let two: Modalities = "text,acoustic".parse().unwrap();
        let named = |name| {
            VARIANTS
                .iter()
                .find(|variant| variant.name == name)
                .unwrap()
        };
        assert_eq!(named("without visual").settings_for(two), None);
        let left = named("without text").settings_for(two).unwrap();
        assert_eq!(left, ["training.modalities=[\"acoustic\"]"]);
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
            let settings = misa_cli::SettingsArguments {
                set: variant.settings_for(Modalities::ALL).unwrap(),
                preset: variant.preset,
                ..Default::default()
            };
            let resolved = settings.resolve(&[]);
            resolved.unwrap_or_else(|error| panic!("{}: {error}", variant.name));
        }
    }
}

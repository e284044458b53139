//! How features were probably made, and whether that can be done again.

use super::Evidence;
use crate::doctor::{Finding, Severity};
use misa_terms::Modality;

/// What the advice is for features of a tool that is gone.
const GONE: &str = "FACET is no longer sold: a model that reads these features can never be applied to a new video; \
                    leave visual out, or train on features that you can compute";

/// Features of a public file.
#[derive(Debug)]
struct Public {
    corpora: &'static [&'static str],
    modality: Modality,
    d_input: usize,
    /// What made them.
    by: &'static str,
    advice: &'static str,
}

const CMU: &[&str] = &["CMU-MOSI", "CMU-MOSEI"];
const SIMS: &[&str] = &["CH-SIMS", "CH-SIMS v2"];
const HUMOUR: &[&str] = &["UR-FUNNY"];

/// Source: sizes of the files that the corpora, MMSA and MISA distribute, and what their makers say of them.
const PUBLIC: [Public; 11] = [
    public(CMU, Modality::Visual, 47, "FACET 4.1", GONE),
    public(CMU, Modality::Visual, 35, "FACET 4.2", GONE),
    public(
        CMU,
        Modality::Visual,
        20,
        "FACET, of which some columns were chosen",
        GONE,
    ),
    public(
        CMU,
        Modality::Acoustic,
        74,
        "COVAREP",
        "they can be computed again: recipe covarep-74",
    ),
    public(
        CMU,
        Modality::Acoustic,
        5,
        "COVAREP, of which some columns were chosen",
        "nobody says which columns these are",
    ),
    public(
        SIMS,
        Modality::Visual,
        709,
        "OpenFace 2",
        "they can be computed again: recipe openface-709",
    ),
    public(
        SIMS,
        Modality::Visual,
        177,
        "OpenFace 2",
        "they can be computed again: recipe openface-177",
    ),
    public(
        SIMS,
        Modality::Acoustic,
        33,
        "librosa",
        "they can be computed again, once it is known with which settings",
    ),
    public(
        SIMS,
        Modality::Acoustic,
        25,
        "openSMILE (eGeMAPSv02)",
        "they can be computed again: recipe egemaps-lld",
    ),
    public(
        HUMOUR,
        Modality::Visual,
        371,
        "OpenFace 2",
        "they can be computed again in part",
    ),
    public(
        HUMOUR,
        Modality::Acoustic,
        81,
        "COVAREP, another version",
        "they can be computed again in part",
    ),
];

const fn public(
    corpora: &'static [&'static str],
    modality: Modality,
    d_input: usize,
    by: &'static str,
    advice: &'static str,
) -> Public {
    Public {
        corpora,
        modality,
        d_input,
        by,
        advice,
    }
}

pub(super) fn check(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let recipes = &evidence.overview.recipes;
    let corpus = evidence.content.corpus.as_ref().map(|corpus| corpus.name);
    let sizes = evidence.overview.sizes;
    for (modality, d_input) in [
        (Modality::Visual, sizes.visual),
        (Modality::Acoustic, sizes.acoustic),
    ] {
        let found = match recipes.get(modality) {
            Some(recipe) if recipe.tool.starts_with("FACET") => {
                Some((format!("{d_input} features of FACET"), GONE))
            }
            Some(_) => None,
            None => guess(corpus, modality, d_input).map(|public| {
                (
                    format!("{d_input} features, probably of {}", public.by),
                    public.advice,
                )
            }),
        };
        if let Some((what, advice)) = found {
            findings.push(Finding::new(
                Severity::Note,
                "features_made_by",
                modality,
                what,
                advice,
            ));
        }
    }
}

fn guess(corpus: Option<&str>, modality: Modality, d_input: usize) -> Option<&'static Public> {
    PUBLIC.iter().find(|public| {
        corpus.is_some_and(|corpus| public.corpora.contains(&corpus))
            && (public.modality, public.d_input) == (modality, d_input)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_public_files_are_known_by_corpus_and_size() {
        let of = |corpus, modality, d_input| {
            guess(Some(corpus), modality, d_input).map(|public| public.by)
        };
        assert_eq!(of("CMU-MOSEI", Modality::Visual, 35), Some("FACET 4.2"));
        assert_eq!(of("CH-SIMS", Modality::Acoustic, 33), Some("librosa"));
        assert_eq!(of("CH-SIMS", Modality::Visual, 35), None);
        assert!(guess(None, Modality::Visual, 35).is_none());
    }
}

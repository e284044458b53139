//! A record as one page.
//!
//! | File | Holds |
//! | --- | --- |
//! | `html.rs` | the parts of the page of one run |
//! | `overview.rs` | the page of several runs |
//! | `assembly/` | the page of recordings that became a data set |
//! | `document.rs`, `style.rs` | what every page has |
//! | `score_table.rs`, `utterance_table.rs`, `subspace_tables.rs` | the tables |
//! | `reading.rs` | sentences that read the numbers |

mod assembly;

mod document;
mod html;
mod overview;
mod reading;

mod score_table;
mod style;
mod subspace_tables;
mod utterance_table;

use crate::chart::{attention, confusions, curves, residual, scatter, spaces, too_long};
use crate::check::check;
use crate::discrepancy::{SharedDistance, shared_distance};
use crate::error::RecordError;
use crate::figure::Figure;
use crate::probe::{Probe, probes};
use crate::record::{Predictions, RunRecord, Section, SplitScores};
use crate::vectors::Vectors;
pub use assembly::{AssemblyPage, assembly_page};
use misa_terms::LabelScale;
pub use overview::{Overview, overview};

/// All results of a run, drawn.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    highlights: Vec<(String, String)>,
    notes: Vec<String>,
    facts: Vec<Section>,
    classes: Vec<String>,
    scores: Vec<SplitScores>,
    predictions: Option<Predictions>,
    figures: Vec<Figure>,
    spaces: Option<Spaces>,
    omitted: Vec<String>,
}

/// Numbers about the subspaces of one split.
#[derive(Clone, Debug)]
struct Spaces {
    split: String,
    probes: Vec<Probe>,
    distance: Option<SharedDistance>,
}

/// Draws `record`. On one platform, equal records give equal pages, byte for byte.
///
/// With representations this takes seconds, mostly for t-SNE. At most 300 utterances are projected
/// and 500 are probed, evenly spaced; the captions state the numbers. Vectors of more than 1024
/// values are not projected, because that takes too long.
///
/// # Errors
///
/// Returns an error if lists that belong together differ in length, if a count cannot be drawn
/// (modalities, `d_hidden`, classes, tokens, best epoch), or if a class index has no class.
pub fn page(record: &RunRecord) -> Result<Page, RecordError> {
    check(record)?;
    let (mut figures, mut omitted) = curves(record);
    add_predictions(record, &mut figures, &mut omitted);
    let spaces = add_spaces(record, &mut figures, &mut omitted);
    figures.extend(record.attention.as_ref().map(attention));
    distinguish(&mut figures);
    Ok(Page {
        title: record.title.clone(),
        highlights: record.highlights.clone(),
        notes: record.notes.clone(),
        facts: record.facts.clone(),
        classes: record.classes.clone(),
        scores: record.scores.clone(),
        predictions: record.predictions.clone(),
        figures,
        spaces,
        omitted,
    })
}

impl Page {
    /// Every figure, in the order of the page.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// Linear probes for the modality, for the shared and then for the private vectors. Empty without
    /// representations of at least two modalities and two utterances.
    pub fn probes(&self) -> &[Probe] {
        self.spaces.as_ref().map_or(&[], |spaces| &spaces.probes)
    }

    /// Discrepancy of the shared vectors of each pair of modalities; `None` without
    /// representations of at least two modalities.
    pub fn shared_distance(&self) -> Option<&SharedDistance> {
        self.spaces.as_ref()?.distance.as_ref()
    }

    /// The parts of the record that could not be drawn, and the reasons, in plain text.
    pub fn omitted(&self) -> &[String] {
        &self.omitted
    }

    /// One self-contained HTML file, without scripts or network access, in light and dark.
    pub fn html(&self) -> String {
        html::html(self)
    }
}

/// The scale of the labels: that of the recorded scores, or else the one that the labels show.
fn scale(record: &RunRecord, given: &Predictions) -> LabelScale {
    let names = record.scores.iter().flat_map(|split| &split.scores);
    let has = |end: &str| names.clone().any(|(name, _)| name.ends_with(end));
    if has("(SIMS)") {
        LabelScale::Sims
    } else if has("Acc-7") {
        LabelScale::Sentiment
    } else {
        LabelScale::of(&given.targets)
    }
}

fn add_predictions(record: &RunRecord, figures: &mut Vec<Figure>, omitted: &mut Vec<String>) {
    let Some(given) = &record.predictions else {
        return;
    };
    let is_regression = record.classes.is_empty();
    let before = figures.len();
    figures.extend(is_regression.then(|| scatter(given)).flatten());
    figures.extend(residual(given, is_regression));
    figures.extend(confusions(given, &record.classes, scale(record, given)));
    if figures.len() == before {
        omitted.push("predictions: no utterance with a finite prediction and target".to_string());
    }
}

fn add_spaces(
    record: &RunRecord,
    figures: &mut Vec<Figure>,
    omitted: &mut Vec<String>,
) -> Option<Spaces> {
    let given = record.representations.as_ref()?;
    let vectors = Vectors::new(given);
    match too_long(given.d_hidden) {
        Some(reason) => omitted.push(reason),
        None => {
            let drawn = spaces(&vectors, &given.split, &record.classes);
            if drawn.is_empty() {
                let reason = "representations: no utterance with finite vectors and target";
                omitted.push(reason.to_string());
            }
            figures.extend(drawn);
        }
    }
    Some(Spaces {
        split: given.split.clone(),
        probes: probes(&vectors),
        distance: shared_distance(&vectors),
    })
}

/// Numbers figures of equal name: panels may differ only in characters that file names lack.
fn distinguish(figures: &mut [Figure]) {
    for index in 1..figures.len() {
        let (before, rest) = figures.split_at_mut(index);
        let is_taken = |name: &str| before.iter().any(|figure| figure.name == name);
        let name = rest[0].name.clone();
        let mut number = 2;
        while is_taken(&rest[0].name) {
            rest[0].name = format!("{name}-{number}");
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Curve;

    #[test]
    fn long_vectors_are_probed_but_not_drawn() {
        let (count, d_hidden) = (4, 1025);
        let values = |first: usize| -> Vec<f32> {
            let numbers = (0..count * d_hidden).map(|k| ((k * 31 + first) % 17) as f32);
            numbers.collect()
        };
        let representations = crate::record::Representations {
            split: "valid".into(),
            modalities: vec!["text".into(), "visual".into()],
            d_hidden,
            shared: vec![values(0), values(5)],
            private: vec![values(1), values(7)],
            targets: vec![0.0; count],
        };
        let record = RunRecord {
            representations: Some(representations),
            ..Default::default()
        };
        let page = page(&record).unwrap();
        let expected = "representations: vectors of 1025 numbers, at most 1024 are projected";
        assert_eq!(page.omitted(), [expected]);
        assert!(page.figures().is_empty());
        assert_eq!(page.probes().len(), 2);
        assert!(page.shared_distance().is_some());
    }

    #[test]
    fn figures_have_distinct_names() {
        let curve = |panel: &str| Curve {
            panel: panel.into(),
            values: vec![Some(1.0)],
            ..Default::default()
        };
        let curves = ["F1 (pos)", "F1 [pos]", "F1/pos"].map(curve).to_vec();
        let page = page(&RunRecord {
            curves,
            ..Default::default()
        })
        .unwrap();
        let names: Vec<&str> = page
            .figures()
            .iter()
            .map(|figure| figure.name.as_str())
            .collect();
        assert_eq!(names, ["curve-f1-pos", "curve-f1-pos-2", "curve-f1-pos-3"]);
    }
}

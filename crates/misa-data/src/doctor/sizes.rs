//! What the size of a feature row says about where it comes from.

use misa_terms::{FeatureSizes, Modality, TextSize};

/// The columns of COVAREP that MMSA keeps for MOSI, and those of Facet.
const SELECTED: &str = "MMSA keeps columns 1, 3, 6, 25, 60 of COVAREP's 74 acoustic features and \
     columns 0, 2, 5, 10, 11, 12, 14, 17, 20, 21, 22, 24, 25, 29, 30, 31, 32, 36, 37, 40 of \
     Facet's 47 visual features";

/// Where rows of this size come from, in a few words.
pub(super) fn explanation(modality: Modality, d_input: usize) -> Option<&'static str> {
    Some(match (modality, d_input) {
        (Modality::Text, 300) => "GloVe word vectors",
        (Modality::Text, 768) => "BERT vectors",
        (Modality::Visual, 20) => "MMSA's selection of 20 of Facet's 47, for CMU-MOSI",
        (Modality::Visual, 35) => "Facet 4.2, as for CMU-MOSEI",
        (Modality::Visual, 36) => "Facet of MFN's files, as for ICT-MMMO",
        (Modality::Visual, 47) => "Facet 4.1, as for CMU-MOSI",
        (Modality::Visual, 75) => "OpenFace of UR-FUNNY V1",
        (Modality::Visual, 371) => "OpenFace of UR-FUNNY V2",
        (Modality::Visual, 709) => "OpenFace of CH-SIMS",
        (Modality::Acoustic, 5) => "MMSA's selection of 5 of COVAREP's 74, for CMU-MOSI",
        (Modality::Acoustic, 33) => "librosa of CH-SIMS",
        (Modality::Acoustic, 74) => "all of COVAREP",
        (Modality::Acoustic, 81) => "COVAREP of UR-FUNNY",
        _ => return None,
    })
}

/// Whether results with features of these sizes compare with those of the paper, and why not.
pub(super) fn comparison(sizes: FeatureSizes) -> Option<String> {
    let pair = (sizes.visual, sizes.acoustic);
    let paper = match pair {
        (47, 74) => Some("CMU-MOSI"),
        (35, 74) => Some("CMU-MOSEI"),
        (75, 81) => Some("UR-FUNNY"),
        _ => None,
    };
    let text = if let Some(corpus) = paper {
        format!(
            "{}/{} are the visual and acoustic sizes of the MISA paper for {corpus}: with the same \
             splits and text, results compare.",
            pair.0, pair.1
        )
    } else {
        match pair {
            (20, 5) => format!(
                "Why 5/20 where the paper has 74/47: {SELECTED}. The recordings are the same, the \
                 columns are fewer: compare results with MMSA's tables, not with the paper's."
            ),
            (709, 33) => "709/33 are MMSA's features for CH-SIMS, which the MISA paper does not \
                          use: compare results with MMSA's tables."
                .to_owned(),
            (371, 81) => "371/81 are the features of UR-FUNNY V2, the paper has 75/81 of V1: \
                          results do not compare with the paper's."
                .to_owned(),
            _ => return None,
        }
    };
    Some(match sizes.text {
        TextSize::Features { d_input: 768 } => format!(
            "{text} The text is BERT vectors computed beforehand, which stay as they are in \
             training."
        ),
        _ => text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(visual: usize, acoustic: usize) -> Option<String> {
        comparison(FeatureSizes {
            text: TextSize::Words { vocabulary: 9 },
            visual,
            acoustic,
        })
    }

    #[test]
    fn the_selection_is_explained() {
        let text = compared(20, 5).unwrap();
        assert!(text.contains("not with the paper's"), "{text}");
        // As many columns as are kept.
        let columns = SELECTED.split("and columns").nth(1).unwrap();
        assert_eq!(
            columns.split("of Facet").next().unwrap().split(',').count(),
            20
        );
    }

    #[test]
    fn sizes_of_the_paper_compare() {
        for (visual, acoustic) in [(47, 74), (35, 74), (75, 81)] {
            assert!(
                compared(visual, acoustic)
                    .unwrap()
                    .ends_with("results compare.")
            );
        }
        assert_eq!(compared(1, 1), None);
    }

    #[test]
    fn only_known_sizes_are_explained() {
        assert_eq!(explanation(Modality::Acoustic, 74), Some("all of COVAREP"));
        assert_eq!(explanation(Modality::Visual, 74), None);
    }
}

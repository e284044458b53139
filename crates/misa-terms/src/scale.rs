//! The scale of the labels of a regression.

use serde::{Deserialize, Serialize};

/// Upper ends of the first four of the five classes of CH-SIMS: negative, weakly negative, neutral, weakly positive and
/// positive. A value at an end belongs to the class below.
pub const SIMS_CLASS_ENDS: [f32; 4] = [-0.7, -0.1, 0.1, 0.7];

/// Of fewer labels, it may be chance that none lies beyond -1 and 1: two of five do in CMU-MOSI.
const FEWEST: usize = 30;

/// Whether labels are on the scale of CH-SIMS, see [`LabelScale::of`].
fn is_sims_scale(labels: &[f32]) -> bool {
    let is_on_scale = |label: &f32| {
        let fifths = 5.0 * label;
        label.abs() <= 1.0 && (fifths - fifths.round()).abs() < 1e-4
    };
    labels.len() >= FEWEST
        && labels.iter().all(is_on_scale)
        && [-1.0, 1.0].iter().all(|end| labels.contains(end))
        && labels.iter().any(|label| label.fract() != 0.0)
}

/// The scale of the labels of a regression, which decides the classes of its scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelScale {
    /// From -3 to 3, as in CMU-MOSI and CMU-MOSEI; also that of labels of which nothing else is known.
    Sentiment,
    /// From -1 to 1 in steps of 0.2, as in CH-SIMS.
    Sims,
}

impl LabelScale {
    /// The scale that labels show. On that of CH-SIMS, they are multiples of 0.2 from -1 to 1, both of which occur, not
    /// all of them whole, and at least 30; a part of a data set may have too few of them. Labels of CMU-MOSI and CMU-MOSEI
    /// go on to -3 and 3.
    pub fn of(labels: &[f32]) -> Self {
        if is_sims_scale(labels) {
            Self::Sims
        } else {
            Self::Sentiment
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_of_sims_has_fifths_and_both_ends() {
        let of_sims = [-1.0, 0.2, -0.6, 0.0, 1.0];
        assert_eq!(LabelScale::of(&of_sims.repeat(6)), LabelScale::Sims);
        assert_eq!(LabelScale::of(&of_sims.repeat(5)), LabelScale::Sentiment);
        // As a table or a pickle of doubles gives them.
        let of_doubles = [-1.0, (0.1f64 + 0.1) as f32, 0.59999996, 1.0];
        assert_eq!(LabelScale::of(&of_doubles.repeat(8)), LabelScale::Sims);
        for other in [
            &[-1.0, 0.2, 0.8][..],
            &[-0.8, 0.2, 1.0],
            &[-1.0, 0.0, 1.0],
            &[-1.0, 0.3, 1.0],
            &[-1.0, 0.2, 1.0, 1.2],
            &[-1.0, 0.2, 1.0, f32::NAN],
            &[],
        ] {
            let scale = LabelScale::of(&other.repeat(30));
            assert_eq!(scale, LabelScale::Sentiment, "{other:?}");
        }
    }
}

//! Which labels a score needs to mean something.

/// What the labels of the scored utterances have to be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScoreNeed {
    /// Any labels.
    Nothing,
    /// Labels below 0, and others.
    NegativeAndOthers,
    /// Labels below 0, and labels above 0.
    BothSigns,
    /// Labels from -3 to 3.
    MinusThreeToThree,
    /// Labels from -1 to 1.
    MinusOneToOne,
}

/// Whether labels are on the scale of CH-SIMS: multiples of 0.2 from -1 to 1, both of which occur, and not all of them
/// whole. Those of CMU-MOSI and CMU-MOSEI go on to -3 and 3.
pub fn is_sims_scale(targets: &[f32]) -> bool {
    let is_on_scale = |target: &f32| {
        let fifths = 5.0 * target;
        target.abs() <= 1.0 && (fifths - fifths.round()).abs() < 1e-4
    };
    targets.iter().all(is_on_scale)
        && [-1.0, 1.0].iter().all(|end| targets.contains(end))
        && targets.iter().any(|target| target.fract() != 0.0)
}

impl ScoreNeed {
    /// Why a score with this need means nothing for `targets`; `None` if it does mean something, or
    /// if there are no targets.
    pub fn missing(self, targets: &[f32]) -> Option<String> {
        let mut values = targets.iter().copied();
        let first = values.next()?;
        let (min, max) = values.fold((first, first), |(min, max), value| {
            (min.min(value), max.max(value))
        });
        let reason = match self {
            Self::NegativeAndOthers | Self::BothSigns if min >= 0.0 => "no label is negative",
            Self::NegativeAndOthers if max < 0.0 => "every label is negative",
            Self::BothSigns if max <= 0.0 => "no label is positive",
            Self::MinusThreeToThree if min < -3.0 || max > 3.0 => {
                return Some(format!(
                    "the labels go from {min} to {max}, beyond the scale of -3 to 3"
                ));
            }
            Self::MinusOneToOne if min < -1.0 || max > 1.0 => {
                return Some(format!(
                    "the labels go from {min} to {max}, beyond the scale of -1 to 1"
                ));
            }
            _ => return None,
        };
        Some(reason.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_of_sims_has_fifths_and_both_ends() {
        assert!(is_sims_scale(&[-1.0, 0.2, -0.6, 0.0, 1.0]));
        // As a table or a pickle of doubles gives them.
        assert!(is_sims_scale(&[
            -1.0,
            (0.1f64 + 0.1) as f32,
            0.59999996,
            1.0
        ]));
        for other in [
            &[-1.0, 0.2, 0.8][..],
            &[-0.8, 0.2, 1.0],
            &[-1.0, 0.0, 1.0],
            &[-1.0, 0.3, 1.0],
            &[-1.0, 0.2, 1.0, 1.2],
            &[-1.0, 0.2, 1.0, f32::NAN],
            &[],
        ] {
            assert!(!is_sims_scale(other), "{other:?}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = |need: ScoreNeed, targets: &[f32]| need.missing(targets);
        let text = |text: &str| Some(text.to_string());
        let mmso = [1.0, 2.5, 5.0];
        assert_eq!(missing(ScoreNeed::Nothing, &mmso), None);
        assert_eq!(
            missing(ScoreNeed::NegativeAndOthers, &mmso),
            text("no label is negative")
        );
        assert_eq!(
            missing(ScoreNeed::BothSigns, &mmso),
            text("no label is negative")
        );
        assert_eq!(
            missing(ScoreNeed::MinusThreeToThree, &mmso),
            text("the labels go from 1 to 5, beyond the scale of -3 to 3")
        );
        let negative = [-1.0, -0.5];
        assert_eq!(
            missing(ScoreNeed::NegativeAndOthers, &negative),
            text("every label is negative")
        );
        assert_eq!(
            missing(ScoreNeed::BothSigns, &negative),
            text("no label is positive")
        );
        // A neutral label is not negative, but has no sign.
        assert_eq!(missing(ScoreNeed::NegativeAndOthers, &[-1.0, 0.0]), None);
        assert_eq!(
            missing(ScoreNeed::BothSigns, &[-1.0, 0.0]),
            text("no label is positive")
        );
        assert_eq!(
            missing(ScoreNeed::MinusOneToOne, &[-1.0, 1.2]),
            text("the labels go from -1 to 1.2, beyond the scale of -1 to 1")
        );
        assert_eq!(missing(ScoreNeed::MinusOneToOne, &[-1.0, 0.3]), None);
        for need in [
            ScoreNeed::NegativeAndOthers,
            ScoreNeed::BothSigns,
            ScoreNeed::MinusThreeToThree,
        ] {
            assert_eq!(missing(need, &[-3.0, 0.2, 3.0]), None);
            assert_eq!(missing(need, &[]), None);
        }
    }
}

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

//! What counts as a stretch of speech.

use crate::SpeechError;
use crate::segments::FRAME_SECONDS;

/// What counts as a stretch of speech.
///
/// - Source: the defaults of `silero-vad` 6.2.3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeechOptions {
    /// Speech begins at this probability, in (0, 1]; 0.5 by default.
    pub threshold: f32,
    /// Speech ends below this probability, in (0, `threshold`]; 0.35 by default.
    pub lower_threshold: f32,
    /// Shorter speech is left out, in seconds; 0.25 by default.
    pub shortest_speech: f64,
    /// A shorter silence counts as speech if there is speech on both sides, in seconds; 0.1 by default.
    pub shortest_silence: f64,
    /// Seconds that are added on either side; 0.03 by default. Two neighbours share a silence that is too
    /// short for both.
    pub padding: f64,
    /// Longer speech is cut where it is least probable, in seconds; `None` by default. At least twice the
    /// shortest speech and two frames of 0.032 s.
    pub longest_speech: Option<f64>,
}

impl Default for SpeechOptions {
    fn default() -> Self {
        Self {
            threshold: 0.5,
            lower_threshold: 0.35,
            shortest_speech: 0.25,
            shortest_silence: 0.1,
            padding: 0.03,
            longest_speech: None,
        }
    }
}

impl SpeechOptions {
    /// Checks that every option has a value that makes sense.
    ///
    /// # Errors
    ///
    /// [`SpeechError::Option`] names the first that does not.
    pub fn validate(&self) -> Result<(), SpeechError> {
        in_range("threshold", self.threshold.into(), 1.0, "(0, 1]")?;
        let (lower, most) = (self.lower_threshold.into(), self.threshold.into());
        in_range(
            "lower_threshold",
            lower,
            most,
            &format!("(0, {}]", self.threshold),
        )?;
        for (option, seconds) in [
            ("shortest_speech", self.shortest_speech),
            ("shortest_silence", self.shortest_silence),
            ("padding", self.padding),
        ] {
            at_least(option, seconds, 0.0)?;
        }
        let least = 2.0 * (self.shortest_speech + FRAME_SECONDS);
        self.longest_speech
            .map_or(Ok(()), |longest| at_least("longest_speech", longest, least))
    }
}

/// A value above 0 and at most `most`.
fn in_range(
    option: &'static str,
    found: f64,
    most: f64,
    expected: &str,
) -> Result<(), SpeechError> {
    if found > 0.0 && found <= most {
        return Ok(());
    }
    Err(SpeechError::Option {
        option,
        expected: format!("a probability in {expected}"),
        found,
    })
}

/// A finite number of seconds from `least` on.
fn at_least(option: &'static str, found: f64, least: f64) -> Result<(), SpeechError> {
    if found >= least && found.is_finite() {
        return Ok(());
    }
    Err(SpeechError::Option {
        option,
        expected: format!("at least {} seconds", (least * 1e6).round() / 1e6),
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(change: impl Fn(&mut SpeechOptions)) -> String {
        let mut options = SpeechOptions::default();
        change(&mut options);
        options.validate().unwrap_err().to_string()
    }

    #[test]
    fn the_defaults_are_valid() {
        assert!(SpeechOptions::default().validate().is_ok());
    }

    #[test]
    fn a_threshold_is_a_probability_above_zero() {
        assert_eq!(
            message(|options| options.threshold = 1.5),
            "threshold: expected a probability in (0, 1], found 1.5; choose another value"
        );
        assert_eq!(
            message(|options| options.threshold = f32::NAN),
            "threshold: expected a probability in (0, 1], found NaN; choose another value"
        );
    }

    #[test]
    fn the_lower_threshold_is_not_above_the_other() {
        assert_eq!(
            message(|options| options.lower_threshold = 0.75),
            "lower_threshold: expected a probability in (0, 0.5], found 0.75; choose another value"
        );
        assert_eq!(
            message(|options| options.lower_threshold = 0.0),
            "lower_threshold: expected a probability in (0, 0.5], found 0; choose another value"
        );
    }

    #[test]
    fn durations_are_finite_and_not_negative() {
        assert_eq!(
            message(|options| options.shortest_speech = -1.0),
            "shortest_speech: expected at least 0 seconds, found -1; choose another value"
        );
        assert_eq!(
            message(|options| options.shortest_silence = f64::NAN),
            "shortest_silence: expected at least 0 seconds, found NaN; choose another value"
        );
        assert_eq!(
            message(|options| options.padding = f64::INFINITY),
            "padding: expected at least 0 seconds, found inf; choose another value"
        );
    }

    #[test]
    fn the_longest_speech_can_be_cut_into_two() {
        assert_eq!(
            message(|options| options.longest_speech = Some(0.5)),
            "longest_speech: expected at least 0.564 seconds, found 0.5; choose another value"
        );
    }
}

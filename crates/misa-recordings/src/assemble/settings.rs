//! How steps were made, as it travels with data and models.

use super::{AssembleOptions, Mode};
use misa_terms::{Modality, RecipeStamp};
use std::collections::BTreeMap;
use std::str::FromStr;

impl AssembleOptions {
    /// The settings that the steps of a modality depend on, by name.
    pub fn settings_of(&self, modality: Modality) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::new();
        let mut set = |name: &str, value: String| settings.insert(name.to_string(), value);
        set("keep_case", self.keep_case.to_string());
        set("keep_punctuation", self.keep_punctuation.to_string());
        set("trim", self.trim.to_string());
        match self.mode {
            Mode::Words => {
                set("pauses", self.pauses.to_string());
                set("reach", self.reach.to_string());
                set("untimed", self.untimed.to_string());
            }
            Mode::Unaligned => {
                set("rate", self.rate_of(modality).to_string());
                set("reach", self.reach.to_string());
                set("most_steps", self.most_steps.to_string());
            }
            Mode::Sdk | Mode::Utterance => {}
        }
        settings
    }

    /// The options by which the features of `stamp` were made, those of `modality`. What it does not say is
    /// as by default.
    ///
    /// # Errors
    ///
    /// What was expected and what was found.
    pub fn of_stamp(stamp: &RecipeStamp, modality: Modality) -> Result<Self, String> {
        let mut options = Self {
            mode: stamp.mode.parse()?,
            ..Self::default()
        };
        for (name, value) in &stamp.steps {
            let wrong = |expected: String| format!("{name}: {expected}");
            match name.as_str() {
                "keep_case" => options.keep_case = parsed(value, |_| true).map_err(wrong)?,
                "keep_punctuation" => {
                    options.keep_punctuation = parsed(value, |_| true).map_err(wrong)?;
                }
                "trim" => options.trim = parsed(value, |_| true).map_err(wrong)?,
                "pauses" => options.pauses = value.parse().map_err(wrong)?,
                "untimed" => options.untimed = value.parse().map_err(wrong)?,
                "reach" => {
                    let is_fine = |reach: &f64| (0.0..=Self::LARGEST).contains(reach);
                    options.reach = parsed(value, is_fine).map_err(wrong)?;
                }
                "most_steps" => {
                    let is_fine = |steps: &usize| Self::STEPS.contains(steps);
                    options.most_steps = parsed(value, is_fine).map_err(wrong)?;
                }
                "rate" => {
                    let rate = parsed(value, |rate| *rate > 0.0 && *rate <= Self::LARGEST);
                    *options.rate_mut(modality) = rate.map_err(wrong)?;
                }
                _ => {
                    let expected = "settings that this version knows";
                    return Err(format!("expected {expected}, found {name:?}; update misa"));
                }
            }
        }
        Ok(options)
    }

    /// Steps of a modality a second.
    fn rate_of(&self, modality: Modality) -> f64 {
        match modality {
            Modality::Visual => self.face_rate,
            Modality::Text | Modality::Acoustic => self.voice_rate,
        }
    }

    fn rate_mut(&mut self, modality: Modality) -> &mut f64 {
        match modality {
            Modality::Visual => &mut self.face_rate,
            Modality::Text | Modality::Acoustic => &mut self.voice_rate,
        }
    }
}

fn parsed<T: FromStr>(value: &str, is_fine: impl Fn(&T) -> bool) -> Result<T, String> {
    let parsed = value.parse().ok().filter(is_fine);
    parsed.ok_or_else(|| format!("expected another value, found {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::{PauseRule, UntimedRule};
    use misa_terms::hex;

    fn stamp(options: &AssembleOptions, modality: Modality) -> RecipeStamp {
        let mut stamp = RecipeStamp::new("own", 1, hex(&[0; 32]), "own", vec!["a".to_string()]);
        stamp.mode = options.mode.to_string();
        stamp.steps = options.settings_of(modality);
        stamp
    }

    #[test]
    fn settings_are_read_again() {
        let words = AssembleOptions {
            pauses: PauseRule::OwnSteps,
            untimed: UntimedRule::Drop,
            reach: 0.25,
            keep_case: true,
            ..AssembleOptions::default()
        };
        let read = |stamp: &RecipeStamp| AssembleOptions::of_stamp(stamp, Modality::Visual);
        assert_eq!(read(&stamp(&words, Modality::Visual)), Ok(words));
        let unaligned = AssembleOptions {
            mode: Mode::Unaligned,
            face_rate: 12.5,
            most_steps: 40,
            reach: 0.5,
            ..AssembleOptions::default()
        };
        let stamp = stamp(&unaligned, Modality::Visual);
        assert_eq!(stamp.steps["reach"], "0.5");
        // What data without it were made with, see `RecipeStamp::fit`.
        let usual = AssembleOptions {
            mode: Mode::Unaligned,
            ..AssembleOptions::default()
        };
        assert_eq!(usual.settings_of(Modality::Acoustic)["reach"], "0.1");
        assert_eq!(read(&stamp), Ok(unaligned));
    }

    #[test]
    fn what_a_model_may_not_ask_for_is_refused() {
        let fault = |name: &str, value: &str| {
            let mut stamp = stamp(&AssembleOptions::default(), Modality::Visual);
            stamp.steps.insert(name.to_string(), value.to_string());
            AssembleOptions::of_stamp(&stamp, Modality::Visual).unwrap_err()
        };
        assert_eq!(
            fault("reach", "NaN"),
            "reach: expected another value, found \"NaN\""
        );
        assert_eq!(
            fault("most_steps", "99999999"),
            "most_steps: expected another value, found \"99999999\""
        );
        assert_eq!(
            fault("pauses", "some"),
            "pauses: expected one of words-only, extend, own-steps, found \"some\""
        );
        assert_eq!(
            fault("colour", "red"),
            "expected settings that this version knows, found \"colour\"; update misa"
        );
    }
}

//! Scaling of features.

use crate::{
    ConfigError, FeatureSizes, Modality, PerModality, RecipeScaling, Recipes, Sequence, Statistics,
    TextSequence, TextSize, Utterance,
};
use serde::{Deserialize, Serialize};

crate::choice! {
    /// How features are scaled before a model reads them. Absent steps do not count, and stay zeros.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[non_exhaustive]
    pub enum Normalisation {
        /// Per utterance and feature, over its steps; an utterance of one step becomes 0.
        ///
        /// - Source: official MISA, the step that builds its files.
        Utterance,
        /// Per feature, by mean and deviation over all steps of the train split; a feature that is constant
        /// there becomes 0.
        Train,
        /// Per feature, by median and interquartile range over all steps of the train split, which
        /// outliers do not move: (x - median) / (range + 0.000001). Where the range is 0, the deviation is
        /// used, and a constant feature becomes 0.
        Robust,
        /// Each modality as the recipe of its features says; an error for features without a recipe. A modality that
        /// no step of the train split has needs none.
        Recipe,
    }
}

/// A normalisation with everything that is needed to scale a new utterance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Scaling {
    /// See [`Normalisation::Utterance`].
    Utterance,
    /// See [`Normalisation::Train`].
    Train {
        /// Of the visual features.
        visual: Statistics,
        /// Of the acoustic features.
        acoustic: Statistics,
    },
    /// See [`Normalisation::Robust`].
    Robust {
        /// Of the visual features.
        visual: Statistics,
        /// Of the acoustic features.
        acoustic: Statistics,
    },
    /// See [`Normalisation::Recipe`]; `None` for a modality that is not scaled, such as word ids.
    Recipe(PerModality<Option<Statistics>>),
}

impl Scaling {
    /// The scaling by `normalisation` for data with this train split and these recipes, which only
    /// [`Normalisation::Recipe`] reads.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoRecipe`] if the visual or the acoustic features have no recipe and are to be scaled
    /// by it, unless all their steps in the train split are absent.
    pub fn of(
        normalisation: Normalisation,
        train: &[Utterance],
        recipes: &Recipes,
    ) -> Result<Self, ConfigError> {
        let statistics = |modality, how| statistics(modality, how, train).unwrap_or_default();
        let of = |how| {
            let modalities = [Modality::Visual, Modality::Acoustic];
            modalities.map(|modality| statistics(modality, how))
        };
        Ok(match normalisation {
            Normalisation::Utterance => Self::Utterance,
            Normalisation::Train => {
                let [visual, acoustic] = of(RecipeScaling::Standard);
                Self::Train { visual, acoustic }
            }
            Normalisation::Robust => {
                let [visual, acoustic] = of(RecipeScaling::Robust);
                Self::Robust { visual, acoustic }
            }
            Normalisation::Recipe => Self::by_recipes(train, recipes)?,
        })
    }

    fn by_recipes(train: &[Utterance], recipes: &Recipes) -> Result<Self, ConfigError> {
        let scaled = PerModality::from_fn(|modality| match recipes.get(modality) {
            Some(recipe) => Ok(statistics(modality, recipe.scaling, train)),
            None if modality == Modality::Text => Ok(None),
            // Nothing has been learnt of what no step has.
            None if steps(modality, train).next().is_none() => Ok(None),
            None => Err(ConfigError::NoRecipe { modality }),
        });
        scaled.transpose().map(Self::Recipe)
    }

    /// What keeps it from scaling features of these sizes: the modality, what was expected of it, and what was found.
    pub fn fault(&self, sizes: &FeatureSizes) -> Option<(Modality, String, String)> {
        let d_text = match sizes.text {
            TextSize::Features { d_input } => Some(d_input),
            _ => None,
        };
        let faults = |of: &PerModality<Option<Statistics>>| {
            let d_input = PerModality {
                text: d_text,
                visual: Some(sizes.visual),
                acoustic: Some(sizes.acoustic),
            };
            Modality::ALL.into_iter().find_map(|modality| {
                let (statistics, d_input) = (of.get(modality).as_ref()?, (*d_input.get(modality))?);
                let (expected, found) = statistics.fault(d_input)?;
                Some((modality, expected, found))
            })
        };
        match self {
            Self::Utterance => None,
            Self::Train { visual, acoustic } | Self::Robust { visual, acoustic } => {
                faults(&PerModality {
                    text: None,
                    visual: Some(visual.clone()),
                    acoustic: Some(acoustic.clone()),
                })
            }
            Self::Recipe(of) => faults(of),
        }
    }

    /// Scales the features of `utterance`; text features only as a recipe says.
    pub fn apply(&self, utterance: &mut Utterance) {
        let [visual, acoustic] = [&mut utterance.visual, &mut utterance.acoustic];
        match self {
            Self::Utterance => {
                for sequence in [visual, acoustic] {
                    Statistics::standard(sequence.d_input(), sequence.present()).apply(sequence);
                }
            }
            Self::Train {
                visual: of_visual,
                acoustic: of_acoustic,
            }
            | Self::Robust {
                visual: of_visual,
                acoustic: of_acoustic,
            } => {
                of_visual.apply(visual);
                of_acoustic.apply(acoustic);
            }
            Self::Recipe(of) => {
                if let (Some(of_text), TextSequence::Features(text)) =
                    (&of.text, &mut utterance.text)
                {
                    of_text.apply(text);
                }
                if let Some(of_visual) = &of.visual {
                    of_visual.apply(visual);
                }
                if let Some(of_acoustic) = &of.acoustic {
                    of_acoustic.apply(acoustic);
                }
            }
        }
    }
}

/// The statistics of a modality over the steps of `train` that are not absent; `None` if it is not scaled,
/// or its text is words.
fn statistics(modality: Modality, how: RecipeScaling, train: &[Utterance]) -> Option<Statistics> {
    let d_input = sequences(modality, train)
        .next()
        .map_or(0, Sequence::d_input);
    let steps = steps(modality, train);
    match how {
        RecipeScaling::None => None,
        RecipeScaling::Standard => Some(Statistics::standard_of_train(d_input, steps)),
        RecipeScaling::Robust => Some(Statistics::robust(d_input, steps)),
    }
}

/// The steps of a modality that are not absent.
fn steps(modality: Modality, train: &[Utterance]) -> impl Iterator<Item = &[f32]> + Clone {
    sequences(modality, train).flat_map(Sequence::present)
}

/// The features of a modality.
fn sequences(modality: Modality, train: &[Utterance]) -> impl Iterator<Item = &Sequence> + Clone {
    train.iter().filter_map(move |utterance| match modality {
        Modality::Text => match &utterance.text {
            TextSequence::Features(text) => Some(text),
            TextSequence::Words(_) => None,
        },
        Modality::Visual => Some(&utterance.visual),
        Modality::Acoustic => Some(&utterance.acoustic),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RecipeStamp;

    fn utterance(visual: &[f32]) -> Utterance {
        let visual = Sequence::new(1, visual.to_vec()).unwrap();
        let acoustic = Sequence::new(2, vec![1.0, 2.0]).unwrap();
        let text = TextSequence::Words(vec![2]);
        Utterance::new("a", vec![], text, visual, acoustic, 0.0).unwrap()
    }

    fn visual(utterance: &Utterance) -> &[f32] {
        utterance.visual.values()
    }

    fn normalise(splits: &mut [Vec<Utterance>; 3], normalisation: Normalisation) {
        let scaling = Scaling::of(normalisation, &splits[0], &PerModality::default()).unwrap();
        for utterance in splits.iter_mut().flatten() {
            scaling.apply(utterance);
        }
    }

    #[test]
    fn a_scaling_survives_json() {
        let train = [utterance(&[1.0, 4.0])];
        for how in [
            Normalisation::Train,
            Normalisation::Robust,
            Normalisation::Recipe,
        ] {
            let scaling = Scaling::of(how, &train, &recipes()).unwrap();
            let json = serde_json::to_string(&scaling).unwrap();
            assert_eq!(serde_json::from_str::<Scaling>(&json).unwrap(), scaling);
        }
    }

    /// The JSON that misa has always written, also for a feature that is constant in train.
    #[test]
    fn older_scalings_are_read() {
        let json = r#"{"train":{"visual":{"mean":[2.0],"deviation":[1.0]},"acoustic":{"mean":[1.0,2.0],"deviation":[0.0,0.0]}}}"#;
        let scaling: Scaling = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&scaling).unwrap(), json);
        let mut scaled = utterance(&[1.0, 3.0]);
        scaling.apply(&mut scaled);
        assert!((visual(&scaled)[1] - 1.0).abs() < 1e-5);
        assert_eq!(scaled.acoustic.values(), [0.0, 0.0]);

        let train = [utterance(&[1.0, 3.0])];
        let newer = Scaling::of(Normalisation::Train, &train, &PerModality::default()).unwrap();
        let start =
            r#"{"train":{"visual":{"mean":[2.0],"deviation":[1.0]},"acoustic":{"mean":[1.0,2.0],"#;
        let newer = serde_json::to_string(&newer).unwrap();
        assert!(newer.starts_with(start), "{newer}");
    }

    fn recipe(scaling: RecipeScaling) -> Option<RecipeStamp> {
        let mut recipe = RecipeStamp::new("made", 1, "00", "tool", vec![]);
        recipe.scaling = scaling;
        Some(recipe)
    }

    fn recipes() -> Recipes {
        Recipes {
            text: None,
            visual: recipe(RecipeScaling::Robust),
            acoustic: recipe(RecipeScaling::None),
        }
    }

    #[test]
    fn each_modality_is_scaled_as_its_recipe_says() {
        let train = [utterance(&[1.0, 2.0, 3.0, 4.0, 1000.0])];
        let scaling = Scaling::of(Normalisation::Recipe, &train, &recipes()).unwrap();
        let mut scaled = utterance(&[5.0]);
        scaling.apply(&mut scaled);
        // Median 3, quartiles 2 and 4.
        assert!((scaled.visual.values()[0] - 1.0).abs() < 1e-5);
        assert_eq!(scaled.acoustic.values(), [1.0, 2.0]);

        let mut missing = recipes();
        missing.acoustic = None;
        let error = Scaling::of(Normalisation::Recipe, &train, &missing).unwrap_err();
        let expected = "normalisation cannot be `recipe`: the acoustic features have no recipe";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_modality_that_the_data_lack_needs_no_recipe() {
        let mut missing = recipes();
        missing.acoustic = None;
        let mut voiceless = utterance(&[1.0, 2.0, 3.0]);
        voiceless.acoustic = Sequence::with_absent(1, vec![0.0; 2], vec![true; 2]).unwrap();
        let train = [voiceless];
        let scaling = Scaling::of(Normalisation::Recipe, &train, &missing).unwrap();
        let mut scaled = utterance(&[2.0]);
        scaling.apply(&mut scaled);
        assert_eq!(visual(&scaled), [0.0]);
        assert_eq!(scaled.acoustic.values(), [1.0, 2.0]);
    }

    #[test]
    fn absent_steps_count_for_nothing_and_stay_zeros() {
        let of = |values: &[f32], absent: &[bool]| {
            let mut utterance = utterance(values);
            let (values, absent) = (values.to_vec(), absent.to_vec());
            utterance.visual = Sequence::with_absent(1, values, absent).unwrap();
            utterance
        };
        let none = PerModality::default();
        for how in [
            Normalisation::Utterance,
            Normalisation::Train,
            Normalisation::Robust,
        ] {
            let plain = utterance(&[1.0, 3.0, 7.0]);
            let holed = of(
                &[0.0, 1.0, 3.0, 0.0, 7.0],
                &[true, false, false, true, false],
            );
            let scaled = |mut utterance: Utterance| {
                let train = [utterance.clone()];
                let scaling = Scaling::of(how, &train, &none).unwrap();
                scaling.apply(&mut utterance);
                utterance.visual
            };
            let (plain, holed) = (scaled(plain), scaled(holed));
            let values = plain.values();
            let expected = vec![0.0, values[0], values[1], 0.0, values[2]];
            let absent = vec![true, false, false, true, false];
            assert_eq!(Some(holed), Sequence::with_absent(1, expected, absent));
            // A modality that is absent as a whole.
            let gone = scaled(of(&[0.0, 0.0], &[true, true]));
            assert_eq!(gone.values(), [0.0, 0.0]);
        }
    }

    #[test]
    fn utterances_are_scaled_by_themselves() {
        // Mean 2, population deviation 1; a single step has deviation 0.
        let mut splits = [
            vec![utterance(&[1.0, 3.0])],
            vec![utterance(&[7.0])],
            vec![],
        ];
        normalise(&mut splits, Normalisation::Utterance);
        let scaled = visual(&splits[0][0]);
        assert!((scaled[0] + 1.0).abs() < 1e-5 && (scaled[1] - 1.0).abs() < 1e-5);
        assert_eq!(visual(&splits[1][0]), [0.0]);
        assert_eq!(splits[0][0].acoustic.values(), [0.0, 0.0]);
    }

    #[test]
    fn all_splits_are_scaled_by_the_train_split() {
        let mut splits = [
            vec![utterance(&[1.0]), utterance(&[3.0])],
            vec![],
            vec![utterance(&[5.0])],
        ];
        normalise(&mut splits, Normalisation::Train);
        assert!((visual(&splits[0][0])[0] + 1.0).abs() < 1e-5);
        assert!((visual(&splits[2][0])[0] - 3.0).abs() < 1e-5);
    }
}

//! How the features of a model were made, in its folder and beside those of data.

use crate::source::Source;
use crate::versioned::Layout;
use crate::{Checkpoint, InferError, Predictor};
use misa_terms::{Clip, ClipText, FeatureSizes, Modalities, PerModality, Recipes};
use std::path::Path;

/// The file of the recipes.
pub(crate) const NAME: &str = "recipes.json";
/// Bytes of the file. It is written with line breaks, so it is longer than recipes in data.
const MAX_BYTES: u64 = 1 << 21;
const LAYOUT: Layout = Layout {
    newest: 1,
    beside: &[],
};

/// Writes the recipes, or nothing if there are none; returns whether there is a file.
pub(crate) fn write(path: &Path, recipes: &Recipes) -> Result<bool, InferError> {
    let is_known = *recipes != Recipes::default();
    if is_known {
        LAYOUT.write(path, recipes)?;
    }
    Ok(is_known)
}

/// The recipes among a model's files, for features of these sizes; none if there is no file.
pub(crate) fn read(source: Source, sizes: FeatureSizes) -> Result<Recipes, InferError> {
    if !source.has(NAME) {
        return Ok(Recipes::default());
    }
    let path = source.path(NAME);
    let bytes = source.size(NAME)?;
    let place = path.display().to_string();
    if bytes > MAX_BYTES {
        let (expected, found) = (format!("at most {MAX_BYTES} bytes"), bytes.to_string());
        return Err(InferError::Layout {
            place,
            expected,
            found,
        });
    }
    let recipes: Recipes = LAYOUT.parse(&path, &source.bytes(NAME)?)?;
    let checked = misa_terms::check_recipes(&recipes, Some(sizes));
    checked.map_err(|found| InferError::Layout {
        place,
        expected: "recipes of the model's features".to_string(),
        found,
    })?;
    Ok(recipes)
}

/// How the features of data fit a model: what is told, and columns that are brought into the model's order.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RecipesFit {
    /// What a user should know, a sentence each; empty if nothing differs.
    pub notes: Vec<String>,
    /// For each column of the model, its index in the features, where the order differs.
    orders: PerModality<Option<Vec<usize>>>,
}

impl RecipesFit {
    /// How data of the recipes `data` fit a model of the recipes `model`, which reads `modalities`.
    fn of(model: &Recipes, data: &Recipes, modalities: Modalities) -> Result<Self, InferError> {
        let mut fit = Self::default();
        for modality in modalities.iter() {
            let Some(model) = model.get(modality) else {
                continue;
            };
            let Some(data) = data.get(modality) else {
                fit.notes.push(format!(
                    "the data do not say how their {modality} features were made; those of the model were made by the \
                     recipe {} ({})",
                    model.name, model.tool
                ));
                continue;
            };
            let found = model.fit(data);
            let found = found.map_err(|source| InferError::Recipe { modality, source })?;
            if !found.is_same() {
                fit.notes.push(format!("{modality}: {found}"));
            }
            *fit.orders.get_mut(modality) = found.order;
        }
        Ok(fit)
    }

    /// Brings the columns of a clip into the order of the model.
    pub fn reorder(&self, clip: &mut Clip) {
        let text = match &mut clip.text {
            Some(ClipText::Vectors { vectors, .. }) => Some(vectors),
            _ => None,
        };
        let parts = [
            (text, &self.orders.text),
            (clip.visual.as_mut(), &self.orders.visual),
            (clip.acoustic.as_mut(), &self.orders.acoustic),
        ];
        for (sequence, order) in parts {
            if let (Some(sequence), Some(order)) = (sequence, order) {
                sequence.reorder(order);
            }
        }
    }

    /// Whether some columns have another order.
    pub fn is_reordered(&self) -> bool {
        self.orders != PerModality::default()
    }
}

impl Checkpoint {
    /// How data of these recipes fit the model.
    ///
    /// # Errors
    ///
    /// [`InferError::Recipe`] when the model must not be applied to features of a modality that it reads:
    /// they were made in another way.
    pub fn fit_recipes(&self, data: &Recipes) -> Result<RecipesFit, InferError> {
        RecipesFit::of(&self.recipes, data, self.config.settings.modalities)
    }
}

impl Predictor {
    /// How the features were made on which the model was trained; `None` where that is not known.
    pub fn recipes(&self) -> &Recipes {
        &self.checkpoint().recipes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_terms::{RecipeStamp, Sequence, TextSize};
    use std::fs;

    const SIZES: FeatureSizes = FeatureSizes {
        text: TextSize::Words { vocabulary: 2 },
        visual: 2,
        acoustic: 1,
    };

    fn recipes(digit: &str) -> Recipes {
        let columns = ["a", "b"].map(str::to_string).to_vec();
        let recipe = RecipeStamp::new("openface-au", 1, digit.repeat(64), "OpenFace", columns);
        Recipes {
            visual: Some(recipe),
            ..Recipes::default()
        }
    }

    #[test]
    fn data_of_another_recipe_are_refused() {
        let all = Modalities::ALL;
        let fit = RecipesFit::of(&recipes("0"), &recipes("0"), all).unwrap();
        assert!(fit.notes.is_empty() && !fit.is_reordered());
        let error = RecipesFit::of(&recipes("0"), &recipes("1"), all).unwrap_err();
        let expected = "visual: recipe openface-au: expected the SHA-256 000000000000 as in training, found 111111111111";
        assert!(error.to_string().starts_with(expected), "{error}");
        // What the model does not read may be anything.
        let spoken = "text".parse().unwrap();
        assert!(RecipesFit::of(&recipes("0"), &recipes("1"), spoken).is_ok());
    }

    #[test]
    fn data_without_a_recipe_are_told_of() {
        let fit = RecipesFit::of(&recipes("0"), &Recipes::default(), Modalities::ALL).unwrap();
        let expected = "the data do not say how their visual features were made; those of the model were made by the \
                        recipe openface-au (OpenFace)";
        assert_eq!(fit.notes, [expected]);
        let fit = RecipesFit::of(&Recipes::default(), &recipes("0"), Modalities::ALL).unwrap();
        assert!(fit.notes.is_empty());
    }

    #[test]
    fn columns_are_brought_into_the_order_of_the_model() {
        let mut data = recipes("1");
        if let Some(visual) = &mut data.visual {
            visual.columns.reverse();
        }
        let fit = RecipesFit::of(&recipes("0"), &data, Modalities::ALL).unwrap();
        assert_eq!(
            fit.notes,
            ["visual: columns in another order, brought into that of the model"]
        );
        let mut clip = Clip {
            visual: Sequence::new(2, vec![1.0, 2.0, 3.0, 4.0]),
            ..Clip::default()
        };
        fit.reorder(&mut clip);
        assert_eq!(clip.visual.unwrap().values(), [2.0, 1.0, 4.0, 3.0]);
    }

    #[test]
    fn files_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let read = |sizes| read(Source::Folder(folder.path()), sizes);
        assert!(!write(&path, &Recipes::default()).unwrap());
        assert_eq!(read(SIZES).unwrap(), Recipes::default());
        assert!(write(&path, &recipes("0")).unwrap());
        assert_eq!(read(SIZES).unwrap(), recipes("0"));

        let json = fs::read_to_string(&path).unwrap();
        fs::write(&path, json.replace("openface-au", "openface\\nau")).unwrap();
        let error = read(SIZES).unwrap_err().to_string();
        assert!(
            error.contains("recipes.json: expected recipes of the model's features"),
            "{error}"
        );
        fs::write(&path, json.replace("\"visual\"", "\"vision\"")).unwrap();
        assert!(read(SIZES).is_err());
        fs::write(&path, " ".repeat(1 + MAX_BYTES as usize)).unwrap();
        let error = read(SIZES).unwrap_err().to_string();
        assert!(error.contains("expected at most 2097152 bytes"), "{error}");
    }
}

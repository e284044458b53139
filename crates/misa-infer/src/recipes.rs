//! How the features of a model were made, in its folder and beside those of data.

use crate::versioned::Layout;
use crate::{Checkpoint, InferError, Predictor};
use misa_terms::{FeatureSizes, Modality, PerModality, RecipeMatch, RecipeStamp, Recipes};
use std::fs;
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

/// The recipes in a model's folder, for features of these sizes; none if there is no file.
pub(crate) fn read(path: &Path, sizes: FeatureSizes) -> Result<Recipes, InferError> {
    if !path.exists() {
        return Ok(Recipes::default());
    }
    let bytes = fs::metadata(path).map_err(InferError::io(path))?.len();
    let place = path.display().to_string();
    if bytes > MAX_BYTES {
        let (expected, found) = (format!("at most {MAX_BYTES} bytes"), bytes.to_string());
        return Err(InferError::Layout {
            place,
            expected,
            found,
        });
    }
    let recipes: Recipes = LAYOUT.read(path)?;
    let checked = misa_terms::check_recipes(&recipes, Some(sizes));
    checked.map_err(|found| InferError::Layout {
        place,
        expected: "recipes of the model's features".to_string(),
        found,
    })?;
    Ok(recipes)
}

/// Compares the recipes of a model with those of data, by modality.
pub fn check_recipes(model: &Recipes, data: &Recipes) -> PerModality<RecipeMatch> {
    let pairs = model.as_ref().zip(data.as_ref());
    pairs.map(|(model, data)| RecipeMatch::of(model.as_ref(), data.as_ref()))
}

impl Checkpoint {
    /// What the recipes of data say against their use with this model, a sentence for each modality that the
    /// model reads and of which its own recipe is known; empty if all are equal.
    pub fn recipe_notes(&self, data: &Recipes) -> Vec<String> {
        let matches = check_recipes(&self.recipes, data);
        let notes = self
            .config
            .settings
            .modalities
            .iter()
            .filter_map(|modality| {
                let model = self.recipes.get(modality).as_ref()?;
                let data = data.get(modality).as_ref();
                note(modality, *matches.get(modality), model, data)
            });
        notes.collect()
    }
}

impl Predictor {
    /// How the features were made on which the model was trained; `None` where that is not known.
    pub fn recipes(&self) -> &Recipes {
        &self.checkpoint().recipes
    }
}

fn note(
    modality: Modality,
    found: RecipeMatch,
    model: &RecipeStamp,
    data: Option<&RecipeStamp>,
) -> Option<String> {
    let name =
        |recipe: &RecipeStamp| format!("{} {} ({})", recipe.name, recipe.version, recipe.tool);
    match (found, data) {
        (RecipeMatch::Equal, _) => None,
        (_, Some(data)) => Some(format!(
            "the {modality} features were made by the recipe {}, those of the model by {}: predictions mean \
             something only if both are the same features",
            name(data),
            name(model)
        )),
        (_, None) => Some(format!(
            "the data do not say how their {modality} features were made, those of the model were made by the \
             recipe {}",
            name(model)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_terms::TextSize;

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
    fn recipes_are_compared_by_modality() {
        let found = check_recipes(&recipes("0"), &recipes("1"));
        assert_eq!(found.visual, RecipeMatch::Different);
        assert_eq!(found.text, RecipeMatch::Unknown);
        let found = check_recipes(&recipes("0"), &recipes("0"));
        assert_eq!(found.visual, RecipeMatch::Equal);
        let found = check_recipes(&recipes("0"), &Recipes::default());
        assert_eq!(found.visual, RecipeMatch::Unknown);
    }

    #[test]
    fn what_does_not_match_is_told() {
        let model = recipes("0").visual.unwrap();
        let of = |found, data| note(Modality::Visual, found, &model, data);
        assert_eq!(of(RecipeMatch::Equal, Some(&model)), None);
        let text = of(RecipeMatch::Unknown, None).unwrap();
        let expected = "the data do not say how their visual features were made, those of the model were made \
                        by the recipe openface-au 1 (OpenFace)";
        assert_eq!(text, expected);
        let text = of(RecipeMatch::Different, Some(&model)).unwrap();
        assert!(text.starts_with("the visual features were made by the recipe openface-au 1"));
    }

    #[test]
    fn files_are_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        assert!(!write(&path, &Recipes::default()).unwrap());
        assert_eq!(read(&path, SIZES).unwrap(), Recipes::default());
        assert!(write(&path, &recipes("0")).unwrap());
        assert_eq!(read(&path, SIZES).unwrap(), recipes("0"));

        let json = fs::read_to_string(&path).unwrap();
        fs::write(&path, json.replace("openface-au", "openface\\nau")).unwrap();
        let error = read(&path, SIZES).unwrap_err().to_string();
        assert!(
            error.contains("recipes.json: expected recipes of the model's features"),
            "{error}"
        );
        fs::write(&path, json.replace("\"visual\"", "\"vision\"")).unwrap();
        assert!(read(&path, SIZES).is_err());
        fs::write(&path, " ".repeat(1 + MAX_BYTES as usize)).unwrap();
        let error = read(&path, SIZES).unwrap_err().to_string();
        assert!(error.contains("expected at most 2097152 bytes"), "{error}");
    }
}

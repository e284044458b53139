//! The recipes of the features of each modality, as they are stored beside data and models.

use crate::{FeatureSizes, JsonFault, Modality, PerModality, RecipeStamp, TextSize};
use serde::{Deserialize, Serialize};

/// The recipe of the features of each modality; `None` where it is not known, or the text is words.
pub type Recipes = PerModality<Option<RecipeStamp>>;

/// Bytes of stored recipes. One of a thousand features with long names takes a tenth.
pub(crate) const MAX_BYTES: usize = 1 << 19;
/// Characters of a name.
const MAX_NAME: usize = 256;
/// Characters of a SHA-256 in hexadecimal.
const SHA256: usize = 64;

/// Recipes in JSON. Unlike [`PerModality`], it refuses other keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<RecipeStamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visual: Option<RecipeStamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acoustic: Option<RecipeStamp>,
}

/// Recipes as JSON; `None` if there is none.
#[doc(hidden)]
pub fn recipes_to_json(recipes: &Recipes) -> Option<String> {
    if *recipes == Recipes::default() {
        return None;
    }
    let recipes = recipes.clone();
    let stored = Stored {
        text: recipes.text,
        visual: recipes.visual,
        acoustic: recipes.acoustic,
    };
    Some(serde_json::to_string(&stored).expect("texts and numbers are JSON"))
}

/// The recipes in JSON, for features of these sizes.
///
/// # Errors
///
/// What was expected and what was found.
#[doc(hidden)]
pub fn recipes_from_json(json: &str, sizes: Option<FeatureSizes>) -> Result<Recipes, String> {
    if json.len() > MAX_BYTES {
        let found = json.len();
        return Err(format!("expected at most {MAX_BYTES} bytes, found {found}"));
    }
    let stored: Stored = serde_json::from_str(json).map_err(|error| {
        let found = JsonFault::new(json.as_bytes(), &error).instead_with_place();
        format!("expected recipes by modality, found {found}")
    })?;
    let recipes = PerModality {
        text: stored.text,
        visual: stored.visual,
        acoustic: stored.acoustic,
    };
    check_recipes(&recipes, sizes)?;
    Ok(recipes)
}

/// Checks that recipes can be stored, and that they name the features of these sizes, if they name any.
///
/// # Errors
///
/// What was expected and what was found.
#[doc(hidden)]
pub fn check_recipes(recipes: &Recipes, sizes: Option<FeatureSizes>) -> Result<(), String> {
    for modality in Modality::ALL {
        if let Some(recipe) = recipes.get(modality) {
            let checked = check(recipe, sizes.map(|sizes| width(sizes, modality)));
            checked.map_err(|fault| format!("{modality}: {fault}"))?;
        }
    }
    let bytes = recipes_to_json(recipes).map_or(0, |json| json.len());
    if bytes > MAX_BYTES {
        return Err(format!("expected at most {MAX_BYTES} bytes, found {bytes}"));
    }
    Ok(())
}

/// Features of a step of a modality; `None` for words.
fn width(sizes: FeatureSizes, modality: Modality) -> Option<usize> {
    match (modality, sizes.text) {
        (Modality::Visual, _) => Some(sizes.visual),
        (Modality::Acoustic, _) => Some(sizes.acoustic),
        (Modality::Text, TextSize::Features { d_input }) => Some(d_input),
        (Modality::Text, TextSize::Words { .. } | TextSize::Bert(_)) => None,
    }
}

fn check(recipe: &RecipeStamp, width: Option<Option<usize>>) -> Result<(), String> {
    let sha256 = &recipe.sha256;
    let is_hex = |letter: u8| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter);
    if sha256.len() != SHA256 || !sha256.bytes().all(is_hex) {
        let found: String = sha256.chars().take(SHA256).collect();
        return Err(format!(
            "expected a SHA-256 in hexadecimal, found {found:?}"
        ));
    }
    let texts = [&recipe.name, &recipe.tool, &recipe.mode];
    let settings = recipe.steps.iter().flat_map(|(name, value)| [name, value]);
    let texts = texts
        .into_iter()
        .chain(&recipe.tool_version)
        .chain(settings);
    for text in texts.chain(&recipe.columns) {
        let length = text.chars().count();
        if length > MAX_NAME || text.chars().any(char::is_control) {
            let found: String = text.chars().take(40).collect();
            let expected = format!("names of at most {MAX_NAME} characters, none of control");
            return Err(format!("expected {expected}, found {found:?}"));
        }
    }
    if let Some(rate) = recipe.rate.filter(|rate| !rate.is_finite() || *rate <= 0.0) {
        return Err(format!("expected a positive rate, found {rate}"));
    }
    match (width, recipe.columns.len()) {
        (None, _) | (_, 0) => Ok(()),
        (Some(Some(width)), columns) if columns == width => Ok(()),
        (Some(Some(width)), columns) => Err(format!("expected {width} columns, found {columns}")),
        (Some(None), columns) => Err(format!("expected no columns of words, found {columns}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: FeatureSizes = FeatureSizes {
        text: TextSize::Words { vocabulary: 9 },
        visual: 2,
        acoustic: 1,
    };

    fn stamp(columns: &[&str]) -> RecipeStamp {
        let columns = columns.iter().map(ToString::to_string).collect();
        RecipeStamp::new("openface-au", 1, "0a".repeat(32), "OpenFace", columns)
    }

    fn seen(stamp: RecipeStamp) -> Recipes {
        Recipes {
            visual: Some(stamp),
            ..Recipes::default()
        }
    }

    #[test]
    fn recipes_survive_json() {
        let recipes = seen(stamp(&["AU01_r", "AU12_r"]));
        let json = recipes_to_json(&recipes).unwrap();
        assert!(!json.contains("acoustic"), "{json}");
        assert_eq!(recipes_from_json(&json, Some(SIZES)), Ok(recipes));
        assert_eq!(recipes_to_json(&Recipes::default()), None);
    }

    #[test]
    fn what_is_no_recipe_is_refused() {
        let fault =
            |recipe: &RecipeStamp| check_recipes(&seen(recipe.clone()), Some(SIZES)).unwrap_err();
        let good = stamp(&["a", "b"]);
        let mut bad = good.clone();
        bad.sha256 = "0A".repeat(32);
        assert!(fault(&bad).starts_with("visual: expected a SHA-256 in hexadecimal, found \"0A0A"));
        let bad = stamp(&["a"]);
        assert_eq!(fault(&bad), "visual: expected 2 columns, found 1");
        let mut bad = good.clone();
        bad.rate = Some(f64::NAN);
        assert_eq!(fault(&bad), "visual: expected a positive rate, found NaN");
        let bad = stamp(&["a", "b\n"]);
        let expected =
            "visual: expected names of at most 256 characters, none of control, found \"b\\n\"";
        assert_eq!(fault(&bad), expected);
        let spoken = Recipes {
            text: Some(good),
            ..Recipes::default()
        };
        let error = check_recipes(&spoken, Some(SIZES)).unwrap_err();
        assert_eq!(error, "text: expected no columns of words, found 2");
        assert_eq!(check_recipes(&spoken, None), Ok(()));
    }

    #[test]
    fn hostile_json_is_refused() {
        let of = |json: &str| recipes_from_json(json, None).unwrap_err();
        assert!(of(r#"{"vision": null}"#).contains("found the key `vision`"));
        assert!(of("[").starts_with("expected recipes by modality"));
        assert!(of(&"[".repeat(1 << 18)).starts_with("expected recipes by modality"));
        assert!(of(&" ".repeat(MAX_BYTES + 1)).starts_with("expected at most 524288 bytes"));
    }
}

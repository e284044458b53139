//! A recipe from its file.

use crate::decode::{decode, line_after};
use crate::recipe::keys::Keys;
use crate::recipe::{Recipe, RecipeColumn, RecipeTime, names};
use crate::{Fault, FaultKind, Limits, Place};
use misa_terms::{Modality, RecipeScaling};
use toml::Table;

/// The keys of a recipe.
const KEYS: [&str; 13] = [
    "name",
    "version",
    "modality",
    "tool",
    "rate",
    "time",
    "validity",
    "scaling",
    "depends_on_cut",
    "licence",
    "remarks",
    "available",
    "columns",
];

/// The keys of a group of columns.
const COLUMN_KEYS: [&str; 4] = ["names", "unit", "missing", "needs"];

const TIMES: [(&str, RecipeTime); 3] = [
    ("start", RecipeTime::Start),
    ("centre", RecipeTime::Centre),
    ("interval", RecipeTime::Interval),
];

const SCALINGS: [(&str, RecipeScaling); 3] = [
    ("none", RecipeScaling::None),
    ("standard", RecipeScaling::Standard),
    ("robust", RecipeScaling::Robust),
];

/// The recipe in a file.
pub(super) fn recipe(bytes: &[u8]) -> Result<Recipe, Fault> {
    let text = decode(bytes)?;
    let table: Table = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        let place = Place::Line(line_after(&text.as_bytes()[..start]));
        let found: String = error.message().chars().take(120).collect();
        Fault::new(FaultKind::Malformed, place, "TOML", found)
    })?;
    let keys = Keys::new(&table, "", &KEYS)?;
    let modalities = Modality::ALL.map(|modality| (modality.name(), modality));
    let recipe = Recipe {
        name: keys.needed("name", Keys::text)?,
        version: keys.needed("version", Keys::count)?,
        modality: keys.needed("modality", |keys, key| keys.choice(key, &modalities))?,
        tool: keys.needed("tool", Keys::text)?,
        rate: keys.positive("rate")?,
        time: keys.needed("time", |keys, key| keys.choice(key, &TIMES))?,
        validity: keys.needed("validity", Keys::text)?,
        scaling: keys.needed("scaling", |keys, key| keys.choice(key, &SCALINGS))?,
        depends_on_cut: keys.text("depends_on_cut")?,
        licence: keys.needed("licence", Keys::text)?,
        remarks: keys.texts("remarks")?.unwrap_or_default(),
        is_available: keys.flag("available")?.unwrap_or(true),
        columns: columns(&keys.needed("columns", Keys::tables)?, &Limits::default())?,
    };
    recipe.check()?;
    Ok(recipe)
}

fn columns(groups: &[&Table], limits: &Limits) -> Result<Vec<RecipeColumn>, Fault> {
    let mut columns = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let place = format!("columns[{index}]");
        let keys = Keys::new(group, &place, &COLUMN_KEYS)?;
        let unit = keys.needed("unit", Keys::text)?;
        let missing = keys.number("missing")?.map(|number| number as f32);
        let needs = keys.text("needs")?;
        let place = Place::Part(format!("{place}.names"));
        for short in keys.needed("names", Keys::texts)? {
            let names = names::expand(&short, &place, limits)?;
            if columns.len() + names.len() > limits.columns {
                let expected = format!("at most {} columns", limits.columns);
                return Err(Fault::new(FaultKind::TooLarge, place, expected, "more"));
            }
            columns.extend(names.into_iter().map(|name| RecipeColumn {
                name,
                unit: unit.clone(),
                missing,
                needs: needs.clone(),
            }));
        }
    }
    Ok(columns)
}

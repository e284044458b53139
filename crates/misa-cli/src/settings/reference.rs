//! Every setting with its meaning, values and defaults.

use super::expected::{expected, form};
use super::{Layers, preset_layers};
use misa_terms::{Choice, Field, Shape};
use misa_train::{Corpus, Preset, TrainError};
use serde::Serialize;
use serde_json::Value;

/// The presets whose defaults are shown. What applies if nothing is chosen comes first.
const PRESETS: [Preset; 4] = [
    Preset::Official,
    Preset::FineTuned,
    Preset::Mmsa,
    Preset::Plus,
];
const CORPORA: [Corpus; 3] = [Corpus::Mosei, Corpus::Mosi, Corpus::UrFunny];

/// The settings that decide which defaults the others have.
const CONDITIONS: [&str; 2] = ["preset", "corpus"];

/// What a user may know of one setting.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SettingReference {
    /// The key with its tables.
    pub key: String,
    /// What it means.
    pub meaning: String,
    /// The values that it may have, in words.
    pub values: String,
    /// Each value that has a name; none of a number, a text and so on.
    pub choices: Vec<ChoiceReference>,
    /// The numbers that it may be, as an interval.
    pub range: Option<String>,
    /// Its value if nothing is chosen and data is given; null for none.
    pub default: Value,
    /// Where its default differs.
    pub other_defaults: Vec<OtherDefault>,
    /// The option that is its short name.
    pub option: Option<String>,
    /// Whether it is a table, whose settings follow.
    pub is_table: bool,
}

/// A value that has a name.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ChoiceReference {
    /// As it is written in a file.
    pub form: String,
    pub meaning: String,
}

/// The default of a setting under another condition.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OtherDefault {
    /// A preset, a preset and a corpus, or that no data is given.
    pub condition: String,
    pub value: Value,
}

/// A preset of which the defaults are known.
struct Known {
    preset: Preset,
    /// The corpora of the preset, with its layers for each.
    corpora: Vec<(Corpus, Layers)>,
}

/// Every setting, a table before what is in it; `option` finds the option of a key.
///
/// # Errors
///
/// [`TrainError`] if the default preset has no values, which is a fault of this program.
pub(crate) fn reference(
    shape: &Shape,
    option: impl Fn(&str) -> Option<String>,
) -> Result<Vec<SettingReference>, TrainError> {
    let base = preset_layers(PRESETS[0], CORPORA[0], true)?;
    let without_data = preset_layers(PRESETS[0], CORPORA[0], false)?;
    let presets = PRESETS.map(|preset| {
        let layers = |corpus| Some((corpus, preset_layers(preset, corpus, true).ok()?));
        let corpora = CORPORA.into_iter().filter_map(layers).collect();
        Known { preset, corpora }
    });
    let settings = shape.settings().into_iter();
    let settings = settings.filter(|(_, field)| !matches!(field.shape, Shape::Table(_)));
    Ok(settings
        .map(|(key, field)| {
            let default = default_of(&base, &key, field);
            let is_condition = CONDITIONS.contains(&key.as_str());
            let mut others: Vec<OtherDefault> = presets
                .iter()
                .filter(|_| !is_condition)
                .flat_map(|known| known.others(&key, field, &default))
                .collect();
            let synthetic = default_of(&without_data, &key, field);
            if synthetic != default {
                others.push(OtherDefault {
                    condition: "without data.path".to_string(),
                    value: synthetic,
                });
            }
            SettingReference {
                meaning: field.meaning.clone(),
                values: expected(&field.shape, field.range.as_ref()),
                choices: choices(&field.shape),
                range: field.range.as_ref().map(ToString::to_string),
                default,
                other_defaults: others,
                option: option(&key),
                is_table: is_table(field),
                key,
            }
        })
        .collect())
}

fn is_table(field: &Field) -> bool {
    matches!(field.shape.present(), Shape::Table(_))
}

/// The default of a setting; of an optional table only whether it is there.
fn default_of(layers: &Layers, key: &str, field: &Field) -> Value {
    match layers.default_of(key) {
        None | Some(Value::Null) => Value::Null,
        Some(_) if is_table(field) => Value::from("on"),
        // A folder that must be given has no default.
        Some(Value::String(text)) if text.is_empty() => Value::Null,
        Some(value) => value.clone(),
    }
}

fn choices(shape: &Shape) -> Vec<ChoiceReference> {
    match shape.present() {
        Shape::Choice(choices) => choices.iter().map(choice).collect(),
        Shape::List(item) => self::choices(item),
        _ => Vec::new(),
    }
}

fn choice(choice: &Choice) -> ChoiceReference {
    ChoiceReference {
        form: form(choice),
        meaning: choice.meaning.clone(),
    }
}

impl Known {
    /// The defaults of this preset that differ from `default`: one of the preset if it has the same
    /// for all of its corpora.
    fn others(&self, key: &str, field: &Field, default: &Value) -> Vec<OtherDefault> {
        let values: Vec<(Corpus, Value)> = self
            .corpora
            .iter()
            .map(|(corpus, layers)| (*corpus, default_of(layers, key, field)))
            .collect();
        let is_same = values.iter().all(|(_, value)| *value == values[0].1);
        let preset = self.preset;
        if is_same {
            let first = values
                .into_iter()
                .next()
                .filter(|(_, value)| value != default);
            let other = first.map(|(_, value)| OtherDefault {
                condition: preset.to_string(),
                value,
            });
            return other.into_iter().collect();
        }
        let values = values.into_iter().filter(|(_, value)| value != default);
        let other = |(corpus, value)| OtherDefault {
            condition: format!("{preset} {corpus}"),
            value,
        };
        values.map(other).collect()
    }
}

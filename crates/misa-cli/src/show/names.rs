//! Short names of models.

use super::flat::flat;
use crate::runs::NamedRun;
use misa_train::Manifest;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Letters of a name beyond which a shorter one is looked for: a table has room for two of them
/// beside its scores.
const LONG: usize = 32;
/// Folders of a path that a name may have.
const DEPTH: usize = 3;
/// Hexadecimal digits at the end of a folder of a sweep.
const CHECKSUM: usize = 12;

/// The names of models, one for each run.
pub(crate) struct ModelNames {
    pub names: Vec<String>,
    /// Whether names have a part of the settings in which the models differ.
    pub is_cut: bool,
}

/// The name of the model of each run: that which the user has for it, or else one of [`model_names`].
pub(crate) fn names_of<'a>(
    runs: impl Iterator<Item = (&'a NamedRun, &'a Manifest)> + Clone,
) -> ModelNames {
    let unnamed = runs.clone().filter(|(run, _)| run.model.is_none());
    let unnamed = unnamed.map(|(run, manifest)| (run.folder.as_path(), manifest));
    let found = model_names(&unnamed.collect::<Vec<_>>());
    let mut names = found.names.into_iter();
    let named = |(run, _): (&NamedRun, _)| {
        let given = run.model.clone().or_else(|| names.next());
        given.unwrap_or_else(|| "misa".to_string())
    };
    ModelNames {
        names: runs.map(named).collect(),
        is_cut: found.is_cut,
    }
}

/// The settings of a run but its seed.
type Settings = BTreeMap<String, String>;

/// Names the model of each run: runs that differ by their seed alone have one name. It is that of
/// their folder, if all of them have the same and others have not, or else the settings in which the
/// models differ, as few as tell them apart if all are too many.
fn model_names(runs: &[(&Path, &Manifest)]) -> ModelNames {
    let settings: Vec<Settings> = runs
        .iter()
        .map(|(_, manifest)| {
            let mut fields = BTreeMap::from_iter(flat(&manifest.config));
            fields.remove("seed");
            fields
        })
        .collect();
    let folders: Vec<Vec<String>> = runs.iter().map(|(folder, _)| parts(folder)).collect();
    let by_folder = (1..=DEPTH).find_map(|depth| folder_names(&settings, &folders, depth));
    if let Some(names) = by_folder {
        return ModelNames {
            names,
            is_cut: false,
        };
    }
    setting_names(&settings)
}

/// The folders that a run is in, without those and those parts that name its seed.
fn parts(folder: &Path) -> Vec<String> {
    let path = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
    let mut parts: Vec<String> = parts.filter(|part| part != "/").collect();
    if let Some(last) = parts.pop() {
        let unseeded = without_seed(&last);
        if !unseeded.is_empty() {
            parts.push(unseeded);
        }
    }
    parts
}

/// The name of a folder without its seed: nothing remains of `seed-1`, and `dropout=0.1` of
/// `dropout=0.1,seed=1-5505f70a5684`, a folder of a sweep.
fn without_seed(name: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if name.strip_prefix("seed-").is_some_and(is_number) {
        return String::new();
    }
    let is_checksum =
        |text: &str| text.len() == CHECKSUM && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let Some((settings, _)) = name.rsplit_once('-').filter(|(_, end)| is_checksum(end)) else {
        return name.to_string();
    };
    let settings = settings
        .split(',')
        .filter(|part| !part.starts_with("seed="));
    settings.collect::<Vec<_>>().join(",")
}

/// The last `depth` folders of each run, if they name models.
fn folder_names(
    settings: &[Settings],
    folders: &[Vec<String>],
    depth: usize,
) -> Option<Vec<String>> {
    let name = |parts: &Vec<String>| parts[parts.len().saturating_sub(depth)..].join("/");
    let names: Vec<String> = folders.iter().map(name).collect();
    let mut models: BTreeMap<&str, &Settings> = BTreeMap::new();
    let mut named: BTreeMap<&Settings, &str> = BTreeMap::new();
    let is_name = names.iter().zip(settings).all(|(name, settings)| {
        let is_short = (1..=LONG).contains(&name.chars().count());
        let is_of_model = *models.entry(name).or_insert(settings) == settings;
        is_short && is_of_model && *named.entry(settings).or_insert(name) == name
    });
    is_name.then_some(names)
}

fn setting_names(settings: &[Settings]) -> ModelNames {
    let keys: BTreeSet<&String> = settings.iter().flat_map(BTreeMap::keys).collect();
    let is_differing = |key: &&String| {
        let mut others = settings.iter();
        others.any(|fields| fields.get(*key) != settings[0].get(*key))
    };
    let differing: Vec<&String> = keys.into_iter().filter(is_differing).collect();
    let named = |keys: &[&String]| -> Vec<String> {
        settings.iter().map(|fields| name(fields, keys)).collect()
    };
    let names = named(&differing);
    if names.iter().all(|name| name.chars().count() <= LONG) {
        return ModelNames {
            names,
            is_cut: false,
        };
    }
    let few = distinguishing(settings, &differing);
    ModelNames {
        is_cut: few.len() < differing.len(),
        names: named(&few),
    }
}

/// As few of the keys as tell all models apart, chosen one by one: each divides most models.
fn distinguishing<'a>(settings: &[Settings], keys: &[&'a String]) -> Vec<&'a String> {
    let classes = |keys: &[&String]| {
        let values = settings.iter().map(|fields| {
            let values = keys.iter().map(|key| fields.get(*key));
            values.collect::<Vec<_>>()
        });
        values.collect::<BTreeSet<_>>().len()
    };
    let all = classes(keys);
    let mut chosen: Vec<&String> = Vec::new();
    while classes(&chosen) < all {
        let divided = |key: &&&String| classes(&[&chosen[..], &[**key]].concat());
        // Of several, the first one in the alphabet.
        let Some(best) = keys.iter().rev().max_by_key(divided) else {
            break;
        };
        chosen.push(best);
    }
    chosen
}

/// `dropout=0.1, cell=gru`; `misa` without keys.
fn name(fields: &Settings, keys: &[&String]) -> String {
    let last = |key: &str| key.rsplit('.').next().map(str::to_string);
    let short = |key: &String| {
        let is_shared = keys.iter().filter(|other| last(other) == last(key)).count() > 1;
        last(key)
            .filter(|_| !is_shared)
            .unwrap_or_else(|| key.clone())
    };
    let parts = keys.iter();
    let parts: Vec<String> = parts
        .filter_map(|key| Some(format!("{}={}", short(key), fields.get(*key)?)))
        .collect();
    if parts.is_empty() {
        "misa".to_string()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(values: &[(&str, &str)]) -> Settings {
        let owned = |(key, value): &(&str, &str)| (key.to_string(), value.to_string());
        values.iter().map(owned).collect()
    }

    fn folders(names: &[&str]) -> Vec<Vec<String>> {
        let split = |name: &&str| name.split('/').map(str::to_string).collect();
        names.iter().map(split).collect()
    }

    #[test]
    fn a_seed_is_no_part_of_a_name() {
        assert_eq!(without_seed("seed-12"), "");
        assert_eq!(without_seed("seed-a"), "seed-a");
        assert_eq!(
            without_seed("cell=lstm,dropout=0.1,seed=1-5505f70a5684"),
            "cell=lstm,dropout=0.1"
        );
        assert_eq!(without_seed("seed=1-5505f70a5684"), "");
        assert_eq!(without_seed("my-model"), "my-model");
    }

    #[test]
    fn folders_name_models_where_they_tell_them_apart() {
        let [one, other] = ["0.1", "0.5"].map(|value| settings(&[("dropout", value)]));
        let models = [one.clone(), one.clone(), other.clone()];
        let names = |names: &[&str], depth| folder_names(&models, &folders(names), depth);
        assert_eq!(names(&["r/a", "r/a", "r/b"], 1).unwrap(), ["a", "a", "b"]);
        // Two models in folders of one name, below different ones.
        assert_eq!(names(&["x/a", "x/a", "y/a"], 1), None);
        assert_eq!(
            names(&["x/a", "x/a", "y/a"], 2).unwrap(),
            ["x/a", "x/a", "y/a"]
        );
        // Two seeds of one model in folders of two names.
        assert_eq!(names(&["r/a", "r/c", "r/b"], 1), None);
    }

    #[test]
    fn names_of_settings_have_as_few_as_tell_models_apart() {
        let few = setting_names(&["0.1", "0.5"].map(|value| settings(&[("a.dropout", value)])));
        assert_eq!(
            (few.names, few.is_cut),
            (vec!["dropout=0.1".into(), "dropout=0.5".into()], false)
        );
        let long = |place: &str, cell: &str| {
            let value = format!("{place}-of-a-very-long-value-of-text");
            settings(&[("a.place", &value), ("b.place", &value), ("cell", cell)])
        };
        let found = setting_names(&[long("one", "lstm"), long("two", "lstm"), long("two", "gru")]);
        assert!(found.is_cut);
        assert_eq!(
            found.names[1],
            "place=two-of-a-very-long-value-of-text, cell=lstm"
        );
        assert_eq!(setting_names(&[settings(&[("a", "1")])]).names, ["misa"]);
    }
}

//! A sweep file to the list of its runs.

use super::cell::{DATA, SEED};
use super::{Cell, SweepError, SweepFile};
use misa_terms::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::path::Path;

/// Letters of a checksum in the name of a folder.
const LETTERS: usize = 12;

impl SweepFile {
    /// The runs in their order; `path` is where the file is, `base` is the text of the shared
    /// settings.
    ///
    /// # Errors
    ///
    /// [`SweepError`] if two runs have the same settings, there are fewer settings than random draws,
    /// or a path is not text.
    pub fn cells(&self, path: &Path, base: &str) -> Result<Vec<Cell>, SweepError> {
        let mut choices: Vec<Vec<(String, Value)>> = vec![Vec::new()];
        for (key, values) in &self.grid {
            choices = crossed(
                &choices,
                values
                    .iter()
                    .map(|value| vec![(key.clone(), value.clone())]),
            );
        }
        if let Some(random) = &self.random {
            choices = crossed(&choices, random.settings(path)?.into_iter());
        }
        if !self.data.is_empty() {
            let data = self.data.iter();
            let data = data.map(|path| vec![(DATA.to_string(), json!(path))]);
            choices = crossed(&choices, data);
        }
        let setting = |&seed: &u64| (SEED.to_string(), json!(seed));
        let seeds: Vec<_> = self.seeds.iter().map(setting).collect();
        let mut names = BTreeSet::new();
        let mut cells = Vec::new();
        for choice in choices {
            let group = name(&choice, base);
            for seed in &seeds {
                let mut settings = [choice.as_slice(), std::slice::from_ref(seed)].concat();
                // With the path as it is written: the name does not depend on the working folder.
                let name = name(&settings, base);
                if !self.data.is_empty() {
                    locate(&mut settings, path)?;
                }
                if !names.insert(name.clone()) {
                    let path = path.to_path_buf();
                    return Err(SweepError::Twice { path, name });
                }
                cells.push(Cell {
                    name,
                    group: group.clone(),
                    settings,
                });
            }
        }
        Ok(cells)
    }
}

impl SweepFile {
    /// The runs of settings that somebody else has chosen: one for each seed, or for theirs, if they have one. `base` is the
    /// text of the shared settings.
    pub fn asked(&self, chosen: &[(String, Value)], base: &str) -> Vec<Cell> {
        let (seeds, others): (Vec<_>, Vec<_>) =
            (chosen.iter().cloned()).partition(|(key, _)| key == SEED);
        let group = name(&others, base);
        let own = self
            .seeds
            .iter()
            .map(|&seed| (SEED.to_string(), json!(seed)));
        let seeds = if seeds.is_empty() {
            own.collect()
        } else {
            seeds
        };
        let cell = |seed| {
            let settings = [others.as_slice(), &[seed]].concat();
            Cell {
                name: name(&settings, base),
                group: group.clone(),
                settings,
            }
        };
        seeds.into_iter().map(cell).collect()
    }
}

/// Makes paths of data relative to the folder of the file `sweep`.
fn locate(settings: &mut [(String, Value)], sweep: &Path) -> Result<(), SweepError> {
    let beside = sweep.parent().unwrap_or(Path::new(""));
    for (_, value) in settings.iter_mut().filter(|(key, _)| key == DATA) {
        let path = beside.join(value.as_str().unwrap_or_default());
        let text = path.to_str().ok_or_else(|| SweepError::Text {
            path: sweep.to_path_buf(),
            data: path.clone(),
        })?;
        *value = json!(text);
    }
    Ok(())
}

fn crossed(
    choices: &[Vec<(String, Value)>],
    more: impl Iterator<Item = Vec<(String, Value)>> + Clone,
) -> Vec<Vec<(String, Value)>> {
    let all = choices.iter().flat_map(|choice| {
        more.clone()
            .map(move |more| [choice.as_slice(), more.as_slice()].concat())
    });
    all.collect()
}

/// `dropout=0.3,seed=1-0123456789ab`, as far as letters of folders allow.
fn name(settings: &[(String, Value)], base: &str) -> String {
    let mut checksum = Sha256::new();
    checksum.update(json!([settings, base]).to_string());
    let letters = hex(&checksum.finalize());
    let parts: Vec<String> = settings
        .iter()
        .map(|(key, value)| {
            let key = key.rsplit('.').next().unwrap_or(key);
            format!("{key}={}", value.to_string().trim_matches('"'))
        })
        .collect();
    let readable: String = parts
        .join(",")
        .chars()
        .map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() || "=,.-_".contains(letter) => letter,
            _ => '_',
        })
        .take(80)
        .collect();
    let prefix = if readable.is_empty() {
        "base"
    } else {
        readable.as_str()
    };
    format!("{prefix}-{}", &letters[..LETTERS])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::testing::cells;
    use std::fs;

    const GRID: &str = "seeds = [1, 2]\n[grid]\n\"training.dropout\" = [0.1, 0.5]\n\
                        \"training.cell\" = [\"lstm\", \"gru\"]\n";

    #[test]
    fn a_grid_is_every_choice_with_every_seed_in_order() {
        let cells = cells(GRID).unwrap();
        let settings: Vec<String> = cells
            .iter()
            .map(|cell| {
                let values = cell.settings.iter().map(|(_, value)| value.to_string());
                values.collect::<Vec<_>>().join(" ")
            })
            .collect();
        let expected = [
            "\"lstm\" 0.1 1",
            "\"lstm\" 0.1 2",
            "\"lstm\" 0.5 1",
            "\"lstm\" 0.5 2",
            "\"gru\" 0.1 1",
            "\"gru\" 0.1 2",
            "\"gru\" 0.5 1",
            "\"gru\" 0.5 2",
        ];
        assert_eq!(settings, expected);
        assert_eq!(cells[0].group, cells[1].group);
        assert_ne!(cells[1].group, cells[2].group);
        // A run is found again under this name: it must not change. The digits are those that
        // Python gives for the SHA-256 of the settings as JSON.
        assert_eq!(cells[0].name, "cell=lstm,dropout=0.1,seed=1-5505f70a5684");
    }

    #[test]
    fn random_draws_cross_with_seeds_and_data() {
        let text = "seeds = [1, 2]\ndata = [\"/a.pkl\", \"/b.pkl\"]\n[random]\ncount = 3\nseed = 9\n\
                    [random.keys]\n\"training.learning_rate\" = { log_uniform = [1e-5, 1e-3] }\n";
        let runs = cells(text).unwrap();
        assert_eq!(runs.len(), 12);
        assert_eq!(runs, cells(text).unwrap());
        let rates: BTreeSet<String> = runs
            .iter()
            .map(|cell| cell.settings[0].1.to_string())
            .collect();
        assert_eq!(rates.len(), 3);
    }

    #[test]
    fn data_is_relative_to_the_file_and_names_do_not_depend_on_its_folder() {
        let text = "seeds = [1]\ndata = [\"a.pkl\", \"/b.pkl\"]\n";
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let cells = |folder: &Path| {
            let path = folder.join("sweep.toml");
            fs::write(&path, text).unwrap();
            SweepFile::read(&path).unwrap().cells(&path, "").unwrap()
        };
        let runs = cells(one.path());
        let paths: Vec<&Value> = runs.iter().map(|cell| &cell.settings[0].1).collect();
        assert_eq!(*paths[0], json!(one.path().join("a.pkl")));
        assert_eq!(*paths[1], json!("/b.pkl"));
        let names = |cells: &[Cell]| {
            cells
                .iter()
                .map(|cell| cell.name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&runs), names(&cells(other.path())));
    }

    #[cfg(unix)]
    #[test]
    fn data_below_a_folder_that_is_not_text_is_refused() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let file: SweepFile = toml::from_str("seeds = [1]\ndata = [\"a.pkl\"]\n").unwrap();
        let path = Path::new(OsStr::from_bytes(b"\xff/sweep.toml"));
        assert_eq!(
            file.cells(path, "").unwrap_err().to_string(),
            "\u{fffd}/sweep.toml: \u{fffd}/a.pkl is not valid UTF-8, expected a path that settings can hold"
        );
    }
}

//! A sweep file to the list of its runs.

use super::error::{LARGEST, MOST};
use super::{Halving, RandomDraws, SweepError};
use misa_terms::hex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Letters of a checksum in the name of a folder.
const LETTERS: usize = 12;
const DATA: &str = "data.path";
const SEED: &str = "training.seed";

/// The runs of a sweep: every choice of the grid with every random draw, every data set and every
/// seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepFile {
    /// Settings that all runs share, as a file beside this one.
    #[serde(default)]
    pub base: Option<PathBuf>,
    /// Seeds of every setting.
    pub seeds: Vec<u64>,
    /// Data sets, as paths from where this file is; those of the shared settings if there are none.
    #[serde(default)]
    pub data: Vec<PathBuf>,
    /// Values of each setting, by its key with its tables.
    #[serde(default)]
    pub grid: BTreeMap<String, Vec<Value>>,
    /// Random draws.
    #[serde(default)]
    pub random: Option<RandomDraws>,
    /// Which runs stop early because others are better.
    #[serde(default)]
    pub halving: Option<Halving>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Name of its folder: what it varies, its seed, and a checksum of all its settings.
    pub name: String,
    /// Name shared by all runs that differ from it by their seed alone.
    pub group: String,
    /// What it sets, by key with tables.
    pub settings: Vec<(String, Value)>,
}

impl Cell {
    /// Its seed.
    pub fn seed(&self) -> Option<&Value> {
        self.setting(SEED)
    }

    /// Its data, if the sweep varies it.
    pub fn data(&self) -> Option<&str> {
        self.setting(DATA)?.as_str()
    }

    fn setting(&self, key: &str) -> Option<&Value> {
        let mut settings = self.settings.iter();
        Some(&settings.find(|(known, _)| known == key)?.1)
    }

    /// What the sweep varies, besides seed and data: `training.dropout=0.1, training.cell=gru`.
    pub fn varied(&self) -> String {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let settings = self.settings.iter();
        let settings = settings.filter(|(key, _)| key != DATA && key != SEED);
        let settings: Vec<String> = settings
            .map(|(key, value)| format!("{key}={}", text(value)))
            .collect();
        if settings.is_empty() {
            return "the shared settings".to_string();
        }
        settings.join(", ")
    }
}

impl SweepFile {
    /// Reads a TOML file; keys it does not know are refused.
    ///
    /// # Errors
    ///
    /// [`SweepError`] says what is wrong and where.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let io = |source| SweepError::Io {
            path: path.to_path_buf(),
            source,
        };
        let bytes = fs::metadata(path).map_err(io)?.len();
        if bytes > LARGEST {
            let path = path.to_path_buf();
            return Err(SweepError::TooLarge { path, bytes });
        }
        let text = fs::read_to_string(path).map_err(io)?;
        let mut file: Self = toml::from_str(&text).map_err(|error| SweepError::Syntax {
            path: path.to_path_buf(),
            message: error.to_string().trim_end().replace('\n', " "),
        })?;
        // Paths are relative to the folder of the file.
        let beside = path.parent().unwrap_or(Path::new(""));
        file.base = file.base.map(|base| beside.join(base));
        file.check(path)?;
        Ok(file)
    }

    fn check(&self, path: &Path) -> Result<(), SweepError> {
        self.check_keys(path)?;
        let range = |key: &str, message| SweepError::Range {
            path: path.to_path_buf(),
            key: key.to_string(),
            message,
        };
        if let Some((key, _)) = self.grid.iter().find(|(_, values)| values.is_empty()) {
            return Err(range(key, "expected at least one value"));
        }
        for (key, draw) in self.random.iter().flat_map(|random| &random.keys) {
            if let Some(fault) = draw.fault() {
                return Err(range(key, fault));
            }
        }
        if let Some((key, fault)) = self.halving.as_ref().and_then(Halving::fault) {
            return Err(range(key, fault));
        }
        let sizes = self.grid.values().map(Vec::len);
        let draws = self.random.as_ref().map_or(1, |random| random.count);
        let sizes = sizes.chain([draws, self.data.len().max(1), self.seeds.len()]);
        let runs = sizes.fold(1u128, |runs, size| runs.saturating_mul(size as u128));
        if (1..=MOST as u128).contains(&runs) {
            return Ok(());
        }
        let path = path.to_path_buf();
        Err(SweepError::Runs { path, runs })
    }

    /// Whether every setting has one source.
    fn check_keys(&self, path: &Path) -> Result<(), SweepError> {
        let drawn = self.random.iter().flat_map(|random| random.keys.keys());
        let data = (!self.data.is_empty()).then_some((DATA, "data"));
        let sources = [(SEED, "seeds")]
            .into_iter()
            .chain(data)
            .chain(self.grid.keys().map(|key| (key.as_str(), "[grid]")))
            .chain(drawn.map(|key| (key.as_str(), "[random]")));
        let mut known = BTreeMap::new();
        for (key, source) in sources {
            if let Some(other) = known.insert(key, source) {
                return Err(SweepError::Sources {
                    path: path.to_path_buf(),
                    key: key.to_string(),
                    sources: [other, source],
                });
            }
        }
        Ok(())
    }

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

    fn cells(text: &str) -> Result<Vec<Cell>, SweepError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sweep.toml");
        fs::write(&path, text).unwrap();
        SweepFile::read(&path)?.cells(&path, "")
    }

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

    #[test]
    fn files_that_are_wrong_are_refused() {
        let message = |text: &str| {
            let error = cells(text).unwrap_err().to_string();
            error.split_once("sweep.toml: ").unwrap().1.to_string()
        };
        assert!(message("seeds = [1]\ngird = 1\n").contains("unknown field `gird`"));
        assert_eq!(message("seeds = []\n"), "0 runs, expected 1 to 100000");
        let many = format!(
            "seeds = [{}]\n[grid]\na = [{0}]\nb = [{0}]\n",
            "1,".repeat(300)
        );
        assert_eq!(message(&many), "27000000 runs, expected 1 to 100000");
        let twice = "seeds = [1, 1]\n";
        assert!(message(twice).ends_with("occurs twice, expected different settings"));
        let range =
            "seeds = [1]\n[random]\ncount = 1\n[random.keys]\nx = { log_uniform = [0, 1] }\n";
        assert_eq!(
            message(range),
            "`x`: expected [low, high] with 0 < low < high"
        );
        assert_eq!(
            message("seeds = [1]\n[grid]\nx = []\n"),
            "`x`: expected at least one value"
        );
        let draws = "[random]\ncount = 9\n[random.keys]\nx = { integer = [1, 3] }\n";
        assert_eq!(
            message(&format!("seeds = [1]\n{draws}")),
            "`random.count` is 9, expected at most 3, the number of different settings"
        );
    }

    #[test]
    fn a_setting_with_two_sources_is_refused() {
        let message = |text: &str| {
            let error = cells(text).unwrap_err().to_string();
            error.split_once("sweep.toml: ").unwrap().1.to_string()
        };
        let draws = "[random]\ncount = 2\n[random.keys]\n";
        assert_eq!(
            message(&format!(
                "seeds = [1]\n[grid]\nx = [1]\n{draws}x = {{ integer = [1, 3] }}\n"
            )),
            "`x` is set by [grid] and by [random], expected one of them"
        );
        assert_eq!(
            message("seeds = [1]\n[grid]\n\"training.seed\" = [1]\n"),
            "`training.seed` is set by seeds and by [grid], expected one of them"
        );
        assert_eq!(
            message(&format!(
                "seeds = [1]\n{draws}\"training.seed\" = {{ integer = [1, 3] }}\n"
            )),
            "`training.seed` is set by seeds and by [random], expected one of them"
        );
        assert_eq!(
            message("seeds = [1]\ndata = [\"a\"]\n[grid]\n\"data.path\" = [\"b\"]\n"),
            "`data.path` is set by data and by [grid], expected one of them"
        );
    }
}

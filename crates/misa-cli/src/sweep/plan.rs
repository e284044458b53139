//! A sweep file to the list of its runs.

use super::Draw;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};
use thiserror::Error;

/// More runs than anyone starts on purpose.
const MOST: usize = 100_000;
/// Far more than anyone writes by hand.
const LARGEST: u64 = 1 << 20;
/// Letters of a checksum in the name of a folder.
const LETTERS: usize = 12;

/// What a sweep consists of: every choice of the grid with every random draw, every data set and
/// every seed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepFile {
    /// Settings that all runs share, as a file beside this one.
    #[serde(default)]
    pub base: Option<PathBuf>,
    /// Seeds of every setting.
    pub seeds: Vec<u64>,
    /// Data sets; those of the shared settings if there are none.
    #[serde(default)]
    pub data: Vec<PathBuf>,
    /// Values of each setting, by its key with its tables.
    #[serde(default)]
    pub grid: BTreeMap<String, Vec<Value>>,
    /// Random draws.
    #[serde(default)]
    pub random: Option<RandomDraws>,
}

/// Settings drawn at random.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomDraws {
    /// Number of draws.
    pub count: usize,
    /// Seed of the draws.
    #[serde(default)]
    pub seed: u64,
    /// What each setting is drawn from, by its key with its tables.
    pub keys: BTreeMap<String, Draw>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Name of its folder: what it varies, its seed, and a checksum of all it is told.
    pub name: String,
    /// Name of all runs that differ from it by their seed alone.
    pub group: String,
    /// What it sets, by key with tables.
    pub settings: Vec<(String, Value)>,
}

/// A sweep that cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SweepError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The file is larger than sweeps are.
    #[error("{path}: {bytes} bytes, expected at most {LARGEST}", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is no sweep.
    #[error("{path}: {message}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, with the line.
        message: String,
    },
    /// A range that holds nothing.
    #[error("{path}: `{key}`: {message}", path = path.display())]
    Range {
        /// The file.
        path: PathBuf,
        /// The setting.
        key: String,
        /// What is wrong.
        message: &'static str,
    },
    /// More runs than can be meant.
    #[error("{path}: {runs} runs, expected 1 to {MOST}", path = path.display())]
    Runs {
        /// The file.
        path: PathBuf,
        /// Number of runs.
        runs: u128,
    },
    /// Two runs are the same.
    #[error("{path}: run `{name}` is there twice, expected different settings", path = path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// Its name.
        name: String,
    },
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
        // Paths are meant from where the file is.
        let beside = path.parent().unwrap_or(Path::new(""));
        file.base = file.base.map(|base| beside.join(base));
        file.check(path)?;
        Ok(file)
    }

    fn check(&self, path: &Path) -> Result<(), SweepError> {
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
        let sizes = self.grid.values().map(Vec::len);
        let draws = self.random.as_ref().map_or(1, |random| random.count);
        let sizes = sizes.chain([draws, self.data.len().max(1), self.seeds.len()]);
        let runs = sizes.fold(1u128, |runs, size| runs.saturating_mul(size as u128));
        match (1..=MOST as u128).contains(&runs) {
            true => Ok(()),
            false => Err(SweepError::Runs {
                path: path.to_path_buf(),
                runs,
            }),
        }
    }

    /// The runs in their order; `path` names the file in errors, `base` is the text of the shared
    /// settings.
    ///
    /// # Errors
    ///
    /// [`SweepError::Twice`] if two runs are the same.
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
            let draw = |index: usize| -> Vec<(String, Value)> {
                let keys = random.keys.iter();
                keys.map(|(key, draw)| (key.clone(), draw.value(random.seed, index, key)))
                    .collect()
            };
            choices = crossed(&choices, (0..random.count).map(draw));
        }
        if !self.data.is_empty() {
            let data = self.data.iter();
            choices = crossed(
                &choices,
                data.map(|path| vec![("data.path".into(), json!(path))]),
            );
        }
        let seeds = self.seeds.iter();
        let seeds: Vec<_> = seeds
            .map(|&seed| ("training.seed".to_string(), json!(seed)))
            .collect();
        let mut names = BTreeSet::new();
        let mut cells = Vec::new();
        for choice in choices {
            let group = name(&choice, base);
            for seed in &seeds {
                let settings = [choice.as_slice(), std::slice::from_ref(seed)].concat();
                let name = name(&settings, base);
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
    let checksum = checksum.finalize();
    let letters: String = checksum.iter().map(|byte| format!("{byte:02x}")).collect();
    let readable: Vec<String> = settings
        .iter()
        .map(|(key, value)| {
            let key = key.rsplit('.').next().unwrap_or(key);
            format!("{key}={}", value.to_string().trim_matches('"'))
        })
        .collect();
    let readable: String = readable
        .join(",")
        .chars()
        .map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() || "=,.-_".contains(letter) => letter,
            _ => '_',
        })
        .take(80)
        .collect();
    match readable.is_empty() {
        true => format!("base-{}", &letters[..LETTERS]),
        false => format!("{readable}-{}", &letters[..LETTERS]),
    }
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
        let text = "seeds = [1, 2]\ndata = [\"a.pkl\", \"b.pkl\"]\n[random]\ncount = 3\nseed = 9\n\
                    [random.keys]\n\"training.learning_rate\" = { log_uniform = [1e-5, 1e-3] }\n";
        let found = cells(text).unwrap();
        assert_eq!(found.len(), 12);
        assert_eq!(found, cells(text).unwrap());
        let rates: BTreeSet<String> = found
            .iter()
            .map(|cell| cell.settings[0].1.to_string())
            .collect();
        assert_eq!(rates.len(), 3);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
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
        assert!(message(twice).ends_with("is there twice, expected different settings"));
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
    }
}

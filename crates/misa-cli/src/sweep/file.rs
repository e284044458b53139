//! A sweep file, as it is written.

use super::cell::{DATA, SEED};
use super::error::{LARGEST, MOST};
use super::{Halving, RandomDraws, SweepError};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
}

#[cfg(test)]
mod tests {
    use crate::sweep::testing::cells;

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

//! The workloads that implementations are compared on.

use crate::{ModelCase, Unsupported, lengths::TABLE};
use misa_core::CellKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// The repository's own copy of the workloads.
const BUNDLED: &str = include_str!("../cases.json");
/// Version of the layout this module reads.
const FORMAT: u32 = 1;

/// All workloads, checked.
#[derive(Clone, Debug, Deserialize)]
pub struct Cases {
    format: u32,
    length_tables: BTreeMap<String, Vec<usize>>,
    cases: Vec<Case>,
}

/// One workload: what is run, and on batches of which lengths.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its name, unique.
    pub name: String,
    /// Utterances in a batch.
    pub batch: usize,
    /// Table that the lengths were drawn from.
    pub length_table: String,
    /// Steps of each utterance of each batch, longest first.
    pub lengths: Vec<Vec<usize>>,
    /// What is run.
    #[serde(flatten)]
    pub workload: Workload,
}

/// What is run.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Workload {
    /// Training steps of the whole model.
    Model(Box<ModelCase>),
    /// Both passes of one recurrent layer.
    Layer(LayerCase),
}

/// One recurrent layer.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct LayerCase {
    /// Recurrent unit.
    pub cell: CellKind,
    /// Whether sequences are read in both directions.
    pub bidirectional: bool,
    /// Features of a step.
    pub input_dim: usize,
    /// Features of the state in each direction.
    pub hidden: usize,
}

/// Why a file of workloads cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CasesError {
    /// Not JSON, or not of this layout.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Another layout.
    #[error("format {found}, expected {FORMAT}")]
    Format {
        /// Version found.
        found: u32,
    },
    /// A table of lengths that is not one.
    #[error("length_tables/{table}: {found} entries, expected {TABLE}, each at least 1")]
    Table {
        /// Name of the table.
        table: String,
        /// Entries found.
        found: usize,
    },
    /// Two workloads of one name.
    #[error("{case}: named twice")]
    Repeated {
        /// Name of the workload.
        case: String,
    },
    /// A workload without batches, or with lengths that are not those of a batch.
    #[error("{case}: every batch needs {batch} lengths of at least 1, longest first")]
    Lengths {
        /// Name of the workload.
        case: String,
        /// Utterances in a batch.
        batch: usize,
    },
    /// No workload has this name.
    #[error("unknown case `{name}`, expected one of {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// Every name there is.
        known: String,
    },
}

impl Cases {
    /// The workloads that come with the repository.
    ///
    /// # Errors
    ///
    /// None in practice: a test reads them.
    pub fn bundled() -> Result<Self, CasesError> {
        Self::parse(BUNDLED)
    }

    /// Reads workloads from JSON.
    ///
    /// # Errors
    ///
    /// [`CasesError`] says what is wrong with the file.
    pub fn parse(json: &str) -> Result<Self, CasesError> {
        let cases: Self = serde_json::from_str(json)?;
        cases.check()?;
        Ok(cases)
    }

    /// Every workload, in the order of the file.
    pub fn all(&self) -> &[Case] {
        &self.cases
    }

    /// The workload called `name`.
    ///
    /// # Errors
    ///
    /// [`CasesError::Unknown`] if there is none.
    pub fn named(&self, name: &str) -> Result<&Case, CasesError> {
        let found = self.cases.iter().find(|case| case.name == name);
        found.ok_or_else(|| {
            let known: Vec<&str> = self.cases.iter().map(|case| case.name.as_str()).collect();
            CasesError::Unknown {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The table of lengths called `name`.
    pub fn table(&self, name: &str) -> Option<&[usize]> {
        self.length_tables.get(name).map(Vec::as_slice)
    }

    fn check(&self) -> Result<(), CasesError> {
        if self.format != FORMAT {
            return Err(CasesError::Format { found: self.format });
        }
        for (table, lengths) in &self.length_tables {
            if lengths.len() != TABLE || lengths.contains(&0) {
                return Err(CasesError::Table {
                    table: table.clone(),
                    found: lengths.len(),
                });
            }
        }
        for (place, case) in self.cases.iter().enumerate() {
            if self.cases[..place].iter().any(|one| one.name == case.name) {
                return Err(CasesError::Repeated {
                    case: case.name.clone(),
                });
            }
            case.check()?;
        }
        Ok(())
    }
}

impl Case {
    /// Whether this implementation can run it.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] says what is missing.
    pub fn check_supported(&self) -> Result<(), Unsupported> {
        match &self.workload {
            Workload::Model(model) => model.model().map(drop),
            Workload::Layer(layer) if layer.bidirectional => Ok(()),
            Workload::Layer(_) => Err(Unsupported::OneDirection),
        }
    }

    fn check(&self) -> Result<(), CasesError> {
        let is_batch = |lengths: &Vec<usize>| {
            lengths.len() == self.batch
                && lengths.is_sorted_by(|x, y| x >= y)
                && lengths.last().is_some_and(|&shortest| shortest > 0)
        };
        if !self.lengths.is_empty() && self.lengths.iter().all(is_batch) {
            Ok(())
        } else {
            Err(CasesError::Lengths {
                case: self.name.clone(),
                batch: self.batch,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use misa_core::Task;

    fn message(from: &str, to: &str) -> String {
        assert!(BUNDLED.contains(from), "{from}");
        let changed = BUNDLED.replacen(from, to, 1);
        Cases::parse(&changed).unwrap_err().to_string()
    }

    #[test]
    fn the_bundled_cases_are_read() {
        let cases = Cases::bundled().unwrap();
        assert_eq!(cases.all().len(), 7);
        assert!(cases.all().iter().all(|case| case.lengths.len() == 4));
        let Workload::Model(model) = &cases.named("urfunny_glove_b32").unwrap().workload else {
            panic!("a model");
        };
        assert_eq!(model.task(), Task::Classification { classes: 2 });
        assert_eq!(model.learning_rate(), 1e-4);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            message("\"format\": 1", "\"format\": 2"),
            "format 2, expected 1"
        );
        assert_eq!(
            message("\"mean12\": [3, ", "\"mean12\": ["),
            "length_tables/mean12: 63 entries, expected 64, each at least 1"
        );
        assert_eq!(
            message("[39, 31, 31, 25", "[31, 39, 31, 25"),
            "mosi_glove_b64: every batch needs 64 lengths of at least 1, longest first"
        );
        assert_eq!(
            message(
                "\"name\": \"mosei_glove_b16\"",
                "\"name\": \"mosi_glove_b64\""
            ),
            "mosi_glove_b64: named twice"
        );
        let error = Cases::bundled().unwrap().named("mosi").unwrap_err();
        let expected = "unknown case `mosi`, expected one of mosi_glove_b64, mosei_glove_b16";
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

//! Data sets.

use crate::error::{detached, refused};
use crate::facts::{sizes_of, text_form};
use crate::split::Split;
use misa_data::{Format, OpenOptions, Padding, Policy, UtteranceDataset};
use misa_terms::{FeatureSizes, Modality, Recipes, Vocabulary};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The train and valid splits of a data set, and its locked test split.
///
/// `open` makes one.
#[pyclass(frozen, module = "misa")]
pub(crate) struct DataSet {
    /// The split that a model is trained on.
    #[pyo3(get)]
    train: Py<Split>,
    /// The split that a model is chosen on.
    #[pyo3(get)]
    valid: Py<Split>,
    test: Mutex<Test>,
    counts: [(misa_data::Split, usize); 3],
    /// SHA-256 of the utterances of all splits, in hexadecimal, whatever the file. Labels by single modalities
    /// are not part of it.
    #[pyo3(get)]
    checksum: String,
    /// What was dropped, replaced or unusual when the data was read, a sentence each.
    #[pyo3(get)]
    notes: Vec<String>,
    format: Format,
    sizes: FeatureSizes,
    vocabulary: Option<Vocabulary>,
    recipes: Arc<Recipes>,
}

/// The test split.
enum Test {
    /// Nobody has it yet.
    Locked(Arc<Vec<misa_infer::Utterance>>),
    /// It was opened.
    Open(Py<Split>),
}

/// The data set in a file or a folder, in any layout that misa reads.
///
/// Pickles are read by misa's own reader: nothing in them is executed.
///
/// path: a file or a folder.
/// format: its layout, such as "mmsa", instead of detecting it.
/// policy: "strict" refuses infinite features and labels that are no finite numbers, "compat" replaces them.
/// padding: where padded files have their padding: "auto", "left", "right", "none" or "mask".
/// text, visual, acoustic: files to take a modality from instead, with the same ids.
///
/// Raises MisaError if there is no data set, or it is damaged, inconsistent or too large.
///
/// >>> data = misa.open("datasets/mosi.safetensors")
/// >>> data.train[0].visual.shape
#[pyfunction]
#[pyo3(signature = (path, *, format = None, policy = "strict", padding = "auto", text = None, visual = None, acoustic = None))]
#[expect(clippy::too_many_arguments, reason = "arguments with names in Python")]
pub(crate) fn open(
    py: Python<'_>,
    path: PathBuf,
    format: Option<&str>,
    policy: &str,
    padding: &str,
    text: Option<PathBuf>,
    visual: Option<PathBuf>,
    acoustic: Option<PathBuf>,
) -> PyResult<DataSet> {
    let format: Option<Format> = format.map(str::parse).transpose().map_err(refused)?;
    let policy: Policy = policy.parse().map_err(refused)?;
    let padding: Padding = padding.parse().map_err(refused)?;
    let mut options = OpenOptions::new()
        .with_format(format)
        .with_policy(policy)
        .with_padding(padding);
    for (modality, path) in Modality::ALL.into_iter().zip([text, visual, acoustic]) {
        if let Some(path) = path {
            options = options.with_replacement(modality, path);
        }
    }
    let data = detached(py, || {
        let data = options.open(path)?;
        // It is computed once, and takes a while.
        data.checksum();
        Ok::<_, misa_data::DataError>(data)
    })?;
    DataSet::of(py, data.map_err(refused)?)
}

#[pymethods]
impl DataSet {
    /// The test split, which is locked until this is called.
    ///
    /// Scores on it are only worth something if nothing was chosen by them: call this once, after the model was
    /// chosen on the valid split. Nobody records the call; `test_is_open` says whether there was one.
    ///
    /// >>> test = data.open_test()
    fn open_test(&self, py: Python<'_>) -> PyResult<Py<Split>> {
        let utterances = match &*self.test() {
            Test::Locked(utterances) => Arc::clone(utterances),
            Test::Open(split) => return Ok(split.clone_ref(py)),
        };
        // Copies, so that the split is as before if this fails; and nothing of Python runs under the lock.
        let copies = utterances.iter().cloned();
        let split = Split::of(py, misa_data::Split::Test, copies, &self.recipes)?;
        let split = Py::new(py, split)?;
        let mut test = self.test();
        // Another thread may have been faster.
        if let Test::Open(first) = &*test {
            return Ok(first.clone_ref(py));
        }
        *test = Test::Open(split.clone_ref(py));
        Ok(split)
    }

    /// Whether the test split was opened.
    #[getter]
    fn test_is_open(&self) -> bool {
        matches!(&*self.test(), Test::Open(_))
    }

    /// Utterances by the name of the split, including those of the locked one.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (split, count) in self.counts {
            counts.set_item(split.name(), count)?;
        }
        Ok(counts)
    }

    /// The name of its layout.
    #[getter]
    fn format(&self) -> &'static str {
        self.format.name()
    }

    /// Features of a step by modality; of a text of word ids, the number of words.
    #[getter]
    fn sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        sizes_of(py, self.sizes)
    }

    /// The form of the text: "words", which are ids, or "vectors".
    #[getter]
    fn text(&self) -> &'static str {
        text_form(self.sizes)
    }

    /// The words in the order of their ids, None where an id has no word; None for vectors. A new list.
    #[getter]
    fn vocabulary(&self) -> Option<Vec<Option<&str>>> {
        let vocabulary = self.vocabulary.as_ref()?;
        let ids = 0..u32::try_from(vocabulary.len()).unwrap_or(u32::MAX);
        Some(ids.map(|id| vocabulary.word(id)).collect())
    }

    fn __repr__(&self) -> String {
        let [train, valid, test] = self.counts.map(|(_, count)| count);
        format!(
            "DataSet({}, {train} train, {valid} valid, {test} test)",
            self.format
        )
    }
}

impl DataSet {
    fn of(py: Python<'_>, data: UtteranceDataset) -> PyResult<Self> {
        let recipes = Arc::new(data.recipes().clone());
        let vocabulary = data.vocabulary().cloned();
        let (format, sizes) = (data.format(), data.feature_sizes());
        let (development, locked) = data.lock_test();
        let counts = development.counts();
        let checksum = development.checksum().to_string();
        let notes = development
            .notes()
            .iter()
            .map(ToString::to_string)
            .collect();
        let data = Arc::clone(development.dataset());
        // Only then is the data owned by nobody else, and not copied.
        drop(development);
        let [train, valid, _] = Arc::unwrap_or_clone(data).into_splits();
        // Nobody keeps a record of access in Python: the split is locked as long as this type does not give it out.
        let Ok(test) = locked.open(|| Ok::<_, Infallible>(()));
        let split = |split, utterances: Vec<misa_infer::Utterance>| {
            Py::new(py, Split::of(py, split, utterances, &recipes)?)
        };
        Ok(Self {
            train: split(misa_data::Split::Train, train)?,
            valid: split(misa_data::Split::Valid, valid)?,
            test: Mutex::new(Test::Locked(Arc::new(test))),
            counts,
            checksum,
            notes,
            format,
            sizes,
            vocabulary,
            recipes,
        })
    }

    fn test(&self) -> MutexGuard<'_, Test> {
        self.test.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

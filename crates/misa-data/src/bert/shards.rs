//! Weights in several files, with an index of their tensors.

use crate::DataError;
use crate::bert::tensors::read_renamed;
use crate::format::files::read_bytes;
use misa_core::StateDict;
use misa_terms::JsonFault;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// No index comes near it: BERT has a few hundred tensors.
const MAX_INDEX: u64 = 16 << 20;
/// Most bytes of all files together, as of a single file.
const MAX_BYTES: u64 = 8 << 30;

/// The files of an index, and the names of the tensors in each.
#[derive(Debug)]
pub(super) struct Shards {
    index: PathBuf,
    files: BTreeMap<String, BTreeSet<String>>,
}

/// The entries of an index that are read.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Shards {
    /// Reads an index, and checks that the folder has exactly its files.
    ///
    /// # Errors
    ///
    /// [`DataError`] when the index is damaged, names a file outside its folder or one that is
    /// missing, or when the folder has files of this kind that the index does not name.
    pub fn open(index: &Path) -> Result<Self, DataError> {
        let place = index.display().to_string();
        let bytes = read_bytes(index, MAX_INDEX)?;
        let read: Index = serde_json::from_slice(&bytes).map_err(|error| {
            let expected = "an index with `weight_map`, the file of each tensor";
            let found = JsonFault::new(&bytes, &error).instead_with_place();
            DataError::layout(&place, expected, found)
        })?;
        let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (tensor, file) in read.weight_map {
            if !is_plain(&file) {
                let found = format!("{file:?} for {tensor:?}");
                return Err(DataError::layout(place, "names of files beside it", found));
            }
            files.entry(file).or_default().insert(tensor);
        }
        let shards = Self {
            index: index.to_owned(),
            files,
        };
        shards.check_files()?;
        Ok(shards)
    }

    fn check_files(&self) -> Result<(), DataError> {
        let folder = self.folder();
        let missing: Vec<&str> = (self.files.keys().map(String::as_str))
            .filter(|file| !folder.join(file).is_file())
            .collect();
        if !missing.is_empty() {
            let expected = format!("its {} files", self.files.len());
            let found = format!("a folder without {}", missing.join(", "));
            return Err(self.wrong(expected, found));
        }
        let others = self.others()?;
        if !others.is_empty() {
            let found = format!("others beside it: {}", others.join(", "));
            return Err(self.wrong("only the files that it names", found));
        }
        let sizes = (self.files.keys()).map(|file| fs::metadata(folder.join(file)));
        let bytes = sizes
            .map(|file| file.map_or(0, |file| file.len()))
            .fold(0, u64::saturating_add);
        if bytes > MAX_BYTES {
            let expected = format!("files of at most {MAX_BYTES} bytes together");
            return Err(self.wrong(expected, format!("{bytes} bytes")));
        }
        Ok(())
    }

    /// Files of the folder that look like parts of such weights, `NAME-00001-of-00002.ENDING`, and
    /// are not in the index.
    fn others(&self) -> Result<Vec<String>, DataError> {
        let folder = self.folder();
        let index = self.index.file_name().unwrap_or_default();
        let index = index.to_string_lossy();
        // `model.safetensors.index.json` belongs to `model-….safetensors`.
        let whole = index.trim_end_matches(".index.json");
        let (name, ending) = whole.split_once('.').unwrap_or((whole, ""));
        let mut others = Vec::new();
        for entry in fs::read_dir(folder).map_err(DataError::io(folder))? {
            let entry = entry.map_err(DataError::io(folder))?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let numbers = file
                .strip_prefix(name)
                .and_then(|rest| rest.strip_suffix(ending));
            let is_part = numbers.is_some_and(|numbers| numbers.contains("-of-"));
            if is_part && !self.files.contains_key(&file) {
                others.push(file);
            }
        }
        others.sort();
        Ok(others)
    }

    /// Reads all tensors under new names; those for which `rename` returns `None` are skipped.
    ///
    /// # Errors
    ///
    /// [`DataError`] when a file is damaged, or a tensor is not exactly in the file of the index.
    pub fn read(
        &self,
        mut rename: impl FnMut(&str) -> Option<String>,
    ) -> Result<StateDict, DataError> {
        let mut tensors = StateDict::default();
        for (file, expected) in &self.files {
            let path = self.folder().join(file);
            let mut found = BTreeSet::new();
            let read = read_renamed(&path, |name| {
                found.insert(name.to_owned());
                // The name of a tensor that belongs to another file is refused below.
                expected.contains(name).then(|| rename(name)).flatten()
            })?;
            self.check_tensors(file, expected, &found)?;
            tensors.extend(read);
        }
        Ok(tensors)
    }

    /// Fails unless a file has exactly the tensors that the index says.
    fn check_tensors(
        &self,
        file: &str,
        expected: &BTreeSet<String>,
        found: &BTreeSet<String>,
    ) -> Result<(), DataError> {
        let index = self.index.file_name().unwrap_or_default().to_string_lossy();
        let place = self.folder().join(file).display().to_string();
        if let Some(missing) = expected.difference(found).next() {
            let expected = format!("the tensor {missing:?}, as {index} says");
            return Err(DataError::layout(place, expected, "a file without it"));
        }
        let Some(extra) = found.difference(expected).next() else {
            return Ok(());
        };
        let mut files = self.files.iter();
        let owner = files.find_map(|(file, tensors)| tensors.contains(extra).then_some(file));
        let found = match owner {
            Some(owner) => format!("also {extra:?}, which belongs to {owner}"),
            None => format!("also {extra:?}, which is in no file of the index"),
        };
        let expected = format!("the tensors that {index} says");
        Err(DataError::layout(place, expected, found))
    }

    fn folder(&self) -> &Path {
        self.index.parent().unwrap_or(Path::new(""))
    }

    fn wrong(&self, expected: impl Into<String>, found: impl Into<String>) -> DataError {
        DataError::layout(self.index.display().to_string(), expected, found)
    }
}

/// Whether this is the name of a file in the same folder, and nothing else.
fn is_plain(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    let first = parts.next();
    matches!(first, Some(Component::Normal(name)) if name == file) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;
    use tempfile::TempDir;

    /// Names of files, and of the tensors in each.
    type Files<'f> = &'f [(&'f str, &'f [&'f str])];

    /// A folder with an index, and a file of one element for each tensor.
    fn folder(map: &[(&str, &str)], files: Files<'_>) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let map: BTreeMap<_, _> = map.iter().copied().collect();
        let index = serde_json::json!({"metadata": {"total_size": 8}, "weight_map": map});
        fs::write(
            folder.path().join("model.safetensors.index.json"),
            index.to_string(),
        )
        .unwrap();
        for (file, tensors) in files {
            let tensors = (tensors.iter().enumerate())
                .map(|(value, name)| ((*name).to_owned(), TensorData::from([value as f32])));
            let bytes = tensors.collect::<StateDict>().to_bytes().unwrap();
            fs::write(folder.path().join(file), bytes).unwrap();
        }
        folder
    }

    const FIRST: &str = "model-00001-of-00002.safetensors";
    const SECOND: &str = "model-00002-of-00002.safetensors";
    const MAP: &[(&str, &str)] = &[("a", FIRST), ("b", SECOND), ("c", SECOND)];

    fn read(folder: &TempDir) -> Result<StateDict, String> {
        let index = folder.path().join("model.safetensors.index.json");
        let read = Shards::open(&index)
            .and_then(|shards| shards.read(|name| (name != "c").then(|| format!("new.{name}"))));
        let prefix = format!("{}/", folder.path().display());
        read.map_err(|error| error.to_string().replace(&prefix, ""))
    }

    #[test]
    fn tensors_of_all_files_are_read() {
        let whole = folder(MAP, &[(FIRST, &["a"]), (SECOND, &["c", "b"])]);
        let tensors = read(&whole).unwrap();
        assert!(tensors.names().eq(["new.a", "new.b"]));
        assert_eq!(tensors.get("new.b"), Some(&TensorData::from([1.0_f32])));
    }

    #[test]
    fn files_that_the_index_does_not_describe_are_refused_by_name() {
        let third = "model-00003-of-00003.safetensors";
        let cases: [(Files<'_>, &str); 5] = [
            (
                &[(FIRST, &["a"])],
                "model.safetensors.index.json: expected its 2 files, found a folder without \
                 model-00002-of-00002.safetensors",
            ),
            (
                &[(FIRST, &["a"]), (SECOND, &["b", "c"]), (third, &["d"])],
                "model.safetensors.index.json: expected only the files that it names, found others \
                 beside it: model-00003-of-00003.safetensors",
            ),
            (
                &[(FIRST, &["a"]), (SECOND, &["b"])],
                "model-00002-of-00002.safetensors: expected the tensor \"c\", as \
                 model.safetensors.index.json says, found a file without it",
            ),
            (
                &[(FIRST, &["a", "b"]), (SECOND, &["b", "c"])],
                "model-00001-of-00002.safetensors: expected the tensors that \
                 model.safetensors.index.json says, found also \"b\", which belongs to \
                 model-00002-of-00002.safetensors",
            ),
            (
                &[(FIRST, &["a", "d"]), (SECOND, &["b", "c"])],
                "model-00001-of-00002.safetensors: expected the tensors that \
                 model.safetensors.index.json says, found also \"d\", which is in no file of the \
                 index",
            ),
        ];
        for (files, expected) in cases {
            assert_eq!(read(&folder(MAP, files)).unwrap_err(), expected);
        }
    }

    #[test]
    fn an_index_names_files_beside_it_alone() {
        for outside in ["../x.safetensors", "/x.safetensors", "x/y.safetensors", "."] {
            let error = read(&folder(&[("a", outside)], &[])).unwrap_err();
            let expected = format!(
                "model.safetensors.index.json: expected names of files beside it, found \
                 {outside:?} for \"a\""
            );
            assert_eq!(error, expected);
        }
        let damaged = tempfile::tempdir().unwrap();
        fs::write(damaged.path().join("model.safetensors.index.json"), "{}").unwrap();
        let error = read(&damaged).unwrap_err();
        assert!(
            error.contains("expected an index with `weight_map`"),
            "{error}"
        );
    }
}

//! Files and folders that results are written to.

use crate::MovedData;
use crate::source::data_of;
use misa_data::write_whole;
use misa_infer::Checkpoint;
use misa_report::{Figure, PngError};
use misa_train::RunFiles;
use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Refuses a path that no file can be written to, before work is done for it or the test split is
/// opened.
///
/// # Errors
///
/// If the path is a folder, the folder above it is missing or cannot be written to, or it is a file of a run
/// or of a model, which a result must not replace.
pub(super) fn check_file(path: &Path) -> Result<(), Box<dyn Error>> {
    let shown = path.display();
    let Some(name) = path.file_name().filter(|_| !path.is_dir()) else {
        return Err(format!("{shown}: is a folder, expected the name of a file").into());
    };
    check_folder(folder(path)).map_err(|error| format!("{shown}: {error}"))?;
    let above = fs::canonicalize(folder(path)).map_err(|error| format!("{shown}: {error}"))?;
    match owner(&above, &name.to_string_lossy()) {
        None => Ok(()),
        Some(owner) => Err(format!(
            "{shown}: is a file of {owner}, which would be lost, expected another name for the result"
        )
        .into()),
    }
}

/// What the file of this name in this folder belongs to: a run, or a model.
fn owner(folder: &Path, name: &str) -> Option<&'static str> {
    let is_model = folder.join("config.json").is_file()
        && Checkpoint::file_names().any(|of_model| of_model == name);
    if is_model {
        return Some("a model");
    }
    let is_run = |folder: &Path| folder.join(RunFiles::MANIFEST).is_file();
    if is_run(folder) && RunFiles::is_file(name) {
        return Some("a run");
    }
    let mut inside = folder
        .ancestors()
        .map_while(|folder| Some((folder.file_name()?, folder)));
    let is_inside = inside.any(|(name, folder)| {
        let is_of_run = RunFiles::FOLDERS.iter().any(|of_run| name == *of_run);
        is_of_run && folder.parent().is_some_and(is_run)
    });
    is_inside.then_some("a run")
}

/// Refuses results that would replace each other, or what they are made from.
///
/// # Errors
///
/// If two results are one file, or one is, or is in, an input. An input that is not there is left out.
pub(super) fn check_outside<'i>(
    results: &[&Path],
    inputs: impl IntoIterator<Item = &'i Path>,
) -> Result<(), Box<dyn Error>> {
    let inputs = inputs.into_iter();
    let inputs: HashSet<PathBuf> = inputs
        .filter_map(|input| fs::canonicalize(input).ok())
        .collect();
    let mut targets = HashSet::new();
    for path in results {
        let shown = path.display();
        let target = target(path).map_err(|error| format!("{shown}: {error}"))?;
        if let Some(input) = target.ancestors().find(|above| inputs.contains(*above)) {
            let input = input.display();
            let fault = format!("{shown}: is in {input}, which is read, expected a path elsewhere");
            return Err(fault.into());
        }
        if !targets.insert(target) {
            return Err(
                format!("{shown}: stands for two results, expected a path for each").into(),
            );
        }
    }
    Ok(())
}

/// Refuses a path where something is already, unless `--force` is given.
///
/// # Errors
///
/// If something is there.
pub(super) fn check_absent(path: &Path, is_forced: bool) -> Result<(), String> {
    if path.exists() && !is_forced {
        let path = path.display();
        return Err(format!("{path}: exists already, --force overwrites it"));
    }
    Ok(())
}

/// Refuses a result in the data of runs, before anything is read; `moved` says where the data is now.
///
/// # Errors
///
/// If `path` is a file of the data, or in a folder of it.
pub(super) fn check_outside_data<'r>(
    path: &Path,
    runs: impl IntoIterator<Item = &'r Path>,
    moved: &MovedData,
) -> Result<(), Box<dyn Error>> {
    let data = runs.into_iter().flat_map(|run| data_of(run, moved));
    let data: Vec<PathBuf> = data.collect();
    check_outside(&[path], data.iter().map(PathBuf::as_path))
}

/// Where something at `path` would be written; it and folders above it need not be there.
fn target(path: &Path) -> io::Result<PathBuf> {
    match path.file_name().filter(|_| !path.is_dir()) {
        Some(name) => Ok(target(folder(path))?.join(name)),
        None => fs::canonicalize(path),
    }
}

/// Makes a folder, and refuses one that no file can be written to.
///
/// # Errors
///
/// If the folder cannot be made or written to.
pub(super) fn make_folder(path: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(path)
        .and_then(|()| check_folder(path))
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a file that is complete or not there.
///
/// # Errors
///
/// If the file cannot be written.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    write_whole(path, |file| file.write_all(bytes))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}

/// Refuses a folder that holds something, before anything is computed for it.
///
/// # Errors
///
/// If it holds something, or cannot be read.
pub(super) fn check_empty(path: &Path) -> Result<(), Box<dyn Error>> {
    let shown = path.display();
    match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{shown}: {error}").into()),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => {
                Err(format!("{shown}: holds files, expected an empty folder, or none").into())
            }
        },
    }
}

/// Writes a folder beside its place, and moves it there when it is whole.
///
/// # Errors
///
/// Those of `fill`, and if the folder cannot be moved to its place, where something else may be.
pub(super) fn write_folder(
    out: &Path,
    fill: impl FnOnce(&Path) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let io = |error: io::Error| format!("{}: {error}", out.display());
    let above = folder(out);
    fs::create_dir_all(above).map_err(io)?;
    let beside = tempfile::Builder::new().prefix(".misa-").tempdir_in(above);
    let beside = beside.map_err(io)?;
    let whole = beside.path().join("whole");
    fill(&whole)?;
    // Nothing but an empty folder gives way.
    match fs::remove_dir(out) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(error).into()),
        _ => {}
    }
    fs::rename(&whole, out).map_err(io)?;
    Ok(())
}

/// Writes a figure as vectors, as pixels where the program was built with them, and its numbers; returns the files.
///
/// # Errors
///
/// If the figure cannot be drawn or a file cannot be written.
pub(super) fn write_figure(folder: &Path, figure: &Figure) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let path = |extension: &str| folder.join(format!("{}.{extension}", figure.name));
    let [svg, png, csv] = ["svg", "png", "csv"].map(path);
    write(&svg, figure.svg().as_bytes())?;
    write(&csv, figure.data.as_bytes())?;
    match figure.png() {
        Ok(pixels) => write(&png, &pixels)?,
        Err(PngError::Without { .. }) => return Ok(vec![svg, csv]),
        Err(error) => return Err(error.into()),
    }
    Ok(vec![svg, png, csv])
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Creates a file without a name, which shows whether others can be written.
fn check_folder(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_name_in_a_folder_that_exists() {
        let dir = tempfile::tempdir().unwrap();
        assert!(check_file(&dir.path().join("page.html")).is_ok());
        for wrong in [
            dir.path().to_path_buf(),
            dir.path().join("missing/page.html"),
        ] {
            let message = check_file(&wrong).unwrap_err().to_string();
            assert!(
                message.starts_with(&wrong.display().to_string()),
                "{message}"
            );
        }
        let file = dir.path().join("file");
        write(&file, b"text").unwrap();
        assert!(check_file(&file).is_ok());
        assert!(make_folder(&file.join("figures")).is_err());
        assert!(make_folder(&dir.path().join("a/b")).is_ok());
        assert_eq!(fs::read(file).unwrap(), b"text");
    }

    #[test]
    fn files_of_runs_and_models_are_no_place_for_results() {
        let dir = tempfile::tempdir().unwrap();
        let run = dir.path().join("run");
        for folder in [
            "run/checkpoint",
            "run/states/3",
            "run/tensorboard",
            "model",
            "states",
        ] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        for file in [
            "run/manifest.json",
            "run/checkpoint/config.json",
            "model/config.json",
        ] {
            write(&dir.path().join(file), b"{}").unwrap();
        }
        for (path, owner) in [
            ("run/manifest.json", "a run"),
            ("run/report.json", "a run"),
            ("run/predictions-test.csv", "a run"),
            ("run/../run/metrics.jsonl", "a run"),
            ("run/states/3/page.html", "a run"),
            ("run/tensorboard/page.html", "a run"),
            ("run/checkpoint/other.csv", "a run"),
            ("run/checkpoint/model.safetensors", "a model"),
            ("model/config.json", "a model"),
        ] {
            let message = check_file(&dir.path().join(path)).unwrap_err().to_string();
            let expected = format!(
                "{path}: is a file of {owner}, which would be lost, expected another name for the result"
            );
            assert!(message.ends_with(&expected), "{message}");
        }
        for path in [
            "run/report.html",
            "run/valid.npz",
            "run/predictions-mine.csv",
            "model/answers.csv",
            "states/report.json",
        ] {
            assert!(check_file(&dir.path().join(path)).is_ok(), "{path}");
        }
        let [a, model] = [run.join("a.csv"), dir.path().join("model")];
        assert!(check_outside(&[&a, &run.join("b.csv")], [model.as_path()]).is_ok());
        let around = run.join("../run/a.csv");
        assert!(check_outside(&[&a, &around], [model.as_path()]).is_err());
        for inside in ["", "a.csv", "checkpoint/a.csv", "new/folder/a.csv"] {
            let inside = run.join(inside);
            assert!(
                check_outside(&[&inside], [run.as_path()]).is_err(),
                "{}",
                inside.display()
            );
        }
    }
}

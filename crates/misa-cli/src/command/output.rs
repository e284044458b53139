//! Files and folders that results are written to.

use misa_data::write_whole;
use misa_report::{Figure, PngError};
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Refuses a path that no file can be written to, before work is done for it or the test split is
/// opened.
///
/// # Errors
///
/// If the path is a folder, or the folder above it is missing or cannot be written to.
pub(super) fn check_file(path: &Path) -> Result<(), Box<dyn Error>> {
    if path.is_dir() || path.file_name().is_none() {
        let path = path.display();
        return Err(format!("{path}: is a folder, expected the name of a file").into());
    }
    check_folder(folder(path)).map_err(|error| format!("{}: {error}", path.display()).into())
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
    let io = |error: std::io::Error| format!("{}: {error}", out.display());
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
fn check_folder(folder: &Path) -> std::io::Result<()> {
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
        assert!(make_folder(&file.join("figures")).is_err());
        assert!(make_folder(&dir.path().join("a/b")).is_ok());
        assert_eq!(fs::read(file).unwrap(), b"text");
    }
}

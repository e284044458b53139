//! The files of a page.

use crate::Steps;
use crate::command::output::{folder, write, write_figure};
use misa_report::Figure;
use misa_train::RunFiles;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder for the figures of the page `out` about what is in `home`: two pages in one folder do
/// not share it.
pub(super) fn figure_folder(home: &Path, out: &Path) -> PathBuf {
    let is_at_home = match (fs::canonicalize(folder(out)), fs::canonicalize(home)) {
        (Ok(folder), Ok(home)) => folder == home,
        _ => false,
    };
    if is_at_home && out.ends_with(RunFiles::PAGE) {
        return out.with_file_name(RunFiles::FIGURES);
    }
    let mut name = out.file_stem().unwrap_or_default().to_os_string();
    name.push("-figures");
    out.with_file_name(name)
}

/// Writes the figures, then the page; returns the paths of the files.
///
/// # Errors
///
/// If a figure cannot be drawn or a file cannot be written.
pub(super) fn write_page(
    out: &Path,
    html: &str,
    figures: &[Figure],
    into: &Path,
) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut steps = Steps::new(figures.len());
    for figure in figures {
        steps.doing(&format!("writing figure {}", figure.name));
        files.extend(write_figure(into, figure)?);
        steps.step();
    }
    write(out, html.as_bytes())?;
    files.push(out.to_path_buf());
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pages_share_a_folder_of_figures() {
        let dir = tempfile::tempdir().unwrap();
        let run = dir.path().join("run");
        fs::create_dir(&run).unwrap();
        let figures = |out: &Path| figure_folder(&run, out);
        assert_eq!(figures(&run.join("report.html")), run.join("figures"));
        let around = dir.path().join("run/../run/report.html");
        assert_eq!(figures(&around), around.with_file_name("figures"));
        assert_eq!(figures(&run.join("test.html")), run.join("test-figures"));
        let (one, other) = (dir.path().join("one.html"), dir.path().join("report.html"));
        assert_eq!(figures(&one), dir.path().join("one-figures"));
        assert_eq!(figures(&other), dir.path().join("report-figures"));
        assert_eq!(figures(Path::new("a.html")), Path::new("a-figures"));
    }
}

//! The files of a page.

use super::figure_list::FigureList;
use crate::Steps;
use crate::command::output::{folder, write, write_figure};
use misa_report::Figure;
use misa_train::{ResultFolder, RunFiles};
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
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

/// Writes the figures, then the page, and records them in those of `runs` whose folder they are in. Figures of the page
/// that was there, unchanged since, which the new one does not have, are removed last, so that a page never lacks its
/// figures.
///
/// # Errors
///
/// If one of these folders is in use, before anything is written; if a figure cannot be drawn, a file cannot be written,
/// or a stale one cannot be removed.
pub(super) fn write_page<'r>(
    out: &Path,
    html: &str,
    figures: &[Figure],
    into: &Path,
    runs: impl Iterator<Item = &'r Path>,
) -> Result<(), Box<dyn Error>> {
    let mut homes = Vec::new();
    for run in runs {
        homes.extend(ResultFolder::around(run, out)?);
    }
    let earlier = FigureList::of_page(out);
    let mut files = Vec::new();
    let mut steps = Steps::new(figures.len());
    for figure in figures {
        steps.doing(&format!("writing figure {}", figure.name));
        files.extend(write_figure(into, figure)?);
        steps.step();
    }
    let list = FigureList::of(&files).map_err(|error| format!("{}: {error}", into.display()))?;
    write(out, format!("{html}{}", list.text()).as_bytes())?;
    files.push(out.to_path_buf());
    let stale = earlier.stale(into, &list);
    for home in &mut homes {
        home.replace(&files, &stale)?;
    }
    drop(steps);
    remove_stale(&stale)
}

/// Removes figures that the page does not have any more, and tells it.
fn remove_stale(stale: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    for path in stale {
        let shown = path.display();
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(format!("{shown}: {error}").into());
            }
            _ => eprintln!("note: removed {shown}, a figure that the page does not have any more"),
        }
    }
    Ok(())
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

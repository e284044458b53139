//! Several runs as one page.

use super::Arguments;
use super::files::{figure_folder, write_page};
use crate::command::json::say_object;
use crate::command::output::{check_file, folder, make_folder};
use crate::command::{SplitName, say};
use crate::runs::{FinishedRuns, NamedRun, NamedRuns};
use crate::show::{names_of, recorded, recorded_scale, same_scale, same_task};
use crate::{Exit, Outcome};
use misa_report::{RunRecord, overview};
use misa_train::{Manifest, RunFiles, TrainError};
use serde_json::json;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Digits of the checksum of the data that a name has.
const CHECKSUM: usize = 8;

impl Arguments {
    pub(super) fn several(&self, named: NamedRuns) -> Outcome {
        self.check_options()?;
        let out = self.page_of_several()?;
        let FinishedRuns { runs, left_out } = shown(named)?;
        let models = models(&runs);
        let runs: Vec<NamedRun> = runs.into_iter().map(|(run, _)| run).collect();
        let figures = figure_folder(folder(&out), &out);
        self.check_place(&figures, runs.iter().map(|run| run.folder.as_path()))?;
        let names = names(&runs)?;
        let records = runs.iter().zip(names).zip(models);
        let records = records.map(|((run, name), model)| {
            let record = recorded(&run.folder)?;
            Ok(RunRecord {
                name,
                model,
                ..record
            })
        });
        let records: Vec<RunRecord> = records.collect::<Result<_, Box<dyn Error>>>()?;
        let page = overview(&self.title(records.len()), &records)?;
        check_file(&out)?;
        make_folder(&figures)?;
        // The page may take the place of that of one of the runs.
        let homes = runs.iter().map(|run| run.folder.as_path());
        write_page(&out, &page.html(), page.figures(), &figures, homes)?;
        let (page_path, figure_path) = (out.display(), figures.display());
        if self.json {
            let names = page.figures().iter().map(|figure| figure.name.as_str());
            let runs = runs.iter().map(|run| run.folder.display().to_string());
            say_object(json!({
                "page": page_path.to_string(),
                "runs": runs.collect::<Vec<_>>(),
                "left_out": left_out,
                "figures": names.collect::<Vec<_>>(),
                "figures_in": figure_path.to_string(),
                "omitted": page.omitted(),
            }))?;
        } else {
            for reason in left_out {
                eprintln!("note: left out: {reason}");
            }
            let (runs, count) = (records.len(), page.figures().len());
            say(&format!(
                "{page_path}: {runs} runs, {count} figures, also in {figure_path}\n"
            ))?;
        }
        Ok(Exit::Done)
    }

    /// Refuses options that only the page of one run has.
    fn check_options(&self) -> Result<(), String> {
        if self.split != SplitName::Valid {
            let split = misa_data::Split::from(self.split);
            return Err(format!(
                "--split {split}: a page of several runs shows the scores that were recorded; to \
                 score their test split, use misa evaluate RUN... --split test"
            ));
        }
        Ok(())
    }

    fn page_of_several(&self) -> Result<PathBuf, String> {
        match (&self.out, self.runs.as_slice()) {
            (Some(out), _) => Ok(out.clone()),
            (None, [folder]) => Ok(folder.join(RunFiles::PAGE)),
            (None, folders) => Err(format!(
                "{} folders, and no place for their page, expected -o FILE",
                folders.len()
            )),
        }
    }

    fn title(&self, count: usize) -> String {
        match self.runs.as_slice() {
            [folder] => format!("{}: {count} runs", folder.display()),
            _ => format!("{count} runs"),
        }
    }
}

/// The runs that are finished, and the reasons why others are left out.
///
/// # Errors
///
/// If a run that was named itself is not finished, none is, or their tasks or the scales of their labels differ.
fn shown(named: NamedRuns) -> Result<FinishedRuns, Box<dyn Error>> {
    let finished = named.finished()?;
    let tasks = finished.runs.iter();
    same_task(tasks.map(|(run, manifest)| (run.folder.clone(), manifest.config.loss.task)))?;
    let scale = |(run, _): &(NamedRun, _)| Ok((run.folder.clone(), recorded_scale(&run.folder)?));
    let scales = finished.runs.iter().map(scale);
    same_scale(scales.collect::<Result<Vec<_>, TrainError>>()?)?;
    if finished.runs.is_empty() {
        let left_out = finished.left_out.join("; ");
        return Err(format!("no finished runs, expected at least 1: {left_out}").into());
    }
    Ok(finished)
}

/// The model of each run, with the beginning of the checksum of its data if there are several sets.
fn models(runs: &[(NamedRun, Manifest)]) -> Vec<String> {
    let names = names_of(runs.iter().map(|(run, manifest)| (run, manifest))).names;
    let data = |manifest: &Manifest| -> String {
        let checksum = manifest.data.checksum.chars();
        checksum.take(CHECKSUM).collect()
    };
    let first = runs.first().map(|(_, manifest)| data(manifest));
    let is_several = runs
        .iter()
        .any(|(_, manifest)| Some(data(manifest)) != first);
    let model = |(name, (_, manifest)): (String, &(NamedRun, Manifest))| {
        if is_several {
            format!("{name}, data {}", data(manifest))
        } else {
            name
        }
    };
    names.into_iter().zip(runs).map(model).collect()
}

/// What tells the runs apart: their paths below the folder that they share.
fn names(runs: &[NamedRun]) -> Result<Vec<String>, Box<dyn Error>> {
    let whole = |run: &NamedRun| {
        let folder = &run.folder;
        fs::canonicalize(folder).map_err(|error| format!("{}: {error}", folder.display()))
    };
    let paths: Vec<PathBuf> = runs.iter().map(whole).collect::<Result<_, _>>()?;
    let shared = shared_folder(&paths);
    let name = |(run, path): (&NamedRun, &PathBuf)| {
        let below = path.strip_prefix(shared).unwrap_or(path).display();
        match &run.model {
            Some(model) => format!("{model}: {below}"),
            None => below.to_string(),
        }
    };
    Ok(runs.iter().zip(&paths).map(name).collect())
}

/// The deepest folder that all `paths` are below.
fn shared_folder(paths: &[PathBuf]) -> &Path {
    let first = paths.first().and_then(|path| path.parent());
    let mut shared = first.unwrap_or(Path::new(""));
    while !paths.iter().all(|path| path.starts_with(shared)) {
        shared = shared.parent().unwrap_or(Path::new(""));
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_apart_below_the_folder_that_they_share() {
        let shared = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            shared_folder(&paths).to_path_buf()
        };
        assert_eq!(shared(&["/r/a/seed-1", "/r/a/seed-2"]), Path::new("/r/a"));
        assert_eq!(shared(&["/r/a/seed-1", "/r/b/seed-1"]), Path::new("/r"));
        assert_eq!(shared(&["/r/a", "/r/a/b"]), Path::new("/r"));
        assert_eq!(shared(&["/r/a"]), Path::new("/r"));
        assert_eq!(shared(&["a", "b"]), Path::new(""));
    }
}

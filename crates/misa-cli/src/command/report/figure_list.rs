//! The list of the files of its figures that a page ends with.

use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What is around the list, which is a comment of HTML.
const BEGIN: &str = "<!-- Files of these figures, and their SHA-256:\n";
const END: &str = "-->\n";
/// Bytes at the end of a page in which a list is looked for; a hundred figures take a tenth.
const MOST: u64 = 1 << 18;
/// Bytes of a file of a figure.
const MOST_OF_FILE: u64 = 1 << 26;
/// Digits of a SHA-256.
const DIGITS: usize = 64;

/// The files of the figures of a page, which are in one folder, with the SHA-256 of each as it was written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct FigureList(BTreeMap<String, String>);

impl FigureList {
    /// The list of files that have just been written.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub(super) fn of(files: &[PathBuf]) -> io::Result<Self> {
        let mut list = BTreeMap::new();
        for file in files {
            let name = file.file_name().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|name| is_name(name)) {
                list.insert(name.to_string(), checksum(&fs::read(file)?));
            }
        }
        Ok(Self(list))
    }

    /// The list of the page at `path`; empty if there is none, as in pages of earlier versions, whose figures stay.
    pub(super) fn of_page(path: &Path) -> Self {
        let bytes = end_of(path).unwrap_or_default();
        let end = String::from_utf8_lossy(&bytes);
        let list = end.rsplit_once(BEGIN).map_or("", |(_, list)| list);
        let lines = list.strip_suffix(END).unwrap_or_default().lines();
        let entry = |line: &str| {
            let (name, checksum) = line.split_once(' ')?;
            let is_entry = is_name(name) && checksum.len() == DIGITS;
            is_entry.then(|| (name.to_string(), checksum.to_string()))
        };
        Self(lines.filter_map(entry).collect())
    }

    /// The end of the page that has these figures.
    pub(super) fn text(&self) -> String {
        let lines = self.0.iter();
        let lines = lines.map(|(name, checksum)| format!("{name} {checksum}\n"));
        format!("{BEGIN}{}{END}", lines.collect::<String>())
    }

    /// The files in `folder` that are still as this list says, and that a newer page does not have.
    pub(super) fn stale(&self, folder: &Path, newer: &Self) -> Vec<PathBuf> {
        let gone = self
            .0
            .iter()
            .filter(|(name, _)| !newer.0.contains_key(*name));
        let files = gone.map(|(name, checksum)| (folder.join(name), checksum));
        let unchanged = files.filter(|(path, written)| is_as_written(path, written));
        unchanged.map(|(path, _)| path).collect()
    }
}

/// Whether a name is one of a file of a figure. Names of a page are not trusted: they lead nowhere else.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !name.starts_with('.') && name.chars().all(is_plain) && ["svg", "png", "csv"].contains(&ending)
}

/// Whether the file is there, with this checksum.
fn is_as_written(path: &Path, written: &str) -> bool {
    let is_small = path.symlink_metadata();
    let is_small = is_small.is_ok_and(|found| found.is_file() && found.len() <= MOST_OF_FILE);
    is_small && fs::read(path).is_ok_and(|bytes| checksum(&bytes) == written)
}

fn checksum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The last bytes of a file.
fn end_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MOST)))?;
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_keeps_the_list_of_its_figures() {
        let dir = tempfile::tempdir().unwrap();
        let [page, one, other] = ["page.html", "a.svg", "b.csv"].map(|name| dir.path().join(name));
        fs::write(&one, "one").unwrap();
        fs::write(&other, "other").unwrap();
        let list = FigureList::of(&[one.clone(), other.clone()]).unwrap();
        fs::write(&page, format!("<html></html>\n{}", list.text())).unwrap();
        let read = FigureList::of_page(&page);
        assert_eq!(read, list);
        let newer = FigureList::of(&[one]).unwrap();
        assert_eq!(read.stale(dir.path(), &newer), std::slice::from_ref(&other));
        // It is somebody's own since.
        fs::write(other, "changed").unwrap();
        assert!(read.stale(dir.path(), &newer).is_empty());
    }

    #[test]
    fn a_list_names_nothing_outside_its_folder_and_no_other_files() {
        let dir = tempfile::tempdir().unwrap();
        let page = dir.path().join("page.html");
        let sum = checksum(b"text");
        for name in ["../a.svg", "/a.svg", "a/b.svg", "..svg", "notes.txt", "svg"] {
            fs::write(&page, format!("{BEGIN}{name} {sum}\n{END}")).unwrap();
            assert_eq!(FigureList::of_page(&page), FigureList::default(), "{name}");
        }
        fs::write(&page, "a page of an earlier version").unwrap();
        assert_eq!(FigureList::of_page(&page), FigureList::default());
        assert_eq!(FigureList::of_page(dir.path()), FigureList::default());
    }
}

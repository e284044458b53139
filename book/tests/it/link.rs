//! Links between pages, and from pages to other files.

use crate::assert_none;
use crate::page::{Page, without_code};
use crate::path::{normal, root};
use std::path::{Path, PathBuf};

/// What begins an address of a file of this repository.
const ADDRESSES: [&str; 2] = [
    "https://github.com/misa-rs/misa/blob/main/",
    "https://github.com/misa-rs/misa/tree/main/",
];

/// The targets of the links and pictures of a block.
pub fn targets(block: &str) -> Vec<String> {
    let text = without_code(block);
    let ends = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target.to_string()).collect()
}

/// The file of this repository that `target` names on the page `from`: seen from the page, or by its
/// address; `None` for other addresses, an error if it is no file.
fn file(from: &Path, target: &str) -> Option<Result<PathBuf, String>> {
    if let Some(path) = ADDRESSES
        .iter()
        .find_map(|address| target.strip_prefix(address))
    {
        return Some(existing(PathBuf::from(path)));
    }
    if target.contains("://") {
        return None;
    }
    if target.is_empty() {
        return Some(Ok(from.to_path_buf()));
    }
    let Some(path) = normal(&from.with_file_name(target)) else {
        return Some(Err("outside of the repository".to_string()));
    };
    if from.starts_with("docs") && !path.starts_with("docs") {
        return Some(Err(
            "outside of docs, expected its address at GitHub".to_string()
        ));
    }
    Some(existing(path))
}

fn existing(path: PathBuf) -> Result<PathBuf, String> {
    if root().join(&path).exists() {
        Ok(path)
    } else {
        Err(format!("no file {}", path.display()))
    }
}

/// What is wrong with a link of `page`.
fn fault(pages: &[Page], page: &Page, target: &str) -> Option<String> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match file(&page.path, path)? {
        Ok(path) => path,
        Err(fault) => return Some(fault),
    };
    if anchor.is_empty() {
        return None;
    }
    let Some(other) = pages.iter().find(|page| page.path == path) else {
        return Some("an anchor of a file that is no page".to_string());
    };
    let is_known = other.anchors().contains(anchor);
    (!is_known).then(|| format!("no heading #{anchor} in {}", path.display()))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let pages = Page::all();
    let mut faults = Vec::new();
    for page in &pages {
        for (line, block) in page.blocks() {
            for target in targets(&block) {
                if let Some(fault) = fault(&pages, page, &target) {
                    faults.push(format!(
                        "{}:{line}: ({target}): {fault}",
                        page.path.display()
                    ));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn targets_are_found_outside_of_code() {
    let block = "[a](b.md) `[c](d.md)` ![e\nf](g.svg#h)";
    assert_eq!(targets(block), ["b.md", "g.svg#h"]);
}

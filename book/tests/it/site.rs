//! The built book: every link and picture of every page of it.

use crate::assert_none;
use crate::path::{files, normal};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the book is, in a variable that `scripts/check-book` sets.
const BOOK: &str = "MISA_BOOK";

/// The values of an attribute, such as `href`, in the order of the text.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    let rest = html.split(opening.as_str()).skip(1);
    rest.filter_map(|rest| rest.split_once('"'))
        .map(|(value, _)| value)
        .collect()
}

/// What is wrong with a link of the page `from`.
fn fault(
    book: &Path,
    ids: &BTreeMap<PathBuf, BTreeSet<&str>>,
    from: &Path,
    link: &str,
) -> Option<String> {
    let (path, id) = link.split_once('#').unwrap_or((link, ""));
    let is_elsewhere = path.contains(':') || path.starts_with("//");
    if is_elsewhere {
        return None;
    }
    let file = if path.is_empty() {
        Some(from.to_path_buf())
    } else {
        normal(&from.with_file_name(path))
    };
    let Some(file) = file.filter(|file| book.join(file).exists()) else {
        return Some("no file".to_string());
    };
    let has_id = ids.get(&file).is_none_or(|ids| ids.contains(id));
    (!id.is_empty() && !has_id).then(|| format!("no id {id}"))
}

#[test]
fn every_link_of_the_built_book_leads_somewhere() {
    let Some(book) = env::var_os(BOOK).map(PathBuf::from) else {
        println!("skipped: scripts/check-book builds the book and sets {BOOK}");
        return;
    };
    // Its links are those of the address at which a book is published.
    let pages = files(&book, "html")
        .into_iter()
        .filter(|page| !page.ends_with("404.html"));
    let read = |page: PathBuf| (fs::read_to_string(book.join(&page)).unwrap(), page);
    let pages: Vec<(String, PathBuf)> = pages.map(read).collect();
    assert!(pages.len() > 1, "{}: no book", book.display());
    let ids: BTreeMap<PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|page| (page.1.clone(), values(&page.0, "id").into_iter().collect()))
        .collect();
    let mut faults = Vec::new();
    for (html, page) in &pages {
        for link in [values(html, "href"), values(html, "src")].concat() {
            if let Some(fault) = fault(&book, &ids, page, link) {
                faults.push(format!("{}: {link}: {fault}", page.display()));
            }
        }
    }
    assert_none(&faults);
}

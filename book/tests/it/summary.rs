//! The summary, from which mdBook takes the order of the pages.

use crate::assert_none;
use crate::link::targets;
use crate::page::Page;
use std::path::Path;

#[test]
fn every_page_is_in_the_summary_once() {
    let pages = Page::all();
    let is_summary = |page: &&Page| page.path == Path::new("docs/SUMMARY.md");
    let blocks = pages.iter().find(is_summary).unwrap().blocks();
    let targets = blocks.iter().flat_map(|(_, block)| targets(block));
    let listed: Vec<_> = targets
        .map(|target| Path::new("docs").join(target))
        .collect();
    let mut faults = Vec::new();
    for page in pages.iter().filter(|page| page.is_of_book()) {
        let count = listed.iter().filter(|path| **path == page.path).count();
        if count != 1 {
            faults.push(format!(
                "docs/SUMMARY.md has {} {count} times",
                page.path.display()
            ));
        }
    }
    assert_none(&faults);
}

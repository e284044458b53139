//! Sentences, each of which stands on one page: what is said twice is soon said differently.

use crate::assert_none;
use crate::page::Page;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer words than these are a phrase, such as "the official code", or the cell of a table.
const WORDS: usize = 7;

/// The sentences of a block: words in lower case, without marks.
fn sentences(block: &str) -> Vec<String> {
    let cells = block.split(['|', '\n']).map(str::trim);
    let is_table = block.trim_start().starts_with('|');
    let parts: Vec<String> = if is_table {
        cells.map(str::to_string).collect()
    } else {
        vec![cells.collect::<Vec<_>>().join(" ")]
    };
    let parts = parts.iter().flat_map(|part| part.split(". "));
    parts
        .map(plain)
        .filter(|sentence| is_sentence(sentence))
        .collect()
}

fn plain(sentence: &str) -> String {
    // Pages of two folders link to the same page differently.
    let texts = sentence.split("](").enumerate();
    let texts = texts.map(|(index, part)| match part.split_once(')') {
        Some((_, text)) if index > 0 => text,
        _ => part,
    });
    let sentence: String = texts.collect();
    let is_kept = |letter: &char| letter.is_alphanumeric() || letter.is_whitespace();
    let letters: String = sentence.chars().filter(is_kept).collect();
    let words: Vec<String> = letters.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn is_sentence(sentence: &str) -> bool {
    sentence.split(' ').count() >= WORDS
}

/// Whether a page is compared with others: the changelog repeats what pages say now, and programs
/// wrote the pages of releases.
fn is_compared(page: &Page) -> bool {
    let apart = ["CHANGELOG.md", "datasets/golden/releases"];
    !apart.iter().any(|path| page.path.starts_with(path))
}

/// Whether only crates have these pages, which are published each by itself: all of them name the
/// project and the licence.
fn is_of_crates(pages: &BTreeSet<String>) -> bool {
    pages.iter().all(|page| page.starts_with("crates"))
}

#[test]
fn no_sentence_stands_on_two_pages() {
    let mut pages_of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for page in Page::all().iter().filter(|page| is_compared(page)) {
        for (_, block) in page.blocks() {
            for sentence in sentences(&block) {
                let pages = pages_of.entry(sentence).or_default();
                pages.insert(page.path.display().to_string());
            }
        }
    }
    let doubled = pages_of
        .into_iter()
        .filter(|(_, pages)| pages.len() > 1 && !is_of_crates(pages));
    let faults = doubled.map(|(sentence, pages)| format!("{pages:?}: {sentence}"));
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn marks_and_lines_make_no_other_sentence() {
    let block = "A run *begins* only in a [folder](../folder.md)\nthat is `empty`. Short.";
    assert_eq!(
        sentences(block),
        ["a run begins only in a folder that is empty"]
    );
}

//! A page in Markdown: what is written outside of its code.

use crate::path::{files, root};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// A Markdown file of the repository.
pub struct Page {
    /// Its path from the root.
    pub path: PathBuf,
    /// Its text, code included.
    pub text: String,
}

impl Page {
    /// Every Markdown file of the repository, in the order of the paths.
    pub fn all() -> Vec<Self> {
        let read = |path: PathBuf| Self {
            text: fs::read_to_string(root().join(&path)).unwrap(),
            path,
        };
        files(root(), "md").into_iter().map(read).collect()
    }

    /// Whether it is a page of the book; the summary is none.
    pub fn is_of_book(&self) -> bool {
        self.path.starts_with("docs") && !self.path.ends_with("SUMMARY.md")
    }

    /// Its paragraphs, lists, tables and headings, each with the number of its first line; without
    /// blocks of code.
    pub fn blocks(&self) -> Vec<(usize, String)> {
        let mut blocks: Vec<(usize, String)> = Vec::new();
        let (mut is_code, mut begins) = (false, true);
        for (index, line) in self.text.lines().enumerate() {
            let is_fence = line.trim_start().starts_with("```");
            is_code ^= is_fence;
            let is_text = !is_fence && !is_code && !line.trim().is_empty();
            let is_heading = is_text && line.starts_with('#');
            match blocks.last_mut() {
                Some((_, block)) if is_text && !begins && !is_heading => {
                    block.push('\n');
                    block.push_str(line);
                }
                _ if is_text => blocks.push((index + 1, line.to_string())),
                _ => {}
            }
            begins = !is_text || is_heading;
        }
        blocks
    }

    /// The languages of its blocks of code.
    pub fn languages(&self) -> BTreeSet<&str> {
        let fences = self
            .text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("```"));
        fences.step_by(2).map(|language| language.trim()).collect()
    }

    /// The anchors of its headings, as GitHub and mdBook make them.
    pub fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for (_, block) in self.blocks() {
            let Some(heading) = block.strip_prefix('#') else {
                continue;
            };
            let anchor = anchor(heading.trim_start_matches('#').trim());
            let repeated = (1..).map(|count| format!("{anchor}-{count}"));
            let mut names = std::iter::once(anchor.clone()).chain(repeated);
            anchors.insert(names.find(|name| !anchors.contains(name)).unwrap());
        }
        anchors
    }
}

/// Letters, digits, hyphens and underscores in lower case; hyphens in place of spaces.
fn anchor(heading: &str) -> String {
    let is_kept = |letter: &char| letter.is_alphanumeric() || "-_ ".contains(*letter);
    let letters = heading.chars().filter(is_kept).flat_map(char::to_lowercase);
    letters
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// `block` without what stands between backticks, which may be any number of them.
pub fn without_code(block: &str) -> String {
    let (mut text, mut rest) = (String::new(), block);
    while let Some(start) = rest.find('`') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let (fence, code) = rest.split_at(ticks);
        let Some(end) = code.find(fence) else { break };
        rest = &code[end + ticks..];
    }
    text + rest
}

#[test]
fn anchors_are_those_of_github() {
    assert_eq!(anchor("`misa+` against MISA"), "misa-against-misa");
    assert_eq!(
        anchor("Cut first, or not at all"),
        "cut-first-or-not-at-all"
    );
}

#[test]
fn code_is_left_out_of_a_block() {
    assert_eq!(without_code("a `[x](y)` b ``c ` d`` e"), "a  b  e");
}

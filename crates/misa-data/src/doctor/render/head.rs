//! The section about files, format, corpus and splits.

use super::style::{Style, printable, wrap};
use super::table::Table;
use super::{bytes, section};
use crate::Format;
use crate::doctor::{Clue, Content, Examination, SplitReport};

/// Columns before a value.
pub(super) const INDENT: usize = 14;
/// Files that are listed by name.
const LISTED: usize = 12;

pub(super) fn write(out: &mut String, examination: &Examination, style: Style) {
    let path = printable(&examination.path);
    out.push_str(&style.bold(&format!("Data doctor: {path}")));
    out.push('\n');
    let files = &examination.files;
    if !files.is_empty() {
        section(out, "What it is", style);
        let total = files.iter().map(|file| file.bytes).sum();
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let more = names.len().saturating_sub(LISTED);
        let names = names[..names.len() - more].join(", ");
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        wrap(
            out,
            "  files",
            INDENT,
            &format!("{names}{more}: {}", bytes(total)),
        );
    }
    if let Some(content) = &examination.content {
        let format = format!("{}: {}", content.format, content.variant);
        wrap(out, "  format", INDENT, &format);
        wrap(out, "  corpus", INDENT, &corpus(content));
    }
    if let Some(sha256) = &examination.sha256 {
        wrap(out, "  sha-256", INDENT, sha256);
        let format = examination.content.as_ref().map(|content| content.format);
        match (examination.published, format) {
            (Some(name), _) => wrap(out, "", INDENT, &format!("this is {name}, unchanged")),
            (None, Some(Format::Mmsa)) => {
                let text = "none of the five feature files that MMSA publishes";
                wrap(out, "", INDENT, text);
            }
            (None, _) => {}
        }
    }
}

fn corpus(content: &Content) -> String {
    match &content.corpus {
        Some(corpus) => match corpus.clue {
            Clue::Counts => format!(
                "looks like {}, by the numbers of utterances in {}",
                corpus.name, corpus.published_by
            ),
            Clue::Sizes => format!(
                "features of the sizes of {}, but other numbers of utterances",
                corpus.name
            ),
        },
        None => "unknown: neither the numbers of utterances nor the sizes of the features are \
                 those of a corpus known here"
            .to_owned(),
    }
}

pub(super) fn splits(out: &mut String, content: &Content, style: Style) {
    section(out, "Splits", style);
    let splits = &content.splits;
    let names = splits.iter().map(|split| split.split.name());
    let mut table = Table::new(1, std::iter::once("").chain(names).chain(["all"]));
    let mut row = |name: &str, cells: Vec<String>| {
        table.row(std::iter::once(name.to_owned()).chain(cells));
    };
    let counts = |of: fn(&SplitReport) -> usize| -> Vec<String> {
        let total = splits.iter().map(of).sum();
        let counts = splits.iter().map(of).chain([total]);
        counts.map(|count: usize| count.to_string()).collect()
    };
    row("utterances", counts(|split| split.utterances));
    if let Some(corpus) = content
        .corpus
        .as_ref()
        .filter(|corpus| corpus.clue == Clue::Counts)
    {
        let known = corpus
            .counts
            .map(|count| count.map_or("?".to_owned(), |n| n.to_string()));
        row("published", known.into());
        let signed = |n: i64| {
            if n == 0 {
                "=".to_owned()
            } else {
                format!("{n:+}")
            }
        };
        row(
            "difference",
            corpus
                .differences
                .map(|n| n.map_or("?".to_owned(), signed))
                .into(),
        );
    }
    if splits
        .iter()
        .any(|split| split.videos.is_some_and(|videos| videos > 0))
    {
        row(
            "videos",
            counts(|split| split.videos.unwrap_or(0))[..3].into(),
        );
    }
    row("one word", counts(|split| split.one_word));
    row("not aligned", counts(|split| split.unaligned));
    table.write(out, style);
}

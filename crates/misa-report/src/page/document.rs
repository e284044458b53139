//! The frame of every page: head, heading, links to its parts, notes and footer.

use crate::draw::text::escape;
use crate::glossary::glossary;
use crate::page::style::style;

/// The page must not load or execute anything; its styles are inline.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// One part of the page: anchor, heading and content.
pub(super) struct Block {
    pub(super) anchor: &'static str,
    pub(super) heading: &'static str,
    /// A sentence on how to read the part; may be empty.
    pub(super) lead: &'static str,
    /// HTML; a part without content is left out.
    pub(super) content: String,
}

/// Heading of several notes on the page of a run.
pub(super) const BEFORE_SCORES: &str = "Before you read the scores:";

/// The page of these parts, with notes under the heading `before`; the words in the parts are explained at
/// its end.
pub(super) fn document(
    title: &str,
    (before, notes): (&str, &[String]),
    blocks: Vec<Block>,
) -> String {
    let blocks = blocks.into_iter();
    let mut blocks: Vec<Block> = blocks.filter(|block| !block.content.is_empty()).collect();
    let explained: String = blocks.iter().map(section).collect();
    let words = Block {
        anchor: "words",
        heading: "Words on this page",
        lead: "",
        content: glossary(&explained),
    };
    if !words.content.is_empty() {
        blocks.push(words);
    }
    let title = escape(if title.trim().is_empty() {
        "misa run"
    } else {
        title
    });
    let link = |block: &Block| format!("<a href=\"#{}\">{}</a>", block.anchor, block.heading);
    let links: Vec<String> = blocks.iter().map(link).collect();
    let sections: String = blocks.iter().map(section).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n\
         <header><h1>{title}</h1>\n<nav aria-label=\"Parts of this page\">{}</nav></header>\n\
         <main>\n{}{sections}</main>\n\
         <footer>Drawn by misa-report {}.</footer>\n</body>\n</html>\n",
        style(),
        links.join("\n"),
        note(before, notes),
        env!("CARGO_PKG_VERSION"),
    )
}

fn section(block: &Block) -> String {
    let lead = match block.lead {
        "" => String::new(),
        lead => format!("<p class=\"lead\">{lead}</p>\n"),
    };
    format!(
        "<section id=\"{}\">\n<h2>{}</h2>\n{lead}{}</section>\n",
        block.anchor, block.heading, block.content
    )
}

fn note(before: &str, notes: &[String]) -> String {
    match notes {
        [] => String::new(),
        [note] => format!(
            "<div class=\"note\" role=\"note\"><p>{}</p></div>\n",
            escape(note)
        ),
        notes => {
            let item = |note: &String| format!("<li>{}</li>", escape(note));
            let items: String = notes.iter().map(item).collect();
            format!("<div class=\"note\" role=\"note\"><p>{before}</p><ul>{items}</ul></div>\n")
        }
    }
}

//! The page of one run as HTML: every text from the record goes through [`escape`].

use crate::draw::text::escape;
use crate::figure::{Figure, Part};
use crate::page::document::{BEFORE_SCORES, Block, document};
use crate::page::reading::{Reading, read_probe, read_scores};
use crate::page::score_table::score_table;
use crate::page::subspace_tables::subspace_tables;
use crate::page::utterance_table::utterance_tables;
use crate::page::{Page, Spaces};
use crate::record::Section;

pub(super) fn html(page: &Page) -> String {
    let omitted = page.omitted.iter();
    let omitted = omitted.map(|reason| format!("Not drawn: {reason}."));
    let notes: Vec<String> = page.notes.iter().cloned().chain(omitted).collect();
    document(&page.title, (BEFORE_SCORES, &notes), blocks(page))
}

fn blocks(page: &Page) -> Vec<Block> {
    vec![
        Block {
            anchor: "scores",
            heading: "Scores",
            lead: "",
            content: first(page),
        },
        Block {
            anchor: "errors",
            heading: "Worst errors",
            lead: "",
            content: errors(page),
        },
        Block {
            anchor: "predictions",
            heading: "Predictions",
            lead: "",
            content: grid(&page.figures, Part::Predictions, "grid"),
        },
        Block {
            anchor: "subspaces",
            heading: "Subspaces",
            lead: "Shared vectors should look alike for all modalities; private vectors should \
                   reveal their modality.",
            content: subspaces(page),
        },
        Block {
            anchor: "attention",
            heading: "Attention",
            lead: "How the fusion mixes the representations.",
            content: grid(&page.figures, Part::Attention, "grid"),
        },
        Block {
            anchor: "curves",
            heading: "Training",
            lead: "Each chart shows one loss or score after each epoch. The dashed line marks the \
                   epoch whose model was kept.",
            content: grid(&page.figures, Part::Curves, "grid many"),
        },
        Block {
            anchor: "facts",
            heading: "Provenance",
            lead: "",
            content: facts(&page.facts),
        },
    ]
}

/// What is seen first: the scores, and beside them what they say and what the run is.
fn first(page: &Page) -> String {
    let scores = score_table(&page.scores);
    let summary = summary(page);
    if scores.is_empty() || summary.is_empty() {
        return scores + &summary;
    }
    format!("<div class=\"first\">\n{scores}{summary}</div>\n")
}

fn summary(page: &Page) -> String {
    let probes = page.spaces.as_ref().map(|spaces| spaces.probes.as_slice());
    let readings = page.scores.iter().filter_map(read_scores);
    let readings: String = readings
        .chain(probes.unwrap_or_default().iter().map(read_probe))
        .map(|reading| item(&reading))
        .collect();
    let rows = highlights(&page.highlights);
    if readings.is_empty() && rows.is_empty() {
        return String::new();
    }
    let readings = if readings.is_empty() {
        readings
    } else {
        format!("<h3>In short</h3>\n<ul class=\"readings\">{readings}</ul>\n")
    };
    format!("<div class=\"box summary\">{readings}{rows}</div>\n")
}

pub(super) fn item(reading: &Reading) -> String {
    let text = escape(&reading.text);
    if reading.is_off {
        format!("<li class=\"off\">{text}</li>\n")
    } else {
        format!("<li>{text}</li>\n")
    }
}

fn highlights(rows: &[(String, String)]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<table><tbody>{}</tbody></table>\n",
        rows.iter().map(row).collect::<String>()
    )
}

fn errors(page: &Page) -> String {
    let predictions = page.predictions.as_ref();
    predictions.map_or_else(String::new, |given| utterance_tables(given, &page.classes))
}

pub(super) fn grid(figures: &[Figure], part: Part, class: &str) -> String {
    let of_part = figures.iter().filter(|figure| figure.part == part);
    let figures: String = of_part.map(figure).collect();
    if figures.is_empty() {
        figures
    } else {
        format!("<div class=\"{class}\">\n{figures}</div>\n")
    }
}

fn figure(figure: &Figure) -> String {
    let caption = match figure.caption.as_str() {
        "" => String::new(),
        caption => format!("<figcaption>{}</figcaption>", escape(caption)),
    };
    format!(
        "<figure id=\"{}\"><h3>{}</h3>\n{}\n{caption}</figure>\n",
        escape(&figure.name),
        escape(&figure.title),
        figure.inline()
    )
}

fn subspaces(page: &Page) -> String {
    let tables = |spaces: &Spaces| subspace_tables(spaces);
    let tables = page.spaces.as_ref().map(tables).unwrap_or_default();
    tables + &grid(&page.figures, Part::Spaces, "grid")
}

fn row((name, value): &(String, String)) -> String {
    let (name, value) = (escape(name), escape(value));
    format!("<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n")
}

pub(super) fn facts(sections: &[Section]) -> String {
    let table = |section: &Section| {
        format!(
            "<details><summary>{}</summary><div class=\"box\"><table><tbody>{}</tbody></table></div></details>\n",
            escape(&section.name),
            section.rows.iter().map(row).collect::<String>()
        )
    };
    sections.iter().map(table).collect()
}

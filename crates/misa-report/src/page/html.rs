//! The page as HTML: every text from the record goes through [`escape`].

use crate::discrepancy::SharedDistance;
use crate::draw::text::{counted, escape, fixed};
use crate::figure::{Figure, Part};
use crate::page::style::style;
use crate::page::{Page, Spaces};
use crate::probe::Probe;
use crate::record::{Section, SplitScores};

/// The page must not load or execute anything; its styles are inline.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// One part of the page: anchor, heading and content.
struct Block {
    anchor: &'static str,
    heading: &'static str,
    lead: &'static str,
    content: String,
}

pub(super) fn html(page: &Page) -> String {
    let blocks: Vec<Block> = blocks(page)
        .into_iter()
        .filter(|block| !block.content.is_empty())
        .collect();
    let title = escape(if page.title.trim().is_empty() {
        "misa run"
    } else {
        &page.title
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
        notes(page),
        env!("CARGO_PKG_VERSION"),
    )
}

fn blocks(page: &Page) -> Vec<Block> {
    vec![
        Block {
            anchor: "scores",
            heading: "Scores",
            lead: "",
            content: scores(&page.scores),
        },
        Block {
            anchor: "predictions",
            heading: "Predictions",
            lead: "",
            content: grid(page, Part::Predictions, "grid"),
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
            content: grid(page, Part::Attention, "grid"),
        },
        Block {
            anchor: "curves",
            heading: "Training",
            lead: "",
            content: grid(page, Part::Curves, "grid many"),
        },
        Block {
            anchor: "facts",
            heading: "Provenance",
            lead: "",
            content: facts(&page.facts),
        },
    ]
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

fn notes(page: &Page) -> String {
    let omitted = page
        .omitted
        .iter()
        .map(|reason| format!("Not drawn: {reason}."));
    let notes: Vec<String> = page.notes.iter().cloned().chain(omitted).collect();
    match notes.as_slice() {
        [] => String::new(),
        [note] => format!(
            "<div class=\"note\" role=\"note\"><p>{}</p></div>\n",
            escape(note)
        ),
        notes => {
            let items: String = notes
                .iter()
                .map(|n| format!("<li>{}</li>", escape(n)))
                .collect();
            format!(
                "<div class=\"note\" role=\"note\"><p>Before you read the scores:</p><ul>{items}</ul></div>\n"
            )
        }
    }
}

/// Rows are scores and columns are splits, of which there are few, so the table fits a phone.
fn scores(splits: &[SplitScores]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in splits.iter().flat_map(|split| &split.scores) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if splits.is_empty() {
        return String::new();
    }
    let head = |split: &SplitScores| {
        let utterances = counted(split.utterances, "utterance");
        let name = escape(&split.split);
        format!(
            "<th scope=\"col\" class=\"r\">{name}<br><span class=\"small\">{utterances}</span></th>"
        )
    };
    let cell = |split: &SplitScores, name: &str| {
        let value = split
            .scores
            .iter()
            .find(|score| score.0 == name)
            .and_then(|score| score.1);
        format!(
            "<td class=\"r\">{}</td>",
            value.map_or_else(|| "–".to_string(), |v| fixed(v, 4))
        )
    };
    let row = |name: &&str| {
        let cells: String = splits.iter().map(|split| cell(split, name)).collect();
        format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escape(name))
    };
    format!(
        "<div class=\"box scores\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">score</th>{}\
         </tr></thead>\n<tbody>{}</tbody></table></div>\n",
        splits.iter().map(head).collect::<String>(),
        names.iter().map(row).collect::<String>()
    )
}

fn grid(page: &Page, part: Part, class: &str) -> String {
    let of_part = page.figures.iter().filter(|figure| figure.part == part);
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
    let tables = page.spaces.as_ref().map(tables).unwrap_or_default();
    tables + &grid(page, Part::Spaces, "grid")
}

fn tables(spaces: &Spaces) -> String {
    let probes = probe_table(&spaces.probes, &spaces.split);
    let distance = spaces
        .distance
        .as_ref()
        .map(distance_table)
        .unwrap_or_default();
    match (probes.as_str(), distance.as_str()) {
        ("", "") => String::new(),
        _ => format!("<div class=\"grid\">{probes}{distance}</div>\n"),
    }
}

fn probe_table(probes: &[Probe], split: &str) -> String {
    let Some(first) = probes.first() else {
        return String::new();
    };
    let row = |probe: &Probe| {
        let aim = if probe.space == "shared" {
            probe.chance
        } else {
            1.0
        };
        format!(
            "<tr><th scope=\"row\">{}</th><td class=\"r\">{} ± {}</td><td class=\"r\">{}</td>\
             <td class=\"r\">{}</td></tr>\n",
            probe.space,
            fixed(probe.accuracy, 3),
            fixed(probe.spread, 3),
            fixed(aim, 3),
            fixed(probe.chance, 3)
        )
    };
    format!(
        "<figure><h3>Linear probe for the modality</h3>\n<div class=\"scroll\" tabindex=\"0\">\
         <table><thead><tr><th scope=\"col\">vectors</th><th scope=\"col\" class=\"r\">accuracy</th>\
         <th scope=\"col\" class=\"r\">aim</th><th scope=\"col\" class=\"r\">chance</th></tr></thead>\n\
         <tbody>{}</tbody></table></div>\n<figcaption>Mean ± standard deviation over {} held-out \
         folds; {}, {} split.</figcaption></figure>\n",
        probes.iter().map(row).collect::<String>(),
        first.folds,
        counted(first.utterances, "utterance"),
        escape(split),
    )
}

fn distance_table(distance: &SharedDistance) -> String {
    let row = |(first, second, value): &(String, String, f64)| {
        let (first, second, value) = (escape(first), escape(second), fixed(*value, 4));
        format!("<tr><th scope=\"row\">{first} – {second}</th><td class=\"r\">{value}</td></tr>\n")
    };
    format!(
        "<figure><h3>Distance of shared vectors</h3>\n<div class=\"scroll\" tabindex=\"0\"><table>\
         <thead><tr><th scope=\"col\">modalities</th><th scope=\"col\" class=\"r\">CMD</th></tr></thead>\n\
         <tbody>{}<tr><th scope=\"row\">mean</th><td class=\"r\">{}</td></tr></tbody></table></div>\n\
         <figcaption>Central moment discrepancy over five moments; 0 when they agree.</figcaption></figure>\n",
        distance.pairs.iter().map(row).collect::<String>(),
        fixed(distance.mean, 4)
    )
}

fn facts(sections: &[Section]) -> String {
    let row = |(name, value): &(String, String)| {
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
            escape(name),
            escape(value)
        )
    };
    let table = |section: &Section| {
        format!(
            "<details><summary>{}</summary><div class=\"box\"><table><tbody>{}</tbody></table></div></details>\n",
            escape(&section.name),
            section.rows.iter().map(row).collect::<String>()
        )
    };
    sections.iter().map(table).collect()
}

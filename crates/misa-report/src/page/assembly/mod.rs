//! How recordings became a data set, as one page.
//!
//! | File | Holds |
//! | --- | --- |
//! | `reading.rs` | sentences that tell what became of the recordings |
//! | `table.rs` | the table of recordings |

mod reading;
mod table;
#[cfg(test)]
mod tests;
use crate::assembly::check::check_assembly;
use crate::assembly::record::{AssemblyRecord, RecordingRecord};
use crate::assembly::totals::Totals;
use crate::chart::{offsets, origins, picture};
use crate::draw::text::{escape, grouped, shortened};
use crate::error::RecordError;
use crate::figure::{Figure, Part};
use crate::page::document::{Block, document};
use crate::page::html::{facts, grid, item};
use crate::record::Section;
use reading::readings;
use table::{by_attention, recording_table};

/// Most recordings in the table, and notes on recordings; more would make the page large.
const MOST: usize = 200;
/// Most characters of a name.
const NAME: usize = 120;

/// How recordings became a data set, drawn.
#[derive(Clone, Debug)]
pub struct AssemblyPage {
    title: String,
    notes: Vec<String>,
    facts: Vec<Section>,
    totals: Totals,
    /// The recordings of the table, what needs attention first.
    shown: Vec<RecordingRecord>,
    /// Name and text of each note on a recording that is shown.
    remarks: Vec<(String, String)>,
    /// Notes on recordings that are not shown.
    more_remarks: usize,
    figures: Vec<Figure>,
}

/// Draws `record`. On one platform, equal records give equal pages, byte for byte.
///
/// The table has at most 200 recordings, those that need attention first: a clear offset, then the share
/// of absent steps. Figures and sums are over all.
///
/// # Errors
///
/// Returns an error if there is no recording, if a number is not finite or is outside its range (times of
/// a billion seconds, values of 1e100), if something ends before it starts, or if there is more than can
/// be drawn: 100,000 recordings; in the picture 10,000 words, 8 tracks, 100,000 rows and 10,000 steps of a
/// track.
pub fn assembly_page(record: &AssemblyRecord) -> Result<AssemblyPage, RecordError> {
    check_assembly(record)?;
    let totals = Totals::of(record)?;
    let drawn = [
        origins(&totals),
        record.picture.as_ref().map(picture),
        offsets(&record.recordings),
    ];
    let ranked = by_attention(&record.recordings);
    let remark = |recording: &RecordingRecord, note: &String| {
        (shortened(&recording.name, NAME), note.clone())
    };
    let remarks = ranked.iter().flat_map(|recording| {
        let notes = recording.notes.iter();
        notes.map(move |note| remark(recording, note))
    });
    let all: usize = ranked.iter().map(|recording| recording.notes.len()).sum();
    Ok(AssemblyPage {
        title: record.title.clone(),
        notes: record.notes.clone(),
        facts: record.facts.clone(),
        totals,
        shown: ranked.iter().take(MOST).map(|&one| one.clone()).collect(),
        remarks: remarks.take(MOST).collect(),
        more_remarks: all.saturating_sub(MOST),
        figures: drawn.into_iter().flatten().collect(),
    })
}

impl AssemblyPage {
    /// Every figure, in the order of the page.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// One self-contained HTML file, without scripts or network access, in light and dark.
    pub fn html(&self) -> String {
        let title = match self.title.trim() {
            "" => "Recordings as a data set",
            _ => &self.title,
        };
        document(title, (BEFORE, &self.notes), self.blocks())
    }

    fn blocks(&self) -> Vec<Block> {
        vec![
            Block {
                anchor: "totals",
                heading: "In short",
                lead: "",
                content: self.first(),
            },
            Block {
                anchor: "one-utterance",
                heading: "One utterance",
                lead: "From what the tools wrote to what the model gets. A drawing that is wider than the \
                       screen scrolls sideways.",
                content: grid(&self.figures, Part::Utterance, "grid one"),
            },
            Block {
                anchor: "clocks",
                heading: "Words and voice in time",
                lead: "Where the energy of the voice fits the words best at another time, they may be from \
                       different cuts of the recording.",
                content: grid(&self.figures, Part::Offsets, "grid"),
            },
            Block {
                anchor: "recordings",
                heading: "Recordings",
                lead: "What needs attention comes first: a clear offset, then the share of absent steps.",
                content: self.recordings(),
            },
            Block {
                anchor: "facts",
                heading: "Provenance",
                lead: "",
                content: facts(&self.facts),
            },
        ]
    }

    /// What is seen first: sentences, and the same as bars.
    fn first(&self) -> String {
        let items: String = readings(&self.totals).iter().map(item).collect();
        let bars = grid(&self.figures, Part::Origins, "bars");
        format!(
            "<div class=\"first\">\n<div class=\"box summary\"><ul class=\"readings\">{items}</ul></div>\n{bars}</div>\n"
        )
    }

    fn recordings(&self) -> String {
        let all = self.totals.recordings;
        let left_out = all - self.shown.len();
        let rest = if left_out == 0 {
            String::new()
        } else {
            format!(
                "<p class=\"small\">{} of {} recordings are not in this table; the JSON has all.</p>\n",
                grouped(left_out),
                grouped(all)
            )
        };
        format!(
            "{}{rest}{}",
            recording_table(&self.shown, NAME),
            self.remarks()
        )
    }

    fn remarks(&self) -> String {
        if self.remarks.is_empty() {
            return String::new();
        }
        let remark = |(name, note): &(String, String)| {
            let (name, note) = (escape(name), escape(note));
            format!("<tr><th scope=\"row\">{name}</th><td>{note}</td></tr>\n")
        };
        let rows: String = self.remarks.iter().map(remark).collect();
        let rest = match self.more_remarks {
            0 => String::new(),
            more => format!(
                "<p class=\"small under\">{} more are not shown; the JSON has all.</p>",
                grouped(more)
            ),
        };
        format!(
            "<details><summary>Notes on recordings: {}</summary><div class=\"box remarks\">\
             <table><tbody>{rows}</tbody></table>{rest}</div></details>\n",
            grouped(self.remarks.len() + self.more_remarks)
        )
    }
}

/// Heading of several notes.
const BEFORE: &str = "Before you use this data:";

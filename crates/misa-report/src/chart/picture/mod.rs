//! One utterance: its words, the rows that tools wrote, and the steps that the model gets.
//!
//! | File | Holds |
//! | --- | --- |
//! | `across.rs` | time from left to right |
//! | `words.rs` | words as boxes |
//! | `track.rs` | one column of one modality |
//! | `legend.rs`, `data.rs` | what the marks mean, and their numbers |

mod across;
mod data;
mod legend;
#[cfg(test)]
mod tests;
mod track;
mod words;

use crate::assembly::record::{UtterancePicture, WordKind};
use crate::chart::picture::across::Across;
use crate::chart::picture::track::Track;
use crate::draw::axis::Ticks;
use crate::draw::legend as entries;
use crate::draw::svg::{Anchor, Svg};
use crate::draw::text::{counted, duration, fixed, shortened};
use crate::figure::{Figure, Part};

/// Space for numbers and names at the left, and nothing at the right.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 14.0;
/// Units of a second, at which most words have room for their text.
const SECOND: f64 = 140.0;
/// Width of the content of the page on a large screen, and the widest drawing.
const NARROWEST: f64 = 1100.0;
const WIDEST: f64 = 4200.0;
/// Width of the legend, which does not need scrolling on a large screen, and little on a phone.
const LEGEND: f64 = 800.0;
/// Height of the axis.
const AXIS: f64 = 42.0;
/// Most marks of a kind that say what they are under the pointer.
const LABELLED: usize = 1000;
/// Most characters of a name.
const NAME: usize = 80;

/// The figure of one utterance.
pub(crate) fn picture(given: &UtterancePicture) -> Figure {
    let span = given.to - given.from;
    let width = (span * SECOND + LEFT + RIGHT).clamp(NARROWEST, WIDEST);
    let across = Across::new((given.from, given.to), (LEFT, width - RIGHT));
    let tracks: Vec<Track> = given.tracks.iter().map(Track::new).collect();
    let names = legend::entries(given);
    let top = entries::height(&names, LEGEND) + 10.0;
    let tall: f64 = tracks.iter().map(Track::height).sum();
    let mut svg = Svg::new(width, top + words::HEIGHT + tall + AXIS);
    entries::draw_within(&mut svg, 2.0, &names, LEGEND);
    let ticks = Ticks::new((given.from, given.to), (width / 110.0) as usize);
    let bottom = svg.height - AXIS;
    for &moment in &ticks.values {
        let x = across.position(moment);
        svg.line("g", (x, top + words::HEIGHT), (x, bottom));
    }
    let unnamed = words::draw(&mut svg, &across, &given.words, top);
    let mut y = top + words::HEIGHT;
    for track in &tracks {
        track.draw(&mut svg, &across, y);
        y += track.height();
    }
    draw_axis(&mut svg, &across, &ticks, bottom);
    Figure {
        name: "utterance".to_string(),
        title: format!("How {} became steps", shortened(&given.utterance, NAME)),
        caption: caption(given, unnamed),
        data: data::data(given),
        part: Part::Utterance,
        drawing: svg,
    }
}

fn draw_axis(svg: &mut Svg, across: &Across, ticks: &Ticks, y: f64) {
    let right = svg.width - RIGHT;
    svg.line("x", (LEFT, y), (right, y));
    for (&moment, label) in ticks.values.iter().zip(ticks.labels()) {
        let x = across.position(moment);
        svg.line("x", (x, y), (x, y + 4.0));
        svg.text("q s", (x, y + 17.0), Anchor::Middle, &label);
    }
    svg.text(
        "t",
        (LEFT, y + 36.0),
        Anchor::Start,
        "seconds of the recording",
    );
}

fn caption(given: &UtterancePicture, unnamed: usize) -> String {
    let kind = |kind| given.words.iter().filter(|word| word.kind == kind).count();
    let mut caption = format!(
        "{} of {}: {}, of which {} interpolated and {} placed.",
        duration(given.to - given.from),
        shortened(&given.utterance, NAME),
        counted(given.words.len(), "word"),
        kind(WordKind::Interpolated),
        kind(WordKind::Placed),
    );
    if unnamed > 0 {
        let verb = if unnamed == 1 { "is" } else { "are" };
        let words = counted(unnamed, "word");
        caption += &format!(" {words} {verb} drawn without text, which does not fit.");
    }
    for track in &given.tracks {
        let failed = track.rows.iter().filter(|row| !row.valid).count();
        let (modality, column) = (&track.modality, &track.column);
        caption += &format!(
            " {}: {} of {}, of which {failed} failed; {}.",
            shortened(modality, NAME),
            counted(track.rows.len(), "row"),
            shortened(column, NAME),
            counted(track.steps.len(), "step"),
        );
    }
    if !given.tracks.is_empty() {
        caption += " The thin line is what the tool wrote; it is interrupted where rows are missing, and hatched \
                    where they failed. The thick lines are the means over each step, and the numbers below \
                    them are the same.";
    }
    caption
}

/// A value in as many digits as a small label has room for.
fn short(value: f64) -> String {
    match value.abs() {
        ..9.995 => fixed(value, 2),
        ..99.95 => fixed(value, 1),
        _ => fixed(value, 0),
    }
}

//! Words as boxes, with their text above them.

use super::across::Across;
use super::{LABELLED, LEFT, NAME};
use crate::assembly::record::{PictureWord, WordKind};
use crate::chart::origins::{INTERPOLATED, MEASURED, PLACED};
use crate::draw::area::Area;
use crate::draw::svg::{Anchor, Svg, box_path};
use crate::draw::text::{cut, fixed, shortened, width};

const TEXT: f64 = 12.0;
/// Height of a line of text; there are two, so that short words have room.
const LINE: f64 = 16.0;
const BOX: f64 = 18.0;
/// Longest text of a word; longer ones are cut.
const LONGEST: f64 = 120.0;
/// Height of all.
pub(super) const HEIGHT: f64 = 2.0 * LINE + BOX + 10.0;

/// Draws the words, and returns how many have no room for their text.
pub(super) fn draw(svg: &mut Svg, across: &Across, words: &[PictureWord], top: f64) -> usize {
    let y = top + 2.0 * LINE + 4.0;
    svg.text("q s", (LEFT - 6.0, y + 13.0), Anchor::End, "words");
    let mut shown: Vec<(&PictureWord, f64, f64)> = words
        .iter()
        .filter_map(|word| {
            let (left, width) = across.stretch(word.start, word.end)?;
            Some((word, left, width))
        })
        .collect();
    // Stable: words that start together stay in their order.
    shown.sort_by(|one, other| one.0.start.total_cmp(&other.0.start));
    for &(word, left, width) in &shown {
        area(word.kind).draw(svg, (left, y), (width, BOX));
    }
    for &(word, left, width) in shown.iter().take(LABELLED) {
        svg.labelled_path("y", &box_path((left, y), (width, BOX)), &label(word));
    }
    let mut ends = Ends::new(svg.width);
    let mut unnamed = 0;
    for (word, left, width) in shown {
        let named = ends.draw(svg, &word.text, left + width / 2.0, y);
        unnamed += usize::from(!named);
    }
    unnamed
}

/// The pattern of a kind.
pub(super) fn area(kind: WordKind) -> Area {
    match kind {
        WordKind::Measured => MEASURED,
        WordKind::Interpolated => INTERPOLATED,
        WordKind::Placed => PLACED,
    }
}

/// The name of a kind.
pub(super) fn name(kind: WordKind) -> &'static str {
    match kind {
        WordKind::Measured => "measured",
        WordKind::Interpolated => "interpolated",
        WordKind::Placed => "placed",
    }
}

fn label(word: &PictureWord) -> String {
    format!(
        "{}: {} s to {} s, {}",
        shortened(&word.text, NAME),
        fixed(word.start, 2),
        fixed(word.end, 2),
        name(word.kind)
    )
}

/// Where the texts of both lines end so far.
struct Ends {
    low: f64,
    high: f64,
    limit: f64,
}

impl Ends {
    fn new(limit: f64) -> Self {
        Self {
            low: LEFT - 4.0,
            high: LEFT - 4.0,
            limit,
        }
    }

    /// Draws a text above the box at `middle`, in the line that has room; `false` if none has.
    fn draw(&mut self, svg: &mut Svg, text: &str, middle: f64, y: f64) -> bool {
        let text = cut(text.trim(), TEXT, LONGEST);
        let half = width(&text, TEXT) / 2.0;
        let centre = middle.clamp(LEFT + half, (self.limit - half).max(LEFT + half));
        let (left, right) = (centre - half, centre + half + 3.0);
        if left >= self.low && right <= self.limit + 3.0 {
            self.low = right;
            svg.text("t", (centre, y - 5.0), Anchor::Middle, &text);
            return true;
        }
        // A thin line leads from the upper text to its box, past the lower texts.
        if left >= self.high && middle >= self.low {
            self.high = right;
            self.low = middle + 3.0;
            svg.text("t", (centre, y - 5.0 - LINE), Anchor::Middle, &text);
            svg.line("g", (middle, y - 1.0), (middle, y - LINE - 2.0));
            return true;
        }
        false
    }
}

//! One figure: a drawing, its caption and its numbers.

use crate::draw::png::png;
use crate::draw::svg::{Svg, coordinate};
use crate::draw::text::escape;
use crate::error::PngError;

/// Widest drawing whose text can be read where it is made smaller; wider ones scroll sideways.
const NARROW: f64 = 600.0;

/// The section of the page that a figure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Curves,
    Predictions,
    Spaces,
    Attention,
    Origins,
    Utterance,
    Offsets,
}

/// A drawing with its caption and the numbers behind it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Figure {
    /// File stem: lower-case letters, digits and hyphens; no two figures of a page share one.
    pub name: String,
    /// What the figure shows, in a few words of plain text.
    pub title: String,
    /// How to read it and what was left out, in plain text.
    pub caption: String,
    /// Numbers behind the figure as CSV text, with a header row.
    pub data: String,
    pub(crate) part: Part,
    pub(crate) drawing: Svg,
}

impl Figure {
    /// A complete SVG file that follows the reader's light or dark preference.
    pub fn svg(&self) -> String {
        self.drawing.document(&self.title, &self.caption)
    }

    /// A PNG file in the light theme, with two pixels per unit of the SVG's view box.
    ///
    /// The bundled font has Latin and Greek letters and mathematical signs. Text in other scripts is
    /// drawn as empty boxes here, and correctly in [`svg`](Self::svg).
    ///
    /// # Errors
    ///
    /// Returns an error if the drawing cannot be turned into pixels.
    pub fn png(&self) -> Result<Vec<u8>, PngError> {
        png(&self.drawing, &self.name)
    }

    pub(crate) fn inline(&self) -> String {
        let drawing = self.drawing.inline(&self.title, &self.caption);
        if self.drawing.width <= NARROW {
            return drawing;
        }
        let width = coordinate(self.drawing.width);
        format!(
            "<div class=\"across\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">\
             <div style=\"min-width:{width}px\">{drawing}</div></div>",
            escape(&self.title)
        )
    }
}

//! Drawing: text, scales, colours and shapes to SVG, SVG to pixels.

pub(crate) mod axis;
pub(crate) mod colour;
pub(crate) mod legend;
pub(crate) mod png;
pub(crate) mod scale;
pub(crate) mod svg;
pub(crate) mod text;

//! Drawing: text, scales, colours and shapes as SVG, and SVG as pixels.

pub(crate) mod area;
pub(crate) mod axis;
pub(crate) mod colour;
pub(crate) mod legend;
#[cfg_attr(not(feature = "png"), path = "no_png.rs")]
pub(crate) mod png;
pub(crate) mod scale;
pub(crate) mod svg;
pub(crate) mod text;

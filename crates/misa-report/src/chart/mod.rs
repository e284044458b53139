//! The figures of a page, one kind per file.

mod attention;
mod confusion;
mod curve;
pub(crate) mod degradation;
mod heat;
mod offsets;
mod origins;
mod picture;
mod residual;
mod scatter;
mod space;
pub(crate) mod voice;

pub(crate) use attention::attention;
pub(crate) use confusion::confusions;
pub(crate) use curve::{curves, joint_curves};
pub(crate) use offsets::offsets;
pub(crate) use origins::origins;
pub(crate) use picture::picture;
pub(crate) use residual::residual;
pub(crate) use scatter::scatter;
pub(crate) use space::{spaces, too_long};

/// Width and height of a figure that is alone in its section of the page.
const LARGE: (f64, f64) = (460.0, 420.0);
/// Width and height of one of many charts.
const SMALL: (f64, f64) = (340.0, 230.0);

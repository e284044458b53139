//! A placeholder for pixels, without the feature `png`.

use crate::draw::svg::Svg;
use crate::error::PngError;

/// Fails: the feature `png` is off.
///
/// # Errors
///
/// [`PngError::Without`], always.
pub(crate) fn png(_: &Svg, figure: &str) -> Result<Vec<u8>, PngError> {
    Err(PngError::Without {
        figure: figure.to_string(),
    })
}

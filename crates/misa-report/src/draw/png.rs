//! SVG as pixels, with a bundled font so that every machine gives the same picture.

use crate::draw::svg::Svg;
use crate::error::PngError;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use std::sync::{Arc, OnceLock};

/// Pixels per unit of the view box.
const SCALE: f64 = 2.0;
const FAMILY: &str = "Misa Sans";
/// Latin-1, Greek, arrows and mathematical signs; other scripts are drawn as empty boxes.
const FONT: &[u8] = include_bytes!("../../assets/misa-sans.ttf");

/// PNG file of `svg` in the light theme, with two pixels per unit.
///
/// # Errors
///
/// Returns an error if the drawing cannot be parsed or has no pixels.
pub(crate) fn png(svg: &Svg, figure: &str) -> Result<Vec<u8>, PngError> {
    let drawing = |error: resvg::usvg::Error| PngError::Drawing {
        figure: figure.to_string(),
        source: error.into(),
    };
    let options = Options {
        font_family: FAMILY.to_string(),
        fontdb: fonts(),
        ..Options::default()
    };
    let tree = Tree::from_str(&svg.light_document(FAMILY), &options).map_err(drawing)?;
    let (width, height) = (
        (svg.width * SCALE).ceil() as u32,
        (svg.height * SCALE).ceil() as u32,
    );
    let size = || PngError::Size {
        figure: figure.to_string(),
        width,
        height,
    };
    let mut pixels = Pixmap::new(width, height).ok_or_else(size)?;
    let scale = Transform::from_scale(SCALE as f32, SCALE as f32);
    resvg::render(&tree, scale, &mut pixels.as_mut());
    pixels.encode_png().map_err(|source| PngError::Packing {
        figure: figure.to_string(),
        source: Box::new(source),
    })
}

fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut database = Database::new();
        database.load_font_data(FONT.to_vec());
        database.set_sans_serif_family(FAMILY);
        Arc::new(database)
    };
    FONTS.get_or_init(load).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::svg::Anchor;

    fn decoded(svg: &Svg) -> Pixmap {
        Pixmap::decode_png(&png(svg, "x").unwrap()).unwrap()
    }

    #[test]
    fn has_two_pixels_per_unit_and_the_colours_of_the_style() {
        let mut svg = Svg::new(10.0, 6.0);
        svg.rect("c0", (0.0, 0.0), (5.0, 6.0));
        let pixels = decoded(&svg);
        assert_eq!((pixels.width(), pixels.height()), (20, 12));
        let colour = |x| {
            pixels
                .pixel(x, 6)
                .map(|p| (p.red(), p.green(), p.blue()))
                .unwrap()
        };
        assert_eq!(colour(2), (0, 114, 178));
        assert_eq!(colour(18), (255, 255, 255));
    }

    #[test]
    fn draws_text_with_the_bundled_font() {
        let mut svg = Svg::new(40.0, 20.0);
        svg.text("t", (2.0, 15.0), Anchor::Start, "−β≤");
        let is_dark = |p: &resvg::tiny_skia::PremultipliedColorU8| p.red() < 100;
        let dark = decoded(&svg).pixels().iter().filter(|p| is_dark(p)).count();
        assert!(dark > 40, "{dark} dark pixels");
    }
}

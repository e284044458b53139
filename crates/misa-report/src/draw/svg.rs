//! A drawing: collects shapes, and returns one SVG element.

use crate::draw::colour::adaptive_style;
#[cfg(feature = "png")]
use crate::draw::colour::light_style;
use crate::draw::text::escape;
use std::fmt::Write;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
const MEMORY: &str = "memory takes all text";

/// Alignment of a line of text at its position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Shapes of one drawing, in units of its view box; y points down.
#[derive(Clone, Debug)]
pub(crate) struct Svg {
    /// Width of the view box.
    pub(crate) width: f64,
    /// Height of the view box.
    pub(crate) height: f64,
    shapes: String,
}

impl Svg {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            shapes: String::new(),
        }
    }

    pub(crate) fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let (x, y, w, h) = (
            coordinate(x),
            coordinate(y),
            coordinate(width),
            coordinate(height),
        );
        self.push(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/>"
        ));
    }

    pub(crate) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let data = format!(
            "M{} {}L{} {}",
            coordinate(x1),
            coordinate(y1),
            coordinate(x2),
            coordinate(y2)
        );
        self.path(class, &data);
    }

    /// A path from SVG path data; nothing if the data is empty.
    pub(crate) fn path(&mut self, class: &str, data: &str) {
        if !data.is_empty() {
            self.push(format_args!("<path class=\"{class}\" d=\"{data}\"/>"));
        }
    }

    /// A path that shows `label` when the pointer is over it.
    pub(crate) fn labelled_path(&mut self, class: &str, data: &str, label: &str) {
        let label = escape(label);
        self.push(format_args!(
            "<path class=\"{class}\" d=\"{data}\"><title>{label}</title></path>"
        ));
    }

    pub(crate) fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (x, y, text) = (coordinate(x), coordinate(y), escape(text));
        let anchor = anchor_class(anchor);
        self.push(format_args!(
            "<text class=\"{class}{anchor}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        ));
    }

    /// Centred text that reads from bottom to top.
    pub(crate) fn upward_text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let (x, y, text) = (coordinate(x), coordinate(y), escape(text));
        self.push(format_args!(
            "<text class=\"{class} m\" transform=\"translate({x} {y}) rotate(-90)\">{text}</text>"
        ));
    }

    /// A complete SVG document that follows the reader's light or dark preference.
    pub(crate) fn document(&self, title: &str, description: &str) -> String {
        self.styled(
            title,
            description,
            &adaptive_style(),
            "system-ui,sans-serif",
        )
    }

    /// A complete SVG document in the light theme, in the font `family`.
    #[cfg(feature = "png")]
    pub(crate) fn light_document(&self, family: &str) -> String {
        self.styled("", "", &light_style(), family)
    }

    /// An element for a page that contains the style.
    pub(crate) fn inline(&self, title: &str, description: &str) -> String {
        let (width, height) = (coordinate(self.width), coordinate(self.height));
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"inherit\">{}{}</svg>",
            described(title, description),
            self.shapes
        )
    }

    fn styled(&self, title: &str, description: &str, style: &str, family: &str) -> String {
        let (width, height) = (coordinate(self.width), coordinate(self.height));
        format!(
            "<svg xmlns=\"{NAMESPACE}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" font-family=\"{family}\">{}<style>{style}</style>\
             <rect class=\"w\" width=\"{width}\" height=\"{height}\"/>{}</svg>\n",
            described(title, description),
            self.shapes
        )
    }

    fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        self.shapes.write_fmt(shape).expect(MEMORY);
    }
}

/// Path data through `points`, with a gap where a point is `None` and a dot at an isolated point.
pub(crate) fn polyline(points: &[Option<(f64, f64)>]) -> String {
    let mut data = String::new();
    for (index, point) in points.iter().enumerate() {
        let Some((x, y)) = point else { continue };
        let joins = index > 0 && points[index - 1].is_some();
        let command = if joins { 'L' } else { 'M' };
        write!(data, "{command}{} {}", coordinate(*x), coordinate(*y)).expect(MEMORY);
        let is_alone = !joins && points.get(index + 1).is_none_or(Option::is_none);
        if is_alone {
            data.push_str("h0.01");
        }
    }
    data
}

/// Path data of a dot.
pub(crate) fn dot((x, y): (f64, f64), radius: f64) -> String {
    let (r, across) = (coordinate(radius), coordinate(2.0 * radius));
    let left = coordinate(x - radius);
    format!(
        "M{left} {}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z",
        coordinate(y)
    )
}

/// Path data of a rectangle.
pub(crate) fn box_path((x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let [x, y, width, height] = [x, y, width, height].map(coordinate);
    format!("M{x} {y}h{width}v{height}h-{width}z")
}

/// Path data of a triangle that points up.
pub(crate) fn triangle((x, y): (f64, f64), radius: f64) -> String {
    let (half, tall) = (coordinate(radius), coordinate(radius * 1.8));
    format!(
        "M{} {}l{half} {tall}h-{}z",
        coordinate(x),
        coordinate(y - radius),
        coordinate(2.0 * radius)
    )
}

/// A coordinate, rounded to a hundredth and without trailing zeros.
pub(crate) fn coordinate(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_string();
    }
    let rounded = format!("{value:.2}");
    match rounded.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_string(),
        shortest => shortest.to_string(),
    }
}

fn anchor_class(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "",
        Anchor::Middle => " m",
        Anchor::End => " e",
    }
}

fn described(title: &str, description: &str) -> String {
    format!(
        "<title>{}</title><desc>{}</desc>",
        escape(title),
        escape(description)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_coordinates_short() {
        assert_eq!(coordinate(12.0), "12");
        assert_eq!(coordinate(-0.001), "0");
        assert_eq!(coordinate(1.255_9), "1.26");
        assert_eq!(coordinate(f64::NAN), "0");
    }

    #[test]
    fn leaves_a_gap_where_a_point_is_missing() {
        let points = [Some((0.0, 1.0)), Some((1.0, 2.0)), None, Some((3.0, 4.0))];
        assert_eq!(polyline(&points), "M0 1L1 2M3 4h0.01");
    }

    #[test]
    fn escapes_every_text() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text("t", (0.0, 0.0), Anchor::Start, "<script>");
        svg.upward_text("t", (0.0, 0.0), "<script>");
        svg.labelled_path("p", "M0 0", "<script>");
        assert!(!svg.document("<script>", "<script>").contains("<script"));
        assert!(!svg.inline("<script>", "<script>").contains("<script"));
    }
}

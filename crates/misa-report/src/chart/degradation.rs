//! A score by the rate of what is missing, one line per model.

use crate::chart::SMALL;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::SERIES;
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::{domain, is_drawable};
use crate::draw::svg::{Svg, dot, polyline};
use crate::draw::text::stem;
use crate::figure::{Figure, Part};
use crate::table::{Table, number};

/// The scores of one model by the rate of missing modalities or frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DegradationCurve {
    /// Name of the model.
    pub model: String,
    /// Probability that a modality or a frame is missing, and the score; `None` if it is undefined.
    pub points: Vec<(f64, Option<f64>)>,
}

/// What a figure says of what is missing.
struct Missing {
    file: &'static str,
    what: &'static str,
    axis: &'static str,
    caption: &'static str,
}

/// The curves of `score` by the rate of missing modalities as one figure; `None` if no point can be
/// drawn.
pub fn degradation(score: &str, curves: &[DegradationCurve]) -> Option<Figure> {
    let missing = Missing {
        file: "missing",
        what: "modalities",
        axis: "probability that a modality is missing",
        caption: "At least one modality of each utterance is always present.",
    };
    draw(score, curves, &missing)
}

/// The curves of `score` by the rate of missing frames as one figure; `None` if no point can be drawn.
pub fn frame_degradation(score: &str, curves: &[DegradationCurve]) -> Option<Figure> {
    let missing = Missing {
        file: "missing-frames",
        what: "frames",
        axis: "probability that a frame is missing",
        caption: "The first and the last step of a text are always present.",
    };
    draw(score, curves, &missing)
}

fn draw(score: &str, curves: &[DegradationCurve], missing: &Missing) -> Option<Figure> {
    let points = || curves.iter().flat_map(drawable);
    points().next()?;
    let mut svg = Svg::new(SMALL.0, SMALL.1);
    let style = |k: usize| {
        if k < SERIES {
            format!("l c{k}")
        } else {
            format!("l c{} n", k % SERIES)
        }
    };
    let entries: Vec<Entry> = curves
        .iter()
        .enumerate()
        .map(|(k, curve)| Entry::new(Mark::Line, style(k), curve.model.as_str()))
        .collect();
    legend::draw(&mut svg, 2.0, &entries);
    let top = legend::height(&entries, SMALL.0) + 22.0;
    let x_domain = domain(points().map(|(rate, _)| rate), 0.0);
    let y_domain = domain(points().map(|(_, value)| value), 0.06);
    let ticks = (Ticks::new(x_domain, 5), Ticks::new(y_domain, 4));
    let frame = Frame::new(SMALL, top, (x_domain, ticks.0), (y_domain, ticks.1));
    frame.draw(&mut svg, missing.axis, score);
    for (k, curve) in curves.iter().enumerate() {
        let points: Vec<_> = drawable(curve)
            .map(|(rate, value)| frame.point(rate, value))
            .collect();
        let line: Vec<_> = points.iter().copied().map(Some).collect();
        svg.path(&style(k), &polyline(&line));
        for point in points {
            svg.path(&format!("h c{}", k % SERIES), &dot(point, 3.0));
        }
    }
    Some(Figure {
        name: format!("{}-{}", missing.file, stem(score)),
        title: format!("{score} with {} missing", missing.what),
        caption: missing.caption.to_string(),
        data: data(score, curves),
        part: Part::Curves,
        drawing: svg,
    })
}

fn drawable(curve: &DegradationCurve) -> impl Iterator<Item = (f64, f64)> + '_ {
    let points = curve.points.iter();
    points.filter_map(|&(rate, value)| {
        let value = value.filter(|value| is_drawable(*value))?;
        is_drawable(rate).then_some((rate, value))
    })
}

fn data(score: &str, curves: &[DegradationCurve]) -> String {
    let header = ["model", "rate", score].map(str::to_string);
    let mut table = Table::new(&header);
    for curve in curves {
        for &(rate, value) in &curve.points {
            table.row(&[curve.model.clone(), number(Some(rate)), number(value)]);
        }
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_per_model_and_a_row_per_point() {
        let curve = |model: &str, last| DegradationCurve {
            model: model.to_string(),
            points: vec![(0.0, Some(0.9)), (0.5, None), (0.9, Some(last))],
        };
        let figure = degradation("Corr", &[curve("plain", 0.2), curve("dropout", 0.6)]);
        let figure = figure.unwrap();
        assert_eq!(figure.name, "missing-corr");
        assert_eq!(figure.data.lines().count(), 7);
        assert!(figure.data.contains("dropout,0.5,\n"), "{}", figure.data);
        let svg = figure.svg();
        assert_eq!(svg.matches("class=\"h c").count(), 4);
        assert!(svg.contains("plain") && svg.contains("dropout"));
        assert!(degradation("Corr", &[DegradationCurve::default()]).is_none());
        let frames = frame_degradation("Corr", &[curve("plain", 0.2)]).unwrap();
        assert_eq!(frames.name, "missing-frames-corr");
        assert!(frames.svg().contains("probability that a frame is missing"));
    }
}

//! A score by the rate of what is missing, one line per model.

use crate::chart::SMALL;
use crate::chart::curve::style;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::{DISTINCT, SERIES};
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::{domain, is_drawable};
use crate::draw::svg::{Svg, dot, polyline};
use crate::draw::text::stem;
use crate::figure::{Figure, Part};
use crate::table::{Table, number};

/// Most curves of a figure whose lines can be told apart.
pub const MOST_CURVES: usize = DISTINCT;

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
    let points = || {
        let points = curves.iter().flat_map(|curve| &curve.points);
        points.filter_map(drawable)
    };
    points().next()?;
    let mut svg = Svg::new(SMALL.0, SMALL.1);
    let entries: Vec<Entry> = curves
        .iter()
        .enumerate()
        .map(|(k, curve)| Entry::new(Mark::Line, style(k), curve.model.as_str()))
        .collect();
    // A long legend must not take the height of the plot away.
    let rows = legend::height(&entries, SMALL.0);
    svg.height = SMALL.1 + (rows - 2.0 * legend::LINE).max(0.0);
    legend::draw(&mut svg, 2.0, &entries);
    let x_domain = domain(points().map(|(rate, _)| rate), 0.0);
    let y_domain = domain(points().map(|(_, value)| value), 0.06);
    let ticks = (Ticks::new(x_domain, 5), Ticks::new(y_domain, 4));
    let size = (SMALL.0, svg.height);
    let frame = Frame::new(size, rows + 22.0, (x_domain, ticks.0), (y_domain, ticks.1));
    frame.draw(&mut svg, missing.axis, score);
    for (k, curve) in curves.iter().enumerate() {
        let point = |point| drawable(point).map(|(rate, value)| frame.point(rate, value));
        let line: Vec<_> = rising(curve).into_iter().map(point).collect();
        svg.path(&style(k), &polyline(&line));
        for point in line.into_iter().flatten() {
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

/// The points by rising rate, in whatever order they were measured.
fn rising(curve: &DegradationCurve) -> Vec<&(f64, Option<f64>)> {
    let mut points: Vec<_> = curve.points.iter().collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}

fn drawable(&(rate, value): &(f64, Option<f64>)) -> Option<(f64, f64)> {
    let value = value.filter(|value| is_drawable(*value))?;
    is_drawable(rate).then_some((rate, value))
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

    fn curve(model: String, points: &[(f64, Option<f64>)]) -> DegradationCurve {
        DegradationCurve {
            model,
            points: points.to_vec(),
        }
    }

    /// The path data of the marks of a class.
    fn paths<'a>(svg: &'a str, class: &str) -> Vec<&'a str> {
        let start = format!("class=\"{class}\" d=\"");
        let parts = svg.split(start.as_str()).skip(1);
        parts.filter_map(|part| part.split('"').next()).collect()
    }

    /// Sixteen names, one in a line each: the legend is higher than a chart of two.
    #[test]
    fn a_larger_value_is_higher_whatever_the_length_of_the_legend() {
        let name = |number: usize| format!("runs/a-rather-long-name-of-a-run/seed-{number:02}");
        let curves: Vec<_> = (0..MOST_CURVES)
            .map(|number| curve(name(number), &[(0.0, Some(0.9)), (0.9, Some(0.2))]))
            .collect();
        let svg = degradation("Corr", &curves).unwrap().svg();
        let dots = paths(&svg, "h c0");
        let height = |dot: &str| -> f64 {
            let (_, y) = dot.split_once(' ').unwrap();
            y.split_once('a').unwrap().0.parse().unwrap()
        };
        let (high, low) = (height(dots[0]), height(dots[1]));
        assert!(low - high > 60.0, "{high} {low}");
    }

    #[test]
    fn a_rate_without_a_score_is_a_gap_and_rates_rise() {
        let points = [
            (0.9, Some(0.1)),
            (0.0, Some(0.9)),
            (0.3, None),
            (0.6, Some(0.5)),
        ];
        let figure = degradation("Corr", &[curve("plain".to_string(), &points)]).unwrap();
        let svg = figure.svg();
        // In the plot, after the mark in the legend: a point alone, and a line from 0.6 to 0.9.
        let line = paths(&svg, "l c0")[1];
        assert_eq!(line.matches('M').count(), 2, "{line}");
        assert!(line.contains("h0.01M"), "{line}");
        assert_eq!(line.matches('L').count(), 1, "{line}");
        assert!(figure.data.starts_with("model,rate,Corr\nplain,0.9,0.1\n"));
    }
}

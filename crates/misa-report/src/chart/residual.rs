//! Error by length, which shows whether long utterances are harder than short ones.

use crate::chart::LARGE;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::scale::domain;
use crate::draw::svg::{Anchor, Svg, dot};
use crate::draw::text::{counted, left_out, width};
use crate::figure::{Figure, Part};
use crate::record::Predictions;
use crate::statistic::{mean_and_spread, wilson};
use crate::table::Table;

/// Number of bins; there are fewer if lengths repeat.
const BINS: usize = 8;
/// Fewest utterances a bin should have.
const FEWEST: usize = 5;

/// One utterance: its length in steps, and its residual, or 1 for a correct and 0 for a wrong class.
type Point = (usize, f64);

/// Utterances of similar length.
#[derive(Debug, PartialEq)]
struct Bin {
    shortest: usize,
    longest: usize,
    count: usize,
    mean: f64,
    low: f64,
    high: f64,
}

/// Residual (for classes: accuracy) by length; `None` without a finite pair.
pub(crate) fn residual(given: &Predictions, is_regression: bool) -> Option<Figure> {
    let points = points(given, is_regression);
    if points.is_empty() {
        return None;
    }
    let bins = bins(&points, is_regression);
    let (title, name, shows, bars) = if is_regression {
        (
            "Residual by length",
            "residual-length",
            "How far predictions are above (+) or below (−) their targets in short and in long \
             utterances.",
            "one standard deviation around it",
        )
    } else {
        (
            "Accuracy by length",
            "accuracy-length",
            "How often the class is right in short and in long utterances.",
            "its 95 % interval (Wilson)",
        )
    };
    let caption = format!(
        "{shows} {}, {} split. Length in steps of the text. Bars: mean of each bin, with {bars}; above: \
         utterances in the bin.{}",
        counted(points.len(), "utterance"),
        given.split,
        left_out(given.ids.len() - points.len(), "utterance"),
    );
    Some(Figure {
        name: name.to_string(),
        title: title.to_string(),
        caption,
        data: data(&bins),
        part: Part::Predictions,
        drawing: draw(&points, &bins, is_regression),
    })
}

/// Finite points, shortest first.
fn points(given: &Predictions, is_regression: bool) -> Vec<Point> {
    let pairs = given
        .targets
        .iter()
        .zip(&given.predictions)
        .zip(&given.lengths);
    let finite =
        pairs.filter(|((target, prediction), _)| target.is_finite() && prediction.is_finite());
    let value = |target: f32, prediction: f32| {
        if is_regression {
            f64::from(prediction) - f64::from(target)
        } else {
            f64::from(u8::from(prediction == target))
        }
    };
    let mut points: Vec<Point> = finite
        .map(|((t, p), length)| (*length, value(*t, *p)))
        .collect();
    points.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points
}

/// Bins of about equal counts; utterances of equal length stay together.
fn bins(points: &[Point], is_regression: bool) -> Vec<Bin> {
    let wanted = points.len().div_ceil(BINS).max(FEWEST);
    let mut bins = Vec::new();
    let mut rest = points;
    while !rest.is_empty() {
        let is_last = rest.len() < wanted + wanted / 2;
        let border = if is_last { rest.len() } else { wanted };
        let longest = rest[border - 1].0;
        let (taken, others) = rest.split_at(rest.partition_point(|point| point.0 <= longest));
        bins.extend(bin(taken, is_regression));
        rest = others;
    }
    bins
}

fn bin(points: &[Point], is_regression: bool) -> Option<Bin> {
    let values: Vec<f64> = points.iter().map(|point| point.1).collect();
    let (mean, spread) = mean_and_spread(&values)?;
    let (low, high) = if is_regression {
        (mean - spread, mean + spread)
    } else {
        wilson(
            values.iter().filter(|value| **value > 0.5).count(),
            values.len(),
        )
    };
    let (shortest, longest) = (points.first()?.0, points.last()?.0);
    Some(Bin {
        shortest,
        longest,
        count: points.len(),
        mean,
        low,
        high,
    })
}

fn draw(points: &[Point], bins: &[Bin], is_regression: bool) -> Svg {
    let mut svg = Svg::new(LARGE.0, LARGE.1);
    let lengths = domain(points.iter().map(|point| point.0 as f64), 0.03);
    let values = if is_regression {
        domain(values(points, bins), 0.04)
    } else {
        (-0.08, 1.08)
    };
    let ticks = Ticks::new(values, 7);
    let frame = Frame::new(
        LARGE,
        34.0,
        (lengths, Ticks::whole(lengths, 7)),
        (values, ticks),
    );
    let label = if is_regression {
        "prediction − target"
    } else {
        "accuracy"
    };
    frame.draw(&mut svg, "length in steps", label);
    if is_regression {
        svg.line(
            "k",
            (frame.left, frame.y.position(0.0)),
            (frame.right, frame.y.position(0.0)),
        );
    }
    let spot = |(index, (length, value)): (usize, &Point)| {
        let value = if is_regression {
            *value
        } else {
            value + scattered(index)
        };
        dot(frame.point(*length as f64, value), 2.6)
    };
    svg.path(
        "f c0",
        &points.iter().enumerate().map(spot).collect::<String>(),
    );
    draw_bins(&mut svg, &frame, bins);
    svg
}

/// Residuals of the points, the ends of the bars, and zero.
fn values(points: &[Point], bins: &[Bin]) -> impl Iterator<Item = f64> {
    let ends = bins.iter().flat_map(|bin| [bin.low, bin.high]);
    points.iter().map(|point| point.1).chain(ends).chain([0.0])
}

/// Small shift that keeps equal values from hiding each other. It depends on the index alone, so it is
/// always the same.
fn scattered(index: usize) -> f64 {
    ((index * 7) % 13) as f64 / 13.0 * 0.1 - 0.05
}

fn draw_bins(svg: &mut Svg, frame: &Frame, bins: &[Bin]) {
    let mut label_end = f64::NEG_INFINITY;
    for bin in bins {
        let (start, y) = frame.point(bin.shortest as f64, bin.mean);
        let end = frame.x.position(bin.longest as f64);
        let middle = (start + end) / 2.0;
        let (left, right) = (start.min(middle - 4.0), end.max(middle + 4.0));
        svg.line(
            "l c1",
            (middle, frame.y.position(bin.low)),
            (middle, frame.y.position(bin.high)),
        );
        svg.line("l c1", (left + 1.0, y), (right - 1.0, y));
        svg.path("h c1", &dot((middle, y), 4.0));
        let count = bin.count.to_string();
        let half = width(&count, 11.0) / 2.0;
        if middle - half > label_end {
            svg.text("q s", (middle, frame.top - 12.0), Anchor::Middle, &count);
            label_end = middle + half + 3.0;
        }
    }
}

fn data(bins: &[Bin]) -> String {
    let mut table = Table::new(&["shortest", "longest", "utterances", "mean", "low", "high"]);
    for bin in bins {
        let counts = [bin.shortest, bin.longest, bin.count].map(|count| count.to_string());
        let values = [bin.mean, bin.low, bin.high].map(|value| value.to_string());
        table.row(&[counts, values].concat());
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_keep_equal_lengths_together() {
        let points: Vec<Point> = [3, 3, 3, 3, 3, 3, 3, 5, 6, 7, 8, 9]
            .iter()
            .map(|l| (*l, 1.0))
            .collect();
        let bins = bins(&points, true);
        let ranges: Vec<_> = bins
            .iter()
            .map(|bin| (bin.shortest, bin.longest, bin.count))
            .collect();
        assert_eq!(ranges, [(3, 3, 7), (5, 9, 5)]);
    }

    /// Residuals 1, -1, 3, 1, 1: mean 1, variance (0 + 4 + 4 + 0 + 0) / 5 = 1.6.
    #[test]
    fn means_and_spreads_are_those_of_the_residuals() {
        let given = Predictions {
            split: "test".into(),
            ids: vec!["u".into(); 6],
            targets: vec![0.0, 1.0, 0.0, 0.0, 0.0, f32::NAN],
            predictions: vec![1.0, 0.0, 3.0, 1.0, 1.0, 0.0],
            lengths: vec![4; 6],
            ..Default::default()
        };
        let bins = bins(&points(&given, true), true);
        assert_eq!(bins.len(), 1);
        assert!((bins[0].mean - 1.0).abs() < 1e-12);
        assert!((bins[0].high - 1.0 - 1.6f64.sqrt()).abs() < 1e-12);
        let figure = residual(&given, true).unwrap();
        assert!(
            figure
                .caption
                .ends_with("Left out as not finite: 1 utterance.")
        );
    }

    #[test]
    fn is_accuracy_for_classes() {
        let points: Vec<Point> = (0..10).map(|k| (5, f64::from(u8::from(k < 8)))).collect();
        let bin = bin(&points, false).unwrap();
        assert!((bin.mean - 0.8).abs() < 1e-12 && (bin.low - 0.4902).abs() < 1e-4);
    }
}

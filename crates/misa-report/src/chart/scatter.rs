//! Prediction against target.

use crate::chart::LARGE;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::domain;
use crate::draw::svg::{Svg, dot};
use crate::draw::text::{counted, fixed, left_out};
use crate::figure::{Figure, Part};
use crate::record::Predictions;
use crate::statistic::Line;
use crate::table::{Table, number};

/// Most points that name their utterance under the pointer; more would make the page large.
const LABELLED: usize = 1000;

/// Scatter of a regression with its line; `None` without a finite pair.
pub(crate) fn scatter(given: &Predictions) -> Option<Figure> {
    let pairs: Vec<(usize, (f64, f64))> = given
        .targets
        .iter()
        .zip(&given.predictions)
        .map(|(target, prediction)| (f64::from(*target), f64::from(*prediction)))
        .enumerate()
        .filter(|(_, (target, prediction))| target.is_finite() && prediction.is_finite())
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let points: Vec<(f64, f64)> = pairs.iter().map(|pair| pair.1).collect();
    let line = Line::through(&points);
    let missing = given.ids.len() - pairs.len();
    let caption = format!(
        "Each point is an utterance; on the dashed line the prediction equals the target. {}, {} \
         split. {}{}",
        counted(pairs.len(), "utterance"),
        given.split,
        line.map_or_else(|| "The targets do not vary: no line.".to_string(), sentence),
        left_out(missing, "utterance")
    );
    Some(Figure {
        name: "prediction-target".to_string(),
        title: "Prediction against target".to_string(),
        caption,
        data: data(given),
        part: Part::Predictions,
        drawing: draw(given, &pairs, line),
    })
}

fn sentence(line: Line) -> String {
    let sign = if line.intercept < 0.0 { "−" } else { "+" };
    let r = line
        .r
        .map_or_else(|| "undefined".to_string(), |r| fixed(r, 3));
    format!(
        "Least-squares line: prediction = {} × target {sign} {}, correlation r = {r}.",
        fixed(line.slope, 3),
        fixed(line.intercept.abs(), 3),
    )
}

fn draw(given: &Predictions, pairs: &[(usize, (f64, f64))], line: Option<Line>) -> Svg {
    let mut svg = Svg::new(LARGE.0, LARGE.1);
    let mut entries = vec![Entry::new(Mark::Dashed, "k", "prediction = target")];
    if line.is_some() {
        entries.push(Entry::new(Mark::Line, "l c1", "least squares"));
    }
    legend::draw(&mut svg, 2.0, &entries);
    let domain = domain(pairs.iter().flat_map(|(_, (x, y))| [*x, *y]), 0.05);
    let ticks = || (domain, Ticks::new(domain, 7));
    let frame = Frame::new(LARGE, 32.0, ticks(), ticks());
    frame.draw(&mut svg, "target", "prediction");
    svg.line(
        "k",
        frame.point(domain.0, domain.0),
        frame.point(domain.1, domain.1),
    );
    draw_points(&mut svg, &frame, given, pairs);
    if let Some(line) = line {
        let (start, end) = ends(pairs, line);
        svg.line(
            "l c1",
            frame.point(start.0, start.1),
            frame.point(end.0, end.1),
        );
    }
    svg
}

fn draw_points(svg: &mut Svg, frame: &Frame, given: &Predictions, pairs: &[(usize, (f64, f64))]) {
    let radius = if pairs.len() > 400 { 2.4 } else { 3.4 };
    if pairs.len() > LABELLED {
        let dots = pairs
            .iter()
            .map(|(_, (x, y))| dot(frame.point(*x, *y), radius));
        svg.path("p c0", &dots.collect::<String>());
        return;
    }
    for (index, (target, prediction)) in pairs {
        let (target_text, prediction_text) = (fixed(*target, 2), fixed(*prediction, 2));
        let label = format!(
            "{}: target {target_text}, prediction {prediction_text}",
            given.ids[*index]
        );
        svg.labelled_path(
            "p c0",
            &dot(frame.point(*target, *prediction), radius),
            &label,
        );
    }
}

/// Ends of the line over the range of the targets. They lie within or close to the range of the
/// predictions, because the line passes through their mean.
fn ends(pairs: &[(usize, (f64, f64))], line: Line) -> ((f64, f64), (f64, f64)) {
    let targets = || pairs.iter().map(|pair| pair.1.0);
    let (low, high) = (
        targets().fold(f64::INFINITY, f64::min),
        targets().fold(f64::NEG_INFINITY, f64::max),
    );
    let on = |x: f64| (x, line.slope * x + line.intercept);
    (on(low), on(high))
}

fn data(given: &Predictions) -> String {
    let mut table = Table::new(&["id", "target", "prediction"]);
    for ((id, target), prediction) in given.ids.iter().zip(&given.targets).zip(&given.predictions) {
        let finite = |value: f32| number(Some(f64::from(value)).filter(|value| value.is_finite()));
        table.row(&[id, &finite(*target), &finite(*prediction)]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_the_line_and_what_was_left_out() {
        let given = Predictions {
            split: "test".into(),
            ids: ["a", "b", "c", "d", "e"].map(String::from).to_vec(),
            targets: vec![1.0, 2.0, 3.0, 4.0, 0.0],
            predictions: vec![2.0, 4.0, 6.0, 7.0, f32::NAN],
            lengths: vec![1; 5],
            ..Default::default()
        };
        let figure = scatter(&given).unwrap();
        let expected = "Each point is an utterance; on the dashed line the prediction equals the \
                        target. 4 utterances, test split. Least-squares line: \
                        prediction = 1.700 × target + 0.500, correlation r = 0.990. \
                        Left out as not finite: 1 utterance.";
        assert_eq!(figure.caption, expected);
        assert!(figure.data.ends_with("d,4,7\ne,0,\n"), "{}", figure.data);
    }
}

//! Losses and scores by epoch, one small chart per panel.

use crate::chart::SMALL;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::SERIES;
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::{domain, is_drawable};
use crate::draw::svg::{Anchor, Svg, dot, polyline};
use crate::draw::text::{fixed, left_out, stem};
use crate::figure::{Figure, Part};
use crate::record::{Curve, RunRecord};
use crate::table::{Table, number};

/// One chart per panel, in the order in which panels first appear. The second list names the panels
/// without a value that can be drawn.
pub(crate) fn curves(record: &RunRecord) -> (Vec<Figure>, Vec<String>) {
    let mut panels: Vec<&str> = Vec::new();
    for curve in &record.curves {
        if !panels.contains(&curve.panel.as_str()) {
            panels.push(&curve.panel);
        }
    }
    let (mut figures, mut empty) = (Vec::new(), Vec::new());
    for panel in panels {
        let curves: Vec<&Curve> = record
            .curves
            .iter()
            .filter(|curve| curve.panel == panel)
            .collect();
        if curves
            .iter()
            .any(|curve| drawable(curve).any(|point| point.is_some()))
        {
            let is_pretraining = curves.iter().any(|curve| curve.is_pretraining);
            let best_epoch = record.best_epoch.filter(|_| !is_pretraining);
            figures.push(figure(panel, &curves, best_epoch));
        } else {
            empty.push(format!("{panel}: no value to draw"));
        }
    }
    (figures, empty)
}

fn figure(panel: &str, curves: &[&Curve], best_epoch: Option<usize>) -> Figure {
    let missing = |curve: &&Curve| {
        curve
            .values
            .iter()
            .flatten()
            .filter(|v| !is_drawable(**v))
            .count()
    };
    let missing: usize = curves.iter().map(missing).sum();
    let at_best = best_epoch
        .map(|epoch| best_sentence(curves, epoch))
        .unwrap_or_default();
    Figure {
        name: format!("curve-{}", stem(panel)),
        title: panel.to_string(),
        caption: format!("{at_best}{}", left_out(missing, "value"))
            .trim()
            .to_string(),
        data: data(curves),
        part: Part::Curves,
        drawing: draw(panel, curves, best_epoch),
    }
}

fn best_sentence(curves: &[&Curve], epoch: usize) -> String {
    let value = |curve: &&Curve| {
        let value = drawable(curve).nth(epoch - 1).flatten()?;
        Some(format!("{} {}", curve.name, fixed(value, 4)))
    };
    let values: Vec<String> = curves.iter().filter_map(value).collect();
    if values.is_empty() {
        return String::new();
    }
    format!("At epoch {epoch}: {}.", values.join(", "))
}

fn draw(panel: &str, curves: &[&Curve], best_epoch: Option<usize>) -> Svg {
    let mut svg = Svg::new(SMALL.0, SMALL.1);
    let style = |k: usize| {
        if k < SERIES {
            format!("l c{k}")
        } else {
            format!("l c{} n", k % SERIES)
        }
    };
    let entry =
        |(k, curve): (usize, &&Curve)| Entry::new(Mark::Line, style(k), curve.name.as_str());
    let entries: Vec<Entry> = curves.iter().enumerate().map(entry).collect();
    legend::draw(&mut svg, 2.0, &entries);
    let top = legend::height(&entries, SMALL.0) + 22.0;
    let frame = frame(curves, top);
    frame.draw(&mut svg, "epoch", panel);
    if let Some(epoch) = best_epoch {
        mark_best(&mut svg, &frame, epoch);
    }
    for (k, curve) in curves.iter().enumerate() {
        let point = |(epoch, value): (usize, Option<f64>)| {
            value.map(|value| frame.point((epoch + 1) as f64, value))
        };
        let points: Vec<_> = drawable(curve).enumerate().map(point).collect();
        svg.path(&style(k), &polyline(&points));
        if let Some(point) = best_epoch.and_then(|epoch| *points.get(epoch - 1)?) {
            svg.path(&format!("h c{}", k % SERIES), &dot(point, 4.0));
        }
    }
    svg
}

fn frame(curves: &[&Curve], top: f64) -> Frame {
    let epochs = curves
        .iter()
        .map(|curve| curve.values.len())
        .max()
        .unwrap_or(1);
    let x_domain = if epochs > 1 {
        (1.0, epochs as f64)
    } else {
        (0.5, 1.5)
    };
    let values = curves.iter().flat_map(|curve| drawable(curve).flatten());
    let y_domain = domain(values, 0.06);
    let (x_ticks, y_ticks) = (Ticks::whole(x_domain, 6), Ticks::new(y_domain, 4));
    Frame::new(SMALL, top, (x_domain, x_ticks), (y_domain, y_ticks))
}

fn mark_best(svg: &mut Svg, frame: &Frame, epoch: usize) {
    let x = frame.x.position(epoch as f64);
    if !(frame.left - 1.0..=frame.right + 1.0).contains(&x) {
        return;
    }
    svg.line("k", (x, frame.top - 6.0), (x, frame.bottom));
    let half = 30.0;
    let middle = x.clamp(frame.left + half, frame.right - half);
    svg.text(
        "q s",
        (middle, frame.top - 9.0),
        Anchor::Middle,
        &format!("best: {epoch}"),
    );
}

fn drawable(curve: &Curve) -> impl Iterator<Item = Option<f64>> + '_ {
    curve
        .values
        .iter()
        .map(|value| value.filter(|value| is_drawable(*value)))
}

fn data(curves: &[&Curve]) -> String {
    let mut header = vec!["epoch".to_string()];
    header.extend(curves.iter().map(|curve| curve.name.clone()));
    let mut table = Table::new(&header);
    let epochs = curves
        .iter()
        .map(|curve| curve.values.len())
        .max()
        .unwrap_or(0);
    for epoch in 0..epochs {
        let mut row = vec![(epoch + 1).to_string()];
        row.extend(
            curves
                .iter()
                .map(|curve| number(curve.values.get(epoch).copied().flatten())),
        );
        table.row(&row);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(panel: &str, name: &str, values: &[Option<f64>]) -> Curve {
        Curve {
            panel: panel.into(),
            name: name.into(),
            values: values.to_vec(),
            ..Default::default()
        }
    }

    #[test]
    fn the_best_epoch_is_not_marked_in_pre_training() {
        let mut before = curve("pre-training", "train", &[Some(3.0), Some(2.0), Some(1.0)]);
        before.is_pretraining = true;
        let record = RunRecord {
            curves: vec![before, curve("MAE", "valid", &[Some(0.9), Some(0.8)])],
            best_epoch: Some(2),
            ..Default::default()
        };
        let (figures, _) = curves(&record);
        assert_eq!(figures[0].caption, "");
        assert!(!figures[0].svg().contains("best: "));
        assert_eq!(figures[1].caption, "At epoch 2: valid 0.8000.");
        assert!(figures[1].svg().contains("best: 2"));
    }

    #[test]
    fn groups_by_panel_in_order_of_appearance() {
        let record = RunRecord {
            curves: vec![
                curve("task loss", "train", &[Some(1.0), Some(0.5)]),
                curve("MAE", "valid", &[Some(0.9), Some(f64::NAN)]),
                curve("task loss", "valid", &[Some(1.2), None]),
                curve("empty", "train", &[None]),
            ],
            best_epoch: Some(1),
            ..Default::default()
        };
        let (figures, empty) = curves(&record);
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        assert_eq!(names, ["curve-task-loss", "curve-mae"]);
        assert_eq!(figures[0].data, "epoch,train,valid\n1,1,1.2\n2,0.5,\n");
        assert_eq!(
            figures[0].caption,
            "At epoch 1: train 1.0000, valid 1.2000."
        );
        assert_eq!(
            figures[1].caption,
            "At epoch 1: valid 0.9000. Left out as not finite: 1 value."
        );
        assert_eq!(empty, ["empty: no value to draw"]);
    }
}

//! Losses and scores by epoch, one small chart per panel.

use crate::chart::SMALL;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::colour::SERIES;
use crate::draw::legend::{self, Entry, Mark};
use crate::draw::scale::{domain, is_drawable};
use crate::draw::svg::{Anchor, Svg, dot, polyline};
use crate::draw::text::{fixed, left_out, stem};
use crate::figure::{Figure, Part};
use crate::glossary::sentence;
use crate::record::{Curve, RunRecord};
use crate::table::{Table, number};

/// One chart.
struct Panel<'a> {
    title: String,
    /// What its vertical axis shows.
    axis: &'a str,
    lines: Vec<Line<'a>>,
    /// Whether its lines are of several runs.
    is_joint: bool,
}

/// One line of a chart.
#[derive(Clone, Copy)]
struct Line<'a> {
    name: &'a str,
    values: &'a [Option<f64>],
    /// The epoch whose weights were kept, from 1.
    best_epoch: Option<usize>,
}

/// One chart per panel, in the order in which panels first appear. The second list names the panels
/// without a value that can be drawn.
pub(crate) fn curves(record: &RunRecord) -> (Vec<Figure>, Vec<String>) {
    let mut panels = Vec::new();
    for curve in &record.curves {
        let line = Line::new(&curve.name, curve, record);
        add(&mut panels, &curve.panel, curve, line);
    }
    figures(panels)
}

/// The same for several runs. Each run is a line, and train and valid have separate charts.
pub(crate) fn joint_curves(records: &[RunRecord]) -> (Vec<Figure>, Vec<String>) {
    let mut panels = Vec::new();
    for record in records {
        for curve in &record.curves {
            let line = Line::new(record.short_name(), curve, record);
            let title = if curve.name.is_empty() {
                curve.panel.clone()
            } else {
                format!("{}, {}", curve.panel, curve.name)
            };
            add(&mut panels, &title, curve, line);
        }
    }
    for panel in &mut panels {
        panel.is_joint = true;
    }
    figures(panels)
}

fn add<'a>(panels: &mut Vec<Panel<'a>>, title: &str, curve: &'a Curve, line: Line<'a>) {
    match panels.iter_mut().find(|panel| panel.title == title) {
        Some(panel) => panel.lines.push(line),
        None => panels.push(Panel {
            title: title.to_string(),
            axis: &curve.panel,
            lines: vec![line],
            is_joint: false,
        }),
    }
}

fn figures(panels: Vec<Panel<'_>>) -> (Vec<Figure>, Vec<String>) {
    let is_drawn = |panel: &Panel<'_>| {
        let mut lines = panel.lines.iter();
        lines.any(|line| line.drawable().any(|value| value.is_some()))
    };
    let (drawn, empty): (Vec<_>, Vec<_>) = panels.into_iter().partition(is_drawn);
    let reason = |panel: &Panel<'_>| format!("{}: no value to draw", panel.title);
    (
        drawn.iter().map(Panel::figure).collect(),
        empty.iter().map(reason).collect(),
    )
}

impl<'a> Line<'a> {
    fn new(name: &'a str, curve: &'a Curve, record: &RunRecord) -> Self {
        Self {
            name,
            values: &curve.values,
            best_epoch: record.best_epoch.filter(|_| !curve.is_pretraining),
        }
    }

    fn drawable(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        let values = self.values.iter();
        values.map(|value| value.filter(|value| is_drawable(*value)))
    }

    /// The value at the epoch that was kept.
    fn best(&self) -> Option<f64> {
        self.drawable().nth(self.best_epoch?.checked_sub(1)?)?
    }
}

impl Panel<'_> {
    fn figure(&self) -> Figure {
        let values = self.lines.iter().flat_map(|line| line.values).flatten();
        let missing = values.filter(|value| !is_drawable(**value)).count();
        let (meaning, best) = (sentence(self.axis), self.best_sentence());
        let left_out = left_out(missing, "value");
        Figure {
            name: format!("curve-{}", stem(&self.title)),
            title: self.title.clone(),
            caption: format!("{meaning}{best}{left_out}").trim().to_string(),
            data: self.data(),
            part: Part::Curves,
            drawing: self.draw(),
        }
    }

    /// The epoch that was kept, if all lines have the same, as those of one run have.
    fn common_best(&self) -> Option<usize> {
        let epoch = self.lines.first()?.best_epoch?;
        (!self.is_joint).then_some(epoch)
    }

    fn best_sentence(&self) -> String {
        let with_epoch = self.is_joint;
        let value = |line: &Line<'_>| {
            let value = fixed(line.best()?, 4);
            let name = line.name;
            let epoch = line.best_epoch.filter(|_| with_epoch);
            let epoch = epoch.map(|epoch| format!(" (epoch {epoch})"));
            Some(format!("{name} {value}{}", epoch.unwrap_or_default()))
        };
        let values: Vec<String> = self.lines.iter().filter_map(value).collect();
        if values.is_empty() {
            return String::new();
        }
        let values = values.join(", ");
        match self.common_best() {
            Some(epoch) => format!("At epoch {epoch}: {values}."),
            None => format!("At the epochs that were kept: {values}."),
        }
    }

    fn draw(&self) -> Svg {
        let mut svg = Svg::new(SMALL.0, SMALL.1);
        let entry = |(k, line): (usize, &Line<'_>)| Entry::new(Mark::Line, style(k), line.name);
        let entries: Vec<Entry> = self.lines.iter().enumerate().map(entry).collect();
        // A long legend must not take the height of the plot away.
        let rows = legend::height(&entries, SMALL.0);
        svg.height = SMALL.1 + (rows - 2.0 * legend::LINE).max(0.0);
        legend::draw(&mut svg, 2.0, &entries);
        let frame = self.frame(rows + 22.0, svg.height);
        frame.draw(&mut svg, "epoch", self.axis);
        if let Some(epoch) = self.common_best() {
            mark_best(&mut svg, &frame, epoch);
        }
        for (k, line) in self.lines.iter().enumerate() {
            let point = |(epoch, value): (usize, Option<f64>)| {
                value.map(|value| frame.point((epoch + 1) as f64, value))
            };
            let points: Vec<_> = line.drawable().enumerate().map(point).collect();
            svg.path(&style(k), &polyline(&points));
            if let Some(point) = line.best_epoch.and_then(|epoch| *points.get(epoch - 1)?) {
                svg.path(&format!("h c{}", k % SERIES), &dot(point, 4.0));
            }
        }
        svg
    }

    fn epochs(&self) -> usize {
        let lengths = self.lines.iter().map(|line| line.values.len());
        lengths.max().unwrap_or(0)
    }

    fn frame(&self, top: f64, height: f64) -> Frame {
        let epochs = self.epochs();
        let x_domain = if epochs > 1 {
            (1.0, epochs as f64)
        } else {
            (0.5, 1.5)
        };
        let values = self.lines.iter().flat_map(|line| line.drawable().flatten());
        let y_domain = domain(values, 0.06);
        let (x_ticks, y_ticks) = (Ticks::whole(x_domain, 6), Ticks::new(y_domain, 4));
        let size = (SMALL.0, height);
        Frame::new(size, top, (x_domain, x_ticks), (y_domain, y_ticks))
    }

    fn data(&self) -> String {
        let mut header = vec!["epoch".to_string()];
        header.extend(self.lines.iter().map(|line| line.name.to_string()));
        let mut table = Table::new(&header);
        for epoch in 0..self.epochs() {
            let mut row = vec![(epoch + 1).to_string()];
            let values = self.lines.iter();
            row.extend(values.map(|line| number(line.values.get(epoch).copied().flatten())));
            table.row(&row);
        }
        table.text()
    }
}

/// Classes of the line at `place`: colours repeat as dashed lines.
pub(super) fn style(place: usize) -> String {
    if place < SERIES {
        format!("l c{place}")
    } else {
        format!("l c{} n", place % SERIES)
    }
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
        assert_eq!(
            figures[0].caption,
            "The task loss in the epochs before those of the objective."
        );
        assert!(!figures[0].svg().contains("best: "));
        let caption = &figures[1].caption;
        assert!(caption.ends_with("At epoch 2: valid 0.8000."), "{caption}");
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
            "The error of the predictions that training reduces. Lower is better. \
             At epoch 1: train 1.0000, valid 1.2000."
        );
        assert_eq!(
            figures[1].caption,
            "Mean absolute error: how far a prediction is from its target on average. Lower is \
             better. At epoch 1: valid 0.9000. Left out as not finite: 1 value."
        );
        assert_eq!(empty, ["empty: no value to draw"]);
    }

    #[test]
    fn runs_share_a_chart_per_split_and_mark_their_own_best_epoch() {
        let run = |name: &str, best_epoch| RunRecord {
            name: name.into(),
            curves: vec![
                curve("task loss", "train", &[Some(1.0), Some(0.5)]),
                curve("task loss", "valid", &[Some(1.5), Some(1.25)]),
            ],
            best_epoch: Some(best_epoch),
            ..Default::default()
        };
        let (figures, empty) = joint_curves(&[run("a", 1), run("b", 2)]);
        let titles: Vec<&str> = figures.iter().map(|figure| figure.title.as_str()).collect();
        assert_eq!(titles, ["task loss, train", "task loss, valid"]);
        assert_eq!(figures[1].data, "epoch,a,b\n1,1.5,1.5\n2,1.25,1.25\n");
        let caption = &figures[1].caption;
        let expected = "At the epochs that were kept: a 1.5000 (epoch 1), b 1.2500 (epoch 2).";
        assert!(caption.ends_with(expected), "{caption}");
        assert!(!figures[1].svg().contains("best: "));
        assert!(empty.is_empty());
    }
}

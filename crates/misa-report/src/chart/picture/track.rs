//! One column of one modality: the rows of its tool as a line, the steps of the model below it.

use super::across::{Across, NARROWEST};
use super::{LABELLED, LEFT, NAME, RIGHT, short};
use crate::assembly::record::{PictureRow, PictureStep, PictureTrack, StepKind};
use crate::chart::origins::{ABSENT, BORROWED, MEASURED};
use crate::draw::area::{Area, Pattern};
use crate::draw::axis::Ticks;
use crate::draw::scale::{Scale, domain};
use crate::draw::svg::{Anchor, Svg, box_path, coordinate};
use crate::draw::text::{cut, fixed, shortened, width};
use std::fmt::Write;

const TITLE: f64 = 30.0;
const CHART: f64 = 92.0;
const GAP: f64 = 8.0;
const LANE: f64 = 14.0;
const NUMBERS: f64 = 18.0;
const NUMBER_TEXT: f64 = 11.0;
/// A gap of more than this many rows interrupts the line.
///
/// - Source: the reports of readers count gaps of more than 1.5 rows from start to start.
const GAP_ROWS: f64 = 0.5;
/// Rows that failed by the tool's own account.
pub(super) const FAILED: Area = Area {
    pattern: Pattern::Hatched,
    colour: "c6",
};
/// What the tool wrote.
pub(super) const ROWS: &str = "o c0";
/// What the model gets.
pub(super) const MEANS: &str = "l c1";

/// A column, with its rows and steps in the order of time.
pub(super) struct Track<'t> {
    given: &'t PictureTrack,
    rows: Vec<PictureRow>,
    steps: Vec<PictureStep>,
}

impl<'t> Track<'t> {
    pub(super) fn new(given: &'t PictureTrack) -> Self {
        let (mut rows, mut steps) = (given.rows.clone(), given.steps.clone());
        rows.sort_by(|one, other| one.start.total_cmp(&other.start));
        steps.sort_by(|one, other| one.start.total_cmp(&other.start));
        Self { given, rows, steps }
    }

    pub(super) fn height(&self) -> f64 {
        TITLE + CHART + GAP + LANE + NUMBERS
    }

    pub(super) fn draw(&self, svg: &mut Svg, across: &Across, top: f64) {
        let title = format!("{}: {}", self.given.modality, self.given.column);
        let title = cut(&shortened(&title, 2 * NAME), 12.0, svg.width - LEFT - RIGHT);
        svg.text("t b", (LEFT, top + TITLE - 10.0), Anchor::Start, &title);
        let (top, bottom) = (top + TITLE, top + TITLE + CHART);
        let values = self.values(across);
        let scale = Scale::new(values, (bottom, top));
        draw_grid(svg, &scale, values);
        for (left, width) in self.failed(across) {
            FAILED.draw(svg, (left, top), (width, CHART));
        }
        svg.path(ROWS, &self.line(across, &scale));
        self.draw_means(svg, across, &scale);
        self.draw_steps(svg, across, bottom + GAP);
    }

    /// The interval of the values that are drawn.
    fn values(&self, across: &Across) -> (f64, f64) {
        let levels = self.levels(across).into_iter().map(|level| level.2);
        let steps = self.steps.iter();
        let steps = steps.filter(|step| step.kind != StepKind::Absent);
        let seen = steps.filter(|step| across.clipped(step.start, step.end).is_some());
        domain(levels.chain(seen.map(|step| step.value)), 0.08)
    }

    /// Start, end and value of the usable rows that are drawn.
    fn levels(&self, across: &Across) -> Vec<(f64, f64, f64)> {
        let rows = self.rows.iter().filter(|row| row.valid);
        rows.filter_map(|row| {
            let (start, end) = across.clipped(row.start, row.end)?;
            Some((start, end, row.value?))
        })
        .collect()
    }

    /// Left end and width of each stretch of failed rows; those that nearly touch are one stretch.
    pub(super) fn failed(&self, across: &Across) -> Vec<(f64, f64)> {
        let mut stretches: Vec<(f64, f64)> = Vec::new();
        for row in self.rows.iter().filter(|row| !row.valid) {
            let Some((start, end)) = across.clipped(row.start, row.end) else {
                continue;
            };
            let (left, right) = (across.position(start), across.position(end));
            match stretches.last_mut() {
                Some(last) if left <= last.1 + NARROWEST => last.1 = last.1.max(right),
                _ => stretches.push((left, right)),
            }
        }
        let stretches = stretches.into_iter();
        stretches
            .map(|(left, right)| (left, (right - left).max(NARROWEST)))
            .collect()
    }

    /// Path data of the usable rows: each a level, joined to its neighbours.
    pub(super) fn line(&self, across: &Across, scale: &Scale) -> String {
        let levels = self.levels(across);
        let mut data = String::new();
        let mut is_joined = false;
        for (index, &(start, end, value)) in levels.iter().enumerate() {
            let y = coordinate(scale.position(value));
            let command = if is_joined { "V" } else { "M" };
            let from = coordinate(across.position(start));
            let place = if is_joined {
                y.clone()
            } else {
                format!("{from} {y}")
            };
            // Rows may overlap: the next one begins where it begins.
            let next = levels.get(index + 1).map(|next| next.0);
            let nearby = end + GAP_ROWS * (end - start);
            let joined = next.filter(|&next| next <= nearby);
            let to = coordinate(across.position(joined.unwrap_or(end)));
            let level = if to == from {
                "h0.01".to_string()
            } else {
                format!("H{to}")
            };
            write!(data, "{command}{place}{level}").expect("memory takes all text");
            is_joined = joined.is_some();
        }
        data
    }

    fn draw_means(&self, svg: &mut Svg, across: &Across, scale: &Scale) {
        for step in &self.steps {
            let class = match step.kind {
                StepKind::Measured => MEANS.to_string(),
                StepKind::Borrowed => format!("{MEANS} i"),
                StepKind::Absent => continue,
            };
            if let Some((left, width)) = across.stretch(step.start, step.end) {
                let y = scale.position(step.value);
                svg.line(&class, (left + 1.0, y), (left + width - 1.0, y));
            }
        }
    }

    fn draw_steps(&self, svg: &mut Svg, across: &Across, top: f64) {
        let numbers = top + LANE + 13.0;
        svg.text("q s", (LEFT - 6.0, top + 11.0), Anchor::End, "steps");
        svg.text("q s", (LEFT - 6.0, numbers), Anchor::End, "mean");
        let mut end = LEFT - 1.0;
        for (index, step) in self.steps.iter().enumerate() {
            let Some((left, across)) = across.stretch(step.start, step.end) else {
                continue;
            };
            let (corner, size) = ((left, top), (across, LANE));
            area(step.kind).draw(svg, corner, size);
            if step.kind == StepKind::Absent {
                svg.path("o c6", &cross(corner, size));
            }
            if index < LABELLED {
                svg.labelled_path("y", &box_path(corner, size), &label(step));
            }
            let text = written(step);
            let (middle, half) = (left + across / 2.0, width(&text, NUMBER_TEXT) / 2.0);
            if middle - half >= end && middle + half <= svg.width {
                svg.text("t s", (middle, numbers), Anchor::Middle, &text);
                end = middle + half + 3.0;
            }
        }
    }
}

/// The pattern of a kind.
pub(super) fn area(kind: StepKind) -> Area {
    match kind {
        StepKind::Measured => MEASURED,
        StepKind::Borrowed => BORROWED,
        StepKind::Absent => ABSENT,
    }
}

/// The name of a kind.
pub(super) fn name(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Measured => "measured",
        StepKind::Borrowed => "borrowed",
        StepKind::Absent => "absent",
    }
}

fn draw_grid(svg: &mut Svg, scale: &Scale, values: (f64, f64)) {
    let right = svg.width - RIGHT;
    let ticks = Ticks::new(values, 3);
    for (&value, label) in ticks.values.iter().zip(ticks.labels()) {
        let y = scale.position(value);
        svg.line("g", (LEFT, y), (right, y));
        let label = cut(&label, NUMBER_TEXT, LEFT - 8.0);
        svg.text("q s", (LEFT - 6.0, y + 4.0), Anchor::End, &label);
    }
}

fn written(step: &PictureStep) -> String {
    match step.kind {
        StepKind::Absent => "absent".to_string(),
        _ => short(step.value),
    }
}

fn label(step: &PictureStep) -> String {
    let (start, end) = (fixed(step.start, 2), fixed(step.end, 2));
    match step.kind {
        StepKind::Absent => format!("{start} s to {end} s: absent"),
        kind => format!(
            "{start} s to {end} s: {}, {}",
            short(step.value),
            name(kind)
        ),
    }
}

/// Path data of the diagonals of a box.
fn cross((x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let [left, top, right, bottom] = [x, y, x + width, y + height].map(coordinate);
    format!("M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}")
}

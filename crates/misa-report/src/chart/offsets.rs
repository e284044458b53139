//! How far words and voice of each recording are apart in time.

use crate::assembly::TOLERANCE;
use crate::assembly::record::{OffsetNumbers, RecordingRecord};
use crate::chart::LARGE;
use crate::draw::axis::{Frame, Ticks};
use crate::draw::legend::{self, Entry, LINE, Mark};
use crate::draw::scale::domain;
use crate::draw::svg::{Svg, dot, triangle};
use crate::draw::text::{fixed, grouped, shortened};
use crate::figure::{Figure, Part};
use crate::table::Table;

/// Most marks that name their recording under the pointer; more would make the page large.
const LABELLED: usize = 1000;
/// Most characters of a name under the pointer.
const NAME: usize = 80;

/// A mark a recording; `None` unless at least two have an offset.
pub(crate) fn offsets(recordings: &[RecordingRecord]) -> Option<Figure> {
    let known = recordings.iter();
    let mut known: Vec<(&str, OffsetNumbers)> = known
        .filter_map(|recording| Some((recording.name.as_str(), recording.offset?)))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let data = data(&known);
    // Stable: what needs attention is drawn last, on top of the others.
    known.sort_by_key(|(_, offset)| (is_beyond(offset), offset.is_clear));
    let count = |kind: fn(&OffsetNumbers) -> bool| known.iter().filter(|(_, o)| kind(o)).count();
    let caption = format!(
        "Each mark is a recording: how much later its voice is than its words where both fit best, and how \
         well they fit there. {} of {} are beyond the dashed lines at −0.2 s and 0.2 s; {} of all are clear: \
         there, words and voice belong to different cuts. A low correlation says nothing.",
        grouped(count(is_beyond)),
        grouped(known.len()),
        grouped(count(|offset| offset.is_clear)),
    );
    Some(Figure {
        name: "offsets".to_string(),
        title: "Offset between words and voice".to_string(),
        caption,
        data,
        part: Part::Offsets,
        drawing: draw(&known),
    })
}

fn is_beyond(offset: &OffsetNumbers) -> bool {
    offset.seconds.abs() > TOLERANCE
}

fn draw(known: &[(&str, OffsetNumbers)]) -> Svg {
    let mut svg = Svg::new(LARGE.0, LARGE.1);
    let entries = [
        Entry::new(Mark::Dot, "p c0", "up to 0.2 s"),
        Entry::new(Mark::Triangle, "u", "beyond, not clear"),
        Entry::new(Mark::Triangle, "z", "clear offset"),
    ];
    legend::draw(&mut svg, 2.0, &entries);
    let seconds = known.iter().map(|(_, offset)| offset.seconds);
    let x = domain(seconds.chain([-0.4, 0.4]), 0.06);
    let fits = known.iter().map(|(_, offset)| offset.correlation);
    let y = domain(fits.chain([0.0, 1.0]), 0.05);
    let ticks = (Ticks::new(x, 6), Ticks::new(y, 6));
    let frame = Frame::new(LARGE, LINE + 14.0, (x, ticks.0), (y, ticks.1));
    frame.draw(&mut svg, "offset in seconds", "correlation");
    for limit in [-TOLERANCE, TOLERANCE] {
        let x = frame.x.position(limit);
        svg.line("k", (x, frame.top), (x, frame.bottom));
    }
    let (plain, labelled) = known.split_at(known.len().saturating_sub(LABELLED));
    let point = |offset: &OffsetNumbers| frame.point(offset.seconds, offset.correlation);
    for class in ["p c0", "u", "z"] {
        let marks = plain.iter().map(|(_, offset)| offset);
        let marks = marks.filter(|offset| class_of(offset) == class);
        let data: String = marks.map(|offset| mark(offset, point(offset))).collect();
        svg.path(class, &data);
    }
    for (name, offset) in labelled {
        let (seconds, fit) = (fixed(offset.seconds, 2), fixed(offset.correlation, 2));
        let label = format!("{}: {seconds} s, correlation {fit}", shortened(name, NAME));
        svg.labelled_path(class_of(offset), &mark(offset, point(offset)), &label);
    }
    svg
}

fn class_of(offset: &OffsetNumbers) -> &'static str {
    match (offset.is_clear, is_beyond(offset)) {
        (true, _) => "z",
        (false, true) => "u",
        (false, false) => "p c0",
    }
}

fn mark(offset: &OffsetNumbers, point: (f64, f64)) -> String {
    if offset.is_clear || is_beyond(offset) {
        triangle(point, 5.0)
    } else {
        dot(point, 3.5)
    }
}

fn data(known: &[(&str, OffsetNumbers)]) -> String {
    let mut table = Table::new(&["recording", "seconds", "correlation", "clear"]);
    for (name, offset) in known {
        let numbers = [offset.seconds, offset.correlation].map(|value| value.to_string());
        let is_clear = offset.is_clear.to_string();
        table.row(&[name, numbers[0].as_str(), &numbers[1], &is_clear]);
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recordings(offsets: &[(f64, f64, bool)]) -> Vec<RecordingRecord> {
        let recording = |(index, &(seconds, correlation, is_clear)): (usize, &(f64, f64, bool))| {
            RecordingRecord {
                name: format!("r<{index}>"),
                offset: Some(OffsetNumbers {
                    seconds,
                    correlation,
                    is_clear,
                }),
                ..Default::default()
            }
        };
        offsets.iter().enumerate().map(recording).collect()
    }

    #[test]
    fn marks_differ_by_shape_and_name_their_recording() {
        let given = [(0.5, 0.8, true), (0.02, 0.9, false), (-1.2, 0.1, false)];
        let figure = offsets(&recordings(&given)).unwrap();
        let svg = figure.svg();
        assert!(svg.contains("<title>r&lt;0&gt;: 0.50 s, correlation 0.80</title>"));
        // Each class once in the legend and once in the chart.
        for class in ["class=\"z\"", "class=\"u\"", "class=\"p c0\""] {
            assert_eq!(svg.matches(class).count(), 2, "{class}");
        }
        assert_eq!(
            figure.data,
            "recording,seconds,correlation,clear\nr<0>,0.5,0.8,true\nr<1>,0.02,0.9,false\n\
             r<2>,-1.2,0.1,false\n"
        );
        assert!(
            figure.caption.contains("2 of 3 are beyond"),
            "{}",
            figure.caption
        );
        assert!(figure.caption.contains("1 of all are clear"));
    }

    #[test]
    fn one_offset_is_no_figure() {
        assert!(offsets(&recordings(&[(0.5, 0.8, true)])).is_none());
        let mut two = recordings(&[(0.5, 0.8, true); 2]);
        assert!(offsets(&two).is_some());
        two[0].offset = None;
        assert!(offsets(&two).is_none());
    }

    #[test]
    fn at_most_a_thousand_marks_have_names_and_the_clear_ones_are_among_them() {
        let mut many = vec![(0.0, 0.9, false); 10_000];
        many[3] = (1.0, 0.9, true);
        let svg = offsets(&recordings(&many)).unwrap().svg();
        assert_eq!(svg.matches("correlation 0.90</title>").count(), 1000);
        assert!(svg.contains("<title>r&lt;3&gt;: 1.00 s"));
    }
}

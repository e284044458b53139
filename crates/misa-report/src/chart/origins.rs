//! Where the times of words and the features of steps come from.

use crate::assembly::record::{StepNumbers, WordNumbers};
use crate::assembly::totals::Totals;
use crate::draw::area::{Area, Pattern};
use crate::draw::legend::{self, Entry};
use crate::draw::svg::{Anchor, Svg};
use crate::draw::text::{grouped, share};
use crate::figure::{Figure, Part};
use crate::table::Table;

/// From a tool, or from rows of the step's own.
pub(super) const MEASURED: Area = area(Pattern::Solid, "c0");
/// Made up by a tool.
pub(super) const INTERPOLATED: Area = area(Pattern::Hatched, "c2");
/// Made up by us.
pub(super) const PLACED: Area = area(Pattern::Crossed, "c3");
/// From the nearest row.
pub(super) const BORROWED: Area = area(Pattern::Hatched, "c2");
/// Not there.
pub(super) const ABSENT: Area = area(Pattern::Empty, "c6");
/// Not wanted.
const OUTSIDE: Area = area(Pattern::Dotted, "c6");

/// Narrower than other figures, because it stands beside text.
const WIDTH: f64 = 380.0;
const BAR: f64 = 24.0;
const EDGE: f64 = 4.0;
/// Narrowest part that can be seen.
const NARROWEST: f64 = 3.0;

const fn area(pattern: Pattern, colour: &'static str) -> Area {
    Area { pattern, colour }
}

/// One bar and its parts.
struct Bar {
    name: &'static str,
    noun: &'static str,
    parts: Vec<(&'static str, usize, Area)>,
}

/// Stacked bars of words and steps; `None` without any.
pub(crate) fn origins(totals: &Totals) -> Option<Figure> {
    let bars = [
        words(&totals.words),
        steps("faces", &totals.faces.steps),
        steps("voice", &totals.voice.steps),
    ];
    let bars: Vec<Bar> = bars.into_iter().filter(|bar| bar.all() > 0).collect();
    if bars.is_empty() {
        return None;
    }
    Some(Figure {
        name: "origins".to_string(),
        title: "Where times and features come from".to_string(),
        caption: "Each bar is all words, or all steps of one modality, over all recordings. A part that is not \
                  zero is always wide enough to be seen."
            .to_string(),
        data: data(&bars),
        part: Part::Origins,
        drawing: draw(&bars),
    })
}

impl Bar {
    fn all(&self) -> usize {
        self.parts.iter().map(|(_, count, _)| count).sum()
    }

    /// The parts that are not zero, with their counts.
    fn entries(&self) -> Vec<Entry> {
        let entry = |&(name, count, area): &(&str, usize, Area)| {
            let (number, share) = (grouped(count), share(count, self.all()));
            Entry::area(area, format!("{name} {number} ({share})"))
        };
        let parts = self.parts.iter().filter(|part| part.1 > 0);
        parts.map(entry).collect()
    }

    fn height(&self) -> f64 {
        20.0 + BAR + 6.0 + legend::height(&self.entries(), WIDTH) + 16.0
    }

    fn draw(&self, svg: &mut Svg, top: f64) {
        let title = format!("{}: {} {}", self.name, grouped(self.all()), self.noun);
        svg.text("t b", (EDGE, top + 12.0), Anchor::Start, &title);
        let mut left = EDGE;
        for (width, &(_, _, area)) in self.widths().into_iter().zip(&self.parts) {
            if width > 0.0 {
                let inner = (width - 1.0).max(NARROWEST - 1.0);
                area.draw(svg, (left, top + 20.0), (inner, BAR));
                left += width;
            }
        }
        legend::draw(svg, top + 20.0 + BAR + 6.0, &self.entries());
    }

    /// Widths of the parts, which together fill the drawing.
    fn widths(&self) -> Vec<f64> {
        let across = WIDTH - 2.0 * EDGE;
        let exact = |count: usize| across * count as f64 / self.all().max(1) as f64;
        let wanted = self.parts.iter().map(|&(_, count, _)| match count {
            0 => 0.0,
            count => exact(count).max(NARROWEST),
        });
        let wanted: Vec<f64> = wanted.collect();
        let excess = wanted.iter().sum::<f64>() - across;
        let widest = wanted.iter().copied().fold(0.0, f64::max);
        let place = wanted.iter().position(|width| *width == widest);
        let shorter = |(index, width)| {
            if Some(index) == place {
                width - excess
            } else {
                width
            }
        };
        wanted.into_iter().enumerate().map(shorter).collect()
    }
}

fn words(words: &WordNumbers) -> Bar {
    Bar {
        name: "Times of words",
        noun: "words",
        parts: vec![
            ("measured", words.measured, MEASURED),
            ("interpolated", words.interpolated, INTERPOLATED),
            ("placed", words.placed, PLACED),
            ("dropped", words.dropped, ABSENT),
            ("outside utterances", words.outside, OUTSIDE),
        ],
    }
}

fn steps(modality: &'static str, steps: &StepNumbers) -> Bar {
    Bar {
        name: if modality == "faces" {
            "Faces"
        } else {
            "Voice"
        },
        noun: "steps",
        parts: vec![
            ("measured", steps.measured, MEASURED),
            ("borrowed", steps.borrowed, BORROWED),
            ("absent", steps.absent, ABSENT),
        ],
    }
}

fn draw(bars: &[Bar]) -> Svg {
    let height: f64 = bars.iter().map(Bar::height).sum();
    let mut svg = Svg::new(WIDTH, height);
    let mut top = 0.0;
    for bar in bars {
        bar.draw(&mut svg, top);
        top += bar.height();
    }
    svg
}

fn data(bars: &[Bar]) -> String {
    let mut table = Table::new(&["what", "origin", "count"]);
    for bar in bars {
        for (name, count, _) in &bar.parts {
            table.row(&[bar.name, name, &count.to_string()]);
        }
    }
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals() -> Totals {
        let mut totals = Totals {
            words: WordNumbers {
                measured: 9_400,
                interpolated: 188,
                placed: 411,
                dropped: 1,
                outside: 0,
            },
            ..Default::default()
        };
        totals.faces.steps.measured = 60;
        totals.faces.steps.absent = 40;
        totals
    }

    #[test]
    fn every_part_has_its_number() {
        let figure = origins(&totals()).unwrap();
        let svg = figure.svg();
        assert!(svg.contains(">Times of words: 10,000 words</text>"));
        for part in [
            ">measured 9,400 (94 %)</text>",
            ">placed 411 (4 %)</text>",
            ">dropped 1 (&lt;1 %)</text>",
            ">absent 40 (40 %)</text>",
        ] {
            assert!(svg.contains(part), "{part}");
        }
        assert!(!svg.contains("outside") && !svg.contains("Voice"));
        assert_eq!(
            figure.data,
            "what,origin,count\nTimes of words,measured,9400\nTimes of words,interpolated,188\n\
             Times of words,placed,411\nTimes of words,dropped,1\nTimes of words,outside utterances,0\n\
             Faces,measured,60\nFaces,borrowed,0\nFaces,absent,40\n"
        );
    }

    #[test]
    fn bars_are_full_and_small_parts_are_seen() {
        let widths = words(&totals().words).widths();
        assert!((widths.iter().sum::<f64>() - 372.0).abs() < 1e-9);
        assert_eq!((widths[3], widths[4]), (3.0, 0.0));
        assert!((widths[2] - 372.0 * 0.0411).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(origins(&Totals::default()).is_none());
    }
}
